//! The DNS servers that a VPC's hosts ask.

use serde_json::{Value, json};

use crate::support::*;

#[test]
fn a_vpc_asks_the_servers_of_its_options() {
    let options = |id: &str, servers: Value| {
        let facts = json!({"DhcpOptionsId": id, "DhcpConfigurations": [{"Key": "domain-name-servers", "Values": servers}]});
        live(&format!("{EC2}dhcp-options/{id}"), facts)
    };
    let network = || {
        let facts = json!({"VpcId": "vpc-1", "DhcpOptionsId": "dopt-1", "DomainNameServers": ["AmazonProvidedDNS"]});
        vec![
            live(&format!("{EC2}vpc/vpc-1"), facts),
            options("dopt-1", json!(["AmazonProvidedDNS"])),
            options("dopt-2", json!(["10.0.0.2"])),
        ]
    };
    let set = json!({"id": "dopt-1", "domain_name_servers": ["AmazonProvidedDNS"]});
    let associated = |id: Value| json!({"id": "dopt-1", "vpc_id": "vpc-1", "dhcp_options_id": id});
    let association = "aws_vpc_dhcp_options_association.x";
    let none: [&str; 0] = [];
    let cases = [
        (
            update(
                "aws_vpc_dhcp_options.x",
                set.clone(),
                json!({"domain_name_servers": ["10.0.0.9"]}),
            ),
            json!(["10.0.0.9"]),
            none.to_vec(),
        ),
        (
            change(
                "aws_vpc_dhcp_options.x",
                &["update"],
                set.clone(),
                json!({"id": "dopt-1"}),
                json!({"domain_name_servers": true}),
            ),
            Value::Null,
            vec!["DomainNameServers"],
        ),
        (
            update(
                association,
                associated(json!("dopt-1")),
                json!({"dhcp_options_id": "dopt-2"}),
            ),
            json!(["10.0.0.2"]),
            none.to_vec(),
        ),
        (
            update(
                association,
                associated(json!("dopt-1")),
                json!({"dhcp_options_id": "dopt-9"}),
            ),
            Value::Null,
            vec!["DomainNameServers"],
        ),
        (
            delete(association, associated(json!("dopt-2"))),
            json!(["AmazonProvidedDNS"]),
            none.to_vec(),
        ),
        (
            change(
                association,
                &["create"],
                Value::Null,
                json!({"vpc_id": "vpc-1"}),
                json!({"dhcp_options_id": true}),
            ),
            Value::Null,
            vec!["DomainNameServers"],
        ),
    ];
    let vpc = format!("{EC2}vpc/vpc-1");
    for (number, (change, servers, not_known)) in cases.into_iter().enumerate() {
        let proposal = read(&plan(vec![change]), &estate(network()));
        assert_eq!(
            facts(&proposal, &vpc)["DomainNameServers"],
            servers,
            "{number}"
        );
        assert_eq!(unknown(&proposal, &vpc), not_known, "{number}");
    }
}
