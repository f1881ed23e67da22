use blastmap_graph::Snapshot;
use blastmap_model::{
    After, Edits, ResourceId,
    kinds::{
        Facts,
        internet_gateway::{GatewayAttachment, InternetGateway},
        nat_gateway::NatGateway,
        route_table::{Route, RouteTable},
        security_group::{IpPermission, PrefixListId, SecurityGroup},
        subnet::{NetworkAclEntry, Subnet},
        vpc_endpoint::EndpointGroup,
    },
};

use super::*;
use crate::estate::{
    Estate, REGION, arn, ec2, everything_out, gone, patched, place, planned, tcp,
    together as all_of, unknown,
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
            "known only after the change",
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
            "check that the DNS servers 10.0.0.9 answer",
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
            Unknown,
            "check that the DNS servers 10.0.0.9 answer",
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
                    f.ip_permissions_egress = vec![tcp((80, 80), "0.0.0.0/0"), everything_out()];
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

/// As a plan's reader writes what the plan makes: its facts and those of others name it by a made-up id.
fn made<F: Facts>(kind: &str, id: &str, facts: &F) -> Edits {
    let own = arn("ec2", &format!("{kind}/{id}"));
    let mut edits = planned(&format!("planned:{id}"), &own, facts);
    for after in edits.after.values_mut() {
        if let After::Is(planned) = after {
            planned.also_named.insert(ResourceId::new(&own));
        }
    }
    edits
}

#[test]
fn what_a_plan_makes_serves_as_what_is_there() {
    let snapshot = nat().snapshot();
    let new_nat = NatGateway {
        nat_gateway_id: "planned-nat".to_owned(),
        vpc_id: Some("vpc-1".to_owned()),
        subnet_id: Some("subnet-public-a".to_owned()),
        connectivity_type: Some("public".to_owned()),
        ..NatGateway::default()
    };
    let new_edge = InternetGateway {
        internet_gateway_id: "planned-edge".to_owned(),
        attachments: vec![GatewayAttachment {
            vpc_id: Some("vpc-1".to_owned()),
            state: None,
        }],
        ..InternetGateway::default()
    };
    let new_endpoint = VpcEndpoint {
        vpc_endpoint_id: "planned-endpoint".to_owned(),
        vpc_endpoint_type: Some("Interface".to_owned()),
        vpc_id: Some("vpc-1".to_owned()),
        service_name: Some(format!("com.amazonaws.{REGION}.ssm")),
        subnet_ids: vec!["subnet-a".to_owned()],
        groups: vec![EndpointGroup {
            group_id: Some("planned-group".to_owned()),
            group_name: None,
        }],
        private_dns_enabled: Some(true),
        ..VpcEndpoint::default()
    };
    let new_group = |lets_in: Vec<IpPermission>| {
        let facts = SecurityGroup {
            group_id: "planned-group".to_owned(),
            vpc_id: Some("vpc-1".to_owned()),
            ip_permissions: lets_in,
            ..SecurityGroup::default()
        };
        made("security-group", "planned-group", &facts)
    };
    let by_nat = table(&snapshot, |route| {
        route.nat_gateway_id = Some("planned-nat".to_owned());
    });
    let by_edge = patched(&snapshot, &ec2("rtb-public"), |facts: &mut RouteTable| {
        facts.routes.last_mut().unwrap().gateway_id = Some("planned-edge".to_owned());
    });
    let endpoint = || made("vpc-endpoint", "planned-endpoint", &new_endpoint);
    let cases = [
        (
            "a NAT gateway in the place of another",
            all_of([
                gone(&ec2("nat-1")),
                made("natgateway", "planned-nat", &new_nat),
                by_nat,
            ]),
            Answer::Met,
        ),
        (
            "an internet gateway in the place of another",
            all_of([
                gone(&ec2("igw-1")),
                made("internet-gateway", "planned-edge", &new_edge),
                by_edge,
            ]),
            Answer::Met,
        ),
        (
            "an endpoint that lets in",
            all_of([endpoint(), new_group(vec![tcp((443, 443), "10.0.0.0/16")])]),
            Answer::Met,
        ),
        // It catches the name for the whole VPC: what worked by NAT works no more.
        (
            "an endpoint that lets nobody in",
            all_of([endpoint(), new_group(Vec::new())]),
            Answer::Unmet,
        ),
    ];
    for (case, edits, expected) in cases {
        let (answer, text) = judged(&snapshot, &edits, "ssm");
        assert_eq!(answer, expected, "{case}: {text}");
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
