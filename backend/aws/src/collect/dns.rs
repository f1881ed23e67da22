//! Route 53's hosted zones, and those of their records that lead to something that is kept.

use std::collections::{BTreeSet, HashMap};

use aws_sdk_route53::types::{
    HostedZone as SdkHostedZone, ResourceRecord as SdkRecord, ResourceRecordSet, RrType,
};
use blastmap_model::{
    Arn, Found, InventoryBuilder, Redactor, ResourceId, ResourceKind, Scope, Source, host_name_id,
    kinds::{
        dns_record::{AliasTarget, DnsRecord, ResourceRecord},
        hosted_zone::{HostedZone, HostedZoneConfig},
    },
};
use futures_util::{StreamExt as _, stream};

use super::{Action, Collector, Place, Wanted, owned, text, uses_ecs_anywhere};
use crate::{
    clients::Clients,
    error::CallError,
    pages::{Page, Pages},
};

const ZONES: &str = "route53:ListHostedZones";
const RECORDS: &str = "route53:ListResourceRecordSets";

/// Route 53 answers five requests a second, for a whole account.
/// <https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/DNSLimitations.html>
const CONCURRENT_ZONES: usize = 4;

pub(super) const COLLECTOR: Collector = Collector {
    kinds: &[ResourceKind::HostedZone, ResourceKind::DnsRecord],
    actions: &[
        Action {
            name: ZONES,
            reads: &[
                "HostedZones",
                "HostedZone",
                "Id",
                "Name",
                "Config",
                "PrivateZone",
                "LinkedService",
                "ServicePrincipal",
                "IsTruncated",
                "NextMarker",
            ],
        },
        Action {
            name: RECORDS,
            reads: &[
                "ResourceRecordSets",
                "ResourceRecordSet",
                "Name",
                "Type",
                "SetIdentifier",
                "Weight",
                "Region",
                "Failover",
                "HealthCheckId",
                "TTL",
                "AliasTarget",
                "HostedZoneId",
                "DNSName",
                "EvaluateTargetHealth",
                "ResourceRecords",
                "ResourceRecord",
                "Value",
                "IsTruncated",
                "NextRecordName",
                "NextRecordType",
                "NextRecordIdentifier",
            ],
        },
    ],
    place: Place::Global,
    wanted: Some(wanted),
    never_changes: None,
    collect: |clients, _, found| Box::pin(collect(clients, found)),
};

/// One question, once ECS is used anywhere and there is something that names may lead to: the names of one account may lead to
/// another.
fn wanted(builder: &InventoryBuilder, _: &Scope) -> Vec<Wanted> {
    let any = |kind| !builder.kept_anywhere(kind).is_empty();
    let named = any(ResourceKind::LoadBalancer) || any(ResourceKind::CloudMapService);
    let ask = uses_ecs_anywhere(builder) && named;
    ask.then(|| Wanted::all("every hosted zone"))
        .into_iter()
        .collect()
}

async fn collect(clients: &Clients, found: &mut Found) -> Result<(), CallError> {
    let zones = list_zones(clients).await?;
    for zone in &zones {
        describe_zone(clients, zone, found);
    }
    found.listed(ResourceKind::HostedZone);
    // Cloud Map writes the records of its own zones: the addresses of tasks, which are known.
    let asked = zones.iter().filter(|zone| !is_cloud_map(zone));
    let asked: Vec<_> = asked.map(|zone| zone_id(zone.id()).to_owned()).collect();
    let mut answers = stream::iter(asked)
        .map(|zone| list_records(clients, zone))
        .buffered(CONCURRENT_ZONES);
    let (mut records, mut failed) = (Vec::new(), None);
    while let Some((some, error)) = answers.next().await {
        records.extend(some);
        failed = failed.or(error);
    }
    describe_records(clients, &records, found);
    if let Some(error) = failed {
        found.blind_spot(error.blind_spot(clients.scope(), &[ResourceKind::DnsRecord]));
    }
    Ok(())
}

async fn list_zones(clients: &Clients) -> Result<Vec<SdkHostedZone>, CallError> {
    let (mut zones, mut pages) = (Vec::new(), Pages::of(ZONES));
    while let Some(Page(marker)) = pages.next() {
        let request = clients
            .route53
            .list_hosted_zones()
            .max_items(100)
            .set_marker(marker);
        let answer = clients.call(ZONES, request.send()).await?;
        zones.extend_from_slice(answer.hosted_zones());
        pages.turn(answer.next_marker().filter(|_| answer.is_truncated()))?;
    }
    Ok(zones)
}

/// The records of a zone that stand for other names or hold addresses, as far as they could be read.
async fn list_records(clients: &Clients, zone: String) -> (Vec<DnsRecord>, Option<CallError>) {
    let (mut records, mut pages, mut failed) = (Vec::new(), Pages::of(RECORDS), None);
    while let Some(Page(start)) = pages.next() {
        // Name, type and set identifier tell where a page begins.
        let mut start = start.iter().flat_map(|start| start.split('\n'));
        let request = clients
            .route53
            .list_resource_record_sets()
            .hosted_zone_id(&zone)
            .max_items(300)
            .set_start_record_name(owned(start.next()))
            .set_start_record_type(start.next().map(RrType::from))
            .set_start_record_identifier(owned(start.next().filter(|own| !own.is_empty())));
        match clients.call(RECORDS, request.send()).await {
            Ok(answer) => {
                let next = answer.next_record_name().filter(|_| answer.is_truncated());
                let next = next.map(|name| {
                    let kind = answer.next_record_type().map_or("", RrType::as_str);
                    let set = answer.next_record_identifier().unwrap_or_default();
                    format!("{name}\n{kind}\n{set}")
                });
                failed = pages.turn(next.as_deref()).err();
                let own = answer.resource_record_sets().iter();
                records
                    .extend(own.filter_map(|record| describe(record, &zone, clients.redactor())));
            }
            // Deleted since it was listed.
            Err(error) if error.has_code(&["NoSuchHostedZone"]) => {}
            Err(error) => failed = Some(error),
        }
    }
    (records, failed)
}

/// `Z1` of `/hostedzone/Z1`.
fn zone_id(id: &str) -> &str {
    id.strip_prefix("/hostedzone/").unwrap_or(id)
}

fn is_cloud_map(zone: &SdkHostedZone) -> bool {
    zone.linked_service()
        .and_then(|linked| linked.service_principal())
        .is_some_and(|principal| principal.starts_with("servicediscovery."))
}

fn describe_zone(clients: &Clients, zone: &SdkHostedZone, found: &mut Found) {
    let id = zone_id(zone.id());
    let resource = format!("hostedzone/{id}");
    let Ok(arn) = Arn::new(&clients.partition, "route53", "", "", &resource) else {
        return;
    };
    let facts = HostedZone {
        id: id.to_owned(),
        name: zone.name().to_owned(),
        config: zone.config().map(|config| HostedZoneConfig {
            private_zone: Some(config.private_zone()),
        }),
    };
    found.offer(&arn, &facts, [], Source::of(ZONES));
}

/// None for a record that holds texts or IPv6 addresses of its own: these are not looked at. Of IPv4 addresses the fingerprints are
/// kept, by which Elastic IP addresses are known.
fn describe(record: &ResourceRecordSet, zone: &str, redactor: &Redactor) -> Option<DnsRecord> {
    let values = record.resource_records().iter();
    let values = values.map(SdkRecord::value);
    let values: Vec<String> = match record.r#type() {
        RrType::Cname => values.map(str::to_owned).collect(),
        RrType::A => values.map(|own| redactor.fingerprint(own.trim())).collect(),
        _ => Vec::new(),
    };
    let facts = DnsRecord {
        hosted_zone_id: zone.to_owned(),
        name: record.name().to_owned(),
        r#type: record.r#type().as_str().to_owned(),
        set_identifier: owned(record.set_identifier()),
        weight: record.weight(),
        region: text!(record.region()),
        failover: text!(record.failover()),
        health_check_id: owned(record.health_check_id()),
        ttl: record.ttl(),
        alias_target: record.alias_target().map(|alias| AliasTarget {
            hosted_zone_id: alias.hosted_zone_id().to_owned(),
            dns_name: alias.dns_name().to_owned(),
            evaluate_target_health: Some(alias.evaluate_target_health()),
        }),
        resource_records: values
            .into_iter()
            .map(|value| ResourceRecord { value })
            .collect(),
    };
    let leads = facts.targets().next().is_some() || facts.addresses().next().is_some();
    leads.then_some(facts)
}

fn describe_records(clients: &Clients, records: &[DnsRecord], found: &mut Found) {
    for (record, subjects) in records.iter().zip(lead_to(records)) {
        if let Ok(arn) = record.own_arn(&clients.partition) {
            let id = ResourceId::from(&arn);
            found.follow(&id, &arn, record, [], Source::of(RECORDS), subjects);
        }
    }
}

/// The host names and addresses to which each record leads, through other records as far as these go.
fn lead_to(records: &[DnsRecord]) -> Vec<BTreeSet<ResourceId>> {
    let mut by_name: HashMap<ResourceId, Vec<&DnsRecord>> = HashMap::new();
    for record in records {
        let named = by_name.entry(host_name_id(&record.name)).or_default();
        named.push(record);
    }
    let ways = records.iter().map(|record| {
        let (mut names, mut waiting) = (BTreeSet::new(), vec![record]);
        while let Some(record) = waiting.pop() {
            names.extend(record.addresses().map(|(address, _)| address));
            for (target, _) in record.targets() {
                let name = host_name_id(target);
                if names.insert(name.clone()) {
                    waiting.extend(by_name.get(&name).into_iter().flatten());
                }
            }
        }
        // A record stays because of what it leads to at last, not because another record has its name.
        names.retain(|name| !by_name.contains_key(name));
        names
    });
    ways.collect()
}

#[cfg(test)]
mod tests {
    use blastmap_model::kinds::environment::by_address;

    use super::*;

    fn cname(name: &str, target: &str) -> DnsRecord {
        let record = ResourceRecordSet::builder()
            .name(name)
            .r#type(RrType::Cname)
            .resource_records(
                aws_sdk_route53::types::ResourceRecord::builder()
                    .value(target)
                    .build()
                    .unwrap(),
            );
        describe(&record.build().unwrap(), "Z1", &Redactor::new([1; 32])).unwrap()
    }

    #[test]
    fn records_lead_through_others_to_what_is_no_record() {
        let records = [
            cname("www.example.com.", "app.example.com"),
            cname("app.example.com.", "web-1.eu-west-1.elb.amazonaws.com"),
            cname("one.example.com.", "other.example.com"),
            cname("other.example.com.", "one.example.com"),
        ];
        let balancer = BTreeSet::from([host_name_id("web-1.eu-west-1.elb.amazonaws.com")]);
        let nowhere = BTreeSet::new();
        let expected = [balancer.clone(), balancer, nowhere.clone(), nowhere];
        assert_eq!(lead_to(&records), expected);
    }

    #[test]
    fn an_address_is_known_by_its_fingerprint_and_by_names_that_lead_to_it() {
        let redactor = Redactor::new([1; 32]);
        let value = aws_sdk_route53::types::ResourceRecord::builder().value("192.0.2.1");
        let record = ResourceRecordSet::builder().name("app.example.com.");
        let record = record.r#type(RrType::A);
        let record = record.resource_records(value.build().unwrap());
        let record = describe(&record.build().unwrap(), "Z1", &redactor).unwrap();
        assert!(!format!("{record:?}").contains("192.0.2.1"));
        let print = redactor.fingerprint("192.0.2.1");
        let address = BTreeSet::from([by_address(ResourceKind::ElasticIp, &print)]);
        let records = [cname("www.example.com.", "app.example.com"), record];
        assert_eq!(lead_to(&records), [address.clone(), address]);
    }

    #[test]
    fn what_a_text_says_is_not_read() {
        let text = aws_sdk_route53::types::ResourceRecord::builder()
            .value("\"hunter2\"")
            .build()
            .unwrap();
        let record = ResourceRecordSet::builder()
            .name("example.com.")
            .r#type(RrType::Txt)
            .resource_records(text)
            .build()
            .unwrap();
        assert_eq!(describe(&record, "Z1", &Redactor::new([1; 32])), None);
    }
}
