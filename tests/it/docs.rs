//! The examples of the docs and of `--help` run as they stand, against the demo.

use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::{
    program::{Machine, within},
    server::Server,
};

fn path(relative: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(relative)
}

/// The bodies that the examples of a page post to `/graphql`, the id of a plan put in where a shell would.
fn posted(page: &str, plan: &str) -> Vec<String> {
    let blocks = page.split("```").skip(1).step_by(2);
    let commands = blocks.flat_map(|block| block.split("curl ").skip(1).map(str::to_owned));
    commands
        .filter(|command| command.contains("/graphql"))
        .map(|command| {
            let command = command.replace("'$id'", plan);
            let (_, body) = command.split_once("-d '").expect("a body");
            let (body, _) = body.split_once('\'').expect("an end of the body");
            body.to_owned()
        })
        .collect()
}

async fn post(server: &Server, to: &str, body: Vec<u8>) -> Value {
    let request = server
        .client
        .post(format!("{}{to}", server.url))
        .header("content-type", "application/json")
        .body(body)
        .send();
    let answer = within(to, request).await.expect("the server answers");
    let bytes = within(to, answer.bytes()).await.expect("whole");
    serde_json::from_slice(&bytes).expect("JSON")
}

#[tokio::test]
async fn every_example_of_the_api_answers_from_the_demo() {
    let server = Server::start(&Machine::new(), &["--demo"]).await;
    server.ready().await;
    let plan = std::fs::read(path("backend/cli/demo/plans/subtle.json")).unwrap();
    let kept = post(&server, "/plans", plan).await;
    let page = std::fs::read_to_string(path("docs/graphql.md")).unwrap();
    let examples = posted(&page, kept["id"].as_str().unwrap());
    assert!(examples.len() > 5, "{examples:#?}");
    for example in examples {
        let answer = post(&server, "/graphql", example.clone().into_bytes()).await;
        assert_eq!(answer.get("errors"), None, "{example}\n{answer:#}");
        for (field, value) in answer["data"].as_object().unwrap() {
            let says_nothing = value.is_null()
                || value.as_array().is_some_and(Vec::is_empty)
                || value.get("totalCount").is_some_and(|count| *count == 0);
            assert!(!says_nothing, "{field} of {example}\n{answer:#}");
        }
    }
}

#[tokio::test]
async fn every_example_of_a_radius_is_in_the_demo() {
    let machine = Machine::new();
    let mut examples = Vec::new();
    for help in [&["--help"][..], &["radius", "--help"]] {
        let help = machine.prints(help).await;
        let lines = help.lines().map(str::trim);
        examples.extend(
            lines
                .filter_map(|line| line.strip_prefix("blastmap radius "))
                .map(str::to_owned),
        );
    }
    assert!(examples.len() > 3, "{examples:?}");
    for example in examples {
        let words = example.split_whitespace();
        let arguments: Vec<&str> = ["radius"].into_iter().chain(words).collect();
        assert!(arguments.contains(&"--demo"), "{example}");
        machine.prints(&arguments).await;
    }
}
