//! Entries of a network ACL, which is a fact of each subnet that has it.
//!
//! <https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_NetworkAclEntry.html>

use serde_json::{Value, json};

/// The id of the ACL that a subnet with these facts has.
pub(crate) fn id_of(subnet: &Value) -> &Value {
    &subnet["NetworkAcl"]["NetworkAclId"]
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

/// Takes the entry of this number and direction out of the ACL of a subnet, where one is known.
pub(crate) fn take_out(subnet: &mut Value, number: Option<i64>, egress: bool) {
    if let Some(entries) = entries(subnet) {
        entries.retain(|entry| {
            entry["RuleNumber"].as_i64() != number || (entry["Egress"] == true) != egress
        });
    }
}

/// Puts an entry in the place of the one of its number and direction.
pub(crate) fn put_in(subnet: &mut Value, entry: Value) {
    take_out(
        subnet,
        entry["RuleNumber"].as_i64(),
        entry["Egress"] == true,
    );
    if let Some(entries) = entries(subnet) {
        entries.push(entry);
        sort(entries);
    }
}

/// As AWS reads them.
pub(crate) fn sort(entries: &mut [Value]) {
    entries.sort_by_key(|entry| (entry["Egress"] == true, entry["RuleNumber"].as_i64()));
}

fn entries(subnet: &mut Value) -> Option<&mut Vec<Value>> {
    let acl = subnet.get_mut("NetworkAcl")?.as_object_mut()?;
    let entries = acl.entry("Entries").or_insert_with(|| json!([]));
    if !entries.is_array() {
        *entries = json!([]);
    }
    entries.as_array_mut()
}
