//! The server as its callers see it.
#![expect(
    clippy::unwrap_used,
    clippy::format_collect,
    clippy::format_push_string,
    reason = "what fails in a test should end it, and tests may be slow"
)]

mod support;

mod access;
mod assessments;
mod corpus;
mod fences;
mod floods;
mod folds;
mod histories;
mod marks;
mod pages;
mod queries;
mod review_files;
mod routes;
mod schema;
mod sockets;
