//! One file a need: a pure function over facts that says whether something a task hangs on holds.

mod balancer_zones;
mod capacity_provider_usable;
mod certificates_valid;
mod definition_usable;
pub(crate) mod deleted_users;
mod deployment_alarms;
mod discovery_exists;
mod drain_can_finish;
mod endpoint_policy_allows;
mod endpoint_serves;
mod environment_files;
mod environment_files_exist;
pub(crate) mod fargate_size;
mod fargate_zone;
mod group_forwarded_to;
mod host_active;
mod image_exists;
mod image_kept;
mod image_platform;
mod image_pull_allowed;
mod instance_room;
mod key;
mod keys_usable;
mod launch_template_exists;
mod log_group_exists;
mod logs_allowed;
mod logs_reachable;
mod network_exists;
mod new_targets_healthy;
mod parts;
pub mod permission;
mod policy_can_act;
mod quotas;
mod registry_reachable;
mod roles_assumable;
mod room_to_roll;
mod rule_reached;
mod scales;
mod schedule_cluster;
mod schedule_enabled;
mod schedule_role;
mod secrets_allowed;
mod secrets_exist;
mod secrets_reachable;
mod subnet_addresses;
mod target_can_act;
mod targets_healthy;
mod volumes_attached;
mod volumes_reachable;
mod way;
mod web_acl_lets_in;

use std::fmt;

use blastmap_graph::Overlay;
use blastmap_model::{Phase, ResourceIndex, ResourceKind};

use crate::{Launch, Verdict};

pub use schedule_enabled::is_enabled;

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

impl fmt::Debug for Need {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.name)
    }
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
    capacity_provider_usable::NEED,
    instance_room::NEED,
    network_exists::NEED,
    subnet_addresses::NEED,
    fargate_zone::NEED,
    image_exists::NEED,
    image_kept::NEED,
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
    environment_files_exist::NEED,
    environment_files::NEED,
    endpoint_policy_allows::NEED,
    volumes_reachable::NEED,
    volumes_attached::NEED,
    discovery_exists::NEED,
    new_targets_healthy::NEED,
    // While it runs.
    roles_assumable::WHILE_RUNNING,
    host_active::NEED,
    volumes_reachable::WHILE_RUNNING,
    endpoint_serves::OF_VPC,
    endpoint_serves::OF_MOUNT_TARGET,
    endpoint_serves::OF_ACCESS_POINT,
    // To get traffic.
    group_forwarded_to::NEED,
    targets_healthy::NEED,
    rule_reached::NEED,
    balancer_zones::NEED,
    certificates_valid::NEED,
    web_acl_lets_in::NEED,
    quotas::TARGETS,
    quotas::RULES,
    // To be rolled out.
    room_to_roll::NEED,
    drain_can_finish::NEED,
    deployment_alarms::NEED,
    // To scale.
    scales::NEED,
    target_can_act::NEED,
    policy_can_act::NEED,
    launch_template_exists::NEED,
    // To be started by a rule or a schedule.
    schedule_enabled::NEED,
    schedule_cluster::NEED,
    schedule_role::NEED,
];

#[cfg(test)]
mod tests {
    use blastmap_graph::Snapshot;
    use blastmap_model::Arn;

    use super::*;
    use crate::{
        Answer,
        estate::{Estate, told},
    };

    fn estates() -> Vec<(&'static str, Estate)> {
        let new = Estate::new;
        vec![
            ("by NAT", new().vpc_with_nat().fargate_service().alb()),
            (
                "by endpoints",
                new().isolated_vpc_with_endpoints().fargate_service(),
            ),
            (
                "on instances",
                new().vpc_with_nat().ec2_cluster().ec2_service(),
            ),
        ]
    }

    /// What each need says of each of its subjects, where it is not met.
    fn said(snapshot: &Snapshot) -> Vec<(Answer, String)> {
        let overlay = Overlay::as_is(snapshot);
        let mut said = Vec::new();
        for place in snapshot.inventory().indices() {
            let kind = overlay.kind(place);
            let launches = Launch::of(&overlay, place);
            for need in ALL {
                let verdict = match need.subject {
                    Subject::Start(judge) => {
                        let of_service = !overlay
                            .needed(place, blastmap_model::Relation::PartOf)
                            .is_empty()
                            && kind == ResourceKind::EcsTask;
                        let launches = launches.iter().filter(|_| !of_service);
                        Verdict::all(launches.map(|launch| judge(&overlay, launch)))
                    }
                    Subject::Of(kinds, judge) if kinds.contains(&kind) => judge(&overlay, place),
                    Subject::Of(..) => continue,
                };
                if !verdict.is_met() {
                    let name = &overlay.resource(place).name;
                    let text = format!("{} of {name}: {}", need.name, told(&verdict));
                    said.push((verdict.answer, text));
                }
            }
        }
        said
    }

    #[test]
    fn a_healthy_estate_has_all_that_it_needs() {
        for (name, estate) in estates() {
            let said = said(&estate.snapshot());
            assert_eq!(said, [], "{name}");
        }
    }

    /// Whatever is not there, not readable or empty: an answer, and never a healthy one turned into a break by not having read it.
    #[test]
    fn what_was_not_read_breaks_nothing() {
        for (name, estate) in estates() {
            for id in estate.ids() {
                let kind = Arn::parse(&id)
                    .ok()
                    .and_then(|arn| ResourceKind::of_arn(&arn));
                let blind = estate.clone().unreadable(&id).blind(kind.unwrap());
                let unread = said(&blind.snapshot());
                let broken: Vec<_> = unread
                    .into_iter()
                    .filter(|(answer, _)| *answer == Answer::Unmet)
                    .collect();
                assert_eq!(broken, [], "{name}, {id} unreadable");
                said(&estate.clone().missing(&id).snapshot());
                said(&estate.clone().emptied(&id).snapshot());
            }
        }
    }

    #[test]
    fn names_are_told_apart() {
        let mut names: Vec<_> = ALL.iter().map(|need| need.name).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), ALL.len());
    }
}
