//! Types of `CloudFormation` that are parts of other resources: rules of a group, routes of a table, policies of a role. Several of them, and
//! the list inside the resource itself, add up.

use blastmap_model::{
    ResourceId, ResourceKind,
    kinds::{
        iam_role::{AttachedPolicy, IamRole, InlinePolicy},
        internet_gateway::{GatewayAttachment, InternetGateway},
        kms_key::KmsKey,
        route_table::{Route, RouteTable, RouteTableAssociation},
        security_group::{
            IpPermission, IpRange, Ipv6Range, PrefixListId, SecurityGroup, UserIdGroupPair,
        },
    },
};
use serde_json::{Map, Value, json};

use super::{Entry, Reading};
use crate::{
    Action, Change, Lookup, Match,
    birth::{last_part, text},
    network_acl, policies,
    shape::holds_unknown,
};

/// The kind that a type is a part of.
pub(super) fn owner(type_name: &str) -> Option<ResourceKind> {
    Some(match type_name {
        "AWS::IAM::Policy" | "AWS::IAM::RolePolicy" => ResourceKind::IamRole,
        "AWS::EC2::Route" | "AWS::EC2::SubnetRouteTableAssociation" => ResourceKind::RouteTable,
        "AWS::EC2::VPCGatewayAttachment" => ResourceKind::InternetGateway,
        "AWS::EC2::SecurityGroupIngress" | "AWS::EC2::SecurityGroupEgress" => {
            ResourceKind::SecurityGroup
        }
        "AWS::KMS::Alias" => ResourceKind::KmsKey,
        "AWS::SecretsManager::ResourcePolicy" => ResourceKind::Secret,
        "AWS::S3::BucketPolicy" => ResourceKind::S3Bucket,
        "AWS::SQS::QueuePolicy" => ResourceKind::SqsQueue,
        "AWS::EC2::NetworkAclEntry" => ResourceKind::NetworkAcl,
        "AWS::EC2::SubnetNetworkAclAssociation" => ResourceKind::Subnet,
        "AWS::ECS::ClusterCapacityProviderAssociations" => ResourceKind::EcsCluster,
        _ => return None,
    })
}

pub(super) fn is_part(type_name: &str) -> bool {
    owner(type_name).is_some()
}

/// The names of a part's owners.
fn owners(type_name: &str, properties: &Map<String, Value>) -> Vec<String> {
    let several = |name: &str| {
        let names = properties.get(name).and_then(Value::as_array);
        let names = names.into_iter().flatten().filter_map(Value::as_str);
        names.map(str::to_owned).collect()
    };
    let field = match type_name {
        "AWS::IAM::Policy" => return several("Roles"),
        "AWS::SQS::QueuePolicy" => {
            let urls: Vec<String> = several("Queues");
            let name = |url: &String| last_part(url).to_owned();
            return urls.iter().map(name).collect();
        }
        "AWS::EC2::NetworkAclEntry" => "NetworkAclId",
        "AWS::EC2::SubnetNetworkAclAssociation" => "SubnetId",
        "AWS::S3::BucketPolicy" => "Bucket",
        "AWS::IAM::RolePolicy" => "RoleName",
        "AWS::EC2::Route" | "AWS::EC2::SubnetRouteTableAssociation" => "RouteTableId",
        "AWS::EC2::VPCGatewayAttachment" => "InternetGatewayId",
        "AWS::EC2::SecurityGroupIngress" | "AWS::EC2::SecurityGroupEgress" => "GroupId",
        "AWS::KMS::Alias" => "TargetKeyId",
        "AWS::SecretsManager::ResourcePolicy" => "SecretId",
        _ => "Cluster",
    };
    let owner = properties.get(field).and_then(Value::as_str);
    owner.map(str::to_owned).into_iter().collect()
}

/// Takes the part out of its owners as it was, and puts it in as it will be.
pub(super) fn apply(reading: &mut Reading<'_, '_>, entry: &Entry<'_>, change: &mut Change) {
    if !entry.action.changes_something() {
        change.matched = Match::Matched;
        return;
    }
    let none = Map::new();
    let resolved = reading.patch_of_part(entry);
    let sides = [
        (entry.before.as_ref(), entry.action != Action::Create, false),
        (resolved.as_ref(), entry.action != Action::Delete, true),
    ];
    let mut known = false;
    for (properties, happens, adds) in sides {
        let properties = properties.unwrap_or(&none);
        if !happens || properties.is_empty() {
            continue;
        }
        known = true;
        for name in owners(entry.type_name, properties) {
            match reading.owner(entry, &name) {
                Lookup::One(id) => {
                    let done = put(reading, entry.type_name, &id, properties, adds);
                    change.matched = Match::Matched;
                    change.resource.get_or_insert(id);
                    if !done {
                        change
                            .problems
                            .push(format!("what {name} is now is not known: not judged"));
                    }
                }
                Lookup::Several => change.matched = Match::Ambiguous,
                Lookup::Nothing => change
                    .problems
                    .push(format!("nothing goes by {name}: not judged")),
            }
        }
    }
    if !known {
        change
            .problems
            .push("the change set does not say what it is part of: describe it with --include-property-values".to_owned());
    }
}

impl Reading<'_, '_> {
    /// The whole of a part as it will be, with references resolved.
    pub(super) fn patch_of_part(&self, entry: &Entry<'_>) -> Option<Map<String, Value>> {
        entry.after.as_ref()?;
        let whole = Entry {
            action: Action::Create,
            before: None,
            after: entry.after.clone(),
            details: Vec::new(),
            problems: Vec::new(),
            ..*entry
        };
        let details = entry.details.iter().map(|own| super::Detail {
            name: own.name,
            path: own.path,
            cause: own.cause,
        });
        Some(self.patch(&Entry {
            details: details.collect(),
            ..whole
        }))
    }

    fn owner(&mut self, entry: &Entry<'_>, name: &str) -> Lookup {
        let Some(kind) = entry.kind else {
            return Lookup::Nothing;
        };
        // What this change set makes is known by its made-up id.
        let made = self.made.iter().find(|(_, made)| {
            made.kind == kind && (made.own.last_part() == name || made.own.as_str() == name)
        });
        if let Some((logical, made)) = made {
            let id = self.workbench.id_of_new(logical, &made.own, false);
            if self.workbench.is_there(&id) {
                return Lookup::One(id);
            }
        }
        let found = self.workbench.find(kind, &[name], Some(&self.place));
        self.or_mapped(found, entry.logical)
    }
}

fn put(
    reading: &mut Reading<'_, '_>,
    type_name: &str,
    id: &ResourceId,
    properties: &Map<String, Value>,
    adds: bool,
) -> bool {
    let workbench = &mut *reading.workbench;
    match type_name {
        "AWS::IAM::Policy" | "AWS::IAM::RolePolicy" => {
            let name = text(properties, "PolicyName")
                .unwrap_or_default()
                .to_owned();
            let document = document(properties.get("PolicyDocument"));
            let unknown = adds && holds_unknown(&document);
            let done = workbench.patch(id, |role: &mut IamRole| {
                set_inline(role, &name, adds.then_some(document));
            });
            if unknown {
                workbench.unknown(id, "RolePolicyList");
            }
            done
        }
        "AWS::EC2::SecurityGroupIngress" | "AWS::EC2::SecurityGroupEgress" => {
            let egress = type_name.ends_with("Egress");
            rules(reading, id, egress, &[properties], adds)
        }
        "AWS::EC2::Route" => {
            let mut known = properties.clone();
            known.retain(|_, value| !holds_unknown(value) && value.is_string());
            if let Some(endpoint) = known.remove("VpcEndpointId") {
                known.insert("GatewayId".to_owned(), endpoint);
            }
            let unknown = adds && properties.values().any(holds_unknown);
            let Ok(mut route) = serde_json::from_value::<Route>(Value::Object(known)) else {
                return false;
            };
            route.state = Some("active".to_owned());
            let done = workbench.patch(id, |table: &mut RouteTable| {
                table
                    .routes
                    .retain(|own| destination(own) != destination(&route));
                if adds {
                    table.routes.push(route);
                }
            });
            if unknown {
                workbench.unknown(id, "Routes");
            }
            done
        }
        "AWS::EC2::SubnetRouteTableAssociation" => {
            let Some(subnet) = text(properties, "SubnetId").map(str::to_owned) else {
                workbench.unknown(id, "Associations");
                return true;
            };
            workbench.patch(id, |table: &mut RouteTable| {
                table
                    .associations
                    .retain(|own| own.subnet_id.as_ref() != Some(&subnet));
                if adds {
                    table.associations.push(RouteTableAssociation {
                        subnet_id: Some(subnet),
                        ..RouteTableAssociation::default()
                    });
                }
            })
        }
        "AWS::EC2::VPCGatewayAttachment" => {
            let vpc = text(properties, "VpcId").map(str::to_owned);
            workbench.patch(id, |gateway: &mut InternetGateway| {
                gateway.attachments.retain(|own| own.vpc_id != vpc);
                if adds {
                    gateway.attachments.push(GatewayAttachment {
                        vpc_id: vpc,
                        state: Some("available".to_owned()),
                    });
                }
            })
        }
        "AWS::KMS::Alias" => {
            let alias = text(properties, "AliasName").unwrap_or_default().to_owned();
            workbench.patch(id, |key: &mut KmsKey| {
                key.aliases.retain(|own| *own != alias);
                if adds {
                    key.aliases.push(alias);
                    key.aliases.sort();
                }
            })
        }
        "AWS::ECS::ClusterCapacityProviderAssociations" => {
            let mut given = properties.clone();
            given.remove("Cluster");
            let shaped = reading.shape(ResourceKind::EcsCluster, given);
            let providers = Value::Object(shaped.facts);
            let providers = if adds {
                providers
            } else {
                json!({"capacityProviders": [], "defaultCapacityProviderStrategy": []})
            };
            let done = reading
                .workbench
                .change(id, |facts| crate::patch::merge(facts, providers));
            for field in shaped.unknown {
                reading.workbench.unknown(id, field);
            }
            done
        }
        "AWS::EC2::NetworkAclEntry" => {
            let (number, made) = acl_entry(properties);
            let unknown = adds && properties.get("Egress").is_some_and(holds_unknown);
            let egress = made["Egress"] == true;
            let done = workbench.change(id, |acl| {
                if adds {
                    network_acl::put_in(acl, made);
                } else {
                    network_acl::take_out(acl, number, egress);
                }
            });
            if unknown {
                workbench.unknown(id, "Entries");
            }
            done
        }
        "AWS::EC2::SubnetNetworkAclAssociation" => {
            let acl = if adds {
                text(properties, "NetworkAclId").map(str::to_owned)
            } else {
                network_acl::default_for(workbench, id)
            };
            let unknown = acl.is_none();
            let done = workbench.change(id, |subnet| network_acl::give(subnet, acl));
            if unknown {
                workbench.unknown(id, "NetworkAcl");
            }
            done
        }
        "AWS::SecretsManager::ResourcePolicy" => {
            let policy = properties.get("ResourcePolicy").filter(|_| adds);
            let policy = policy.unwrap_or(&Value::Null);
            let known = (!holds_unknown(policy)).then(|| policies::on_resource(policy));
            reading.put_whole(id, "ResourcePolicy", known)
        }
        "AWS::SQS::QueuePolicy" => {
            let policy = properties.get("PolicyDocument").filter(|_| adds);
            let policy = policy.unwrap_or(&Value::Null);
            let known = (!holds_unknown(policy)).then(|| policies::on_resource(policy));
            reading.put_whole(id, "Policy", known)
        }
        "AWS::S3::BucketPolicy" => {
            let policy = properties.get("PolicyDocument").filter(|_| adds);
            let policy = policy.unwrap_or(&Value::Null);
            let known =
                (!holds_unknown(policy)).then(|| policies::document(policy).unwrap_or_default());
            reading.put_whole(id, "Policy", known)
        }
        _ => false,
    }
}

/// An entry of a network ACL, as AWS keeps it, and its number.
///
/// <https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ec2-networkaclentry.html>
fn acl_entry(properties: &Map<String, Value>) -> (Option<i64>, Value) {
    let plain = |value: &Value| match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    let number = |value: Option<&Value>| -> Option<i64> { plain(value?).trim().parse().ok() };
    let protocol = properties.get("Protocol").map(plain);
    let protocol = protocol.filter(|protocol| !protocol.contains("{{"));
    let protocol = protocol.as_deref().map(network_acl::protocol);
    let range = properties.get("PortRange");
    let range = range.filter(|_| protocol != Some("-1"));
    let ports = range
        .map(|range| json!({"From": number(range.get("From")), "To": number(range.get("To"))}));
    let rule = number(properties.get("RuleNumber"));
    let egress = properties
        .get("Egress")
        .is_some_and(|egress| plain(egress) == "true");
    let known = |name: &str| text(properties, name).filter(|text| !text.contains("{{"));
    let entry = json!({
        "Egress": egress,
        "RuleNumber": rule,
        "Protocol": protocol,
        "RuleAction": known("RuleAction"),
        "CidrBlock": known("CidrBlock"),
        "Ipv6CidrBlock": known("Ipv6CidrBlock"),
        "PortRange": ports,
    });
    (rule, entry)
}

fn destination(route: &Route) -> (Option<&str>, Option<&str>, Option<&str>) {
    (
        route.destination_cidr_block.as_deref(),
        route.destination_ipv6_cidr_block.as_deref(),
        route.destination_prefix_list_id.as_deref(),
    )
}

fn document(value: Option<&Value>) -> Value {
    match value {
        Some(Value::String(text)) => serde_json::from_str(text).unwrap_or_default(),
        Some(value) => value.clone(),
        None => Value::Null,
    }
}

fn set_inline(role: &mut IamRole, name: &str, document: Option<Value>) {
    role.role_policy_list.retain(|own| own.policy_name != name);
    if let Some(document) = document {
        role.role_policy_list.push(InlinePolicy {
            policy_name: name.to_owned(),
            policy_document: document,
        });
    }
    role.role_policy_list
        .sort_by(|one, other| one.policy_name.cmp(&other.policy_name));
}

/// Lists inside a resource to which others may add: what was in the list goes, what will be in it comes, the rest stays.
pub(super) fn inside(
    reading: &mut Reading<'_, '_>,
    entry: &Entry<'_>,
    id: &ResourceId,
    given: &mut Map<String, Value>,
) {
    let Some(before) = &entry.before else { return };
    let list = |side: &Map<String, Value>, name: &str| {
        let list = side.get(name).and_then(Value::as_array);
        list.cloned().unwrap_or_default()
    };
    match entry.kind {
        Some(ResourceKind::SecurityGroup) => {
            for (name, egress) in [
                ("SecurityGroupIngress", false),
                ("SecurityGroupEgress", true),
            ] {
                if !given.contains_key(name) {
                    continue;
                }
                let (old, new) = (list(before, name), list(given, name));
                given.remove(name);
                for (rules_of, others, adds) in [(&old, &new, false), (&new, &old, true)] {
                    let own: Vec<_> = rules_of
                        .iter()
                        .filter(|rule| !others.contains(rule))
                        .filter_map(Value::as_object)
                        .collect();
                    rules(reading, id, egress, &own, adds);
                }
            }
        }
        Some(ResourceKind::IamRole) => {
            if given.contains_key("Policies") {
                let (old, new) = (list(before, "Policies"), list(given, "Policies"));
                given.remove("Policies");
                let unknown = new.iter().any(holds_unknown);
                let named = |policy: &Value| {
                    let name = policy.get("PolicyName").and_then(Value::as_str);
                    name.unwrap_or_default().to_owned()
                };
                reading.workbench.patch(id, |role: &mut IamRole| {
                    for policy in &old {
                        set_inline(role, &named(policy), None);
                    }
                    for policy in &new {
                        let document = document(policy.get("PolicyDocument"));
                        set_inline(role, &named(policy), Some(document));
                    }
                });
                if unknown {
                    reading.workbench.unknown(id, "RolePolicyList");
                }
            }
            if given.contains_key("ManagedPolicyArns") {
                let (old, new) = (
                    list(before, "ManagedPolicyArns"),
                    list(given, "ManagedPolicyArns"),
                );
                given.remove("ManagedPolicyArns");
                let unknown = new.iter().any(holds_unknown);
                reading.workbench.patch(id, |role: &mut IamRole| {
                    role.attached_managed_policies
                        .retain(|own| !old.iter().chain(&new).any(|arn| *arn == *own.policy_arn));
                    let arns = new.iter().filter_map(Value::as_str);
                    let attached = arns.filter(|arn| arn.starts_with("arn:"));
                    role.attached_managed_policies
                        .extend(attached.map(|arn| AttachedPolicy {
                            policy_name: last_part(arn).to_owned(),
                            policy_arn: arn.to_owned(),
                        }));
                    role.attached_managed_policies
                        .sort_by(|one, other| one.policy_arn.cmp(&other.policy_arn));
                });
                if unknown {
                    reading.workbench.unknown(id, "AttachedManagedPolicies");
                }
            }
        }
        _ => {}
    }
}

/// Rules that a new group has of its own.
pub(super) fn new_rules(kind: ResourceKind, given: &Map<String, Value>) -> Value {
    let mut facts = Map::new();
    if kind == ResourceKind::SecurityGroup {
        let lists = [
            ("SecurityGroupIngress", "IpPermissions"),
            ("SecurityGroupEgress", "IpPermissionsEgress"),
        ];
        for (name, fact) in lists {
            let Some(list) = given.get(name).and_then(Value::as_array) else {
                continue;
            };
            let own = list.iter().filter_map(Value::as_object).map(permission);
            let own: Vec<_> = own
                .filter_map(|own| serde_json::to_value(own).ok())
                .collect();
            facts.insert(fact.to_owned(), Value::Array(own));
        }
    }
    Value::Object(facts)
}

fn rules(
    reading: &mut Reading<'_, '_>,
    id: &ResourceId,
    egress: bool,
    given: &[&Map<String, Value>],
    adds: bool,
) -> bool {
    let field = if egress {
        "IpPermissionsEgress"
    } else {
        "IpPermissions"
    };
    let done = reading.workbench.patch(id, |group: &mut SecurityGroup| {
        let list = if egress {
            &mut group.ip_permissions_egress
        } else {
            &mut group.ip_permissions
        };
        for rule in given {
            let own = permission(rule);
            for known in list.iter_mut() {
                take_out(known, &own);
            }
            list.retain(has_peers);
            if adds && has_peers(&own) {
                list.push(own);
            }
        }
    });
    if adds && given.iter().any(|rule| rule.values().any(holds_unknown)) {
        reading.workbench.unknown(id, field);
    }
    done
}

/// A rule with its one peer, as AWS keeps it.
///
/// <https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_IpPermission.html>
fn permission(rule: &Map<String, Value>) -> IpPermission {
    let first = |names: [&str; 2]| {
        names
            .iter()
            .find_map(|name| text(rule, name))
            .map(str::to_owned)
    };
    let protocol = match rule.get("IpProtocol") {
        Some(Value::Number(number)) => number.to_string(),
        Some(Value::String(text)) => match text.as_str() {
            "6" => "tcp".to_owned(),
            "17" => "udp".to_owned(),
            "all" => "-1".to_owned(),
            text => text.to_ascii_lowercase(),
        },
        _ => "-1".to_owned(),
    };
    let port = |name: &str| {
        let number = match rule.get(name)? {
            Value::String(text) => text.trim().parse().ok()?,
            value => value.as_i64()?,
        };
        i32::try_from(number).ok().filter(|_| protocol != "-1")
    };
    let description = text(rule, "Description").map(str::to_owned);
    let group = first(["SourceSecurityGroupId", "DestinationSecurityGroupId"]);
    let list = first(["SourcePrefixListId", "DestinationPrefixListId"]);
    let (from_port, to_port) = (port("FromPort"), port("ToPort"));
    IpPermission {
        ip_protocol: Some(protocol),
        from_port,
        to_port,
        ip_ranges: text(rule, "CidrIp")
            .map(|block| IpRange {
                cidr_ip: block.to_owned(),
                description: description.clone(),
            })
            .into_iter()
            .collect(),
        ipv6_ranges: text(rule, "CidrIpv6")
            .map(|block| Ipv6Range {
                cidr_ipv6: block.to_owned(),
                description: description.clone(),
            })
            .into_iter()
            .collect(),
        prefix_list_ids: list
            .map(|list| PrefixListId {
                prefix_list_id: list,
                description: description.clone(),
            })
            .into_iter()
            .collect(),
        user_id_group_pairs: group
            .map(|group| UserIdGroupPair {
                group_id: Some(group),
                user_id: text(rule, "SourceSecurityGroupOwnerId").map(str::to_owned),
                vpc_id: None,
                description,
            })
            .into_iter()
            .collect(),
    }
}

/// AWS puts rules that differ only in their peers together: one peer goes, the others stay.
fn take_out(known: &mut IpPermission, own: &IpPermission) {
    let ports = |rule: &IpPermission| (rule.ip_protocol.clone(), rule.from_port, rule.to_port);
    if ports(known) != ports(own) {
        return;
    }
    let other = |block: &IpRange| own.ip_ranges.iter().all(|own| own.cidr_ip != block.cidr_ip);
    known.ip_ranges.retain(other);
    let other = |block: &Ipv6Range| {
        let mut blocks = own.ipv6_ranges.iter();
        blocks.all(|own| own.cidr_ipv6 != block.cidr_ipv6)
    };
    known.ipv6_ranges.retain(other);
    let other = |list: &PrefixListId| {
        let mut lists = own.prefix_list_ids.iter();
        lists.all(|own| own.prefix_list_id != list.prefix_list_id)
    };
    known.prefix_list_ids.retain(other);
    let other = |pair: &UserIdGroupPair| {
        let mut pairs = own.user_id_group_pairs.iter();
        pairs.all(|own| own.group_id != pair.group_id)
    };
    known.user_id_group_pairs.retain(other);
}

fn has_peers(rule: &IpPermission) -> bool {
    !(rule.ip_ranges.is_empty()
        && rule.ipv6_ranges.is_empty()
        && rule.prefix_list_ids.is_empty()
        && rule.user_id_group_pairs.is_empty())
}
