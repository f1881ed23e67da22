//! Plans of Terraform and `OpenTofu`, read against small estates.

#![expect(
    clippy::unwrap_used,
    clippy::needless_pass_by_value,
    reason = "tests stop where something is not as it should be"
)]

mod by_hand;
mod dhcp_options;
mod hostile;
mod network_acls;
mod real_plans;
mod references;
mod secrets;
mod stated;
mod support;
mod types;
