//! What brings requests to load balancers: names, certificates, and what stands before them.
//!
//! <https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/route53_record>

use blastmap_model::{Arn, ResourceId, ResourceKind, plain_host_name};
use serde_json::{Value, json};

use super::{
    fields::{Shape, field, list},
    mapping::{Finish, Id, Naming, Own, Part, Whole, owner},
    side::Side,
};

pub(super) const ZONE: Whole = Whole {
    names: |side| side.names(&["arn", "zone_id", "id"]),
    own: |naming| naming.invented("route53", "hostedzone/"),
    id: Id::Last,
    fields: &[field("name", "Name", Shape::Text)],
    finish: |finish| {
        finish.set_new("Id", finish.own.last_part());
        let private = !finish.side().blocks("vpc").is_empty();
        finish.set_new("Config", json!({"PrivateZone": private}));
    },
    ..Whole::of(ResourceKind::HostedZone)
};

pub(super) const RECORD: Whole = Whole {
    // The name of its zone tells its own.
    rank: 1,
    names: |side| {
        let name = side.text("fqdn").or_else(|| side.text("name"));
        name.and_then(|name| record(side, name))
            .map(|record| format!("arn:aws:route53:::{record}"))
            .into_iter()
            .collect()
    },
    own: |naming| {
        let record = record(naming.side, &full_name(naming)?)?;
        let arn = naming.place.arn("route53", &record)?;
        Some(Own { arn, certain: true })
    },
    id: Id::None,
    fields: &[
        field("zone_id", "HostedZoneId", Shape::Text),
        field("type", "Type", Shape::Text),
        field("set_identifier", "SetIdentifier", Shape::Text),
        field("ttl", "TTL", Shape::Number),
        field("health_check_id", "HealthCheckId", Shape::Text),
        field(
            "weighted_routing_policy",
            "",
            Shape::Block(&[field("weight", "Weight", Shape::Number)]),
        ),
        field(
            "latency_routing_policy",
            "",
            Shape::Block(&[field("region", "Region", Shape::Text)]),
        ),
        field(
            "failover_routing_policy",
            "",
            Shape::Block(&[field("type", "Failover", Shape::Text)]),
        ),
        field(
            "alias",
            "AliasTarget",
            Shape::Block(&[
                field("name", "DNSName", Shape::Text),
                field("zone_id", "HostedZoneId", Shape::Text),
                field(
                    "evaluate_target_health",
                    "EvaluateTargetHealth",
                    Shape::Flag,
                ),
            ]),
        ),
    ],
    empty_when_new: &["set_identifier", "health_check_id", "ttl"],
    finish: finish_record,
    ..Whole::of(ResourceKind::DnsRecord)
};

/// A record's id is its zone's with its name and type, and what tells it from others of these.
fn record(side: Side<'_>, name: &str) -> Option<String> {
    let set = side.text("set_identifier").map(|set| format!("/{set}"));
    Some(format!(
        "hostedzone/{}#{}/{}{}",
        side.text("zone_id")?,
        plain_host_name(name),
        side.text("type")?,
        set.unwrap_or_default(),
    ))
}

/// A new record may be named without its zone's name.
fn full_name(naming: &Naming<'_, '_>) -> Option<String> {
    let side = naming.side;
    if let Some(name) = side.text("fqdn") {
        return Some(name.to_owned());
    }
    let name = plain_host_name(side.text("name").unwrap_or_default());
    let zone = naming
        .place
        .arn("route53", &format!("hostedzone/{}", side.text("zone_id")?))?;
    let zone = naming.workbench.facts(&ResourceId::from(&zone));
    let zone = zone.and_then(|facts| Some(plain_host_name(facts.get("Name")?.as_str()?)));
    Some(match zone {
        Some(zone) if name.is_empty() => zone,
        Some(zone) if name != zone && !name.ends_with(&format!(".{zone}")) => {
            format!("{name}.{zone}")
        }
        _ => name,
    })
}

fn finish_record(finish: &mut Finish<'_>) {
    if let Some((_, name)) = finish.own.resource().split_once('#') {
        let name = name.split('/').next().unwrap_or_default().to_owned();
        finish.set_new("Name", format!("{name}."));
    }
    // What other records hold is not looked at.
    let of_addresses = finish.facts["Type"] == "A";
    let leads = of_addresses || finish.facts["Type"] == "CNAME";
    if !leads || !finish.writing.changes("records") {
        return;
    }
    if finish
        .writing
        .unknown
        .get("records")
        .is_some_and(super::fields::is_marked)
    {
        finish.unknown.push("ResourceRecords".to_owned());
    }
    let values = finish.side().texts("records");
    let values: Vec<Value> = values
        .into_iter()
        .map(|value| {
            // As in a crawl, by which Elastic IP addresses are known.
            let value = if of_addresses {
                finish.redactor.fingerprint(value.trim())
            } else {
                value
            };
            json!({ "Value": value })
        })
        .collect();
    if !values.is_empty() || !finish.is_new {
        finish.set("ResourceRecords", values);
    }
}

pub(super) const ACM_CERTIFICATE: Whole = Whole {
    names: |side| side.names(&["arn", "id"]),
    own: |naming| naming.invented("acm", "certificate/"),
    fields: &[
        field("domain_name", "DomainName", Shape::Text),
        field(
            "subject_alternative_names",
            "SubjectAlternativeNames",
            Shape::Texts,
        ),
        field("key_algorithm", "KeyAlgorithm", Shape::Text),
    ],
    finish: |finish| finish.set_new("CertificateArn", finish.own.as_str()),
    ..Whole::of(ResourceKind::AcmCertificate)
};

/// A wait and nothing else.
pub(super) const ACM_VALIDATION: Part = Part {
    kind: ResourceKind::AcmCertificate,
    owners: |finder, side| {
        owner(
            finder,
            ResourceKind::AcmCertificate,
            side,
            &["certificate_arn"],
        )
    },
    remove: |_| {},
    add: |_| {},
    last: false,
};

pub(super) const WEB_ACL: Whole = Whole {
    names: |side| side.names(&["arn", "id"]),
    own: |naming| naming.invented("wafv2", "regional/webacl/"),
    id: Id::Last,
    fields: &[
        field("name", "Name", Shape::Text),
        field("default_action", "DefaultAction", Shape::Custom(action)),
    ],
    finish: |finish| {
        finish.set_new("ARN", finish.own.as_str());
        finish.set_new("Id", finish.own.last_part());
    },
    ..Whole::of(ResourceKind::WebAcl)
};

/// `[{"allow": [{}], "block": []}]` allows.
fn action(value: &Value) -> Value {
    let set = |name: &str| {
        let own = value.get(0).and_then(|own| own.get(name));
        own.and_then(Value::as_array)
            .is_some_and(|own| !own.is_empty())
    };
    match (set("allow"), set("block")) {
        (true, _) => "Allow".into(),
        (false, true) => "Block".into(),
        (false, false) => Value::Null,
    }
}

pub(super) const WEB_ACL_ASSOCIATION: Part = Part {
    kind: ResourceKind::WebAcl,
    owners: |finder, side| owner(finder, ResourceKind::WebAcl, side, &["web_acl_arn"]),
    remove: |owner| {
        let arn = owner.side.text("resource_arn").map(str::to_owned);
        list(owner.facts, "ResourceArns").retain(|own| own.as_str() != arn.as_deref());
    },
    add: |owner| {
        if let Some(arn) = owner.side.text("resource_arn") {
            list(owner.facts, "ResourceArns").push(arn.into());
        }
    },
    last: false,
};

pub(super) const DISTRIBUTION: Whole = Whole {
    names: |side| side.names(&["arn", "id"]),
    own: |naming| naming.invented("cloudfront", "distribution/"),
    id: Id::Last,
    fields: &[
        field("aliases", "Aliases", Shape::Texts),
        field("enabled", "Enabled", Shape::Flag),
        field("domain_name", "DomainName", Shape::Text),
        field(
            "origin",
            "Origins",
            // Custom headers hold secrets and are no facts.
            Shape::Blocks(&[
                field("origin_id", "Id", Shape::Text),
                field("domain_name", "DomainName", Shape::Text),
                field("origin_path", "OriginPath", Shape::Text),
                field(
                    "custom_origin_config",
                    "CustomOriginConfig",
                    Shape::Block(&[
                        field("http_port", "HTTPPort", Shape::Number),
                        field("https_port", "HTTPSPort", Shape::Number),
                        field(
                            "origin_protocol_policy",
                            "OriginProtocolPolicy",
                            Shape::Text,
                        ),
                    ]),
                ),
                field(
                    "vpc_origin_config",
                    "VpcOriginConfig",
                    Shape::Block(&[field("vpc_origin_id", "VpcOriginId", Shape::Text)]),
                ),
            ]),
        ),
        field(
            "viewer_certificate",
            "ViewerCertificate",
            Shape::Block(&[field(
                "acm_certificate_arn",
                "ACMCertificateArn",
                Shape::Text,
            )]),
        ),
    ],
    finish: |finish| {
        finish.set_new("ARN", finish.own.as_str());
        finish.set_new("Id", finish.own.last_part());
    },
    ..Whole::of(ResourceKind::CloudfrontDistribution)
};

pub(super) const VPC_LINK: Whole = Whole {
    names: |side| side.names(&["arn", "id"]),
    own: |naming| {
        let place = naming.place;
        let resource = format!("/vpclinks/{}", naming.made_up);
        let arn = Arn::new(&place.partition, "apigateway", &place.region, "", &resource);
        Some(Own {
            arn: arn.ok()?,
            certain: false,
        })
    },
    id: Id::Last,
    fields: &[
        field("name", "name", Shape::Text),
        field("security_group_ids", "securityGroupIds", Shape::Texts),
        field("subnet_ids", "subnetIds", Shape::Texts),
    ],
    finish: |finish| finish.set_new("vpcLinkId", finish.own.last_part()),
    ..Whole::of(ResourceKind::ApiGatewayVpcLink)
};

/// An integration of an API that goes through a VPC link.
pub(super) const INTEGRATION: Part = Part {
    kind: ResourceKind::ApiGatewayVpcLink,
    owners: |finder, side| {
        if side.text("connection_type") != Some("VPC_LINK") {
            return Vec::new();
        }
        owner(
            finder,
            ResourceKind::ApiGatewayVpcLink,
            side,
            &["connection_id"],
        )
    },
    remove: |owner| {
        let (api, id) = (owner.side.text("api_id"), owner.side.text("id"));
        list(owner.facts, "integrations")
            .retain(|own| own["apiId"].as_str() != api || own["integrationId"].as_str() != id);
    },
    add: |owner| {
        if owner.is_unknown("integration_uri") {
            owner.unknown.push("integrations".to_owned());
            return;
        }
        let side = owner.side;
        let made = json!({
            "apiId": side.text("api_id").unwrap_or_default(),
            "integrationId": side.text("id").unwrap_or_default(),
            "integrationUri": side.text("integration_uri").unwrap_or_default(),
        });
        list(owner.facts, "integrations").push(made);
    },
    last: false,
};

pub(super) const LATTICE_GROUP: Whole = Whole {
    names: |side| side.names(&["arn", "id"]),
    own: |naming| naming.invented("vpc-lattice", "targetgroup/"),
    id: Id::Last,
    fields: &[
        field("name", "name", Shape::Text),
        field("type", "type", Shape::Text),
        field(
            "config",
            "config",
            Shape::Block(&[
                field("port", "port", Shape::Number),
                field("protocol", "protocol", Shape::Text),
                field("vpc_identifier", "vpcIdentifier", Shape::Text),
            ]),
        ),
    ],
    finish: |finish| {
        finish.set_new("arn", finish.own.as_str());
        finish.set_new("id", finish.own.last_part());
    },
    ..Whole::of(ResourceKind::VpcLatticeTargetGroup)
};
