//! HTTP: routes, and the fences around them.

mod accept;
mod body;
mod connection;
mod guard;
mod headers;
mod health;
mod hosts;
mod load;
mod metrics;
mod page;
mod patient;
mod plans;
mod post;
mod requests;
mod review_file;
mod routes;
mod serve;
mod session;
mod sign_in;
mod snapshot_file;
mod socket;
mod tls;
mod trace_parent;
mod under_way;

pub(crate) use metrics::Metrics;
pub use routes::router;
pub use serve::serve;
pub use tls::{Tls, TlsError};
