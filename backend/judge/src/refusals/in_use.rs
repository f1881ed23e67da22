//! Deletions of what is still in use.

use blastmap_change::{Action, Change};
use blastmap_graph::Overlay;
use blastmap_model::{
    Presence, Relation, ResourceIndex, ResourceKind,
    kinds::{
        ecr_repository::EcrRepository, ecs_cluster::EcsCluster, ecs_service::EcsService,
        route_table::RouteTable, security_group::SecurityGroup, subnet::Subnet,
    },
};

use super::{Asked, Refusal, Rule, is_in};
use crate::words::listed;

pub(super) const CLUSTER: Rule = Rule {
    name: "cluster-not-empty",
    documentation: "https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DeleteCluster.html",
    sentence: "The deletion of a cluster that still has services, tasks or container instances.",
    refuses: cluster,
};

pub(super) const TARGET_GROUP: Rule = Rule {
    name: "target-group-in-use",
    documentation: "https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_DeleteTargetGroup.html",
    sentence: "The deletion of a target group to which a listener or rule still forwards.",
    refuses: |before, after, change, place| {
        let users = needing(Relation::ForwardsTo);
        let kind = ResourceKind::TargetGroup;
        deleted(before, after, change, place, kind, "ResourceInUse", users)
    },
};

pub(super) const CERTIFICATE: Rule = Rule {
    name: "certificate-in-use",
    documentation: "https://docs.aws.amazon.com/acm/latest/APIReference/API_DeleteCertificate.html",
    sentence: "The deletion of a certificate that a listener still uses.",
    refuses: |before, after, change, place| {
        let users = needing(Relation::UsesCertificate);
        let kind = ResourceKind::AcmCertificate;
        deleted(
            before,
            after,
            change,
            place,
            kind,
            "ResourceInUseException",
            users,
        )
    },
};

pub(super) const SECURITY_GROUP: Rule = Rule {
    name: "security-group-in-use",
    documentation: "https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DeleteSecurityGroup.html",
    sentence: "The deletion of a security group that network interfaces or rules of other groups still use.",
    refuses: |before, after, change, place| {
        let users = |estate: &Overlay<'_>, place| {
            let mut users = estate.needing(place, Relation::ProtectedBy);
            users.retain(|user| has_addresses(estate, *user));
            // Rules that are resources of their own go before the group that they name.
            if !change.deletes_first {
                users.extend(estate.needing(place, Relation::Allows));
            }
            users
        };
        deleted(
            before,
            after,
            change,
            place,
            ResourceKind::SecurityGroup,
            "DependencyViolation",
            users,
        )
    },
};

pub(super) const SUBNET: Rule = Rule {
    name: "subnet-in-use",
    documentation: "https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DeleteSubnet.html",
    sentence: "The deletion of a subnet in which something still has addresses.",
    refuses: |before, after, change, place| {
        let users = |estate: &Overlay<'_>, place| {
            let mut users = estate.needing(place, Relation::PlacedIn);
            users.retain(|user| has_addresses(estate, *user));
            users
        };
        deleted(
            before,
            after,
            change,
            place,
            ResourceKind::Subnet,
            "DependencyViolation",
            users,
        )
    },
};

pub(super) const ROUTE_TABLE: Rule = Rule {
    name: "route-table-in-use",
    documentation: "https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DeleteRouteTable.html",
    sentence: "The deletion of a route table that subnets are still associated with, by Terraform or CloudFormation.",
    refuses: |before, after, change, place| {
        // Who asks what is lost with a table by itself is told what would be.
        if change.type_name.is_empty() {
            return Vec::new();
        }
        let users = |_: &Overlay<'_>, place| subnets_left(before, after, change.all, place);
        deleted(
            before,
            after,
            change,
            place,
            ResourceKind::RouteTable,
            "DependencyViolation",
            users,
        )
    },
};

pub(super) const NETWORK_ACL: Rule = Rule {
    name: "network-acl-in-use",
    documentation: "https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DeleteNetworkAcl.html",
    sentence: "The deletion of a network ACL that subnets still have. Terraform gives them the default one first.",
    refuses: |before, after, change, place| {
        // Whose association a change set ends as well, it does not say in a way that can be followed.
        let ends = |own: &Change| {
            own.type_name == "AWS::EC2::SubnetNetworkAclAssociation"
                && own.action.changes_something()
        };
        if change.all.iter().any(ends) {
            return Vec::new();
        }
        let kind = ResourceKind::NetworkAcl;
        let users = needing(Relation::FilteredBy);
        deleted(
            before,
            after,
            change,
            place,
            kind,
            "DependencyViolation",
            users,
        )
    },
};

pub(super) const ELASTIC_IP: Rule = Rule {
    name: "elastic-ip-in-use",
    documentation: "https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ReleaseAddress.html",
    sentence: "The release of an Elastic IP address that a NAT gateway or load balancer still has.",
    refuses: |before, after, change, place| {
        let kind = ResourceKind::ElasticIp;
        let users = needing(Relation::AttachedTo);
        deleted(
            before,
            after,
            change,
            place,
            kind,
            "InvalidIPAddress.InUse",
            users,
        )
    },
};

/// Subnets of a table whose association nothing in the change takes away, and that get no other table.
fn subnets_left(
    before: &Overlay<'_>,
    after: &Overlay<'_>,
    all: &[Change],
    table: ResourceIndex,
) -> Vec<ResourceIndex> {
    const ASSOCIATIONS: [&str; 2] = [
        "aws_route_table_association",
        "AWS::EC2::SubnetRouteTableAssociation",
    ];
    let Some(facts) = before.facts::<RouteTable>(table) else {
        return Vec::new();
    };
    let id = &before.resource(table).id;
    let ended: Vec<Option<&str>> = all
        .iter()
        .filter(|own| ASSOCIATIONS.contains(&own.type_name.as_str()))
        .filter(|own| own.action.changes_something() && own.action != Action::Create)
        .filter_map(|own| {
            let subnet = own.attributes.iter().find(|one| one.name == "subnet_id");
            let subnet = subnet.and_then(|one| one.before.as_ref()?.as_str());
            // Where nothing tells the subnet, it is any of the table's.
            (subnet.is_some() || own.resource.as_ref() == Some(id)).then_some(subnet)
        })
        .collect();
    let names = |facts: &RouteTable, subnet: &str| {
        let mut own = facts.associations.iter();
        own.any(|own| own.subnet_id.as_deref() == Some(subnet))
    };
    let others: Vec<ResourceIndex> = after
        .touched()
        .into_iter()
        .filter(|own| {
            *own != table && after.kind(*own) == ResourceKind::RouteTable && after.is_there(*own)
        })
        .collect();
    let mut subnets = before.needing(table, Relation::RoutedBy);
    subnets.retain(|place| {
        let Some(subnet) = before.facts::<Subnet>(*place) else {
            return false;
        };
        let subnet = subnet.subnet_id.as_str();
        let moves = || {
            others.iter().any(|own| {
                let facts = after.facts::<RouteTable>(*own);
                facts.is_some_and(|facts| names(&facts, subnet))
            })
        };
        // A subnet without an association of its own has the VPC's main table.
        names(&facts, subnet)
            && !ended.contains(&Some(subnet))
            && !ended.contains(&None)
            && !moves()
    });
    subnets
}

pub(super) const REPOSITORY: Rule = Rule {
    name: "repository-not-empty",
    documentation: "https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_DeleteRepository.html",
    sentence: "The deletion of a repository that holds images by Terraform, unless `force_delete` takes them out first.",
    refuses: |before, after, change, place| {
        let forced = change.attributes.iter().any(|attribute| {
            attribute.name == "force_delete" && attribute.before == Some(true.into())
        });
        let stays = after.is_there(place) && !change.deletes_first;
        let is_deleted = change.type_name == "aws_ecr_repository"
            && is_deleted(before, change, place, ResourceKind::EcrRepository);
        if forced || stays || !is_deleted {
            return Vec::new();
        }
        let facts = before.facts::<EcrRepository>(place);
        let holds = facts.is_some_and(|facts| {
            facts.images.as_ref().is_some_and(|all| !all.is_empty())
                || facts.images_in_use.iter().any(|image| image.exists)
        });
        if !holds {
            return Vec::new();
        }
        let name = &before.resource(place).name;
        vec![Refusal {
            resource: place,
            text: format!(
                "AWS will refuse to delete repository {name} while it holds images; {STOPS}"
            ),
            aws_error: "RepositoryNotEmptyException",
            remediation: "Set force_delete and apply that first, or delete the images: whatever starts from them must be moved before."
                .to_owned(),
        }]
    },
};

pub(super) const VPC: Rule = Rule {
    name: "vpc-in-use",
    documentation: "https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DeleteVpc.html",
    sentence: "The deletion of a VPC that still has subnets, gateways, endpoints or security groups.",
    refuses: |before, after, change, place| {
        let users = |estate: &Overlay<'_>, place| {
            let mut users = estate.needing(place, Relation::InVpc);
            users.retain(|user| holds_vpc(estate, *user));
            users.extend(estate.needing(place, Relation::AttachedTo));
            users
        };
        deleted(
            before,
            after,
            change,
            place,
            ResourceKind::Vpc,
            "DependencyViolation",
            users,
        )
    },
};

pub(super) const DISCOVERY: Rule = Rule {
    name: "cloud-map-service-in-use",
    documentation: "https://docs.aws.amazon.com/cloud-map/latest/api/API_DeleteService.html",
    sentence: "The deletion of a Cloud Map service in which a service still registers its tasks, unless Terraform's `force_destroy` takes them out first.",
    refuses: |before, after, change, place| {
        let forced = change.attributes.iter().any(|attribute| {
            attribute.name == "force_destroy" && attribute.before == Some(true.into())
        });
        if forced {
            return Vec::new();
        }
        let users = needing(Relation::DiscoveredBy);
        deleted(
            before,
            after,
            change,
            place,
            ResourceKind::CloudMapService,
            "ResourceInUse",
            users,
        )
    },
};

pub(super) const HOSTED_ZONE: Rule = Rule {
    name: "hosted-zone-not-empty",
    documentation: "https://docs.aws.amazon.com/Route53/latest/APIReference/API_DeleteHostedZone.html",
    sentence: "The deletion of a hosted zone that still has records, unless Terraform's `force_destroy` takes them out first.",
    refuses: |before, after, change, place| {
        let forced = change.attributes.iter().any(|attribute| {
            attribute.name == "force_destroy" && attribute.before == Some(true.into())
        });
        if forced {
            return Vec::new();
        }
        let kind = ResourceKind::HostedZone;
        let users = needing(Relation::PartOf);
        deleted(
            before,
            after,
            change,
            place,
            kind,
            "HostedZoneNotEmpty",
            users,
        )
    },
};

pub(super) const CAPACITY_PROVIDER: Rule = Rule {
    name: "capacity-provider-in-use",
    documentation: "https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_PutClusterCapacityProviders.html",
    sentence: "Taking a capacity provider from a cluster while services there still use it.",
    refuses: providers,
};

/// AWS answers `ResourceInUseException` where tasks or services still use what is taken away.
fn providers(
    before: &Overlay<'_>,
    after: &Overlay<'_>,
    _change: &Asked<'_>,
    place: ResourceIndex,
) -> Vec<Refusal> {
    if !is_in(before, place) || !after.is_there(place) {
        return Vec::new();
    }
    let (Some(old), Some(new)) = (
        before.facts::<EcsCluster>(place),
        after.facts::<EcsCluster>(place),
    ) else {
        return Vec::new();
    };
    let name = |provider: &String| provider.rsplit('/').next().unwrap_or_default().to_owned();
    let kept: Vec<String> = new.capacity_providers.iter().map(name).collect();
    let taken = old.capacity_providers.iter().map(name);
    let services = there(after, after.needing(place, Relation::PartOf));
    taken
        .filter(|provider| !kept.contains(provider))
        .filter_map(|provider| {
            let uses = |service: &&ResourceIndex| {
                let facts = after.facts::<EcsService>(**service);
                facts.is_some_and(|facts| {
                    let mut strategy = facts.capacity_provider_strategy.iter();
                    strategy.any(|item| name(&item.capacity_provider) == provider)
                })
            };
            let users: Vec<ResourceIndex> = services.iter().filter(uses).copied().collect();
            if users.is_empty() {
                return None;
            }
            let mut refusal = refusal(after, place, &users, "ResourceInUseException");
            refusal.text = refusal.text.replacen(
                "AWS will refuse to delete",
                &format!("AWS will refuse to take capacity provider {provider} from"),
                1,
            );
            Some(refusal)
        })
        .collect()
}

fn cluster(
    before: &Overlay<'_>,
    after: &Overlay<'_>,
    change: &Asked<'_>,
    place: ResourceIndex,
) -> Vec<Refusal> {
    if !is_deleted(before, change, place, ResourceKind::EcsCluster) {
        return Vec::new();
    }
    if after.is_there(place) && !change.deletes_first {
        return Vec::new();
    }
    let members = users_left(before, after, change, |estate| {
        estate.needing(place, Relation::PartOf)
    });
    let of_kind = |kind| {
        let own = members.iter().copied();
        own.filter(|member| after.kind(*member) == kind)
            .collect::<Vec<_>>()
    };
    let kinds = [
        (ResourceKind::EcsService, "ClusterContainsServicesException"),
        (
            ResourceKind::EcsContainerInstance,
            "ClusterContainsContainerInstancesException",
        ),
        (ResourceKind::EcsTask, "ClusterContainsTasksException"),
    ];
    // AWS tells the first of them.
    let first = kinds.into_iter().find_map(|(kind, error)| {
        let mut own = of_kind(kind);
        own.retain(|member| kind != ResourceKind::EcsService || is_active(after, *member));
        (!own.is_empty()).then_some((own, error))
    });
    let refusal = first.map(|(users, error)| refusal(after, place, &users, error));
    refusal.into_iter().collect()
}

fn is_active(overlay: &Overlay<'_>, service: ResourceIndex) -> bool {
    let facts = overlay.facts::<EcsService>(service);
    facts.is_none_or(|facts| facts.status.as_deref() != Some("INACTIVE"))
}

fn is_deleted(
    before: &Overlay<'_>,
    change: &Asked<'_>,
    place: ResourceIndex,
    kind: ResourceKind,
) -> bool {
    matches!(change.action, Action::Delete | Action::Replace)
        && is_in(before, place)
        && before.kind(place) == kind
        // Who deletes it knows of it, whether a crawl read it or not.
        && before.resource(place).presence != Presence::Missing
        // A change that takes away a part of something, such as one rule of a group, says so of the whole.
        && (change.type_name.is_empty() || is_whole(&change.type_name, kind))
}

fn is_whole(type_name: &str, kind: ResourceKind) -> bool {
    let main: &[&str] = match kind {
        ResourceKind::EcsCluster => &["aws_ecs_cluster"],
        ResourceKind::TargetGroup => &["aws_lb_target_group", "aws_alb_target_group"],
        ResourceKind::AcmCertificate => &["aws_acm_certificate"],
        ResourceKind::SecurityGroup => &["aws_security_group"],
        ResourceKind::Subnet => &["aws_subnet"],
        ResourceKind::Vpc => &["aws_vpc"],
        ResourceKind::RouteTable => &["aws_route_table"],
        ResourceKind::EcrRepository => &["aws_ecr_repository"],
        ResourceKind::CloudMapService => &["aws_service_discovery_service"],
        ResourceKind::NetworkAcl => &["aws_network_acl"],
        ResourceKind::ElasticIp => &["aws_eip"],
        ResourceKind::HostedZone => &["aws_route53_zone"],
        _ => &[],
    };
    main.contains(&type_name) || type_name == kind.cloudformation_type()
}

/// Those who need it by one relation.
fn needing(relation: Relation) -> impl Fn(&Overlay<'_>, ResourceIndex) -> Vec<ResourceIndex> {
    move |estate, place| estate.needing(place, relation)
}

fn deleted(
    before: &Overlay<'_>,
    after: &Overlay<'_>,
    change: &Asked<'_>,
    place: ResourceIndex,
    kind: ResourceKind,
    aws_error: &'static str,
    users: impl Fn(&Overlay<'_>, ResourceIndex) -> Vec<ResourceIndex>,
) -> Vec<Refusal> {
    let stays = after.is_there(place) && !change.deletes_first;
    if !is_deleted(before, change, place, kind) || stays {
        return Vec::new();
    }
    let mut users = users_left(before, after, change, |estate| users(estate, place));
    users.retain(|user| *user != place);
    if users.is_empty() {
        return Vec::new();
    }
    let mut found = refusal(after, place, &users, aws_error);
    if change.deletes_first {
        found.remediation = format!(
            "Let Terraform make the new one first (create_before_destroy, with a name of its own). {}",
            found.remediation
        );
    }
    vec![found]
}

/// Who uses it when it is deleted: what does not go itself. What uses a resource is changed before that is deleted, unless it is
/// deleted to make place for a new one.
///
/// <https://developer.hashicorp.com/terraform/language/meta-arguments/lifecycle#create_before_destroy>
fn users_left(
    before: &Overlay<'_>,
    after: &Overlay<'_>,
    change: &Asked<'_>,
    users: impl Fn(&Overlay<'_>) -> Vec<ResourceIndex>,
) -> Vec<ResourceIndex> {
    there(
        after,
        users(if change.deletes_first { before } else { after }),
    )
}

const STOPS: &str =
    "the apply stops there, and Terraform may already have changed or deleted what came before it";

fn refusal(
    after: &Overlay<'_>,
    place: ResourceIndex,
    users: &[ResourceIndex],
    aws_error: &'static str,
) -> Refusal {
    // Three names are enough to find them by.
    const NAMED: usize = 3;
    let named = |place: ResourceIndex| {
        let resource = after.resource(place);
        format!("{} {}", resource.kind.label(), resource.name)
    };
    let names: Vec<String> = users.iter().map(|user| named(*user)).collect();
    let (what, users) = (named(place), listed(&names, NAMED));
    Refusal {
        resource: place,
        text: format!("AWS will refuse to delete {what} while it is in use by {users}; {STOPS}"),
        aws_error,
        remediation: format!("Move or delete first what uses it: {users}."),
    }
}

fn there(overlay: &Overlay<'_>, mut places: Vec<ResourceIndex>) -> Vec<ResourceIndex> {
    places.retain(|place| overlay.is_there(*place));
    places.sort_unstable();
    places.dedup();
    places
}

/// Whether this has network interfaces of its own that no move of another resource takes away. A service's tasks and their
/// interfaces go where the service goes; a schedule has none before it runs.
fn has_addresses(overlay: &Overlay<'_>, place: ResourceIndex) -> bool {
    match overlay.kind(place) {
        ResourceKind::EcsService => {
            let facts = overlay.facts::<EcsService>(place);
            facts.is_none_or(|facts| facts.desired_count > 0 || facts.running_count > 0)
        }
        ResourceKind::EcsTask => {
            let wholes = overlay.needed(place, Relation::PartOf);
            !wholes
                .into_iter()
                .any(|whole| overlay.kind(whole) == ResourceKind::EcsService)
        }
        kind => matches!(
            kind,
            ResourceKind::LoadBalancer
                | ResourceKind::VpcEndpoint
                | ResourceKind::NatGateway
                | ResourceKind::EfsMountTarget
                | ResourceKind::Ec2Instance
                | ResourceKind::LambdaFunction
        ),
    }
}

/// The default group and the main route table go with the VPC.
fn holds_vpc(overlay: &Overlay<'_>, place: ResourceIndex) -> bool {
    match overlay.kind(place) {
        ResourceKind::SecurityGroup => {
            let facts = overlay.facts::<SecurityGroup>(place);
            facts.is_some_and(|facts| facts.group_name != "default")
        }
        kind => matches!(
            kind,
            ResourceKind::Subnet
                | ResourceKind::VpcEndpoint
                | ResourceKind::NatGateway
                | ResourceKind::LoadBalancer
        ),
    }
}

#[cfg(test)]
mod tests {
    use blastmap_model::kinds::listener_rule::ListenerRule;

    use super::*;
    use crate::{
        estate::{Estate, arn, ec2, gone, patched, place, together},
        refusals::{ALL, tests::refusals},
    };

    #[test]
    fn what_is_replaced_goes_before_its_users_change() {
        let service = arn("ecs", "service/main/web");
        let group = arn("elasticloadbalancing", "targetgroup/web/1");
        let rule = arn("elasticloadbalancing", "listener-rule/app/front/1/80/10");
        let snapshot = Estate::new()
            .vpc_with_nat()
            .fargate_service()
            .alb()
            .snapshot();
        let moved = || {
            patched(&snapshot, &rule, |facts: &mut ListenerRule| {
                facts.actions[0].target_group_arn =
                    Some("planned:aws_lb_target_group.web".to_owned());
            })
        };
        let web = ec2("sg-web");
        let regrouped = patched(&snapshot, &service, |facts: &mut EcsService| {
            let network = facts.network_configuration.as_mut().unwrap();
            network
                .awsvpc_configuration
                .as_mut()
                .unwrap()
                .security_groups = vec!["sg-new".to_owned()];
        });
        let cases = [
            (
                &group,
                together([gone(&group), moved()]),
                true,
                Some("target-group-in-use"),
            ),
            (&group, together([gone(&group), moved()]), false, None),
            (&group, together([gone(&group), gone(&rule)]), true, None),
            (
                &web,
                together([gone(&web), regrouped.clone()]),
                true,
                Some("security-group-in-use"),
            ),
            (&web, together([gone(&web), regrouped]), false, None),
            (&web, together([gone(&web), gone(&service)]), true, None),
        ];
        for (number, (id, edits, deletes_first, expected)) in cases.into_iter().enumerate() {
            let (before, after) = (Overlay::as_is(&snapshot), Overlay::with(&snapshot, &edits));
            let change = Change {
                action: Action::Replace,
                deletes_first,
                ..Change::default()
            };
            let at = place(&before, id);
            let rules = ALL.iter();
            let found: Vec<&str> = rules
                .filter(|rule| {
                    !(rule.refuses)(
                        &before,
                        &after,
                        &Asked {
                            change: &change,
                            all: std::slice::from_ref(&change),
                        },
                        at,
                    )
                    .is_empty()
                })
                .map(|rule| rule.name)
                .collect();
            assert_eq!(found, Vec::from_iter(expected), "{number}");
        }
    }

    #[test]
    fn what_is_in_use_stays() {
        let service = arn("ecs", "service/main/web");
        let cluster = arn("ecs", "cluster/main");
        let group = arn("elasticloadbalancing", "targetgroup/web/1");
        let rule = arn("elasticloadbalancing", "listener-rule/app/front/1/80/10");
        let (web, front, hosts) = (ec2("sg-web"), ec2("sg-front"), ec2("sg-hosts"));
        let (subnet, vpc) = (ec2("subnet-a"), ec2("vpc-1"));
        let snapshot = Estate::new()
            .vpc_with_nat()
            .fargate_service()
            .alb()
            .snapshot();
        let unforwarded = patched(&snapshot, &rule, |facts: &mut ListenerRule| {
            facts.actions.clear();
        });
        let moved = patched(&snapshot, &service, |facts: &mut EcsService| {
            let network = facts.network_configuration.as_mut().unwrap();
            network
                .awsvpc_configuration
                .as_mut()
                .unwrap()
                .security_groups = vec!["sg-new".to_owned()];
        });
        let scaled = patched(&snapshot, &service, |facts: &mut EcsService| {
            (facts.desired_count, facts.running_count) = (0, 0);
        });
        let cases = [
            (
                &cluster,
                gone(&cluster),
                Some(("cluster-not-empty", "service web")),
            ),
            (&cluster, together([gone(&cluster), gone(&service)]), None),
            (
                &group,
                gone(&group),
                Some(("target-group-in-use", "listener rule front rule 10")),
            ),
            (&group, together([gone(&group), gone(&rule)]), None),
            (&group, together([gone(&group), unforwarded]), None),
            (
                &web,
                gone(&web),
                Some(("security-group-in-use", "service web")),
            ),
            (&web, together([gone(&web), moved]), None),
            (&web, together([gone(&web), scaled]), None),
            (&web, together([gone(&web), gone(&service)]), None),
            // The load balancer has it, and `web` lets it in.
            (
                &front,
                gone(&front),
                Some(("security-group-in-use", "security group web")),
            ),
            (
                &subnet,
                gone(&subnet),
                Some(("subnet-in-use", "service web")),
            ),
            (
                &vpc,
                gone(&vpc),
                Some(("vpc-in-use", "internet gateway igw-1")),
            ),
        ];
        for (number, (id, edits, expected)) in cases.into_iter().enumerate() {
            let found = refusals(ALL, &snapshot, &edits, Action::Delete, id);
            match (expected, &found[..]) {
                (None, []) => {}
                (Some((rule, user)), [(own, refusal)]) => {
                    assert_eq!(*own, rule, "{number}");
                    assert!(refusal.text.contains(user), "{number}: {}", refusal.text);
                }
                _ => unreachable!("{number}: {found:?}"),
            }
        }
        let snapshot = Estate::new().vpc_with_nat().ec2_cluster().snapshot();
        let found = refusals(ALL, &snapshot, &gone(&hosts), Action::Delete, &hosts);
        assert_eq!(found[0].1.aws_error, "DependencyViolation");
        let found = refusals(ALL, &snapshot, &gone(&cluster), Action::Delete, &cluster);
        assert_eq!(
            found[0].1.aws_error,
            "ClusterContainsContainerInstancesException"
        );
    }
}
