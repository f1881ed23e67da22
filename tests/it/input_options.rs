//! Options, variables and `blastmap.toml`: what is wrong is named; flags go before variables, variables before the file.

use std::net::TcpListener;

use crate::{program::Machine, server::Server};

#[tokio::test]
async fn an_unknown_option_is_a_usage_error() {
    let ended = Machine::new().run(&["serve", "--bogus"]).await;
    let text = ended.usage();
    assert!(
        text.starts_with("error: unexpected argument '--bogus' found\n"),
        "{text}"
    );
    let ended = Machine::new().run(&[]).await;
    assert!(ended.usage().contains("Usage: blastmap"), "{ended:?}");
}

#[tokio::test]
async fn values_that_cannot_be_are_usage_errors() {
    let cases = [
        (
            "--interval",
            "soon",
            "give a number and s, m or h, as in 5m",
        ),
        ("--interval", "0s", "must be more than nothing"),
        (
            "--max-body",
            "lots",
            "give a number and KiB, MiB or GiB, as in 64MiB",
        ),
        ("--listen", "localhost", "invalid socket address syntax"),
        ("--max-memory", "2", "give at least 16MiB, as in 2GiB"),
        ("--keep-newest", "0", "give a number of one or more"),
    ];
    for (option, value, why) in cases {
        let ended = Machine::new().run(&["serve", option, value]).await;
        let text = ended.usage();
        let expected = format!("error: invalid value '{value}' for '{option} <");
        assert!(text.starts_with(&expected) && text.contains(why), "{text}");
    }
}

#[tokio::test]
async fn a_port_in_use_is_named() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let ended = Machine::new()
        .run(&["serve", "--demo", "--listen", &address])
        .await;
    assert_eq!(
        ended.failure(),
        format!(
            "{address} is in use by another program: give another --listen, or port 0 for any that is free"
        )
    );
}

#[tokio::test]
async fn nothing_but_loopback_is_listened_on_unless_told_so() {
    for address in ["0.0.0.0:0", "[::]:0", "192.0.2.1:0"] {
        let ended = Machine::new()
            .run(&["serve", "--demo", "--listen", address])
            .await;
        let line = ended.failure();
        assert!(
            line.starts_with(&format!(
                "refusing to listen on {address}: everybody who reaches this address could read the estate"
            )),
            "{line}"
        );
        assert!(
            line.ends_with("listen on 127.0.0.1, or say --insecure-no-auth"),
            "{line}"
        );
    }
    let machine = Machine::new();
    let command = machine.command(&[
        "serve",
        "--demo",
        "--listen",
        "0.0.0.0:0",
        "--insecure-no-auth",
    ]);
    let server = Server::of(command).await;
    assert!(server.url.starts_with("http://0.0.0.0:"), "{}", server.url);
}

#[tokio::test]
async fn an_address_of_another_machine_cannot_be_listened_on() {
    let arguments = [
        "serve",
        "--demo",
        "--listen",
        "192.0.2.1:8080",
        "--insecure-no-auth",
    ];
    let ended = Machine::new().run(&arguments).await;
    assert!(
        ended
            .failure()
            .starts_with("cannot listen on 192.0.2.1:8080: "),
        "{ended:?}"
    );
}

#[tokio::test]
async fn a_store_that_cannot_be_is_named() {
    let ended = Machine::new()
        .run(&["radius", "edge", "--store", "gs://bucket"])
        .await;
    assert_eq!(
        ended.failure(),
        "cannot use the store gs://bucket: `gs://bucket` is not a store: give a folder, file:///folder or s3://bucket/prefix"
    );
}

#[tokio::test]
async fn the_file_may_hold_options_only() {
    let machine = Machine::new();
    machine.write("blastmap.toml", "regoin = \"eu-west-1\"\n");
    assert_eq!(
        machine.run(&["schema"]).await.failure(),
        "blastmap.toml cannot be used: `regoin` is not an option of blastmap"
    );
    machine.write("blastmap.toml", "[serve]\nlisten-on = \"127.0.0.1:1\"\n");
    assert_eq!(
        machine.run(&["schema"]).await.failure(),
        "blastmap.toml cannot be used: `listen-on` is not an option of blastmap serve"
    );
    machine.write("blastmap.toml", "region = \n");
    let ended = machine.run(&["schema"]).await;
    assert!(
        ended
            .failure()
            .starts_with("blastmap.toml is not valid TOML: "),
        "{ended:?}"
    );
    let ended = machine
        .run_with(&[("BLASTMAP_CONFIG", "gone.toml")], &["schema"])
        .await;
    assert!(
        ended.failure().starts_with("cannot read gone.toml: "),
        "{ended:?}"
    );
}

#[tokio::test]
async fn a_wrong_value_in_the_file_is_a_usage_error() {
    let machine = Machine::new();
    machine.write("blastmap.toml", "[serve]\ninterval = \"soon\"\n");
    let ended = machine.run(&["serve", "--demo"]).await;
    assert!(ended.usage().contains("'soon'"), "{ended:?}");
}

#[tokio::test]
async fn flags_go_before_variables_and_these_before_the_file() {
    let machine = Machine::new();
    machine.write("blastmap.toml", "[serve]\nlisten = \"192.0.2.3:0\"\n");
    let refused = |line: &str| line.split([' ', ':']).nth(4).unwrap_or_default().to_owned();
    let ended = machine.run(&["serve", "--demo"]).await;
    assert_eq!(refused(ended.failure()), "192.0.2.3");
    let variable = [("BLASTMAP_LISTEN", "192.0.2.2:0")];
    let ended = machine.run_with(&variable, &["serve", "--demo"]).await;
    assert_eq!(refused(ended.failure()), "192.0.2.2");
    let flag = ["serve", "--demo", "--listen", "192.0.2.1:0"];
    let ended = machine.run_with(&variable, &flag).await;
    assert_eq!(refused(ended.failure()), "192.0.2.1");
}

#[tokio::test]
async fn a_flag_goes_before_another_options_variable_or_line_that_it_excludes() {
    let machine = Machine::new();
    machine.write("blastmap.toml", "[serve]\nsnapshot = \"gone.jsonl\"\n");
    let mut command = machine.command(&["serve", "--demo", "--listen", "127.0.0.1:0"]);
    command.env("BLASTMAP_REGION", "eu-west-1");
    let server = Server::of(command).await;
    server.ready().await;

    let variables = [("BLASTMAP_DEMO", "true")];
    let ended = machine
        .run_with(&variables, &["serve", "--snapshot", "other.jsonl"])
        .await;
    assert!(
        ended.failure().starts_with("cannot open other.jsonl: "),
        "{ended:?}"
    );
    let ended = machine
        .run_with(&variables, &["serve", "--region", "mars-1"])
        .await;
    assert!(
        ended.failure().contains("mars-1") || ended.failure().contains("credentials"),
        "{ended:?}"
    );

    let variables = [("BLASTMAP_SERVER", "http://127.0.0.1:1")];
    let ended = machine
        .run_with(&variables, &["radius", "edge", "--demo"])
        .await;
    assert!(ended.stdout.contains("2 listeners"), "{ended:?}");
    let ended = machine
        .run_with(&variables, &["radius", "edge", "--demo", "--live"])
        .await;
    assert!(ended.usage().contains("cannot be used with"), "{ended:?}");
}

#[tokio::test]
async fn flags_that_exclude_each_other_are_a_usage_error() {
    let cases: [&[&str]; 4] = [
        &["serve", "--demo", "--snapshot", "x.jsonl"],
        &["serve", "--demo", "--region", "eu-west-1"],
        &["crawl", "--replay", "a", "--record", "b"],
        &["radius", "edge", "--demo", "--server", "http://127.0.0.1:1"],
    ];
    for arguments in cases {
        let ended = Machine::new().run(arguments).await;
        assert!(ended.usage().contains("cannot be used with"), "{ended:?}");
    }
}
