//! The subnets have an address for each task that is to start beside those that run.
//!
//! <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-networking-awsvpc.html>

use std::collections::BTreeSet;

use blastmap_graph::Overlay;
use blastmap_model::{
    Phase, Presence, Relation, ResourceIndex, ResourceKind,
    kinds::{ecs_service::EcsService, subnet::Subnet},
};

use super::{Need, Subject};
use crate::{
    Launch, Verdict,
    room::{
        tasks::{extra, running, unseen},
        unknown_count,
    },
    verdict::Share,
};

pub(super) const NEED: Need = Need {
    name: "subnet-addresses",
    phase: Phase::Start,
    subject: Subject::Start(judge),
    documentation: "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-networking-awsvpc.html",
    sentence: "The subnets have a free address for each task that starts beside those that run.",
};

/// Other services in the same subnets whose wish for more tasks is heard.
const CLAIMS: usize = 200;

pub(super) fn judge(overlay: &Overlay<'_>, launch: &Launch) -> Verdict {
    if !launch.has_own_addresses() {
        return Verdict::met();
    }
    if let Some(unknown) = unknown_count(overlay, launch) {
        return unknown;
    }
    // A task that takes the place of one in the same subnets takes its address; one that comes from others needs a new one.
    let mut subnets = subnets_of(launch);
    subnets.retain(|place| overlay.resource(*place).presence != Presence::Missing);
    let own = running(overlay, launch.subject);
    let unseen = unseen(overlay, launch.subject, own.len());
    let stays = own.iter().filter(|task| {
        task.subnets.is_empty() || task.subnets.iter().any(|place| subnets.contains(place))
    });
    let more = launch.count.saturating_sub(stays.count() + unseen);
    beside(overlay, launch, more)
}

/// Whether the launch's subnets have addresses for this many tasks beside those that run.
pub(super) fn beside(overlay: &Overlay<'_>, launch: &Launch, more: usize) -> Verdict {
    let subnets = subnets_of(launch);
    if more == 0 || subnets.is_empty() || !launch.has_own_addresses() {
        return Verdict::met();
    }
    let more_claimed = claimed(overlay, launch.subject, &subnets);
    let (free, unread) = free_in(overlay, &subnets);
    let left = free.saturating_sub(more_claimed);
    if left >= more {
        return Verdict::met();
    }
    if let Some(unread) = unread {
        return Verdict::unknown(
            unread,
            format!(
                "check that subnet {} has free addresses: it was not read",
                overlay.resource(unread).name
            ),
        );
    }
    let addresses = if more == 1 { "address" } else { "addresses" };
    let have = if subnets.len() == 1 {
        "subnet has"
    } else {
        "subnets have"
    };
    let claimed = if more_claimed > 0 {
        format!(" ({free} free, {more_claimed} wanted by other services)")
    } else {
        String::new()
    };
    let about = subnets.first().copied();
    let text = format!(
        "{} needs {more} more {addresses}, its {have} {left} left{claimed}",
        overlay.resource(launch.subject).name
    );
    let mut verdict = Verdict::unmet(about, text).reported_as("InsufficientFreeAddressesInSubnet");
    verdict.share = Some(Share {
        lost: more - left,
        of: launch.count.max(more),
    });
    verdict
}

fn subnets_of(launch: &Launch) -> BTreeSet<ResourceIndex> {
    let network = launch.network.iter();
    network
        .flat_map(|network| network.subnets.iter().copied())
        .collect()
}

/// Free addresses of those subnets that are there and read, and the first that was not read.
fn free_in(
    overlay: &Overlay<'_>,
    subnets: &BTreeSet<ResourceIndex>,
) -> (usize, Option<ResourceIndex>) {
    let (mut free, mut unread) = (0_usize, None);
    for place in subnets {
        let count = overlay
            .facts::<Subnet>(*place)
            .and_then(|facts| available(&facts, overlay.resource(*place).presence));
        match count {
            Some(count) => free = free.saturating_add(usize::try_from(count).unwrap_or(0)),
            None if overlay.resource(*place).presence == Presence::Missing => {}
            None => unread = unread.or(Some(*place)),
        }
    }
    (free, unread)
}

/// What AWS reports; of a subnet yet to be made, all addresses but the five that AWS keeps.
///
/// <https://docs.aws.amazon.com/vpc/latest/userguide/subnet-sizing.html>
fn available(facts: &Subnet, presence: Presence) -> Option<i32> {
    if presence != Presence::Planned || facts.available_ip_address_count.is_some() {
        return facts.available_ip_address_count;
    }
    let (_, prefix) = facts.cidr_block.as_deref()?.split_once('/')?;
    let bits = 32_u32.checked_sub(prefix.parse().ok()?)?;
    1_i32
        .checked_shl(bits)?
        .checked_sub(5)
        .filter(|left| *left >= 0)
}

/// Addresses that other services want of these subnets: their tasks beside those that run, as far as subnets of their
/// own do not have them.
fn claimed(
    overlay: &Overlay<'_>,
    subject: ResourceIndex,
    subnets: &BTreeSet<ResourceIndex>,
) -> usize {
    let placed = subnets
        .iter()
        .flat_map(|place| overlay.needing(*place, Relation::PlacedIn));
    let others: BTreeSet<ResourceIndex> = placed
        .filter(|place| *place != subject && overlay.kind(*place) == ResourceKind::EcsService)
        .collect();
    let claims = others.into_iter().filter_map(|place| {
        let facts = overlay.facts::<EcsService>(place)?;
        let extra = extra(overlay, place, &facts);
        if extra == 0 {
            return None;
        }
        let own = overlay.needed(place, Relation::PlacedIn).into_iter();
        let own: BTreeSet<ResourceIndex> = own.filter(|place| !subnets.contains(place)).collect();
        Some(extra.saturating_sub(free_in(overlay, &own).0))
    });
    claims.take(CLAIMS).fold(0, usize::saturating_add)
}

#[cfg(test)]
mod tests {
    use blastmap_model::Edits;

    use super::*;
    use crate::{
        Answer,
        estate::{Estate, arn, ec2, gone, patched, place, together},
    };

    const WEB: &str = "service/main/web";

    fn free(estate: Estate, counts: [i32; 2]) -> Estate {
        ["subnet-a", "subnet-b"]
            .into_iter()
            .zip(counts)
            .fold(estate, |estate, (id, count)| {
                estate.with::<Subnet>(&ec2(id), |own| own.available_ip_address_count = Some(count))
            })
    }

    fn web() -> Estate {
        Estate::new().vpc_with_nat().fargate_service()
    }

    fn other(desired: i32, subnets: &[&str]) -> EcsService {
        EcsService {
            service_arn: arn("ecs", "service/main/api"),
            service_name: "api".to_owned(),
            cluster_arn: arn("ecs", "cluster/main"),
            desired_count: desired,
            network_configuration: serde_json::from_value(
                serde_json::json!({"awsvpcConfiguration": {"subnets": subnets}}),
            )
            .unwrap(),
            ..EcsService::default()
        }
    }

    #[test]
    fn each_task_beside_those_that_run_takes_one() {
        let beside = |desired: i32, subnets: &[&str], counts| {
            let api = other(desired, subnets);
            free(web(), counts).put(&arn("ecs", "service/main/api"), &api)
        };
        // The estate, the count that is wanted; the answer with what is lost.
        let cases = [
            (
                "full, and nothing more",
                free(web(), [0, 0]),
                2,
                Answer::Met,
                None,
            ),
            ("full, and fewer", free(web(), [0, 0]), 1, Answer::Met, None),
            (
                "full, and one more",
                free(web(), [0, 0]),
                3,
                Answer::Unmet,
                Some((1, 3)),
            ),
            ("one subnet full", free(web(), [0, 3]), 5, Answer::Met, None),
            (
                "three more, one left",
                free(web(), [1, 0]),
                5,
                Answer::Unmet,
                Some((2, 5)),
            ),
            (
                "another wants the last",
                beside(1, &["subnet-a"], [1, 0]),
                3,
                Answer::Unmet,
                Some((1, 3)),
            ),
            (
                "another has its own",
                beside(1, &["subnet-a", "subnet-public-a"], [1, 0]),
                3,
                Answer::Met,
                None,
            ),
            (
                "another lies elsewhere",
                beside(9, &["subnet-public-a"], [1, 0]),
                3,
                Answer::Met,
                None,
            ),
        ];
        for (case, estate, desired, expected, lost) in cases {
            let snapshot = estate.snapshot();
            let edits = patched(&snapshot, &arn("ecs", WEB), |own: &mut EcsService| {
                own.desired_count = desired;
            });
            let overlay = Overlay::with(&snapshot, &edits);
            let launch = Launch::of(&overlay, place(&overlay, &arn("ecs", WEB))).remove(0);
            let verdict = judge(&overlay, &launch);
            assert_eq!(verdict.answer, expected, "{case}: {verdict:?}");
            assert_eq!(
                verdict.share.map(|share| (share.lost, share.of)),
                lost,
                "{case}"
            );
        }
    }

    #[test]
    fn tasks_that_move_need_new_ones() {
        let move_to = |snapshot: &blastmap_graph::Snapshot, subnets: &[&str]| {
            patched(snapshot, &arn("ecs", WEB), |own: &mut EcsService| {
                own.network_configuration = other(0, subnets).network_configuration;
            })
        };
        let cases = [
            (
                "to free ones",
                web(),
                &["subnet-public-a"][..],
                false,
                Answer::Met,
            ),
            (
                "to a full one",
                free(web(), [0, 0]),
                &["subnet-a"],
                false,
                Answer::Unmet,
            ),
            (
                "nowhere",
                free(web(), [0, 0]),
                &["subnet-a", "subnet-b"],
                false,
                Answer::Met,
            ),
            (
                "a subnet goes, the other is full",
                free(web(), [0, 0]),
                &["subnet-a", "subnet-b"],
                true,
                Answer::Unmet,
            ),
        ];
        for (case, estate, subnets, goes, expected) in cases {
            let snapshot = estate.snapshot();
            let edits = move_to(&snapshot, subnets);
            let edits = together([
                edits,
                if goes {
                    gone(&ec2("subnet-b"))
                } else {
                    Edits::default()
                },
            ]);
            let overlay = Overlay::with(&snapshot, &edits);
            let launch = Launch::of(&overlay, place(&overlay, &arn("ecs", WEB))).remove(0);
            assert_eq!(judge(&overlay, &launch).answer, expected, "{case}");
        }
    }

    #[test]
    fn an_unread_subnet_may_have_some() {
        let estate = free(web(), [0, 0])
            .without(&ec2("subnet-b"))
            .blind(ResourceKind::Subnet);
        let estate = estate.with::<EcsService>(&arn("ecs", WEB), |own| own.desired_count = 3);
        let snapshot = estate.snapshot();
        let overlay = Overlay::as_is(&snapshot);
        let launch = Launch::of(&overlay, place(&overlay, &arn("ecs", WEB))).remove(0);
        assert_eq!(judge(&overlay, &launch).answer, Answer::Unknown);
        let enough = estate.with::<Subnet>(&ec2("subnet-a"), |own| {
            own.available_ip_address_count = Some(1);
        });
        let snapshot = enough.snapshot();
        let overlay = Overlay::as_is(&snapshot);
        let launch = Launch::of(&overlay, place(&overlay, &arn("ecs", WEB))).remove(0);
        assert_eq!(judge(&overlay, &launch).answer, Answer::Met);
    }

    #[test]
    fn a_new_subnet_is_empty() {
        let cases = [("10.0.9.0/24", 251), ("10.0.9.0/28", 11)];
        for (block, free) in cases {
            let facts = Subnet {
                subnet_id: "subnet-new".to_owned(),
                cidr_block: Some(block.to_owned()),
                ..Subnet::default()
            };
            assert_eq!(available(&facts, Presence::Planned), Some(free));
            assert_eq!(available(&facts, Presence::Live), None);
        }
        for block in ["10.0.9.0", "10.0.9.0/99", "10.0.9.0/0", "10.0.9.0/x", "/"] {
            let facts = Subnet {
                cidr_block: Some(block.to_owned()),
                ..Subnet::default()
            };
            assert_eq!(available(&facts, Presence::Planned), None, "{block}");
        }
    }

    #[test]
    fn the_reason_has_the_numbers() {
        let estate =
            free(web(), [1, 0]).with::<EcsService>(&arn("ecs", WEB), |own| own.desired_count = 5);
        let snapshot = estate.snapshot();
        let overlay = Overlay::as_is(&snapshot);
        let launch = Launch::of(&overlay, place(&overlay, &arn("ecs", WEB))).remove(0);
        let reason = &judge(&overlay, &launch).reasons[0];
        assert_eq!(
            reason.text,
            "web needs 3 more addresses, its subnets have 1 left"
        );
        assert_eq!(reason.aws_error, Some("InsufficientFreeAddressesInSubnet"));
    }
}
