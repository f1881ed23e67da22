//! One file a need: a pure function over facts that says whether something a task hangs on holds.

mod definition_usable;
mod environment_files;
pub(crate) mod fargate_size;
mod image_exists;
mod image_platform;
mod image_pull_allowed;
mod key;
mod keys_usable;
mod log_group_exists;
mod logs_allowed;
mod parts;
pub mod permission;
mod roles_assumable;
mod secrets_allowed;
mod secrets_exist;

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
    image_exists::NEED,
    image_platform::NEED,
    image_pull_allowed::NEED,
    secrets_exist::NEED,
    secrets_allowed::NEED,
    keys_usable::NEED,
    roles_assumable::NEED,
    log_group_exists::NEED,
    logs_allowed::NEED,
    environment_files::NEED,
    // While it runs.
    roles_assumable::WHILE_RUNNING,
];
