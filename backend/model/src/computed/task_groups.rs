//! A task is protected by the security groups of its network interface.

use super::{Estate, inferred};
use crate::{NamedLink, Relation, kinds::ecs_task::EcsTask};

pub(super) fn links(estate: &Estate<'_>) -> Vec<NamedLink> {
    let mut links = Vec::new();
    for (task, _) in estate.live::<EcsTask>() {
        for interface in estate.dependencies(task, Relation::AttachedTo) {
            for (place, group) in estate
                .dependencies(interface, Relation::ProtectedBy)
                .enumerate()
            {
                let field = format!("Groups[{place}].GroupId");
                links.push(inferred(
                    &task.id,
                    Relation::ProtectedBy,
                    &group.id,
                    "ec2:DescribeNetworkInterfaces",
                    &field,
                ));
            }
        }
    }
    links
}
