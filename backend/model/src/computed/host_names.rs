//! Which records a host name means is known only when all records are: one name may have several, for several shares or places.
//!
//! <https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/routing-policy.html>

use std::collections::{BTreeSet, HashMap};

use super::{Estate, inferred, stated};
use crate::{
    NamedLink, Relation, Resource, ResourceId, ResourceKind, host_name_id,
    kinds::{cloudfront_distribution::CloudfrontDistribution, dns_record::DnsRecord},
};

const RECORDS: &str = "route53:ListResourceRecordSets";

pub(super) fn links(estate: &Estate<'_>) -> Vec<NamedLink> {
    let mut records: HashMap<ResourceId, Vec<(&Resource, DnsRecord)>> = HashMap::new();
    for (record, facts) in estate.live::<DnsRecord>() {
        let named = records.entry(host_name_id(&facts.name)).or_default();
        named.push((record, facts));
    }
    let mut links = Vec::new();
    for (own, facts) in records.values().flatten() {
        for (target, field) in facts.targets() {
            // An alias names a record of its own zone and type; a CNAME a name and no more.
            let zone = facts
                .alias_target
                .as_ref()
                .map(|alias| alias.hosted_zone_id.trim_start_matches("/hostedzone/"));
            let means = |other: &DnsRecord| {
                zone.is_none_or(|zone| zone == other.hosted_zone_id && facts.r#type == other.r#type)
            };
            let others = records.get(&host_name_id(target)).into_iter().flatten();
            let meant = others.filter(|(other, named)| other.id != own.id && means(named));
            links.extend(meant.map(|(other, _)| {
                stated(&own.id, Relation::ResolvesTo, &other.id, RECORDS, &field)
            }));
        }
    }
    for (distribution, facts) in estate.live::<CloudfrontDistribution>() {
        for (index, origin) in facts.origins.iter().enumerate() {
            let field = format!("Origins.Items[{index}].DomainName");
            let meant = records
                .get(&host_name_id(&origin.domain_name))
                .into_iter()
                .flatten();
            links.extend(meant.map(|(record, _)| {
                stated(
                    &distribution.id,
                    Relation::Fronts,
                    &record.id,
                    "cloudfront:ListDistributions",
                    &field,
                )
            }));
        }
    }
    for (own, _) in records.values().flatten() {
        links.extend(by_address(estate, own));
    }
    links.sort_by(|one, other| (&one.from, &one.to).cmp(&(&other.from, &other.to)));
    links
}

/// A record of an Elastic IP address leads to the balancer that answers there.
fn by_address(estate: &Estate<'_>, record: &Resource) -> Vec<NamedLink> {
    let resolved = estate.dependencies(record, Relation::ResolvesTo);
    let addresses: BTreeSet<&ResourceId> = resolved
        .filter(|own| own.kind == ResourceKind::ElasticIp)
        .map(|own| &own.id)
        .collect();
    if addresses.is_empty() {
        return Vec::new();
    }
    let resources = estate.inventory.resources().iter();
    let balancers = resources.filter(|own| own.kind == ResourceKind::LoadBalancer);
    let answering = balancers.filter(|balancer| {
        let mut attached = estate.dependencies(balancer, Relation::AttachedTo);
        attached.any(|address| addresses.contains(&address.id))
    });
    let field = "ResourceRecords";
    answering
        .map(|balancer| {
            inferred(
                &record.id,
                Relation::ResolvesTo,
                &balancer.id,
                RECORDS,
                field,
            )
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};
    use time::OffsetDateTime;

    use super::*;
    use crate::{Found, InventoryBuilder, Redactor, Scope, Source};

    fn record(zone: &str, name: &str, kind: &str, rest: &Value) -> DnsRecord {
        let mut facts = json!({"HostedZoneId": zone, "Name": name, "Type": kind});
        facts
            .as_object_mut()
            .unwrap()
            .extend(rest.as_object().unwrap().clone());
        serde_json::from_value(facts).unwrap()
    }

    #[test]
    fn a_name_means_every_record_that_has_it() {
        let scope = Scope::new("123456789012", crate::GLOBAL);
        let now = OffsetDateTime::UNIX_EPOCH;
        let mut found = Found::new(scope.clone(), now, Redactor::new([1; 32]));
        let balancer = json!({"AliasTarget": {"HostedZoneId": "Z35", "DNSName": "web-1.eu-west-1.elb.amazonaws.com"}});
        let set =
            |name: &str| json!({"SetIdentifier": name, "AliasTarget": balancer["AliasTarget"]});
        for facts in [
            record(
                "Z1",
                "www.example.com.",
                "A",
                &json!({"AliasTarget": {"HostedZoneId": "Z1", "DNSName": "app.example.com."}}),
            ),
            record("Z1", "app.example.com.", "A", &set("blue")),
            record("Z1", "app.example.com.", "A", &set("green")),
            record("Z1", "app.example.com.", "AAAA", &balancer),
            record("Z2", "app.example.com.", "A", &balancer),
            record(
                "Z2",
                "old.example.com.",
                "CNAME",
                &json!({"ResourceRecords": [{"Value": "APP.example.com"}]}),
            ),
            record(
                "Z2",
                "self.example.com.",
                "CNAME",
                &json!({"ResourceRecords": [{"Value": "self.example.com"}]}),
            ),
        ] {
            found.resource(
                &facts.own_arn("aws").unwrap(),
                &facts,
                [],
                Source::of("test"),
            );
        }
        let mut builder = InventoryBuilder::new(vec![scope]);
        builder.absorb(found);
        let inventory = builder.finish("test".to_owned(), now, Vec::new()).unwrap();
        let short = |id: &ResourceId| {
            id.as_str()
                .replace("arn:aws:route53:::hostedzone/", "")
                .replace(".example.com", "")
        };
        let links: Vec<String> = links(&Estate::of(&inventory))
            .iter()
            .map(|link| format!("{} -> {}", short(&link.from), short(&link.to)))
            .collect();
        assert_eq!(
            links,
            [
                "Z1#www/A -> Z1#app/A/blue",
                "Z1#www/A -> Z1#app/A/green",
                "Z2#old/CNAME -> Z1#app/A/blue",
                "Z2#old/CNAME -> Z1#app/A/green",
                "Z2#old/CNAME -> Z1#app/AAAA",
                "Z2#old/CNAME -> Z2#app/A",
            ]
        );
    }

    #[test]
    fn an_address_leads_to_the_balancer_that_answers_there() {
        let scopes = [
            Scope::new("123456789012", "eu-west-1"),
            Scope::new("123456789012", crate::GLOBAL),
        ];
        let now = OffsetDateTime::UNIX_EPOCH;
        let redactor = Redactor::new([1; 32]);
        let print = redactor.fingerprint("192.0.2.1");
        let mut found = Found::new(scopes[0].clone(), now, redactor);
        let source = Source::of("test");
        let arn = |text: &str| crate::Arn::parse(text).unwrap();
        let balancer =
            arn("arn:aws:elasticloadbalancing:eu-west-1:123456789012:loadbalancer/net/edge/1");
        let facts: crate::kinds::load_balancer::LoadBalancer = serde_json::from_value(json!({
            "LoadBalancerName": "edge",
            "AvailabilityZones": [{"LoadBalancerAddresses": [{"AllocationId": "eipalloc-1"}]}],
        }))
        .unwrap();
        found.resource(&balancer, &facts, [], source);
        for (id, fingerprint) in [("eipalloc-1", &print), ("eipalloc-2", &"other".to_owned())] {
            let address = arn(&format!(
                "arn:aws:ec2:eu-west-1:123456789012:elastic-ip/{id}"
            ));
            let facts = crate::kinds::elastic_ip::ElasticIp {
                allocation_id: id.to_owned(),
                address_fingerprint: Some(fingerprint.clone()),
                ..crate::kinds::elastic_ip::ElasticIp::default()
            };
            found.offer(&address, &facts, [], source);
        }
        let values = json!({"ResourceRecords": [{"Value": print}]});
        let facts = record("Z1", "edge.example.com.", "A", &values);
        let own = facts.own_arn("aws").unwrap();
        found.resource(&own, &facts, [], source);
        let mut builder = InventoryBuilder::new(scopes.to_vec());
        builder.absorb(found);
        let inventory = builder.finish("test".to_owned(), now, Vec::new()).unwrap();
        let links = links(&Estate::of(&inventory));
        let [link] = links.as_slice() else {
            panic!("{links:?}")
        };
        assert_eq!(
            (link.from.as_str(), link.to.as_str()),
            (own.as_str(), balancer.as_str())
        );
        assert!(link.evidence.inferred);
        let kept = inventory.resources().iter();
        let kept = kept.filter(|own| own.kind == ResourceKind::ElasticIp);
        assert_eq!(kept.count(), 1);
    }
}
