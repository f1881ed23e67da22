//! Application, network and gateway load balancers.
//!
//! <https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_LoadBalancer.html>

use serde::{Deserialize, Serialize};

use super::{Facts, at};
use crate::{Links, Relation, ResourceKind, host_name_id};

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct LoadBalancer {
    pub load_balancer_arn: String,
    pub load_balancer_name: String,
    #[serde(rename = "DNSName")]
    pub dns_name: Option<String>,
    pub canonical_hosted_zone_id: Option<String>,
    /// `application`, `network` or `gateway`.
    pub r#type: Option<String>,
    pub scheme: Option<String>,
    pub state: Option<State>,
    pub vpc_id: Option<String>,
    pub ip_address_type: Option<String>,
    pub availability_zones: Vec<AvailabilityZone>,
    pub security_groups: Vec<String>,
    pub created_time: Option<String>,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct State {
    pub code: Option<String>,
    pub reason: Option<String>,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct AvailabilityZone {
    pub zone_name: Option<String>,
    pub subnet_id: Option<String>,
    /// Fixed addresses of a network load balancer.
    pub load_balancer_addresses: Vec<LoadBalancerAddress>,
}

/// <https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_LoadBalancerAddress.html>
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct LoadBalancerAddress {
    pub allocation_id: Option<String>,
    pub ip_address: Option<String>,
}

impl Facts for LoadBalancer {
    const KIND: ResourceKind = ResourceKind::LoadBalancer;

    fn name(&self) -> Option<String> {
        Some(self.load_balancer_name.clone())
    }

    fn links(&self, links: &mut Links<'_>) {
        if let Some(vpc) = &self.vpc_id {
            links.ec2(Relation::InVpc, ResourceKind::Vpc, vpc, "VpcId");
        }
        for (index, zone) in self.availability_zones.iter().enumerate() {
            if let Some(subnet) = &zone.subnet_id {
                links.ec2(Relation::PlacedIn, ResourceKind::Subnet, subnet, at("AvailabilityZones", index, "SubnetId"));
            }
            for (place, address) in zone.load_balancer_addresses.iter().enumerate() {
                if let Some(allocation) = &address.allocation_id {
                    let field = format!("AvailabilityZones[{index}].LoadBalancerAddresses[{place}].AllocationId");
                    links.ec2(Relation::AttachedTo, ResourceKind::ElasticIp, allocation, field);
                }
            }
        }
        for (index, group) in self.security_groups.iter().enumerate() {
            links.ec2(Relation::ProtectedBy, ResourceKind::SecurityGroup, group, at("SecurityGroups", index, ""));
        }
        if let Some(name) = &self.dns_name {
            links.also_named(host_name_id(name));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Arn, Source};

    #[test]
    fn fixed_addresses_are_of_a_zone_each() {
        let zone = |subnet: &str, allocation: Option<&str>| AvailabilityZone {
            subnet_id: Some(subnet.to_owned()),
            load_balancer_addresses: vec![LoadBalancerAddress { allocation_id: allocation.map(str::to_owned), ip_address: None }],
            ..AvailabilityZone::default()
        };
        let balancer = LoadBalancer { availability_zones: vec![zone("subnet-1", None), zone("subnet-2", Some("eipalloc-1"))], ..LoadBalancer::default() };
        let own = Arn::parse("arn:aws:elasticloadbalancing:eu-west-1:123456789012:loadbalancer/net/a/1").unwrap();
        let mut links = Links::of(&own, Source::of("elasticloadbalancing:DescribeLoadBalancers"));
        balancer.links(&mut links);
        let attached: Vec<String> = links.finish().0.iter().filter(|link| link.relation == Relation::AttachedTo).map(|link| format!("{} by {}", link.to.id, link.field)).collect();
        assert_eq!(attached, ["arn:aws:ec2:eu-west-1:123456789012:elastic-ip/eipalloc-1 by AvailabilityZones[1].LoadBalancerAddresses[0].AllocationId"]);
    }
}
