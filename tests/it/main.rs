//! The program from outside: its command line and its server, on the demo estate's recorded answers.

#![expect(clippy::unwrap_used, reason = "what a test does not get fails it")]

mod access;
mod demo;
mod diff;
mod docs;
mod help;
mod input_aws;
mod input_files;
mod input_options;
mod kinds;
mod listener;
mod log_ids;
mod policy;
mod program;
mod radius;
mod recording;
mod review;
mod schema;
mod secrets;
mod server;
mod store;
