//! What stands at the edges of networks: network ACLs, DHCP options, addresses, web ACLs.

use blastmap_judge::{
    Level,
    Outcome::{AtRisk, FailsOnNextStart},
    estate::{Estate, arn, ec2},
};
use blastmap_model::{
    Phase::{Start, Traffic},
    kinds::{
        dhcp_options::{DhcpConfiguration, DhcpOptions},
        dns_record::DnsRecord,
        elastic_ip::ElasticIp,
        hosted_zone::HostedZone,
        vpc::Vpc,
        web_acl::WebAcl,
    },
};
use serde_json::{Value, json};

use crate::{estates::*, harness::*};

fn acl_rule(own: Value) -> Value {
    let mut rule = json!({"network_acl_id": "acl-1", "rule_number": 50, "egress": true, "protocol": "tcp", "rule_action": "deny",
        "cidr_block": "0.0.0.0/0", "from_port": 443, "to_port": 443});
    if let (Some(rule), Value::Object(own)) = (rule.as_object_mut(), own) {
        rule.extend(own);
    }
    rule
}

/// A new rule, of which only the apply tells some values.
fn unknown_rule(own: Value, unknown: Value) -> Value {
    tf(
        "aws_network_acl_rule",
        &["create"],
        Value::Null,
        acl_rule(own),
        unknown,
    )
}

fn associated(acl: &str) -> Value {
    json!({"id": "aclassoc-1", "subnet_id": "subnet-a", "network_acl_id": acl})
}

fn with_options() -> Estate {
    let options = |id: &str, server: &str| DhcpOptions {
        dhcp_options_id: id.to_owned(),
        dhcp_configurations: vec![DhcpConfiguration {
            key: "domain-name-servers".to_owned(),
            values: vec![server.to_owned()],
        }],
        ..DhcpOptions::default()
    };
    nat()
        .with::<Vpc>(&ec2("vpc-1"), |own| {
            own.dhcp_options_id = Some("dopt-1".to_owned())
        })
        .put(
            &arn("ec2", "dhcp-options/dopt-1"),
            &options("dopt-1", "AmazonProvidedDNS"),
        )
        .put(
            &arn("ec2", "dhcp-options/dopt-2"),
            &options("dopt-2", "10.0.0.9"),
        )
}

fn options(own: Value) -> Value {
    tf_update(
        "aws_vpc_dhcp_options_association",
        json!({"id": "dopt-1-vpc-1", "vpc_id": "vpc-1", "dhcp_options_id": "dopt-1"}),
        own,
    )
}

fn address(id: &str) -> Value {
    json!({"id": id, "allocation_id": id, "domain": "vpc"})
}

fn web_acl() -> String {
    arn("wafv2", "regional/webacl/front/1")
}

fn with_web_acl(action: &str) -> Estate {
    let facts = WebAcl {
        arn: web_acl(),
        id: "1".to_owned(),
        name: "front".to_owned(),
        default_action: Some(action.to_owned()),
        ..WebAcl::default()
    };
    behind_alb().put(&web_acl(), &facts)
}

fn association() -> Value {
    json!({"web_acl_arn": web_acl(), "resource_arn": balancer()})
}

fn with_zone() -> Estate {
    let zone = HostedZone {
        id: "Z1".to_owned(),
        name: "example.com.".to_owned(),
        ..HostedZone::default()
    };
    let record = DnsRecord {
        hosted_zone_id: "Z1".to_owned(),
        name: "www.example.com.".to_owned(),
        r#type: "CNAME".to_owned(),
        ..DnsRecord::default()
    };
    behind_alb()
        .put("arn:aws:route53:::hostedzone/Z1", &zone)
        .put(
            "arn:aws:route53:::hostedzone/Z1#www.example.com/CNAME",
            &record,
        )
}

fn hosted_zone(forced: bool) -> Value {
    json!({"id": "Z1", "zone_id": "Z1", "name": "example.com", "force_destroy": forced})
}

pub(crate) fn cases() -> Vec<Case> {
    let at_risk = |case: Case| case.hits(&service(), AtRisk, Start);
    let rule = |own: Value| tf_create("aws_network_acl_rule", acl_rule(own));
    let new_acl = |action: &str| {
        let block = json!([{"rule_no": 10, "protocol": "-1", "action": action, "cidr_block": "0.0.0.0/0", "from_port": 0, "to_port": 0}]);
        json!({"vpc_id": "vpc-1", "subnet_ids": ["subnet-a", "subnet-b"], "ingress": block, "egress": block})
    };
    vec![
        terraform(
            "a rule bars the way to AWS's APIs",
            nat(),
            [rule(json!({}))],
        )
        .hits(&service(), FailsOnNextStart, Start)
        .level(Level::High),
        terraform(
            "a rule bars the way to AWS's APIs after another lets all through",
            nat(),
            [rule(json!({"rule_number": 200}))],
        ),
        at_risk(terraform(
            "a rule whose action only the apply tells",
            nat(),
            [unknown_rule(
                json!({"rule_action": null}),
                json!({"rule_action": true}),
            )],
        )),
        at_risk(terraform(
            "a rule whose addresses only the apply tells",
            nat(),
            [unknown_rule(
                json!({"cidr_block": null}),
                json!({"cidr_block": true}),
            )],
        )),
        at_risk(terraform(
            "a rule whose place only the apply tells",
            nat(),
            [unknown_rule(
                json!({"rule_number": null}),
                json!({"rule_number": true}),
            )],
        )),
        terraform(
            "a rule of which little is known, for another port",
            nat(),
            [unknown_rule(
                json!({"rule_action": null, "from_port": 25, "to_port": 25}),
                json!({"rule_action": true}),
            )],
        ),
        terraform(
            "a rule whose addresses are none",
            nat(),
            [rule(json!({"cidr_block": "everywhere"}))],
        )
        .hits(&service(), AtRisk, Start),
        terraform(
            "subnets get a new ACL that lets all through",
            nat(),
            [tf_create("aws_network_acl", new_acl("allow"))],
        ),
        terraform(
            "subnets get a new ACL that lets nothing through",
            nat(),
            [tf_create("aws_network_acl", new_acl("deny"))],
        )
        .hits(&service(), FailsOnNextStart, Start)
        .level(Level::High),
        at_risk(terraform(
            "the rules that come in are known after the apply",
            nat(),
            [tf_unknown(
                "aws_network_acl",
                json!({"id": "acl-1", "vpc_id": "vpc-1", "subnet_ids": ["subnet-a", "subnet-b"], "ingress": [], "egress": []}),
                json!({"ingress": true}),
            )],
        )),
        at_risk(terraform(
            "a subnet gets an ACL that nobody read",
            nat(),
            [tf_create(
                "aws_network_acl_association",
                associated("acl-9"),
            )],
        )),
        terraform(
            "the VPC's own ACL is let go of",
            nat(),
            [tf_delete(
                "aws_default_network_acl",
                json!({"id": "acl-1", "default_network_acl_id": "acl-1"}),
            )],
        ),
        resources(
            "an ACL is deleted that subnets have",
            nat(),
            [delete(&arn("ec2", "network-acl/acl-1"))],
        )
        .refused("network-acl-in-use"),
        at_risk(terraform(
            "the VPC gets DNS servers of its own",
            with_options(),
            [options(json!({"dhcp_options_id": "dopt-2"}))],
        )),
        at_risk(terraform(
            "the VPC gets DHCP options that nobody read",
            with_options(),
            [options(json!({"dhcp_options_id": "dopt-9"}))],
        )),
        at_risk(terraform(
            "the DHCP options name other DNS servers",
            with_options(),
            [tf_update(
                "aws_vpc_dhcp_options",
                json!({"id": "dopt-1", "domain_name_servers": ["AmazonProvidedDNS"]}),
                json!({"domain_name_servers": ["10.0.0.9"]}),
            )],
        )),
        terraform(
            "DHCP options that no VPC has name other DNS servers",
            with_options(),
            [tf_update(
                "aws_vpc_dhcp_options",
                json!({"id": "dopt-2", "domain_name_servers": ["10.0.0.9"]}),
                json!({"domain_name_servers": ["10.0.0.8"]}),
            )],
        ),
        terraform(
            "the address of a NAT gateway is released",
            nat(),
            [tf_delete("aws_eip", address("eipalloc-1"))],
        )
        .refused("elastic-ip-in-use"),
        terraform(
            "an address that nothing has is released",
            nat().put(
                &arn("ec2", "elastic-ip/eipalloc-9"),
                &ElasticIp {
                    allocation_id: "eipalloc-9".to_owned(),
                    ..ElasticIp::default()
                },
            ),
            [tf_delete("aws_eip", address("eipalloc-9"))],
        ),
        terraform(
            "a hosted zone with records is deleted",
            with_zone(),
            [tf_delete("aws_route53_zone", hosted_zone(false))],
        )
        .refused("hosted-zone-not-empty"),
        terraform(
            "a web ACL that blocks is put before the balancer",
            with_web_acl("Block"),
            [tf_create("aws_wafv2_web_acl_association", association())],
        )
        .hits(&balancer(), AtRisk, Traffic)
        .by("web-acl-lets-in"),
        terraform(
            "a web ACL that allows is put before the balancer",
            with_web_acl("Allow"),
            [tf_create("aws_wafv2_web_acl_association", association())],
        ),
    ]
}
