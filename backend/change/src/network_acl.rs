//! Network ACLs. What one says stands in the facts of each subnet that has it too, by which it is judged.
//!
//! <https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_NetworkAclEntry.html>

use std::collections::{BTreeSet, HashMap};

use blastmap_model::{ResourceId, ResourceKind};
use serde_json::{Value, json};

use crate::Workbench;

/// The id of the ACL that a subnet with these facts has.
pub(crate) fn id_of(subnet: &Value) -> &Value {
    &subnet["NetworkAcl"]["NetworkAclId"]
}

/// The ACL that subnets of a VPC have that are given no other; none where no ACL of these says so.
pub(crate) fn default_of(mut acls: impl Iterator<Item = Value>, vpc: &Value) -> Option<String> {
    let own =
        acls.find(|acl| acl["IsDefault"] == true && acl["VpcId"] == *vpc && !vpc.is_null())?;
    own["NetworkAclId"].as_str().map(str::to_owned)
}

/// [`default_of`], of a subnet by its id.
pub(crate) fn default_for(workbench: &Workbench<'_>, subnet: &ResourceId) -> Option<String> {
    let vpc = workbench.facts(subnet)?["VpcId"].clone();
    let acls = workbench.live(ResourceKind::NetworkAcl);
    default_of(acls.filter_map(|acl| workbench.facts(&acl.id)), &vpc)
}

/// Gives a subnet an ACL; what that says is written when all else is.
pub(crate) fn give(subnet: &mut Value, id: Option<String>) {
    // A snapshot from elsewhere may hold facts of any shape.
    if let Some(subnet) = subnet.as_object_mut() {
        match id {
            Some(id) => subnet.insert("NetworkAcl".to_owned(), json!({ "NetworkAclId": id })),
            None => subnet.remove("NetworkAcl"),
        };
    }
}

/// A protocol as AWS keeps it: its number, or `-1` for all.
pub(crate) fn protocol(name: &str) -> &str {
    match name {
        "all" => "-1",
        "tcp" => "6",
        "udp" => "17",
        "icmp" => "1",
        other => other,
    }
}

/// What no entry takes is denied.
pub(crate) fn last_entries() -> [Value; 2] {
    [false, true].map(|egress| {
        json!({"Egress": egress, "RuleNumber": LAST, "Protocol": "-1", "RuleAction": "deny", "CidrBlock": "0.0.0.0/0"})
    })
}

const LAST: i64 = 32_767;

/// True for what AWS itself puts last into each ACL, for IPv4 and for IPv6.
pub(crate) fn is_last(entry: &Value) -> bool {
    entry["RuleNumber"]
        .as_i64()
        .is_some_and(|number| number >= LAST)
}

/// Takes the entry of this number and direction out of an ACL.
pub(crate) fn take_out(acl: &mut Value, number: Option<i64>, egress: bool) {
    if let Some(entries) = entries(acl) {
        entries.retain(|entry| {
            entry["RuleNumber"].as_i64() != number || (entry["Egress"] == true) != egress
        });
    }
}

/// Puts an entry in the place of the one of its number and direction.
pub(crate) fn put_in(acl: &mut Value, entry: Value) {
    take_out(acl, entry["RuleNumber"].as_i64(), entry["Egress"] == true);
    if let Some(entries) = entries(acl) {
        entries.push(entry);
        sort(entries);
    }
}

/// As AWS reads them.
pub(crate) fn sort(entries: &mut [Value]) {
    entries.sort_by_key(|entry| (entry["Egress"] == true, entry["RuleNumber"].as_i64()));
}

fn entries(acl: &mut Value) -> Option<&mut Vec<Value>> {
    let acl = acl.as_object_mut()?;
    let entries = acl.entry("Entries").or_insert_with(|| json!([]));
    if !entries.is_array() {
        *entries = json!([]);
    }
    entries.as_array_mut()
}

/// Writes what changes in a subnet's ACL into the ACL, and what ACLs say into the subnets that have them.
pub(crate) fn carry(workbench: &mut Workbench<'_>) {
    from_subnets(workbench);
    to_subnets(workbench);
}

/// Who changes the entries that a subnet shows means those of its ACL.
fn from_subnets(workbench: &mut Workbench<'_>) {
    for id in workbench.changed(ResourceKind::Subnet) {
        let (Some(before), Some(after)) = (workbench.before(&id), workbench.facts(&id)) else {
            continue;
        };
        let before = before.attributes.to_value();
        let (old, new) = (&before["NetworkAcl"], &after["NetworkAcl"]);
        let entries = &new["Entries"];
        if id_of(&before) != id_of(&after) || old["Entries"] == *entries || entries.is_null() {
            continue;
        }
        let acl = id_of(&after).as_str().and_then(|acl| find(workbench, acl));
        let Some(acl) = acl.filter(|acl| !workbench.is_changed(acl)) else {
            continue;
        };
        let entries = entries.clone();
        workbench.change(&acl, |facts| {
            if let Some(facts) = facts.as_object_mut() {
                facts.insert("Entries".to_owned(), entries);
            }
        });
    }
}

fn to_subnets(workbench: &mut Workbench<'_>) {
    let changed: BTreeSet<ResourceId> = workbench
        .changed(ResourceKind::NetworkAcl)
        .into_iter()
        .collect();
    let mut subnets: BTreeSet<ResourceId> = workbench
        .changed(ResourceKind::Subnet)
        .into_iter()
        .collect();
    if !changed.is_empty() {
        let live = workbench.live(ResourceKind::Subnet);
        subnets.extend(live.map(|subnet| subnet.id.clone()));
    }
    let mut known: HashMap<String, Option<ResourceId>> = HashMap::new();
    for subnet in subnets {
        let Some(facts) = workbench.facts(&subnet) else {
            continue;
        };
        let Some(id) = id_of(&facts).as_str().map(str::to_owned) else {
            continue;
        };
        let before = workbench.before(&subnet);
        let moved = before.is_none_or(|before| *id_of(&before.attributes.to_value()) != *id);
        let acl = known
            .entry(id.clone())
            .or_insert_with(|| find(workbench, &id));
        let says = match acl {
            Some(acl) if moved || changed.contains(acl) => workbench.facts(acl),
            _ if moved => None,
            _ => continue,
        };
        let unknown = match acl {
            Some(acl) if says.is_some() => workbench.is_unknown(acl, "Entries"),
            _ => true,
        };
        let says = says.unwrap_or_default();
        workbench.change(&subnet, |facts| {
            give(facts, Some(id));
            if let Some(own) = facts["NetworkAcl"].as_object_mut() {
                own.insert("IsDefault".to_owned(), says["IsDefault"].clone());
                own.insert("Entries".to_owned(), json!(says["Entries"].as_array()));
                own.retain(|_, value| !value.is_null());
            }
        });
        if unknown {
            workbench.unknown(&subnet, "NetworkAcl.Entries");
        }
    }
}

/// The ACL with this id, which the change may make.
fn find(workbench: &mut Workbench<'_>, id: &str) -> Option<ResourceId> {
    let made = workbench.changed(ResourceKind::NetworkAcl).into_iter();
    let mut made = made.filter(|own| {
        let facts = workbench.facts(own);
        facts.is_some_and(|facts| facts["NetworkAclId"] == *id)
    });
    let made = made.next();
    made.or_else(|| {
        let live = workbench.having(ResourceKind::NetworkAcl, "NetworkAclId", id);
        live.into_iter().next()
    })
}
