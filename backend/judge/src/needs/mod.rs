//! One file a need: a pure function over facts that says whether something a task hangs on holds.

mod balancer_zones;
mod definition_usable;
mod discovery_exists;
mod endpoint_policy_allows;
mod endpoint_serves;
mod environment_files;
pub(crate) mod fargate_size;
mod group_forwarded_to;
mod image_exists;
mod image_platform;
mod image_pull_allowed;
mod key;
mod keys_usable;
mod log_group_exists;
mod logs_allowed;
mod logs_reachable;
mod network_exists;
mod new_targets_healthy;
mod parts;
pub mod permission;
mod registry_reachable;
mod roles_assumable;
mod rule_reached;
mod secrets_allowed;
mod secrets_exist;
mod secrets_reachable;
mod targets_healthy;
mod volumes_reachable;
mod way;

use blastmap_graph::Overlay;
use blastmap_model::{Phase, ResourceIndex, ResourceKind};

use crate::{Launch, Verdict};

/// Something that must hold for a task to be placed, start, run, serve, roll, scale or be scheduled.
#[derive(Clone, Copy)]
pub struct Need {
    /// Kebab-case, stable: `image-exists`.
    pub name: &'static str,
    pub phase: Phase,
    /// Whose need it is, with the function that judges it.
    pub subject: Subject,
    /// AWS's page on the behaviour.
    pub documentation: &'static str,
    /// One sentence for people: what must hold.
    pub sentence: &'static str,
}

/// Whose need, and how it is judged.
#[derive(Clone, Copy)]
pub enum Subject {
    /// Of whoever starts tasks: judged for each way to start one.
    Start(fn(&Overlay<'_>, &Launch) -> Verdict),
    /// Of resources of these kinds.
    Of(
        &'static [ResourceKind],
        fn(&Overlay<'_>, ResourceIndex) -> Verdict,
    ),
}

/// Every need, in the order in which reports name them: by phase.
pub const ALL: &[Need] = &[
    // To start a task.
    definition_usable::NEED,
    fargate_size::NEED,
    network_exists::NEED,
    image_exists::NEED,
    image_platform::NEED,
    image_pull_allowed::NEED,
    registry_reachable::NEED,
    secrets_exist::NEED,
    secrets_allowed::NEED,
    keys_usable::NEED,
    secrets_reachable::NEED,
    roles_assumable::NEED,
    log_group_exists::NEED,
    logs_allowed::NEED,
    logs_reachable::NEED,
    environment_files::NEED,
    endpoint_policy_allows::NEED,
    volumes_reachable::NEED,
    discovery_exists::NEED,
    new_targets_healthy::NEED,
    // While it runs.
    roles_assumable::WHILE_RUNNING,
    volumes_reachable::WHILE_RUNNING,
    endpoint_serves::OF_VPC,
    endpoint_serves::OF_MOUNT_TARGET,
    endpoint_serves::OF_ACCESS_POINT,
    // To get traffic.
    group_forwarded_to::NEED,
    targets_healthy::NEED,
    rule_reached::NEED,
    balancer_zones::NEED,
];
