//! What one says stands in the ACL and in each subnet that has it.

use blastmap_model::Resource;
use serde_json::{Value, json};

use crate::support::*;

fn entry(egress: bool, number: i32, action: &str, block: &str) -> Value {
    json!({"Egress": egress, "RuleNumber": number, "Protocol": "-1", "RuleAction": action, "CidrBlock": block})
}

/// Two subnets with the VPC's own ACL, one with another that denies what comes in.
fn network() -> Vec<Resource> {
    let open = [
        entry(false, 100, "allow", "0.0.0.0/0"),
        entry(true, 100, "allow", "0.0.0.0/0"),
    ];
    let closed = [
        entry(true, 100, "allow", "0.0.0.0/0"),
        entry(true, 32_767, "deny", "0.0.0.0/0"),
    ];
    let acl = |id: &str, default: bool, entries: &[Value]| json!({"NetworkAclId": id, "IsDefault": default, "Entries": entries});
    let subnet = |name: &str, acl: Value| {
        live(
            &format!("{EC2}subnet/{name}"),
            json!({"SubnetId": name, "VpcId": "vpc-1", "NetworkAcl": acl}),
        )
    };
    let of_vpc = |mut acl: Value| {
        acl["VpcId"] = json!("vpc-1");
        let id = format!("{EC2}network-acl/{}", acl["NetworkAclId"].as_str().unwrap());
        live(&id, acl)
    };
    let (open, closed) = (acl("acl-1", true, &open), acl("acl-2", false, &closed));
    vec![
        live(&format!("{EC2}vpc/vpc-1"), json!({"VpcId": "vpc-1"})),
        subnet("subnet-1", open.clone()),
        subnet("subnet-2", open.clone()),
        subnet("subnet-3", closed.clone()),
        of_vpc(open),
        of_vpc(closed),
    ]
}

/// `allow in 100, deny in 50` of a subnet or an ACL, and `?` for what is not known of it.
fn told(proposal: &blastmap_change::Proposal, id: &str) -> String {
    let facts = facts(proposal, id);
    let acl = if id.contains("subnet/") {
        &facts["NetworkAcl"]
    } else {
        &facts
    };
    let entries = acl["Entries"].as_array().cloned().unwrap_or_default();
    let word = |value: &Value| value.as_str().unwrap_or("?").to_owned();
    let lines = entries.iter().map(|entry| {
        let number = entry["RuleNumber"]
            .as_i64()
            .map_or("?".to_owned(), |number| number.to_string());
        let way = if entry["Egress"] == true { "out" } else { "in" };
        format!(
            "{way} {number} {} {}",
            word(&entry["RuleAction"]),
            word(&entry["CidrBlock"])
        )
    });
    let lines: Vec<String> = lines.collect();
    format!(
        "{} {:?}: {}",
        word(&acl["NetworkAclId"]),
        unknown(proposal, id),
        lines.join(", ")
    )
}

#[test]
fn changes_reach_the_acl_and_its_subnets() {
    let rule = |own: Value| {
        over(
            &json!({"network_acl_id": "acl-1", "rule_number": 50, "egress": false, "protocol": "tcp", "rule_action": "deny", "cidr_block": "10.0.0.0/8", "from_port": 443, "to_port": 443}),
            own,
        )
    };
    let block = json!({"rule_no": 10, "protocol": "-1", "action": "allow", "cidr_block": "10.0.0.0/8", "from_port": 0, "to_port": 0});
    let acl = |own: Value| {
        over(
            &json!({"id": "acl-2", "vpc_id": "vpc-1", "subnet_ids": ["subnet-3"], "ingress": [], "egress": []}),
            own,
        )
    };
    let associated = |subnet: &str, acl: &str| json!({"id": "aclassoc-1", "subnet_id": subnet, "network_acl_id": acl});
    let whole = "in 100 allow 0.0.0.0/0, out 100 allow 0.0.0.0/0";
    let cases = [
        (
            "a rule",
            vec![create("aws_network_acl_rule.x", rule(json!({})))],
            vec![
                ("network-acl/acl-1", format!("acl-1 []: in 50 deny 10.0.0.0/8, {whole}")),
                ("subnet/subnet-1", format!("acl-1 []: in 50 deny 10.0.0.0/8, {whole}")),
                ("subnet/subnet-2", format!("acl-1 []: in 50 deny 10.0.0.0/8, {whole}")),
            ],
        ),
        (
            "a rule of which not all is known",
            vec![change("aws_network_acl_rule.x", &["create"], Value::Null, rule(json!({"cidr_block": null, "rule_action": null})), json!({"cidr_block": true, "rule_action": true}))],
            vec![("subnet/subnet-1", format!("acl-1 []: in 50 ? ?, {whole}"))],
        ),
        (
            "a rule that may go either way",
            vec![change("aws_network_acl_rule.x", &["create"], Value::Null, rule(json!({"egress": null})), json!({"egress": true}))],
            vec![("subnet/subnet-2", format!("acl-1 [\"NetworkAcl.Entries\"]: in 50 deny 10.0.0.0/8, {whole}"))],
        ),
        (
            "entries that are not known",
            vec![change("aws_network_acl.x", &["update"], acl(json!({})), acl(json!({"ingress": null})), json!({"ingress": true}))],
            vec![("subnet/subnet-3", "acl-2 [\"NetworkAcl.Entries\"]: out 100 allow 0.0.0.0/0, out 32767 deny 0.0.0.0/0".to_owned())],
        ),
        (
            "other entries",
            vec![update("aws_network_acl.x", acl(json!({})), json!({"ingress": [block]}))],
            vec![("subnet/subnet-3", "acl-2 []: in 10 allow 10.0.0.0/8, out 100 allow 0.0.0.0/0, out 32767 deny 0.0.0.0/0".to_owned())],
        ),
        (
            "a new ACL for a subnet that is there",
            vec![create("aws_network_acl.x", json!({"vpc_id": "vpc-1", "subnet_ids": ["subnet-1"], "ingress": [block], "egress": []}))],
            vec![("subnet/subnet-1", "planned-aws-network-acl-x []: in 10 allow 10.0.0.0/8, in 32767 deny 0.0.0.0/0, out 32767 deny 0.0.0.0/0".to_owned())],
        ),
        (
            "a subnet that leaves gets the VPC's own",
            vec![update("aws_network_acl.x", acl(json!({})), json!({"subnet_ids": ["subnet-1"]}))],
            vec![
                ("subnet/subnet-1", "acl-2 []: out 100 allow 0.0.0.0/0, out 32767 deny 0.0.0.0/0".to_owned()),
                ("subnet/subnet-3", format!("acl-1 []: {whole}")),
            ],
        ),
        (
            "an ACL that is deleted",
            vec![delete("aws_network_acl.x", acl(json!({})))],
            vec![("subnet/subnet-3", format!("acl-1 []: {whole}"))],
        ),
        (
            "an association",
            vec![create("aws_network_acl_association.x", associated("subnet-1", "acl-2"))],
            vec![("subnet/subnet-1", "acl-2 []: out 100 allow 0.0.0.0/0, out 32767 deny 0.0.0.0/0".to_owned())],
        ),
        (
            "an association that ends",
            vec![delete("aws_network_acl_association.x", associated("subnet-3", "acl-2"))],
            vec![("subnet/subnet-3", format!("acl-1 []: {whole}"))],
        ),
        (
            "an association with what nobody read",
            vec![create("aws_network_acl_association.x", associated("subnet-1", "acl-9"))],
            vec![("subnet/subnet-1", "acl-9 [\"NetworkAcl.Entries\"]: ".to_owned())],
        ),
        (
            "an association with what only the apply tells",
            vec![change("aws_network_acl_association.x", &["create"], Value::Null, json!({"subnet_id": "subnet-1"}), json!({"network_acl_id": true}))],
            vec![("subnet/subnet-1", "? [\"NetworkAcl\"]: ".to_owned())],
        ),
        (
            "a new subnet has the VPC's own",
            vec![create("aws_subnet.x", json!({"vpc_id": "vpc-1", "cidr_block": "10.0.9.0/24"}))],
            vec![("planned:aws_subnet.x", String::new())],
        ),
    ];
    for (name, changes, expected) in cases {
        let proposal = read(&plan(changes), &estate(network()));
        for (id, says) in expected {
            if let Some(planned) = id.strip_prefix("planned:") {
                let id = format!("planned:{planned}");
                assert_eq!(
                    facts(&proposal, &id)["NetworkAcl"]["NetworkAclId"],
                    "acl-1",
                    "{name}"
                );
                continue;
            }
            assert_eq!(told(&proposal, &format!("{EC2}{id}")), says, "{name}: {id}");
        }
    }
}

#[test]
fn terraform_lets_go_of_the_vpcs_own() {
    let own =
        json!({"id": "acl-1", "default_network_acl_id": "acl-1", "ingress": [], "egress": []});
    let gone = read(
        &plan(vec![delete("aws_default_network_acl.x", own.clone())]),
        &estate(network()),
    );
    assert!(gone.edits.is_empty());
    let taken = read(
        &plan(vec![create(
            "aws_default_network_acl.x",
            json!({"default_network_acl_id": "acl-1", "ingress": [{"rule_no": 1, "protocol": "-1", "action": "deny", "cidr_block": "0.0.0.0/0"}]}),
        )]),
        &estate(network()),
    );
    let says = told(&taken, &format!("{EC2}subnet/subnet-2"));
    assert_eq!(
        says,
        "acl-1 []: in 1 deny 0.0.0.0/0, out 100 allow 0.0.0.0/0"
    );
}
