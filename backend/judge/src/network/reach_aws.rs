//! Whether a service of AWS answers to somebody in a subnet: the path that the packets take is found, and only that is tested.
//!
//! Name resolution decides first. An interface endpoint with private DNS catches its service's name for the whole VPC, and no other
//! way helps if it refuses. Without one, a gateway endpoint in the subnet's route table takes the packets, or else the default route.
//! <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/vpc-endpoints.html>

use std::collections::{BTreeMap, BTreeSet};

use blastmap_graph::Overlay;
use blastmap_model::{
    Relation, ResourceIndex, ResourceKind,
    kinds::{vpc::Vpc, vpc_endpoint::VpcEndpoint},
};

use super::{
    AwsService, agent, dns_servers, endpoint, internet,
    lookup::{in_vpc, is_blind, is_missing, list, named, vpc_of},
};
use crate::{Answer, Launch, Reason, Seat, Verdict};

/// Whether a service can be reached from one place.
pub fn reach(overlay: &Overlay<'_>, seat: &Seat, service: &AwsService) -> Verdict {
    reach_from(
        overlay,
        std::slice::from_ref(seat),
        std::slice::from_ref(service),
    )
}

/// Whether each of the services can be reached from each of the places: a task may start in any of them.
pub fn reach_from(overlay: &Overlay<'_>, seats: &[Seat], services: &[AwsService]) -> Verdict {
    reach_without(overlay, seats, services, &[])
}

/// Whether whoever pulls, reads and logs for a launch can reach each of the services.
pub fn reach_for(
    overlay: &Overlay<'_>,
    launch: &Launch,
    services: &BTreeSet<AwsService>,
) -> Verdict {
    let services: Vec<_> = services.iter().cloned().collect();
    let seats = agent::seats(overlay, launch);
    reach_without(overlay, &seats, &services, &gone_of(overlay, launch))
}

/// An endpoint that is not there any more, with what is remembered of it.
type Gone = (ResourceIndex, VpcEndpoint);

/// The endpoints that a launch's subject has links to, and that are not there: where nothing else serves, they are what is missing.
fn gone_of(overlay: &Overlay<'_>, launch: &Launch) -> Vec<Gone> {
    let linked = overlay.needed(launch.subject, Relation::ReachesAwsVia);
    let gone = linked
        .into_iter()
        .filter(|place| is_missing(overlay, *place));
    gone.filter_map(|place| {
        let resource = overlay.resource(place);
        let facts = resource.attributes.facts::<VpcEndpoint>().ok();
        let facts = facts.filter(|_| resource.kind == ResourceKind::VpcEndpoint);
        Some((place, facts?))
    })
    .collect()
}

fn reach_without(
    overlay: &Overlay<'_>,
    seats: &[Seat],
    services: &[AwsService],
    gone: &[Gone],
) -> Verdict {
    let checks = services.iter().flat_map(|service| {
        let of_one = |seat: &Seat| Check {
            what: service.label().to_owned(),
            subnet: seat.subnet,
            verdict: obstacles(overlay, seat, service, gone),
        };
        seats.iter().map(of_one)
    });
    together(overlay, checks.collect())
}

/// Whether the internet can be reached from each of the places; `what` is who answers there.
pub fn internet_from(overlay: &Overlay<'_>, seats: &[Seat], what: &str) -> Verdict {
    let checks = seats.iter().map(|seat| Check {
        what: what.to_owned(),
        subnet: seat.subnet,
        verdict: if is_missing(overlay, seat.subnet) {
            Verdict::met()
        } else {
            Verdict::all([names_resolve(overlay, seat), internet::reach(overlay, seat)])
        },
    });
    together(overlay, checks.collect())
}

/// The endpoints that take a service's packets from a place: one, or none, or several where nobody knows which.
pub fn caught_by(
    overlay: &Overlay<'_>,
    subnet: ResourceIndex,
    service: &AwsService,
) -> Vec<ResourceIndex> {
    let ways = Ways::of(overlay, subnet, service);
    let interfaces = ways.interfaces.iter().map(|(place, _)| *place);
    let mut places: Vec<_> = interfaces.collect();
    if places.is_empty() || service.name == "s3" {
        places.extend(ways.gateway);
    }
    places
}

/// What one place finds of one service. Reasons say why not, without naming either.
struct Check {
    what: String,
    subnet: ResourceIndex,
    verdict: Verdict,
}

/// One verdict, with one reason for all the services and subnets that the same thing keeps apart.
fn together(overlay: &Overlay<'_>, checks: Vec<Check>) -> Verdict {
    let worst = checks.iter().map(|check| check.verdict.answer).max();
    let worst = worst.unwrap_or(Answer::Met);
    let mut subnets: BTreeMap<(Reason, String), Vec<ResourceIndex>> = BTreeMap::new();
    for check in checks
        .into_iter()
        .filter(|check| check.verdict.answer == worst)
    {
        for reason in check.verdict.reasons {
            let of = subnets.entry((reason, check.what.clone())).or_default();
            of.push(check.subnet);
        }
    }
    let mut services: BTreeMap<(Reason, Vec<ResourceIndex>), Vec<String>> = BTreeMap::new();
    for ((reason, what), mut of) in subnets {
        of.sort();
        of.dedup();
        services.entry((reason, of)).or_default().push(what);
    }
    let each = services.into_iter().map(|((reason, of), what)| {
        let from = named(overlay, "subnet", "subnets", of);
        let (what, why) = (list(what), reason.text);
        match worst {
            Answer::Unmet => Verdict::unmet(
                reason.about,
                format!("{what} cannot be reached from {from}: {why}"),
            ),
            Answer::Unknown | Answer::Met => Verdict::unknown(
                reason.about,
                format!("{what} may not be reachable from {from}: {why}"),
            ),
        }
    });
    Verdict::all(each)
}

/// The endpoints that may take a service's packets.
struct Ways {
    /// With private DNS; true: certainly.
    interfaces: Vec<(ResourceIndex, bool)>,
    gateway: Option<ResourceIndex>,
    /// Those that are there and would serve but for this.
    idle: Vec<(ResourceIndex, &'static str)>,
}

impl Ways {
    fn of(overlay: &Overlay<'_>, subnet: ResourceIndex, service: &AwsService) -> Self {
        let mut ways = Self {
            interfaces: Vec::new(),
            gateway: None,
            idle: Vec::new(),
        };
        let Some(vpc) = vpc_of(overlay, subnet) else {
            return ways;
        };
        let host_names = overlay
            .facts::<Vpc>(vpc)
            .is_none_or(|facts| facts.enable_dns_hostnames != Some(false));
        for place in in_vpc(overlay, vpc, ResourceKind::VpcEndpoint) {
            let Some(facts) = overlay.facts::<VpcEndpoint>(place) else {
                continue;
            };
            if !service.is_served_by(&facts) {
                continue;
            }
            if !endpoint::is_available(overlay, place, &facts) {
                ways.idle.push((place, "is not available"));
            } else if facts.is_interface() {
                ways.note_interface(overlay, place, &facts, host_names);
            } else if endpoint::gateway_takes(overlay, &facts, subnet) {
                ways.gateway = ways.gateway.or(Some(place));
            } else {
                ways.idle
                    .push((place, "has no route in the subnet's route table"));
            }
        }
        ways
    }

    fn note_interface(
        &mut self,
        overlay: &Overlay<'_>,
        place: ResourceIndex,
        facts: &VpcEndpoint,
        host_names: bool,
    ) {
        let unknown = overlay.is_unknown(place, "PrivateDnsEnabled");
        if facts.private_dns_enabled != Some(true) && !unknown {
            self.idle.push((place, "has no private DNS"));
        } else if host_names {
            self.interfaces.push((place, !unknown));
        } else {
            self.idle.push((
                place,
                "has no private DNS, for which the VPC needs DNS hostnames",
            ));
        }
    }
}

fn obstacles(overlay: &Overlay<'_>, seat: &Seat, service: &AwsService, gone: &[Gone]) -> Verdict {
    let subnet = seat.subnet;
    // Another need says that it is not there.
    if is_missing(overlay, subnet) {
        return Verdict::met();
    }
    let name = &overlay.resource(subnet).name;
    if !overlay.is_there(subnet) {
        return Verdict::unknown(
            subnet,
            format!("check subnet {name}, which could not be read"),
        );
    }
    let resolves = names_resolve(overlay, seat);
    if !resolves.is_met() {
        return resolves;
    }
    let mut ways = Ways::of(overlay, subnet, service);
    let gone = gone.iter().filter(|(_, facts)| service.is_served_by(facts));
    ways.idle
        .extend(gone.map(|(place, _)| (*place, "is not there")));
    let otherwise = || match ways.gateway {
        Some(gateway) => endpoint::gateway_lets_in(overlay, gateway, seat),
        None => by_default_route(overlay, seat, &ways),
    };
    let Some((_, certain)) = ways.interfaces.first() else {
        return otherwise();
    };
    let each = ways.interfaces.iter();
    let caught =
        Verdict::any(each.map(|(place, _)| endpoint::interface_lets_in(overlay, *place, seat)));
    // Both an interface and a gateway endpoint of S3: a setting that is not seen says which serves the VPC.
    let gateway_too = ways.gateway.is_some();
    if *certain && !gateway_too && !dns_servers::are_own(overlay, subnet) {
        caught
    } else {
        either(caught, otherwise())
    }
}

/// Either may be the path: sure only where they agree.
fn either(one: Verdict, other: Verdict) -> Verdict {
    if one.answer == other.answer {
        return Verdict::all([one, other]);
    }
    let both = [one, other].into_iter();
    let bad = both.filter(|path| path.answer != Answer::Met);
    let mut verdict = Verdict::all(bad);
    if verdict.answer == Answer::Unmet {
        verdict.answer = Answer::Unknown;
        for reason in &mut verdict.reasons {
            reason.text = format!("check which path is taken, for on one {}", reason.text);
        }
    }
    verdict
}

fn by_default_route(overlay: &Overlay<'_>, seat: &Seat, ways: &Ways) -> Verdict {
    let mut path = internet::reach(overlay, seat);
    if path.answer != Answer::Unmet {
        return path;
    }
    if is_blind(overlay, ResourceKind::VpcEndpoint, seat.subnet) {
        return Verdict::unknown(
            seat.subnet,
            "check the VPC's endpoints, which could not be read",
        );
    }
    if internet::is_unseen(overlay, seat.subnet) {
        return Verdict::unknown(
            seat.subnet,
            "check the VPC's routes, which could not be read",
        );
    }
    let idle = ways
        .idle
        .iter()
        .map(|(place, why)| format!("endpoint {} {why}", overlay.resource(*place).name));
    let idle = list(idle);
    for reason in &mut path.reasons {
        let why = if idle.is_empty() {
            "no endpoint for it in the VPC"
        } else {
            idle.as_str()
        };
        reason.text = format!("{}, and {why}", reason.text);
        if let [(place, _)] = ways.idle.as_slice() {
            reason.about = Some(*place);
        }
    }
    path
}

fn names_resolve(overlay: &Overlay<'_>, seat: &Seat) -> Verdict {
    vpc_of(overlay, seat.subnet).map_or_else(Verdict::met, |vpc| dns_servers::answer(overlay, vpc))
}

#[cfg(test)]
mod tests;
