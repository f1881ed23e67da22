//! Routes, gateways, endpoints, groups, lists and addresses.

use blastmap_judge::{
    Level,
    Outcome::FailsOnNextStart,
    estate::{Estate, arn, ec2, everything_out, gone, patched, planned, tcp, together},
};
use blastmap_model::{
    Phase::Start,
    kinds::{
        ecs_service::EcsService,
        nat_gateway::NatGateway,
        route_table::{Route, RouteTable, RouteTableAssociation},
        security_group::SecurityGroup,
        subnet::{NetworkAclEntry, PortRange, Subnet},
        vpc::Vpc,
        vpc_endpoint::{EndpointGroup, VpcEndpoint},
    },
};
use serde_json::json;

use crate::{estates::*, harness::*};

/// A second NAT gateway for `subnet-b`, with a route table of its own.
fn two_nats() -> Estate {
    let mut nat_2 = NatGateway {
        nat_gateway_id: "nat-2".to_owned(),
        vpc_id: Some("vpc-1".to_owned()),
        subnet_id: Some("subnet-public-b".to_owned()),
        state: Some("available".to_owned()),
        connectivity_type: Some("public".to_owned()),
        ..NatGateway::default()
    };
    nat_2
        .nat_gateway_addresses
        .push(blastmap_model::kinds::nat_gateway::NatGatewayAddress {
            allocation_id: Some("eipalloc-2".to_owned()),
            network_interface_id: Some("eni-nat-2".to_owned()),
            private_ip: Some("10.0.102.10".to_owned()),
            public_ip: Some("203.0.113.11".to_owned()),
        });
    let table = table("rtb-b", &["subnet-b"], vec![route_to_nat("nat-2")]);
    nat()
        .with::<RouteTable>(&ec2("rtb-private"), |own| {
            own.associations
                .retain(|own| own.subnet_id.as_deref() != Some("subnet-b"));
        })
        .put(&ec2("nat-2"), &nat_2)
        .put(&ec2("rtb-b"), &table)
}

fn route_to_nat(id: &str) -> Route {
    Route {
        destination_cidr_block: Some("0.0.0.0/0".to_owned()),
        nat_gateway_id: Some(id.to_owned()),
        state: Some("active".to_owned()),
        ..Route::default()
    }
}

fn table(id: &str, subnets: &[&str], routes: Vec<Route>) -> RouteTable {
    let local = Route {
        destination_cidr_block: Some("10.0.0.0/16".to_owned()),
        gateway_id: Some("local".to_owned()),
        state: Some("active".to_owned()),
        ..Route::default()
    };
    RouteTable {
        route_table_id: id.to_owned(),
        vpc_id: Some("vpc-1".to_owned()),
        owner_id: None,
        routes: std::iter::once(local).chain(routes).collect(),
        associations: subnets
            .iter()
            .map(|subnet| RouteTableAssociation {
                main: false,
                subnet_id: Some((*subnet).to_owned()),
                gateway_id: None,
                route_table_association_id: Some(format!("rtbassoc-{subnet}")),
            })
            .collect(),
    }
}

/// An endpoint for the VPC with the NAT gateway, which nobody has yet.
fn endpoint(service: &str, group: &str) -> VpcEndpoint {
    VpcEndpoint {
        vpc_endpoint_id: "vpce-new".to_owned(),
        vpc_endpoint_type: Some("Interface".to_owned()),
        vpc_id: Some("vpc-1".to_owned()),
        service_name: Some(format!("com.amazonaws.eu-west-1.{service}")),
        state: Some("available".to_owned()),
        policy_document: json!({"Statement": [{"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"}]}),
        subnet_ids: vec!["subnet-a".to_owned()],
        groups: vec![EndpointGroup {
            group_id: Some(group.to_owned()),
            group_name: None,
        }],
        private_dns_enabled: Some(true),
        ..VpcEndpoint::default()
    }
}

fn entry(egress: bool, number: i32, action: &str, ports: (i32, i32)) -> NetworkAclEntry {
    NetworkAclEntry {
        egress,
        rule_number: Some(number),
        protocol: Some("6".to_owned()),
        rule_action: Some(action.to_owned()),
        cidr_block: Some("0.0.0.0/0".to_owned()),
        port_range: Some(PortRange {
            from: Some(ports.0),
            to: Some(ports.1),
        }),
        ..NetworkAclEntry::default()
    }
}

fn acl(
    entries: Vec<NetworkAclEntry>,
) -> impl Fn(&blastmap_graph::Snapshot) -> blastmap_model::Edits {
    move |snapshot| {
        together(["subnet-a", "subnet-b"].map(|subnet| {
            patched::<Subnet>(snapshot, &ec2(subnet), |own| {
                if let Some(acl) = &mut own.network_acl {
                    acl.entries.extend(entries.clone());
                }
            })
        }))
    }
}

fn subnets(service: &mut EcsService, subnets: &[&str]) {
    let network = service.network_configuration.as_mut();
    let network = network.and_then(|own| own.awsvpc_configuration.as_mut());
    network.expect("a network").subnets = subnets.iter().map(ToString::to_string).collect();
}

fn in_both_subnets(service: &mut EcsService) {
    subnets(service, &["subnet-a", "subnet-b"]);
}

/// In the first subnet alone; the second lies in the zone given.
fn in_one_zone(zone: &'static str) -> Estate {
    nat()
        .without(&arn("ecs", "task/main/2"))
        .without(&ec2("eni-2"))
        .with::<EcsService>(&service(), |own| {
            subnets(own, &["subnet-a"]);
            (own.desired_count, own.running_count) = (1, 1);
        })
        .with::<Subnet>(&ec2("subnet-b"), |own| {
            own.availability_zone_id = Some(zone.to_owned())
        })
}

/// In public subnets with addresses of their own.
fn public() -> Estate {
    nat().with::<EcsService>(&service(), |own| {
        let network = own
            .network_configuration
            .as_mut()
            .and_then(|own| own.awsvpc_configuration.as_mut());
        let network = network.expect("awsvpc");
        network.subnets = vec!["subnet-public-a".to_owned(), "subnet-public-b".to_owned()];
        network.assign_public_ip = Some("ENABLED".to_owned());
    })
}

fn free(estate: Estate, count: i32) -> Estate {
    ["subnet-a", "subnet-b"]
        .into_iter()
        .fold(estate, |estate, subnet| {
            estate.with::<Subnet>(&ec2(subnet), |own| {
                own.available_ip_address_count = Some(count)
            })
        })
}

fn closed() -> Estate {
    nat().security_group("sg-closed", vec![tcp((443, 443), "10.9.0.0/16")])
}

pub(crate) fn cases() -> Vec<Case> {
    let fails = |case: Case| {
        case.hits(&service(), FailsOnNextStart, Start)
            .level(Level::High)
    };
    let dkr = || ec2("vpce-ecr-dkr");
    let on_endpoints = |change: fn(&mut SecurityGroup)| {
        move |snapshot: &blastmap_graph::Snapshot| {
            patched::<SecurityGroup>(snapshot, &ec2("sg-endpoints"), change)
        }
    };
    vec![
        // Gateways and routes.
        fails(terraform("the only NAT gateway is deleted", nat(), [tf_delete("aws_nat_gateway", tf_ec2("nat-1", json!({"subnet_id": "subnet-public-a"})))])),
        fails(terraform("one of two NAT gateways is deleted", two_nats(), [tf_delete("aws_nat_gateway", tf_ec2("nat-2", json!({"subnet_id": "subnet-public-b"})))])),
        edited("one of two NAT gateways goes, and its subnet's route to the other", two_nats(), |snapshot| together([
            gone(&ec2("nat-2")),
            patched::<RouteTable>(snapshot, &ec2("rtb-b"), |own| own.routes[1] = route_to_nat("nat-1")),
        ])),
        fails(terraform("the internet gateway is detached", nat(), [tf_delete("aws_internet_gateway", tf_ec2("igw-1", json!({"vpc_id": "vpc-1"})))])),
        fails(edited("a subnet moves to a table without a way out", nat(), |snapshot| together([
            patched::<RouteTable>(snapshot, &ec2("rtb-private"), |own| {
                own.associations.retain(|own| own.subnet_id.as_deref() != Some("subnet-b"));
            }),
            planned("planned:rtb", &ec2("rtb-new"), &table("rtb-new", &["subnet-b"], vec![])),
        ]))),
        edited("a subnet moves to a table with the same way out", nat(), |snapshot| together([
            patched::<RouteTable>(snapshot, &ec2("rtb-private"), |own| {
                own.associations.retain(|own| own.subnet_id.as_deref() != Some("subnet-b"));
            }),
            planned("planned:rtb", &ec2("rtb-new"), &table("rtb-new", &["subnet-b"], vec![route_to_nat("nat-1")])),
        ])),
        fails(terraform("the default route is deleted", nat(), [tf_delete("aws_route", json!({
            "id": "r-rtb-private1080289494", "route_table_id": "rtb-private", "destination_cidr_block": "0.0.0.0/0", "nat_gateway_id": "nat-1",
        }))])),
        edited("a route to another network", nat(), |snapshot| patched::<RouteTable>(snapshot, &ec2("rtb-private"), |own| own.routes.push(Route {
            destination_cidr_block: Some("172.16.0.0/12".to_owned()), vpc_peering_connection_id: Some("pcx-1".to_owned()),
            state: Some("active".to_owned()), ..Route::default()
        }))),
        fails(resources("the tasks of public subnets lose their addresses", public(), [update(&service(), json!({
            "networkConfiguration": {"awsvpcConfiguration": {"assignPublicIp": "DISABLED"}},
        }))])),
        fails(resources("the VPC no longer resolves names", nat(), [update(&ec2("vpc-1"), json!({"EnableDnsSupport": false}))])),
        edited("the VPC no longer gives host names, where nobody needs them", nat(), |snapshot| {
            patched::<Vpc>(snapshot, &ec2("vpc-1"), |own| own.enable_dns_hostnames = Some(false))
        }),
        // Endpoints.
        fails(terraform("the registry's endpoint is deleted without another way", isolated(), [tf_delete("aws_vpc_endpoint", tf_ec2("vpce-ecr-dkr", json!({
            "vpc_id": "vpc-1", "service_name": "com.amazonaws.eu-west-1.ecr.dkr", "vpc_endpoint_type": "Interface",
        })))]))
        .by("registry-reachable"),
        fails(resources("the endpoint of Secrets Manager is deleted without another way", isolated(), [delete(&ec2("vpce-secretsmanager"))])).by("secrets-reachable"),
        fails(resources("the endpoint of CloudWatch Logs is deleted without another way", isolated(), [delete(&ec2("vpce-logs"))])).by("logs-reachable"),
        resources("an endpoint is deleted where NAT serves as well", nat().security_group("sg-endpoints", vec![tcp((443, 443), "10.0.0.0/16")]).interface_endpoint("logs"), [delete(&ec2("vpce-logs"))]),
        fails(edited("the gateway to S3 leaves the route table of an isolated VPC", isolated(), |snapshot| together([
            patched::<VpcEndpoint>(snapshot, &ec2("vpce-s3"), |own| own.route_table_ids.clear()),
            patched::<RouteTable>(snapshot, &ec2("rtb-private"), |own| own.routes.retain(|own| own.destination_prefix_list_id.is_none())),
        ]))),
        resources("an endpoint loses one of two subnets", isolated(), [update(&dkr(), json!({"SubnetIds": ["subnet-a"]}))]),
        fails(edited("the endpoints' group lets nobody in", isolated(), on_endpoints(|own| own.ip_permissions.clear()))),
        edited("the endpoints' group lets in the tasks' group in place of the VPC", isolated(), on_endpoints(|own| own.ip_permissions = vec![tcp((443, 443), "sg-web")])),
        edited("the endpoints' group lets in the subnets in place of the VPC", isolated(), on_endpoints(|own| {
            own.ip_permissions = vec![tcp((443, 443), "10.0.1.0/24"), tcp((443, 443), "10.0.2.0/24")];
        })),
        fails(edited("an endpoint no longer answers to AWS's name", isolated(), |snapshot| {
            patched::<VpcEndpoint>(snapshot, &ec2("vpce-ecr-dkr"), |own| own.private_dns_enabled = Some(false))
        })),
        fails(edited("a new endpoint whose group lets nobody in", closed(), |_| planned("planned:endpoint", &ec2("vpce-new"), &endpoint("logs", "sg-closed")))),
        edited("a new endpoint that lets everybody in", nat().security_group("sg-open", vec![tcp((443, 443), "10.0.0.0/16")]),
            |_| planned("planned:endpoint", &ec2("vpce-new"), &endpoint("logs", "sg-open"))),
        edited("a new endpoint without AWS's name", closed(), |_| {
            let mut own = endpoint("logs", "sg-closed");
            own.private_dns_enabled = Some(false);
            planned("planned:endpoint", &ec2("vpce-new"), &own)
        }),
        edited("a new endpoint for what nobody calls", closed(), |_| planned("planned:endpoint", &ec2("vpce-new"), &endpoint("kinesis-streams", "sg-closed"))),
        fails(edited("an endpoint's policy is narrowed to reading other secrets", isolated(), |snapshot| {
            patched::<VpcEndpoint>(snapshot, &ec2("vpce-secretsmanager"), |own| {
                own.policy_document = json!({"Statement": [{"Effect": "Allow", "Principal": "*", "Action": "secretsmanager:GetSecretValue",
                    "Resource": "arn:aws:secretsmanager:eu-west-1:123456789012:secret:stage/*"}]});
            })
        }))
        .by("endpoint-policy-allows"),
        edited("an endpoint's policy is narrowed to what is read", isolated(), |snapshot| {
            patched::<VpcEndpoint>(snapshot, &ec2("vpce-secretsmanager"), |own| {
                own.policy_document = json!({"Statement": [{"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::123456789012:root"},
                    "Action": "secretsmanager:GetSecretValue", "Resource": "arn:aws:secretsmanager:eu-west-1:123456789012:secret:prod/*"}]});
            })
        }),
        fails(edited("the gateway's policy allows no layers", isolated(), |snapshot| {
            patched::<VpcEndpoint>(snapshot, &ec2("vpce-s3"), |own| {
                own.policy_document = json!({"Statement": [{"Effect": "Allow", "Principal": "*", "Action": "s3:*", "Resource": "arn:aws:s3:::mine/*"}]});
            })
        })),
        edited("the gateway's policy allows layers alone", isolated(), |snapshot| {
            patched::<VpcEndpoint>(snapshot, &ec2("vpce-s3"), |own| {
                own.policy_document = json!({"Statement": [{"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject",
                    "Resource": "arn:aws:s3:::prod-eu-west-1-starport-layer-bucket/*"}]});
            })
        }),
        // Groups and lists.
        fails(edited("the tasks' group lets nothing out", nat(), |snapshot| {
            patched::<SecurityGroup>(snapshot, &ec2("sg-web"), |own| own.ip_permissions_egress.clear())
        })),
        edited("the tasks' group lets HTTPS alone out", nat(), |snapshot| {
            patched::<SecurityGroup>(snapshot, &ec2("sg-web"), |own| own.ip_permissions_egress = vec![tcp((443, 443), "0.0.0.0/0")])
        }),
        edited("the tasks' group lets everything out twice", nat(), |snapshot| {
            patched::<SecurityGroup>(snapshot, &ec2("sg-web"), |own| own.ip_permissions_egress.push(everything_out()))
        }),
        fails(edited("the subnets' list closes HTTPS", nat(), acl(vec![entry(true, 50, "deny", (443, 443))]))),
        fails(edited("the subnets' list closes the ports of answers", nat(), acl(vec![entry(false, 50, "deny", (1024, 65535))]))),
        edited("the subnets' list closes what nobody uses", nat(), acl(vec![entry(true, 50, "deny", (25, 25)), entry(false, 50, "deny", (22, 22))])),
        edited("the subnets' list denies after it allows", nat(), acl(vec![entry(true, 200, "deny", (443, 443))])),
        // Addresses and references.
        fails(edited("the service asks for more tasks than addresses are free", free(nat(), 0), |snapshot| {
            patched::<EcsService>(snapshot, &service(), |own| own.desired_count = 6)
        }))
        .by("subnet-addresses").already_broken(&service()),
        edited("everything out, in two halves", nat(), |snapshot| {
            patched::<SecurityGroup>(snapshot, &ec2("sg-web"), |own| own.ip_permissions_egress = vec![tcp((0, 65535), "0.0.0.0/1"), tcp((0, 65535), "128.0.0.0/1")])
        }),
        edited("the service asks for more tasks and addresses are free", nat(), |snapshot| {
            patched::<EcsService>(snapshot, &service(), |own| own.desired_count = 6)
        }),
        edited("a full subnet gets a tag", free(nat(), 0), |snapshot| patched::<Subnet>(snapshot, &ec2("subnet-a"), |own| own.map_public_ip_on_launch = Some(false)))
            .already_broken(&service()),
        fails(resources("the service moves to a group that is not there", nat(), [update(&service(), json!({
            "networkConfiguration": {"awsvpcConfiguration": {"securityGroups": ["sg-0000"]}},
        }))]))
        .by("network-exists"),
        resources("the service gives up one of two subnets", nat(), [update(&service(), json!({
            "networkConfiguration": {"awsvpcConfiguration": {"subnets": ["subnet-a"]}},
        }))]),
        fails(edited("the service gets a subnet in a zone that Fargate does not have", in_one_zone("apne1-az3"), |snapshot| {
            patched::<EcsService>(snapshot, &service(), in_both_subnets)
        }))
        .by("fargate-zone"),
        edited("the service gets a subnet in another zone", in_one_zone("euw1-az2"), |snapshot| {
            patched::<EcsService>(snapshot, &service(), in_both_subnets)
        }),
        terraform("a NAT gateway gets a name", nat(), [tf_update("aws_nat_gateway", tf_ec2("nat-1", json!({"subnet_id": "subnet-public-a", "tags": {}})), json!({"tags": {"Name": "out"}}))]),
        terraform("a group whose description only the apply tells", nat(), [tf_unknown("aws_security_group", json!({
            "id": "sg-web", "arn": ec2("sg-web"), "name": "web", "description": "web", "vpc_id": "vpc-1",
        }), json!({"description": true}))]),
        terraform("a plan that changes nothing", nat(), [tf_no_op("aws_nat_gateway", tf_ec2("nat-1", json!({"subnet_id": "subnet-public-a"})))]),
        // What stands still.
        edited("an interface of an endpoint goes with its only subnet's door", isolated(), |snapshot| {
            patched::<VpcEndpoint>(snapshot, &ec2("vpce-logs"), |own| own.groups = vec![EndpointGroup { group_id: Some("sg-web".to_owned()), group_name: None }])
        })
        .hits(&service(), FailsOnNextStart, Start)
        .by("endpoint-serves"),
    ]
}
