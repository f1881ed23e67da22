//! The network as packets see it: the path that they take, and what must let them through on it.

pub mod acl;
pub mod agent;
pub mod aws_service;
pub mod calls;
pub mod endpoint;
pub mod glob;
pub mod groups;
pub mod internet;
pub mod listener_rules;
pub mod lookup;
pub mod peer;
pub mod reach_aws;
pub mod targets;
pub mod volumes;

pub use aws_service::AwsService;
pub use listener_rules::{forwards_to, shadowed_by};
pub use reach_aws::{caught_by, reach, reach_from};
