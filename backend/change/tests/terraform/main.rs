//! Plans of Terraform and `OpenTofu`, read against small estates.

mod hostile;
mod real_plans;
mod references;
mod support;
mod types;
