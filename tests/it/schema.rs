//! `blastmap schema`.

use crate::{program::Machine, server::Server};

const CHECKED_IN: &str = include_str!("../../schema.graphql");

#[tokio::test]
async fn the_schema_is_the_checked_in_one_everywhere() {
    let machine = Machine::new();
    let printed = machine.prints(&["schema"]).await;
    assert!(printed == CHECKED_IN, "run `make schema`");
    let server = Server::start(&machine, &["--demo"]).await;
    assert!(server.text("/schema.graphql").await == CHECKED_IN);
}
