//! Values that are planted in AWS's answers are seen nowhere; that they are there, and whether two are the same, is.

use serde_json::{Value, json};

use crate::{
    program::Machine,
    recording,
    server::Server,
    store::{snapshots, unpacked},
};

/// Fakes: in the form of the real thing, or like no other text.
const PLANTED: [&str; 11] = [
    "planted-environment-value",
    "planted-command-argument",
    "planted-entry-point",
    "planted-health-check",
    "planted-label-value",
    "planted-log-option",
    "planted-override-value",
    "AKIAIOSFODNN7EXAMPLE",
    "eyJhbGciOiJub25lIn0.eyJmYWtlIjoicGxhbnRlZCJ9.cGxhbnRlZC1mYWtlLXNpZ25hdHVyZQ",
    "planted-user:planted-password",
    "planted-key-material",
];

/// Puts the fakes wherever a definition, a task or a message can hold a secret.
fn plant(call: &mut Value) {
    if matches!(
        call["action"].as_str(),
        Some("dynamodb:ListTables" | "kms:ListAliases")
    ) {
        // Where it is cut off, what is left of the URL has no form any more.
        let message = format!(
            "{} https://planted-user:planted-password@example.com",
            "x".repeat(454)
        );
        call["status"] = 400.into();
        call["headers"] = json!([
            ["x-amzn-errortype", "Failed"],
            ["content-type", "application/x-amz-json-1.1"],
        ]);
        call["body"] = json!({ "__type": "Failed", "message": message })
            .to_string()
            .into();
        return;
    }
    let Some(mut body) = call["body"]
        .as_str()
        .and_then(|body| serde_json::from_str::<Value>(body).ok())
    else {
        return;
    };
    let override_value = json!([{ "name": "OVERRIDDEN", "value": "planted-override-value" }]);
    match call["action"].as_str() {
        Some("ecs:DescribeTaskDefinition") if body["taskDefinition"].is_object() => {
            let container = &mut body["taskDefinition"]["containerDefinitions"][0];
            container["environment"] = json!([
                { "name": "PLANTED_VARIABLE", "value": "planted-environment-value" },
                { "name": "PLANTED_KEY", "value": "AKIAIOSFODNN7EXAMPLE" },
            ]);
            container["command"] = json!(["run", "--password", "planted-command-argument"]);
            container["entryPoint"] = json!(["sh", "-c", "planted-entry-point"]);
            container["healthCheck"] = json!({ "command": ["CMD", "planted-health-check"] });
            container["dockerLabels"] = json!({ "planted-label": "planted-label-value" });
            container["logConfiguration"] = json!({
                "logDriver": "splunk", "options": { "splunk-token": "planted-log-option" },
            });
            body["tags"] = json!([
                { "key": "jwt", "value": PLANTED[8] },
                { "key": "url", "value": "https://planted-user:planted-password@example.com/" },
                { "key": "pem", "value": "-----BEGIN PRIVATE KEY----- planted-key-material -----END PRIVATE KEY-----" },
            ]);
        }
        Some("ecs:DescribeTasks") => {
            for task in body["tasks"].as_array_mut().into_iter().flatten() {
                let name = task["containers"][0]["name"].clone();
                task["overrides"] = json!({ "containerOverrides": [{
                    "name": name, "environment": override_value, "command": ["planted-command-argument"],
                }] });
            }
        }
        _ => return,
    }
    call["body"] = body.to_string().into();
}

#[track_caller]
fn assert_clean(place: &str, text: &str) {
    for planted in PLANTED {
        assert!(!text.contains(planted), "{planted} is in {place}");
    }
}

/// Every fingerprint in a text, in order.
fn fingerprints(text: &str) -> Vec<&str> {
    let mut found: Vec<&str> = text
        .split("fingerprint:")
        .skip(1)
        .map(|rest| {
            rest.split(|letter: char| !letter.is_ascii_hexdigit())
                .next()
                .unwrap_or("")
        })
        .collect();
    found.sort_unstable();
    found
}

#[tokio::test]
async fn planted_secrets_are_in_no_store_no_answer_and_no_log() {
    let machine = Machine::new();
    recording::write(&machine, plant);
    let recorded = String::from_utf8(machine.read("recording/calls.jsonl")).unwrap();
    for planted in PLANTED {
        assert!(recorded.contains(planted), "{planted} was not planted");
    }

    let trace = [("BLASTMAP_LOG", "trace")];
    let crawl = ["crawl", "--replay", recording::FOLDER, "--store", "store"];
    let ended = machine.run_with(&trace, &crawl).await;
    assert_eq!(ended.status, Some(0), "{}", ended.stderr);
    assert!(ended.stderr.contains("DEBUG"), "the log tells nothing");
    for failed in ["Going on without `dynamodb", "Asking for keys by alias"] {
        assert!(ended.stderr.contains(failed), "{}", ended.stderr);
    }
    assert_clean("the log of a crawl", &ended.stderr);
    assert_clean("the summary", &ended.stdout);
    let snapshot = unpacked(&machine, &snapshots(&machine)[0]);
    assert_clean("the store", &snapshot);
    // Names stay, values are fingerprints.
    for name in ["PLANTED_VARIABLE", "PLANTED_KEY", "fingerprint:"] {
        assert!(snapshot.contains(name), "{name}");
    }

    let mut command = machine.command(&[
        "serve",
        "--listen",
        "127.0.0.1:0",
        "--replay",
        recording::FOLDER,
        "--store",
        "served",
    ]);
    command.env("BLASTMAP_LOG", "trace");
    let server = Server::of(command).await;
    server.ready().await;
    let query = "{ resources(first: 1000) { nodes { id name tags { key value } attributes
        links(first: 200) { nodes { evidence { api field } } } } } }";
    let answer = server.query(query, json!({})).await.to_string();
    assert!(answer.contains("PLANTED_VARIABLE"));
    assert_clean("an answer", &answer);
    assert_clean("the metrics", &server.text("/metrics").await);
    let file = zstd::decode_all(&*server.bytes("/snapshots/latest.jsonl.zst").await).unwrap();
    assert_clean("the snapshot file", &String::from_utf8(file).unwrap());
    let ended = server.terminate().await;
    assert!(ended.stderr.contains("DEBUG"), "the log tells nothing");
    assert_clean("the log of a server", &ended.stderr);
}

#[tokio::test]
async fn a_store_gives_the_same_fingerprints_each_time_and_another_gives_others() {
    let machine = Machine::new();
    recording::write(&machine, plant);
    let crawl = |store| ["crawl", "--replay", recording::FOLDER, "--store", store];
    machine.prints(&crawl("store")).await;
    // Everything is read anew: known task definitions would not be asked for.
    let first = unpacked(&machine, &snapshots(&machine)[0]);
    std::fs::remove_dir_all(machine.path("store/snapshots")).unwrap();
    machine.prints(&crawl("store")).await;
    let second = unpacked(&machine, &snapshots(&machine)[0]);
    let (first, second) = (fingerprints(&first), fingerprints(&second));
    assert!(first.len() > 100, "{}", first.len());
    assert_eq!(first, second);

    std::fs::remove_dir_all(machine.path("store")).unwrap();
    machine.prints(&crawl("store")).await;
    let other = unpacked(&machine, &snapshots(&machine)[0]);
    let other = fingerprints(&other);
    assert_eq!(other.len(), first.len());
    // What was a fingerprint in the recording already stays as it is.
    let recorded = String::from_utf8(machine.read("recording/calls.jsonl")).unwrap();
    let made: Vec<&str> = first
        .into_iter()
        .filter(|own| !recorded.contains(own))
        .collect();
    assert!(made.len() > 100, "{}", made.len());
    assert!(made.iter().all(|own| !other.contains(own)));
}
