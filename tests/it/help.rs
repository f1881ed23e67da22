//! `--help` is a checked-in file for each command: a change of it is seen in review.

use crate::program::Machine;

#[tokio::test]
async fn help_says_what_each_command_does() {
    let machine = Machine::new();
    insta::assert_snapshot!("help", machine.prints(&["--help"]).await);
    for command in [
        "serve",
        "crawl",
        "radius",
        "review",
        "diff",
        "schema",
        "policy",
        "token",
        "completions",
    ] {
        let help = machine.prints(&[command, "--help"]).await;
        insta::assert_snapshot!(format!("help-{command}"), help);
    }
}

#[tokio::test]
async fn completions_are_printed_for_a_shell() {
    let script = Machine::new().prints(&["completions", "bash"]).await;
    assert!(script.contains("--insecure-no-auth"), "{script}");
}
