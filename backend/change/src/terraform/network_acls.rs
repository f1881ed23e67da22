//! Network ACLs, their rules, and which subnets have them.
//!
//! <https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/network_acl>

use blastmap_model::{ResourceId, ResourceKind};
use serde_json::{Value, json};

use super::{
    fields::{Shape, field, is_marked, list},
    mapping::{Find, Finish, Id, Owner, Part, Whole, owner},
    side::Side,
};
use crate::{Lookup, Workbench, network_acl};

pub(super) const ACL: Whole = Whole {
    own: |naming| naming.invented("ec2", "network-acl/"),
    id: Id::Last,
    names: |side| side.names(&["arn", "id", "default_network_acl_id"]),
    fields: &[field("vpc_id", "VpcId", Shape::Text)],
    empty_when_new: &["ingress", "egress", "subnet_ids"],
    finish,
    // Terraform gives its subnets the default one first.
    delete: |workbench, id, _| {
        let facts = workbench.facts(id).unwrap_or_default();
        for subnet in having(workbench, &facts["NetworkAclId"]) {
            let default = network_acl::default_for(workbench, &subnet);
            let unknown = default.is_none();
            workbench.change(&subnet, |subnet| network_acl::give(subnet, default));
            if unknown {
                workbench.unknown(&subnet, "NetworkAcl");
            }
        }
        workbench.remove(id);
    },
    ..Whole::of(ResourceKind::NetworkAcl)
};

/// The ACL that a VPC comes with: Terraform takes it over, and lets go of it.
pub(super) const DEFAULT_ACL: Whole = Whole {
    adopts: Some(|workbench, side| {
        let id = side.text("default_network_acl_id").unwrap_or_default();
        workbench.find(ResourceKind::NetworkAcl, &[id], None)
    }),
    delete: |_, _, _| {},
    ..ACL
};

fn having(workbench: &Workbench<'_>, acl: &Value) -> Vec<ResourceId> {
    let subnets = workbench.live(ResourceKind::Subnet);
    let own = subnets.filter(|subnet| {
        let facts = workbench.facts(&subnet.id);
        facts.is_some_and(|facts| network_acl::id_of(&facts) == acl)
    });
    own.map(|subnet| subnet.id.clone()).collect()
}

/// The ACL that a new subnet of this VPC has.
pub(super) fn default_of(finder: &mut dyn Find, vpc: &Value) -> Option<String> {
    let acls = finder.there(ResourceKind::NetworkAcl).into_iter();
    network_acl::default_of(acls.filter_map(|acl| finder.facts(&acl)), vpc)
}

fn finish(finish: &mut Finish<'_>) {
    finish.set_new("NetworkAclId", finish.own.last_part());
    finish.set_new("OwnerId", finish.own.account());
    if finish.is_new {
        finish.set("IsDefault", false);
        finish.set("Entries", network_acl::last_entries().to_vec());
    }
    for (attribute, egress) in [("ingress", false), ("egress", true)] {
        if finish.writing.changes(attribute) {
            write_entries(finish, attribute, egress);
        }
    }
    if finish.writing.changes("subnet_ids") {
        move_subnets(finish);
    }
}

fn write_entries(finish: &mut Finish<'_>, attribute: &str, egress: bool) {
    let mark = finish.writing.unknown.get(attribute);
    // Of a single value in an entry, the entry itself shows that it is not known.
    if mark == Some(&Value::Bool(true)) {
        finish.unknown.push("Entries".to_owned());
    }
    let made: Vec<Value> = finish
        .side()
        .blocks(attribute)
        .into_iter()
        .map(|block| entry(block, egress))
        .collect();
    let entries = list(finish.facts, "Entries");
    entries.retain(|own| (own["Egress"] == true) != egress || network_acl::is_last(own));
    entries.extend(made);
    network_acl::sort(entries);
}

fn move_subnets(finish: &mut Finish<'_>) {
    let own = finish.facts["NetworkAclId"].as_str().map(str::to_owned);
    let after = finish.side().texts("subnet_ids");
    let before = finish.writing.before.map(Side);
    let before = before.map(|before| before.texts("subnet_ids"));
    // Those that are not known yet may be the ones that it had.
    let whole = !finish
        .writing
        .unknown
        .get("subnet_ids")
        .is_some_and(is_marked);
    let left = before
        .into_iter()
        .flatten()
        .filter(|subnet| whole && !after.contains(subnet));
    let left: Vec<String> = left.collect();
    for (subnets, joins) in [(left, false), (after, true)] {
        for name in subnets {
            let Lookup::One(subnet) = finish.finder.find(ResourceKind::Subnet, &[name]) else {
                continue;
            };
            let facts = finish.finder.facts(&subnet).unwrap_or_default();
            let had = own
                .as_deref()
                .is_some_and(|own| *network_acl::id_of(&facts) == *own);
            let acl = match (joins, had) {
                (true, _) => own.clone(),
                (false, true) => default_of(finish.finder, &facts["VpcId"]),
                // Another resource has moved it already.
                (false, false) => continue,
            };
            let acl = acl.map_or(Value::Null, |acl| json!({ "NetworkAclId": acl }));
            finish.also.push((subnet, "NetworkAcl", acl));
        }
    }
}

fn entry(side: Side<'_>, egress: bool) -> Value {
    let protocol = side.plain("protocol");
    let protocol = protocol.as_deref().map(network_acl::protocol);
    let ports = (protocol != Some("-1"))
        .then(|| json!({"From": side.number("from_port"), "To": side.number("to_port")}));
    json!({
        "Egress": egress,
        "RuleNumber": side.number("rule_no").or_else(|| side.number("rule_number")),
        "Protocol": protocol,
        "RuleAction": side.text("action").or_else(|| side.text("rule_action")),
        "CidrBlock": side.text("cidr_block"),
        "Ipv6CidrBlock": side.text("ipv6_cidr_block"),
        "PortRange": ports,
    })
}

pub(super) const RULE: Part = Part {
    kind: ResourceKind::NetworkAcl,
    owners: |finder, side| owner(finder, ResourceKind::NetworkAcl, side, &["network_acl_id"]),
    remove: |owner| {
        let number = owner.side.number("rule_number").map(i64::from);
        network_acl::take_out(owner.facts, number, is_egress(owner.side));
    },
    add: |owner| {
        if owner.is_unknown("egress") {
            owner.unknown.push("Entries".to_owned());
        }
        network_acl::put_in(owner.facts, entry(owner.side, is_egress(owner.side)));
    },
    last: false,
};

fn is_egress(side: Side<'_>) -> bool {
    side.flag("egress").unwrap_or_default()
}

pub(super) const ASSOCIATION: Part = Part {
    kind: ResourceKind::Subnet,
    owners: |finder, side| owner(finder, ResourceKind::Subnet, side, &["subnet_id"]),
    remove: |owner| {
        let vpc = owner.facts["VpcId"].clone();
        let default = default_of(owner.finder, &vpc);
        put(owner, default);
    },
    add: |owner| {
        let id = owner.side.text("network_acl_id").map(str::to_owned);
        put(owner, id);
    },
    last: true,
};

fn put(owner: &mut Owner<'_>, acl: Option<String>) {
    owner.unknown.retain(|field| field != "NetworkAcl");
    if acl.is_none() {
        owner.unknown.push("NetworkAcl".to_owned());
    }
    network_acl::give(owner.facts, acl);
}
