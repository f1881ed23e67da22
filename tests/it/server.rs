//! `serve` on a port that is free, ended when dropped.

use std::{
    process::Stdio,
    sync::{Arc, Mutex},
    time::Duration,
};

use serde_json::{Value, json};
use tokio::{
    io::{AsyncBufReadExt as _, AsyncReadExt as _, BufReader},
    process::{Child, Command},
    task::JoinHandle,
};

use crate::program::{Ended, Machine, within};

pub(crate) struct Server {
    /// As the program printed it: `http://127.0.0.1:PORT`.
    pub(crate) url: String,
    pub(crate) client: reqwest::Client,
    child: Child,
    said: Arc<Mutex<String>>,
    listening: JoinHandle<()>,
}

impl Server {
    /// Starts `blastmap serve`; it listens once this returns.
    pub(crate) async fn start(machine: &Machine, arguments: &[&str]) -> Self {
        let all = [&["serve", "--listen", "127.0.0.1:0"], arguments].concat();
        Self::of(machine.command(&all)).await
    }

    pub(crate) async fn of(mut command: Command) -> Self {
        let mut child = command.spawn().expect("the program can be run");
        let output = child.stdout.take().expect("standard output is a pipe");
        let mut errors = child.stderr.take().expect("standard error is a pipe");
        let said = Arc::new(Mutex::new(String::new()));
        let hearing = Arc::clone(&said);
        let listening = tokio::spawn(async move {
            let mut part = vec![0; 64 * 1024];
            while let Ok(length @ 1..) = errors.read(&mut part).await {
                let text = String::from_utf8_lossy(&part[..length]);
                hearing.lock().expect("nobody panics").push_str(&text);
            }
        });
        let mut lines = BufReader::new(output).lines();
        let line = within("the server's URL", lines.next_line()).await;
        let Ok(Some(url)) = line else {
            within("the end", listening).await.expect("it ends");
            panic!(
                "it does not listen: {}",
                said.lock().expect("nobody panics")
            );
        };
        let client = reqwest::Client::builder().no_proxy().build();
        Self {
            url,
            client: client.expect("requests can be made"),
            child,
            said,
            listening,
        }
    }

    /// What `/readyz` says once there is a graph.
    pub(crate) async fn ready(&self) -> Value {
        let asking = async {
            loop {
                let answer = self.get("/readyz").await;
                if answer.status() == 200 {
                    return json_of(answer).await;
                }
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        };
        within("the server to be ready", asking).await
    }

    pub(crate) async fn get(&self, path: &str) -> reqwest::Response {
        let request = self.client.get(format!("{}{path}", self.url)).send();
        within(path, request).await.expect("the server answers")
    }

    pub(crate) async fn bytes(&self, path: &str) -> Vec<u8> {
        let answer = self.get(path).await;
        assert_eq!(answer.status(), 200, "{path}");
        within(path, answer.bytes()).await.expect("whole").to_vec()
    }

    pub(crate) async fn text(&self, path: &str) -> String {
        String::from_utf8(self.bytes(path).await).expect("UTF-8")
    }

    /// Waits until this page has this text.
    pub(crate) async fn says(&self, path: &str, text: &str) {
        let asking = async {
            while !self.text(path).await.contains(text) {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        };
        within(&format!("{text} in {path}"), asking).await;
    }

    /// The data that a query gives.
    pub(crate) async fn query(&self, query: &str, variables: Value) -> Value {
        let request = self
            .client
            .post(format!("{}/graphql", self.url))
            .header("content-type", "application/json")
            .body(json!({ "query": query, "variables": variables }).to_string())
            .send();
        let answer = within(query, request).await.expect("the server answers");
        let mut answer = json_of(answer).await;
        assert_eq!(answer.get("errors"), None, "{query}");
        answer["data"].take()
    }

    /// What it has said on standard error.
    pub(crate) fn said(&self) -> String {
        self.said.lock().expect("nobody panics").clone()
    }

    /// Asks it to end, as `systemd` and ECS do.
    pub(crate) async fn terminate(mut self) -> Ended {
        let id = self.child.id().expect("it still runs").to_string();
        let asked = Command::new("sh")
            .args(["-c", "kill -TERM \"$0\"", &id])
            .stderr(Stdio::inherit())
            .status();
        assert!(asked.await.expect("there is a shell").success());
        let status = within("the server to end", self.child.wait()).await;
        within("the rest of its log", self.listening)
            .await
            .expect("it is read");
        Ended {
            status: status.expect("it ends").code(),
            stdout: self.url,
            stderr: self.said.lock().expect("nobody panics").clone(),
        }
    }
}

async fn json_of(answer: reqwest::Response) -> Value {
    let bytes = within("an answer", answer.bytes()).await.expect("whole");
    serde_json::from_slice(&bytes)
        .unwrap_or_else(|error| panic!("{error}: {}", String::from_utf8_lossy(&bytes)))
}
