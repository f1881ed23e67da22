//! Security groups and their rules, each of which Terraform writes in three ways.
//!
//! <https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/vpc_security_group_ingress_rule>

use blastmap_model::{ResourceId, ResourceKind};
use serde_json::{Value, json};

use super::{
    fields::{Shape, field, list},
    mapping::{Finish, Id, Owner, Part, Whole, owner},
    side::Side,
};
use crate::Lookup;

const INBOUND: &str = "IpPermissions";
const OUTBOUND: &str = "IpPermissionsEgress";

pub(super) const GROUP: Whole = Whole {
    own: |naming| naming.invented("ec2", "security-group/"),
    id: Id::Last,
    names: |side| side.names(&["arn", "id"]),
    fields: &[
        field("name", "GroupName", Shape::Text),
        field("description", "Description", Shape::Text),
        field("vpc_id", "VpcId", Shape::Text),
    ],
    empty_when_new: &["ingress", "egress"],
    finish: finish_group,
    ..Whole::of(ResourceKind::SecurityGroup)
};

/// The group that a VPC comes with: Terraform takes it over with all its rules, and lets go of it.
pub(super) const DEFAULT_GROUP: Whole = Whole {
    adopts: Some(|workbench, side| {
        let vpc = side.text("vpc_id").unwrap_or_default();
        let groups = workbench.having(ResourceKind::SecurityGroup, "VpcId", vpc);
        let is_default = |id: &ResourceId| {
            workbench
                .facts(id)
                .is_some_and(|facts| facts["GroupName"] == "default")
        };
        groups
            .into_iter()
            .find(is_default)
            .map_or(Lookup::Nothing, Lookup::One)
    }),
    delete: |_, _, _| {},
    ..GROUP
};

fn finish_group(finish: &mut Finish<'_>) {
    finish.set_new("GroupId", finish.own.last_part());
    finish.set_new("OwnerId", finish.own.account());
    for (attribute, field) in [("ingress", INBOUND), ("egress", OUTBOUND)] {
        if !finish.writing.changes(attribute) {
            continue;
        }
        let own = finish.own.last_part().to_owned();
        let mark = finish.writing.unknown.get(attribute);
        if mark.is_some_and(super::fields::is_marked) {
            finish.unknown.push(field.to_owned());
        }
        let mut permissions = json!([]);
        let mut kept = json!({});
        for block in finish.side().blocks(attribute) {
            for source in Source::of_block(block, &own) {
                source.add(list(&mut kept, "made"));
            }
        }
        if let Some(made) = kept.get_mut("made") {
            permissions = made.take();
        }
        finish.set(field, permissions);
    }
}

/// One rule: ports, and one source or destination.
struct Source {
    protocol: String,
    ports: Option<(i32, i32)>,
    list: &'static str,
    key: &'static str,
    value: String,
    /// The rest of the entry.
    entry: Value,
}

impl Source {
    fn new(
        side: Side<'_>,
        protocol: &str,
        list: &'static str,
        key: &'static str,
        value: &str,
    ) -> Self {
        let protocol = match protocol {
            "all" | "" => "-1",
            "6" => "tcp",
            "17" => "udp",
            "1" => "icmp",
            "58" => "icmpv6",
            other => other,
        };
        let ports = side
            .number("from_port")
            .zip(side.number("to_port"))
            .filter(|_| protocol != "-1");
        Self {
            protocol: protocol.to_lowercase(),
            ports,
            list,
            key,
            value: value.to_owned(),
            entry: json!({"Description": side.text("description")}),
        }
    }

    /// Of an `ingress` or `egress` block, or of `aws_security_group_rule`.
    fn of_block(block: Side<'_>, own: &str) -> Vec<Self> {
        let protocol = block.plain("protocol").unwrap_or_default().into_owned();
        let mut sources = Vec::new();
        let lists = [
            ("cidr_blocks", "IpRanges", "CidrIp"),
            ("ipv6_cidr_blocks", "Ipv6Ranges", "CidrIpv6"),
            ("prefix_list_ids", "PrefixListIds", "PrefixListId"),
            ("security_groups", "UserIdGroupPairs", "GroupId"),
            ("source_security_group_id", "UserIdGroupPairs", "GroupId"),
        ];
        for (attribute, list, key) in lists {
            for value in block.texts(attribute) {
                sources.push(Self::new(block, &protocol, list, key, &value).without_account());
            }
        }
        if block.flag("self") == Some(true) {
            sources.push(Self::new(
                block,
                &protocol,
                "UserIdGroupPairs",
                "GroupId",
                own,
            ));
        }
        sources
    }

    /// Of a rule that has exactly one source or destination.
    fn of_rule(side: Side<'_>) -> Option<Self> {
        let protocol = side.plain("ip_protocol").unwrap_or_default().into_owned();
        let lists = [
            ("cidr_ipv4", "IpRanges", "CidrIp"),
            ("cidr_ipv6", "Ipv6Ranges", "CidrIpv6"),
            ("prefix_list_id", "PrefixListIds", "PrefixListId"),
            (
                "referenced_security_group_id",
                "UserIdGroupPairs",
                "GroupId",
            ),
        ];
        lists.into_iter().find_map(|(attribute, list, key)| {
            let value = side.text(attribute)?;
            Some(Self::new(side, &protocol, list, key, value).without_account())
        })
    }

    /// Groups of other accounts are written `account/group`.
    fn without_account(mut self) -> Self {
        if self.key == "GroupId"
            && let Some((account, group)) = self.value.clone().split_once('/')
        {
            self.entry["UserId"] = account.into();
            group.clone_into(&mut self.value);
        }
        self
    }

    fn has_ports_of(&self, permission: &Value) -> bool {
        let port = |name: &str| permission[name].as_i64();
        let ports = match self.ports {
            Some((from, to)) => {
                port("FromPort") == Some(from.into()) && port("ToPort") == Some(to.into())
            }
            None => true,
        };
        permission["IpProtocol"] == self.protocol && ports
    }

    fn add(self, permissions: &mut Vec<Value>) {
        let place = permissions
            .iter()
            .position(|own| self.has_ports_of(own))
            .unwrap_or_else(|| {
                let (from, to) = (
                    self.ports.map(|(from, _)| from),
                    self.ports.map(|(_, to)| to),
                );
                permissions
                    .push(json!({"IpProtocol": self.protocol, "FromPort": from, "ToPort": to}));
                permissions.len() - 1
            });
        let entries = list(&mut permissions[place], self.list);
        entries.retain(|entry| entry[self.key] != self.value);
        let mut entry = self.entry;
        entry[self.key] = self.value.into();
        entries.push(entry);
    }

    fn remove(&self, permissions: &mut Vec<Value>) {
        for permission in permissions.iter_mut().filter(|own| self.has_ports_of(own)) {
            if permission.get(self.list).is_some() {
                list(permission, self.list).retain(|entry| entry[self.key] != self.value);
            }
        }
        let lists = [
            "IpRanges",
            "Ipv6Ranges",
            "PrefixListIds",
            "UserIdGroupPairs",
        ];
        permissions.retain(|own| {
            lists.iter().any(|name| {
                own[name]
                    .as_array()
                    .is_some_and(|entries| !entries.is_empty())
            })
        });
    }
}

fn group(finder: &mut dyn super::mapping::Find, side: Side<'_>) -> Vec<crate::Lookup> {
    owner(
        finder,
        ResourceKind::SecurityGroup,
        side,
        &["security_group_id"],
    )
}

fn remove_all(owner: &mut Owner<'_>, field: &str, sources: &[Source]) {
    let permissions = list(owner.facts, field);
    for source in sources {
        source.remove(permissions);
    }
}

fn add_all(owner: &mut Owner<'_>, field: &str, sources: Vec<Source>, attributes: &[&str]) {
    // A rule whose source only the apply tells may be any.
    if attributes.iter().any(|name| owner.is_unknown(name)) {
        owner.unknown.push(field.to_owned());
    }
    let permissions = list(owner.facts, field);
    for source in sources {
        source.add(permissions);
    }
}

fn direction(side: Side<'_>) -> &'static str {
    if side.text("type") == Some("egress") {
        OUTBOUND
    } else {
        INBOUND
    }
}

pub(super) const RULE: Part = Part {
    kind: ResourceKind::SecurityGroup,
    owners: group,
    remove: |owner| {
        let sources = Source::of_block(owner.side, owner.own.last_part());
        remove_all(owner, direction(owner.side), &sources);
    },
    add: |owner| {
        let sources = Source::of_block(owner.side, owner.own.last_part());
        let attributes = [
            "cidr_blocks",
            "ipv6_cidr_blocks",
            "prefix_list_ids",
            "from_port",
            "to_port",
        ];
        let unknown = owner.is_unknown("source_security_group_id") && sources.is_empty();
        if unknown {
            owner.unknown.push(direction(owner.side).to_owned());
        }
        add_all(owner, direction(owner.side), sources, &attributes);
    },
    last: false,
};

const OF_RULE: &[&str] = &[
    "cidr_ipv4",
    "cidr_ipv6",
    "prefix_list_id",
    "referenced_security_group_id",
    "from_port",
    "to_port",
];

pub(super) const INGRESS: Part = Part {
    kind: ResourceKind::SecurityGroup,
    owners: group,
    remove: |owner| {
        let sources: Vec<_> = Source::of_rule(owner.side).into_iter().collect();
        remove_all(owner, INBOUND, &sources);
    },
    add: |owner| {
        let sources: Vec<_> = Source::of_rule(owner.side).into_iter().collect();
        add_all(owner, INBOUND, sources, OF_RULE);
    },
    last: false,
};

pub(super) const EGRESS: Part = Part {
    kind: ResourceKind::SecurityGroup,
    owners: group,
    remove: |owner| {
        let sources: Vec<_> = Source::of_rule(owner.side).into_iter().collect();
        remove_all(owner, OUTBOUND, &sources);
    },
    add: |owner| {
        let sources: Vec<_> = Source::of_rule(owner.side).into_iter().collect();
        add_all(owner, OUTBOUND, sources, OF_RULE);
    },
    last: false,
};
