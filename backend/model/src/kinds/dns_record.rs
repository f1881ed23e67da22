//! Records of Route 53 that are other names of something: aliases, CNAMEs, and addresses that are Elastic IP addresses.
//!
//! <https://docs.aws.amazon.com/Route53/latest/APIReference/API_ResourceRecordSet.html>

use serde::{Deserialize, Serialize};

use super::{Facts, at, environment::by_address};
use crate::{Arn, ArnError, Links, Relation, ResourceId, ResourceKind, host_name_id, is_fingerprint, plain_host_name};

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct DnsRecord {
    /// The zone in which it was listed, without `/hostedzone/` before it.
    pub hosted_zone_id: String,
    /// As AWS writes it, with a dot at its end.
    pub name: String,
    pub r#type: String,
    /// Tells records of one name and type apart.
    pub set_identifier: Option<String>,
    pub weight: Option<i64>,
    pub region: Option<String>,
    /// `PRIMARY` or `SECONDARY`.
    pub failover: Option<String>,
    pub health_check_id: Option<String>,
    #[serde(rename = "TTL")]
    pub ttl: Option<i64>,
    pub alias_target: Option<AliasTarget>,
    /// Names of a CNAME, fingerprints of the addresses of an A record; what other records hold is not read.
    pub resource_records: Vec<ResourceRecord>,
}

/// <https://docs.aws.amazon.com/Route53/latest/APIReference/API_AliasTarget.html>
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct AliasTarget {
    /// The zone of the target: of AWS's own, or this record's.
    pub hosted_zone_id: String,
    #[serde(rename = "DNSName")]
    pub dns_name: String,
    pub evaluate_target_health: Option<bool>,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct ResourceRecord {
    pub value: String,
}

impl DnsRecord {
    /// The ARN by which blastmap knows a record, which has none of AWS's: its zone's with its name and type, and what tells it
    /// from others of these.
    pub fn own_arn(&self, partition: &str) -> Result<Arn, ArnError> {
        let Self { hosted_zone_id, name, r#type, .. } = self;
        let name = plain_host_name(name);
        let set = self.set_identifier.as_ref().map(|set| format!("/{set}"));
        let resource = format!("hostedzone/{hosted_zone_id}#{name}/{type}{}", set.unwrap_or_default());
        Arn::new(partition, "route53", "", "", &resource)
    }

    /// The host names for which it stands, with the fields that say so.
    pub fn targets(&self) -> impl Iterator<Item = (&str, String)> {
        let alias = self.alias_target.iter();
        let alias = alias.map(|own| (own.dns_name.as_str(), "AliasTarget.DNSName".to_owned()));
        let values = self.resource_records.iter().enumerate();
        let values = values.filter(|_| self.r#type == "CNAME");
        alias.chain(values.map(|(index, own)| (own.value.as_str(), at("ResourceRecords", index, "Value"))))
    }

    /// The Elastic IP addresses that its own addresses may be, with the fields that say so.
    pub fn addresses(&self) -> impl Iterator<Item = (ResourceId, String)> {
        let values = self.resource_records.iter().enumerate();
        let values = values.filter(|(_, own)| self.r#type == "A" && is_fingerprint(&own.value));
        values.map(|(index, own)| (by_address(ResourceKind::ElasticIp, &own.value), at("ResourceRecords", index, "Value")))
    }
}

impl Facts for DnsRecord {
    const KIND: ResourceKind = ResourceKind::DnsRecord;

    fn name(&self) -> Option<String> {
        let set = self.set_identifier.as_ref().map(|set| format!(" {set}"));
        Some(format!("{} {}{}", plain_host_name(&self.name), self.r#type, set.unwrap_or_default()))
    }

    fn links(&self, links: &mut Links<'_>) {
        let zone = format!("hostedzone/{}", self.hosted_zone_id);
        if let Ok(zone) = Arn::new(links.own().partition(), "route53", "", "", &zone) {
            links.id(Relation::PartOf, ResourceKind::HostedZone, zone.into(), "HostedZoneId");
        }
        for (target, field) in self.targets() {
            let id = host_name_id(target);
            links.if_known(Relation::ResolvesTo, reached_at(id.as_str()), id, field);
        }
        for (address, field) in self.addresses() {
            links.if_known(Relation::ResolvesTo, ResourceKind::ElasticIp, address, field);
        }
        links.also_named(host_name_id(&self.name));
    }
}

/// What may be reached at a host name that is no record's: AWS's own names tell what is theirs.
fn reached_at(name: &str) -> ResourceKind {
    if name.contains(".elb.") {
        ResourceKind::LoadBalancer
    } else if name.ends_with(".cloudfront.net") {
        ResourceKind::CloudfrontDistribution
    } else {
        ResourceKind::CloudMapService
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::Source;

    #[test]
    fn an_alias_and_a_cname_lead_on_and_other_records_do_not() {
        let balancer = "dualstack.Web-1.eu-west-1.elb.amazonaws.com.";
        let zone = "PART_OF arn:aws:route53:::hostedzone/Z1";
        let web = "RESOLVES_TO dns:web-1.eu-west-1.elb.amazonaws.com";
        let address = "fingerprint:0123456789abcdef01234567";
        let elastic = "RESOLVES_TO ELASTIC_IP in fingerprint:0123456789abcdef01234567";
        let cases = [
            (json!({"Type": "A", "AliasTarget": {"DNSName": balancer}}), "arn:aws:route53:::hostedzone/Z1#*.example.com/A", vec![zone, web]),
            (json!({"Type": "CNAME", "SetIdentifier": "blue", "ResourceRecords": [{"Value": "web-1.eu-west-1.elb.amazonaws.com"}]}),
             "arn:aws:route53:::hostedzone/Z1#*.example.com/CNAME/blue", vec![zone, web]),
            (json!({"Type": "CNAME", "ResourceRecords": [{"Value": "orders.main.internal."}]}),
             "arn:aws:route53:::hostedzone/Z1#*.example.com/CNAME", vec![zone, "RESOLVES_TO dns:orders.main.internal"]),
            (json!({"Type": "A", "ResourceRecords": [{"Value": "192.0.2.1"}]}), "arn:aws:route53:::hostedzone/Z1#*.example.com/A", vec![zone]),
            (json!({"Type": "A", "ResourceRecords": [{"Value": address}]}), "arn:aws:route53:::hostedzone/Z1#*.example.com/A", vec![zone, elastic]),
        ];
        for (facts, id, expected) in cases {
            let mut record: DnsRecord = serde_json::from_value(facts).unwrap();
            (record.hosted_zone_id, record.name) = ("Z1".to_owned(), "\\052.Example.com.".to_owned());
            let own = record.own_arn("aws").unwrap();
            assert_eq!(own.as_str(), id);
            let mut links = Links::of(&own, Source::of("route53:ListResourceRecordSets"));
            record.links(&mut links);
            let (declared, names) = links.finish();
            let said: Vec<String> = declared.iter().map(|link| format!("{} {}", link.relation, link.to.id)).collect();
            assert_eq!(said, expected);
            assert_eq!(names, [host_name_id("*.example.com")]);
        }
    }
}
