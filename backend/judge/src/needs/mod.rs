//! One file a need: a pure function over facts that says whether something a task hangs on holds.

mod capacity_provider_usable;
mod definition_usable;
pub(crate) mod deleted_users;
mod drain_can_finish;
mod host_active;
mod image_exists;
mod image_pull_allowed;
mod instance_room;
mod parts;
pub mod permission;
mod policy_can_act;
mod room_to_roll;
mod scales;
mod schedule_cluster;
mod schedule_enabled;
mod schedule_role;
mod subnet_addresses;
mod target_can_act;

pub use schedule_enabled::is_enabled;

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
    capacity_provider_usable::NEED,
    instance_room::NEED,
    subnet_addresses::NEED,
    definition_usable::NEED,
    image_exists::NEED,
    image_pull_allowed::NEED,
    host_active::NEED,
    room_to_roll::NEED,
    drain_can_finish::NEED,
    scales::NEED,
    target_can_act::NEED,
    policy_can_act::NEED,
    schedule_enabled::NEED,
    schedule_cluster::NEED,
    schedule_role::NEED,
];
