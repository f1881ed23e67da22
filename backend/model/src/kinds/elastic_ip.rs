//! Elastic IP addresses of NAT gateways and network load balancers.
//!
//! <https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_Address.html>

use serde::{Deserialize, Serialize};

use super::{Facts, environment::by_address};
use crate::{Links, ResourceKind};

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct ElasticIp {
    pub allocation_id: String,
    pub public_ip: Option<String>,
    pub association_id: Option<String>,
    pub network_interface_id: Option<String>,
    pub private_ip_address: Option<String>,
    pub network_border_group: Option<String>,
    /// The fingerprint of the public address, by which records of DNS name it.
    pub address_fingerprint: Option<String>,
}

impl Facts for ElasticIp {
    const KIND: ResourceKind = ResourceKind::ElasticIp;

    fn name(&self) -> Option<String> {
        self.public_ip.clone()
    }

    fn links(&self, links: &mut Links<'_>) {
        super::subnet::known_by_id(&self.allocation_id, links);
        if let Some(fingerprint) = &self.address_fingerprint {
            links.also_named(by_address(Self::KIND, fingerprint));
        }
    }
}
