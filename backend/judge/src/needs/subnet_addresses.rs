//! The subnets have an address for each task that is to start beside those that run.
//!
//! <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-networking-awsvpc.html>

use std::collections::BTreeSet;

use blastmap_graph::Overlay;
use blastmap_model::{
    Phase, Relation, ResourceIndex, ResourceKind,
    kinds::{ecs_service::EcsService, subnet::Subnet},
};

use super::{Need, Subject};
use crate::{
    Launch, Verdict,
    room::tasks::{extra, running, unseen},
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

fn judge(overlay: &Overlay<'_>, launch: &Launch) -> Verdict {
    // A task that takes the place of one in the same subnets takes its address; one that comes from others needs a new one.
    let subnets = subnets_of(launch);
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
            format!("check that subnet {} has free addresses: it was not read", overlay.resource(unread).name),
        );
    }
    let addresses = if more == 1 { "address" } else { "addresses" };
    let have = if subnets.len() == 1 { "subnet has" } else { "subnets have" };
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
    network.flat_map(|network| network.subnets.iter().copied()).collect()
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
            .and_then(|facts| facts.available_ip_address_count);
        match count {
            Some(count) => free = free.saturating_add(usize::try_from(count).unwrap_or(0)),
            None if overlay.resource(*place).presence == blastmap_model::Presence::Missing => {}
            None => unread = unread.or(Some(*place)),
        }
    }
    (free, unread)
}

/// Addresses that other services want of these subnets: their tasks beside those that run, as far as subnets of their
/// own do not have them.
fn claimed(
    overlay: &Overlay<'_>,
    subject: ResourceIndex,
    subnets: &BTreeSet<ResourceIndex>,
) -> usize {
    let placed = subnets.iter().flat_map(|place| overlay.needing(*place, Relation::PlacedIn));
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
