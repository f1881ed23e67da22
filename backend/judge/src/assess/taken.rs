//! What a change takes from a task role's permissions: whether the containers use them, no configuration says.

use blastmap_model::ResourceIndex;

use super::{Impact, climb::WhatIf};

/// At risk where the role as which a service's containers act loses permissions.
pub(super) fn from_task_role(_what_if: &WhatIf<'_, '_>, _service: ResourceIndex) -> Option<Impact> {
    None
}
