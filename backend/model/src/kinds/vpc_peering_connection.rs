//! Peering connections between two VPCs, which may be of other accounts and regions.
//!
//! <https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_VpcPeeringConnection.html>

use serde::{Deserialize, Serialize};

use super::Facts;
use crate::{Arn, Links, Relation, ResourceKind};

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct VpcPeeringConnection {
    pub vpc_peering_connection_id: String,
    pub status: Option<PeeringStatus>,
    pub requester_vpc_info: Option<PeeredVpc>,
    pub accepter_vpc_info: Option<PeeredVpc>,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct PeeringStatus {
    /// `active`, `pending-acceptance`, ...
    pub code: Option<String>,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct PeeredVpc {
    pub vpc_id: Option<String>,
    pub owner_id: Option<String>,
    pub region: Option<String>,
    pub cidr_block: Option<String>,
}

impl Facts for VpcPeeringConnection {
    const KIND: ResourceKind = ResourceKind::VpcPeeringConnection;

    fn links(&self, links: &mut Links<'_>) {
        for (vpc, field) in [(&self.requester_vpc_info, "RequesterVpcInfo.VpcId"), (&self.accepter_vpc_info, "AccepterVpcInfo.VpcId")] {
            let Some((vpc, id)) = vpc.as_ref().and_then(|vpc| Some((vpc, vpc.vpc_id.as_ref()?))) else { continue };
            let own = links.own();
            let account = vpc.owner_id.as_deref().unwrap_or(own.account());
            let region = vpc.region.as_deref().unwrap_or(own.region());
            if let Ok(arn) = Arn::new(own.partition(), "ec2", region, account, &format!("vpc/{id}")) {
                links.id(Relation::AttachedTo, ResourceKind::Vpc, arn.into(), field);
            }
        }
        super::subnet::known_by_id(&self.vpc_peering_connection_id, links);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Source;

    #[test]
    fn joins_vpcs_of_any_account_and_region() {
        let vpc = |id: &str, owner: &str, region: &str| Some(PeeredVpc { vpc_id: Some(id.into()), owner_id: Some(owner.into()), region: Some(region.into()), cidr_block: None });
        let facts = VpcPeeringConnection {
            vpc_peering_connection_id: "pcx-1".into(),
            requester_vpc_info: vpc("vpc-1", "123456789012", "eu-west-1"),
            accepter_vpc_info: vpc("vpc-2", "210987654321", "us-east-1"),
            ..VpcPeeringConnection::default()
        };
        let own = Arn::parse("arn:aws:ec2:eu-west-1:123456789012:vpc-peering-connection/pcx-1").unwrap();
        let mut links = Links::of(&own, Source::of("ec2:DescribeVpcPeeringConnections"));
        facts.links(&mut links);
        let to: Vec<String> = links.finish().0.iter().map(|link| link.to.id.to_string()).collect();
        assert_eq!(to, ["arn:aws:ec2:eu-west-1:123456789012:vpc/vpc-1", "arn:aws:ec2:us-east-1:210987654321:vpc/vpc-2"]);
    }
}
