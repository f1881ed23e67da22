//! The server as its callers see it.

mod support;

mod fences;
mod pages;
mod queries;
mod routes;
mod schema;
mod sockets;
