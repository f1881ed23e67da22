//! Whether a service of AWS answers to somebody in a subnet: the path that the packets take is found, and only that is tested.
//!
//! Name resolution decides first. An interface endpoint with private DNS catches its service's name for the whole VPC, and no other
//! way helps if it refuses. Without one, a gateway endpoint in the subnet's route table takes the packets, or else the default route.
//! <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/vpc-endpoints.html>

use std::collections::BTreeMap;

use blastmap_graph::Overlay;
use blastmap_model::{
    ResourceIndex, ResourceKind,
    kinds::{vpc::Vpc, vpc_endpoint::VpcEndpoint},
};

use super::{
    AwsService, endpoint, internet,
    lookup::{in_vpc, is_blind, is_missing, list, named, vpc_of},
};
use crate::{Answer, Reason, Seat, Verdict};

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
    let checks = services.iter().flat_map(|service| {
        let of_one = |seat: &Seat| Check {
            what: service.label().to_owned(),
            subnet: seat.subnet,
            verdict: obstacles(overlay, seat, service),
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

fn obstacles(overlay: &Overlay<'_>, seat: &Seat, service: &AwsService) -> Verdict {
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
    let ways = Ways::of(overlay, subnet, service);
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
    if *certain && !gateway_too && !has_own_resolvers(overlay, subnet) {
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

/// <https://docs.aws.amazon.com/vpc/latest/userguide/AmazonDNS-concepts.html>
fn names_resolve(overlay: &Overlay<'_>, seat: &Seat) -> Verdict {
    let Some(vpc) = vpc_of(overlay, seat.subnet) else {
        return Verdict::met();
    };
    let off = overlay
        .facts::<Vpc>(vpc)
        .is_some_and(|facts| facts.enable_dns_support == Some(false));
    if off && !has_own_resolvers(overlay, seat.subnet) {
        let name = &overlay.resource(vpc).name;
        return Verdict::unmet(
            vpc,
            format!("DNS support of VPC {name} is off, so that names do not resolve"),
        );
    }
    Verdict::met()
}

/// True where the VPC's DHCP options name DNS servers that are not Amazon's: whether they ask Amazon's is not seen.
fn has_own_resolvers(overlay: &Overlay<'_>, subnet: ResourceIndex) -> bool {
    let vpc = vpc_of(overlay, subnet).and_then(|vpc| overlay.facts::<Vpc>(vpc));
    vpc.is_some_and(|facts| {
        let servers = &facts.domain_name_servers;
        !servers.is_empty() && !servers.iter().any(|server| server == "AmazonProvidedDNS")
    })
}

#[cfg(test)]
mod tests {
    use blastmap_graph::Snapshot;
    use blastmap_model::{
        Edits,
        kinds::{
            internet_gateway::InternetGateway,
            nat_gateway::NatGateway,
            route_table::{Route, RouteTable},
            security_group::{PrefixListId, SecurityGroup},
            subnet::{NetworkAclEntry, Subnet},
        },
    };

    use super::*;
    use crate::estate::{
        Estate, REGION, ec2, everything_out, gone, patched, place, tcp, together as all_of, unknown,
    };

    fn nat() -> Estate {
        Estate::new().vpc_with_nat().fargate_service()
    }

    fn isolated() -> Estate {
        Estate::new()
            .isolated_vpc_with_endpoints()
            .fargate_service()
    }

    fn both() -> Estate {
        nat()
            .security_group("sg-endpoints", vec![tcp((443, 443), "10.0.0.0/16")])
            .interface_endpoint("ssm")
    }

    fn seats(overlay: &Overlay<'_>, public_ip: bool) -> Vec<Seat> {
        let seat = |subnet: &str| Seat {
            subnet: place(overlay, &ec2(subnet)),
            groups: vec![place(overlay, &ec2("sg-web"))],
            public_ip,
        };
        vec![seat("subnet-a"), seat("subnet-b")]
    }

    fn judged(snapshot: &Snapshot, edits: &Edits, service: &'static str) -> (Answer, String) {
        let overlay = Overlay::with(snapshot, edits);
        let service = [AwsService::new(service, REGION)];
        let verdict = reach_from(&overlay, &seats(&overlay, false), &service);
        let texts = verdict.reasons.iter().map(|reason| reason.text.as_str());
        (verdict.answer, texts.collect::<Vec<_>>().join("; "))
    }

    fn group(snapshot: &Snapshot, id: &str, change: impl FnOnce(&mut SecurityGroup)) -> Edits {
        patched(snapshot, &ec2(id), change)
    }

    fn endpoint(snapshot: &Snapshot, id: &str, change: impl FnOnce(&mut VpcEndpoint)) -> Edits {
        patched(snapshot, &ec2(id), change)
    }

    fn table(snapshot: &Snapshot, change: impl FnOnce(&mut Route)) -> Edits {
        patched(snapshot, &ec2("rtb-private"), |facts: &mut RouteTable| {
            change(facts.routes.last_mut().unwrap());
        })
    }

    fn acl(snapshot: &Snapshot, entry: NetworkAclEntry) -> Edits {
        patched(snapshot, &ec2("subnet-a"), |facts: &mut Subnet| {
            let acl = facts.network_acl.as_mut().unwrap();
            acl.entries.insert(0, entry);
        })
    }

    fn deny(egress: bool, cidr: &str) -> NetworkAclEntry {
        NetworkAclEntry {
            egress,
            rule_number: Some(50),
            protocol: Some("-1".to_owned()),
            rule_action: Some("deny".to_owned()),
            cidr_block: Some(cidr.to_owned()),
            ..NetworkAclEntry::default()
        }
    }

    type Case = (
        &'static str,
        fn() -> Estate,
        fn(&Snapshot) -> Edits,
        &'static str,
        Answer,
        &'static str,
    );

    #[test]
    #[expect(clippy::too_many_lines, reason = "a table of cases")]
    fn the_path_that_packets_take_is_tested() {
        use Answer::{Met, Unknown, Unmet};
        let nothing: fn(&Snapshot) -> Edits = |_| all_of([]);
        let cases: Vec<Case> = vec![
            ("healthy by NAT", nat, nothing, "ssm", Met, ""),
            ("healthy by endpoint", isolated, nothing, "ssm", Met, ""),
            (
                "healthy by gateway endpoint",
                isolated,
                nothing,
                "s3",
                Met,
                "",
            ),
            (
                "no endpoint for it",
                isolated,
                nothing,
                "sts",
                Unmet,
                "route table rtb-private has no route to the internet, and no endpoint for it in the VPC",
            ),
            ("endpoint and NAT", both, nothing, "ssm", Met, ""),
            (
                "endpoint goes, NAT stays",
                both,
                |_| gone(&ec2("vpce-ssm")),
                "ssm",
                Met,
                "",
            ),
            (
                "NAT goes, endpoint stays",
                both,
                |_| gone(&ec2("nat-1")),
                "ssm",
                Met,
                "",
            ),
            (
                "both go",
                both,
                |_| all_of([gone(&ec2("nat-1")), gone(&ec2("vpce-ssm"))]),
                "ssm",
                Unmet,
                "rtb-private leads to nat-1, which is not there",
            ),
            (
                "endpoint goes",
                isolated,
                |_| gone(&ec2("vpce-ssm")),
                "ssm",
                Unmet,
                "from subnets subnet-a and subnet-b",
            ),
            (
                "other endpoint goes",
                isolated,
                |_| gone(&ec2("vpce-logs")),
                "ssm",
                Met,
                "",
            ),
            (
                "gateway endpoint goes",
                isolated,
                |_| gone(&ec2("vpce-s3")),
                "s3",
                Unmet,
                "S3 cannot be reached",
            ),
            (
                "gateway endpoint leaves the table",
                isolated,
                |s| endpoint(s, "vpce-s3", |f| f.route_table_ids.clear()),
                "s3",
                Unmet,
                "has no route in the subnet's route table",
            ),
            // The name resolves to the endpoint: NAT does not help.
            (
                "endpoint refuses in spite of NAT",
                both,
                |s| group(s, "sg-endpoints", |f| f.ip_permissions.clear()),
                "ssm",
                Unmet,
                "security group endpoints does not let in port 443 from security group web",
            ),
            (
                "endpoint admits another group",
                isolated,
                |s| {
                    group(s, "sg-endpoints", |f| {
                        f.ip_permissions = vec![tcp((443, 443), "sg-other")];
                    })
                },
                "ssm",
                Unmet,
                "does not let in",
            ),
            (
                "endpoint admits the group",
                isolated,
                |s| {
                    group(s, "sg-endpoints", |f| {
                        f.ip_permissions = vec![tcp((443, 443), "sg-web")];
                    })
                },
                "ssm",
                Met,
                "",
            ),
            (
                "endpoint admits one subnet",
                isolated,
                |s| {
                    group(s, "sg-endpoints", |f| {
                        f.ip_permissions = vec![tcp((443, 443), "10.0.1.0/24")];
                    })
                },
                "ssm",
                Unmet,
                "from subnet subnet-b",
            ),
            (
                "endpoint admits another port",
                isolated,
                |s| {
                    group(s, "sg-endpoints", |f| {
                        f.ip_permissions = vec![tcp((80, 80), "10.0.0.0/16")];
                    })
                },
                "ssm",
                Unmet,
                "port 443",
            ),
            (
                "endpoint admits a prefix list",
                isolated,
                |s| {
                    group(s, "sg-endpoints", |f| {
                        f.ip_permissions[0].ip_ranges.clear();
                        f.ip_permissions[0].prefix_list_ids = vec![PrefixListId {
                            prefix_list_id: "pl-1".to_owned(),
                            description: None,
                        }];
                    })
                },
                "ssm",
                Unknown,
                "prefix list",
            ),
            (
                "endpoint's rules are not known yet",
                isolated,
                |s| {
                    unknown(
                        group(s, "sg-endpoints", |f| f.ip_permissions.clear()),
                        &["IpPermissions"],
                    )
                },
                "ssm",
                Unknown,
                "known after the change only",
            ),
            (
                "endpoint loses a subnet",
                isolated,
                |s| {
                    endpoint(s, "vpce-ssm", |f| {
                        f.subnet_ids = vec!["subnet-a".to_owned()];
                    })
                },
                "ssm",
                Met,
                "",
            ),
            (
                "endpoint loses all subnets",
                isolated,
                |s| endpoint(s, "vpce-ssm", |f| f.subnet_ids.clear()),
                "ssm",
                Unmet,
                "has an address in no subnet",
            ),
            (
                "private DNS off",
                isolated,
                |s| endpoint(s, "vpce-ssm", |f| f.private_dns_enabled = Some(false)),
                "ssm",
                Unmet,
                "has no private DNS",
            ),
            (
                "private DNS off with NAT",
                both,
                |s| endpoint(s, "vpce-ssm", |f| f.private_dns_enabled = Some(false)),
                "ssm",
                Met,
                "",
            ),
            (
                "private DNS not known yet",
                isolated,
                |s| {
                    unknown(
                        endpoint(s, "vpce-ssm", |f| f.private_dns_enabled = None),
                        &["PrivateDnsEnabled"],
                    )
                },
                "ssm",
                Unknown,
                "check which path is taken",
            ),
            (
                "endpoint rejected",
                isolated,
                |s| endpoint(s, "vpce-ssm", |f| f.state = Some("rejected".to_owned())),
                "ssm",
                Unmet,
                "is not available",
            ),
            (
                "DNS support off",
                nat,
                |s| {
                    patched(s, &ec2("vpc-1"), |f: &mut Vpc| {
                        f.enable_dns_support = Some(false);
                    })
                },
                "ssm",
                Unmet,
                "DNS support",
            ),
            (
                "DNS hostnames off",
                isolated,
                |s| {
                    patched(s, &ec2("vpc-1"), |f: &mut Vpc| {
                        f.enable_dns_hostnames = Some(false);
                    })
                },
                "ssm",
                Unmet,
                "DNS hostnames",
            ),
            (
                "DNS hostnames off with NAT",
                nat,
                |s| {
                    patched(s, &ec2("vpc-1"), |f: &mut Vpc| {
                        f.enable_dns_hostnames = Some(false);
                    })
                },
                "ssm",
                Met,
                "",
            ),
            (
                "own DNS servers",
                isolated,
                |s| {
                    patched(s, &ec2("vpc-1"), |f: &mut Vpc| {
                        f.domain_name_servers = vec!["10.0.0.9".to_owned()];
                    })
                },
                "ssm",
                Unknown,
                "check which path is taken",
            ),
            (
                "own DNS servers, either path serves",
                both,
                |s| {
                    patched(s, &ec2("vpc-1"), |f: &mut Vpc| {
                        f.domain_name_servers = vec!["10.0.0.9".to_owned()];
                    })
                },
                "ssm",
                Met,
                "",
            ),
            (
                "NAT goes",
                nat,
                |_| gone(&ec2("nat-1")),
                "ssm",
                Unmet,
                "Parameter Store (ssm) cannot be reached from subnets subnet-a and subnet-b: route table rtb-private leads to nat-1",
            ),
            (
                "NAT failed",
                nat,
                |s| {
                    patched(s, &ec2("nat-1"), |f: &mut NatGateway| {
                        f.state = Some("failed".to_owned());
                    })
                },
                "ssm",
                Unmet,
                "NAT gateway nat-1 is failed",
            ),
            (
                "NAT private",
                nat,
                |s| {
                    patched(s, &ec2("nat-1"), |f: &mut NatGateway| {
                        f.connectivity_type = Some("private".to_owned());
                    })
                },
                "ssm",
                Unmet,
                "private",
            ),
            (
                "internet gateway detached",
                nat,
                |s| {
                    patched(s, &ec2("igw-1"), |f: &mut InternetGateway| {
                        f.attachments.clear();
                    })
                },
                "ssm",
                Unmet,
                "igw-1 is not attached",
            ),
            (
                "internet gateway goes",
                nat,
                |_| gone(&ec2("igw-1")),
                "ssm",
                Unmet,
                "rtb-public leads to igw-1, which is not there",
            ),
            (
                "route goes",
                nat,
                |s| {
                    patched(s, &ec2("rtb-private"), |f: &mut RouteTable| {
                        f.routes.pop();
                    })
                },
                "ssm",
                Unmet,
                "no route to the internet",
            ),
            (
                "black hole",
                nat,
                |s| table(s, |r| r.state = Some("blackhole".to_owned())),
                "ssm",
                Unmet,
                "black hole",
            ),
            (
                "transit gateway",
                nat,
                |s| {
                    table(s, |r| {
                        r.nat_gateway_id = None;
                        r.transit_gateway_id = Some("tgw-1".to_owned());
                    })
                },
                "ssm",
                Unknown,
                "check what lies behind tgw-1",
            ),
            (
                "internet gateway without a public address",
                nat,
                |s| {
                    table(s, |r| {
                        r.nat_gateway_id = None;
                        r.gateway_id = Some("igw-1".to_owned());
                    })
                },
                "ssm",
                Unmet,
                "serves public addresses only",
            ),
            (
                "egress closed",
                nat,
                |s| group(s, "sg-web", |f| f.ip_permissions_egress.clear()),
                "ssm",
                Unmet,
                "security group web does not let out port 443 to the internet",
            ),
            (
                "egress to the VPC only",
                nat,
                |s| {
                    group(s, "sg-web", |f| {
                        f.ip_permissions_egress = vec![tcp((443, 443), "10.0.0.0/16")];
                    })
                },
                "ssm",
                Unmet,
                "to the internet",
            ),
            (
                "egress to the VPC is enough for an endpoint",
                isolated,
                |s| {
                    group(s, "sg-web", |f| {
                        f.ip_permissions_egress = vec![tcp((443, 443), "10.0.0.0/16")];
                    })
                },
                "ssm",
                Met,
                "",
            ),
            (
                "egress to the endpoint's group",
                isolated,
                |s| {
                    group(s, "sg-web", |f| {
                        f.ip_permissions_egress = vec![tcp((443, 443), "sg-endpoints")];
                    })
                },
                "ssm",
                Met,
                "",
            ),
            (
                "egress to the VPC is not enough for S3",
                isolated,
                |s| {
                    group(s, "sg-web", |f| {
                        f.ip_permissions_egress = vec![tcp((443, 443), "10.0.0.0/16")];
                    })
                },
                "s3",
                Unmet,
                "to endpoint s3",
            ),
            (
                "egress to the prefix list",
                isolated,
                |s| {
                    group(s, "sg-web", |f| {
                        let mut rule = tcp((443, 443), "10.0.0.0/16");
                        rule.prefix_list_ids = vec![PrefixListId {
                            prefix_list_id: "pl-6da54004".to_owned(),
                            description: None,
                        }];
                        f.ip_permissions_egress = vec![rule];
                    })
                },
                "s3",
                Met,
                "",
            ),
            (
                "a second group adds up",
                nat,
                |s| {
                    group(s, "sg-web", |f| {
                        f.ip_permissions_egress =
                            vec![tcp((80, 80), "0.0.0.0/0"), everything_out()];
                    })
                },
                "ssm",
                Met,
                "",
            ),
            (
                "ACL holds back",
                nat,
                |s| acl(s, deny(true, "0.0.0.0/0")),
                "ssm",
                Unmet,
                "network ACL acl-1 of subnet subnet-a does not let port 443 out",
            ),
            (
                "ACL holds answers back",
                nat,
                |s| acl(s, deny(false, "0.0.0.0/0")),
                "ssm",
                Unmet,
                "does not let ports 32768 to 60999 in",
            ),
            (
                "ACL bars some",
                nat,
                |s| acl(s, deny(true, "203.0.113.0/24")),
                "ssm",
                Met,
                "",
            ),
            (
                "ACL between endpoint and client",
                isolated,
                |s| acl(s, deny(false, "10.0.2.0/24")),
                "ssm",
                Unknown,
                "check the way to its other addresses",
            ),
            (
                "ACL of others",
                isolated,
                |s| acl(s, deny(false, "172.16.0.0/12")),
                "ssm",
                Met,
                "",
            ),
            (
                "subnet goes",
                nat,
                |_| gone(&ec2("subnet-a")),
                "ssm",
                Met,
                "",
            ),
            (
                "endpoints could not be read",
                || nat().blind(ResourceKind::VpcEndpoint),
                |_| gone(&ec2("nat-1")),
                "ssm",
                Unknown,
                "endpoints, which could not be read",
            ),
            (
                "endpoints could not be read, NAT serves",
                || nat().blind(ResourceKind::VpcEndpoint),
                |_| all_of([]),
                "ssm",
                Met,
                "",
            ),
            (
                "NAT could not be read",
                || nat().unreadable(&ec2("nat-1")),
                |_| all_of([]),
                "ssm",
                Unknown,
                "check nat-1, which could not be read",
            ),
            ("another region by NAT", nat, nothing, "sts", Met, ""),
        ];
        for (case, estate, change, service, answer, why) in cases {
            let snapshot = estate().snapshot();
            let (own, text) = judged(&snapshot, &change(&snapshot), service);
            assert_eq!(own, answer, "{case}: {text}");
            assert!(text.contains(why), "{case}: {text}");
        }
    }

    #[test]
    fn another_region_goes_by_the_internet() {
        let snapshot = isolated().snapshot();
        let overlay = Overlay::as_is(&snapshot);
        let verdict = reach(
            &overlay,
            &seats(&overlay, false)[0],
            &AwsService::new("ssm", "us-east-1"),
        );
        assert_eq!(verdict.answer, Answer::Unmet);
    }

    #[test]
    fn a_public_address_makes_an_internet_gateway_do() {
        let snapshot = nat().snapshot();
        let edits = table(&snapshot, |route| {
            route.nat_gateway_id = None;
            route.gateway_id = Some("igw-1".to_owned());
        });
        let overlay = Overlay::with(&snapshot, &edits);
        let service = [AwsService::new("ssm", REGION)];
        assert!(reach_from(&overlay, &seats(&overlay, true), &service).is_met());
        assert!(!reach_from(&overlay, &seats(&overlay, false), &service).is_met());
    }

    #[test]
    fn what_keeps_several_services_apart_is_said_once() {
        let snapshot = nat().snapshot();
        let overlay = Overlay::with(&snapshot, &gone(&ec2("nat-1")));
        let services = ["ecr.api", "s3"].map(|name| AwsService::new(name, REGION));
        let verdict = reach_from(&overlay, &seats(&overlay, false), &services);
        let [reason] = verdict.reasons.as_slice() else {
            unreachable!("one reason, not {:?}", verdict.reasons);
        };
        assert_eq!(
            reason.text,
            "ECR's API (ecr.api) and S3 cannot be reached from subnets subnet-a and subnet-b: \
             route table rtb-private leads to nat-1, which is not there, and no endpoint for it in the VPC"
        );
        assert_eq!(reason.about, Some(place(&overlay, &ec2("nat-1"))));
    }
}
