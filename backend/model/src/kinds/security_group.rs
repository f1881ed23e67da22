//! Security groups with their rules.
//!
//! <https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_SecurityGroup.html>

use serde::{Deserialize, Serialize};

use super::Facts;
use crate::{Arn, Links, Relation, ResourceKind, links::ec2_prefix};

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct SecurityGroup {
    pub group_id: String,
    pub group_name: String,
    pub description: Option<String>,
    pub vpc_id: Option<String>,
    pub owner_id: Option<String>,
    pub ip_permissions: Vec<IpPermission>,
    pub ip_permissions_egress: Vec<IpPermission>,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct IpPermission {
    /// `tcp`, `udp`, `icmp`, a number, or `-1` for all.
    pub ip_protocol: Option<String>,
    pub from_port: Option<i32>,
    pub to_port: Option<i32>,
    pub ip_ranges: Vec<IpRange>,
    pub ipv6_ranges: Vec<Ipv6Range>,
    pub prefix_list_ids: Vec<PrefixListId>,
    pub user_id_group_pairs: Vec<UserIdGroupPair>,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct IpRange {
    pub cidr_ip: String,
    pub description: Option<String>,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct Ipv6Range {
    pub cidr_ipv6: String,
    pub description: Option<String>,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct PrefixListId {
    pub prefix_list_id: String,
    pub description: Option<String>,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct UserIdGroupPair {
    pub group_id: Option<String>,
    /// The owner of the other group, where it is in another account.
    pub user_id: Option<String>,
    pub vpc_id: Option<String>,
    pub description: Option<String>,
}

impl Facts for SecurityGroup {
    const KIND: ResourceKind = ResourceKind::SecurityGroup;

    fn name(&self) -> Option<String> {
        Some(self.group_name.clone())
    }

    fn links(&self, links: &mut Links<'_>) {
        if let Some(vpc) = &self.vpc_id {
            links.ec2(Relation::InVpc, ResourceKind::Vpc, vpc, "VpcId");
        }
        for (index, permission) in self.ip_permissions.iter().enumerate() {
            for (place, pair) in permission.user_id_group_pairs.iter().enumerate() {
                let field = format!("IpPermissions[{index}].UserIdGroupPairs[{place}].GroupId");
                allow_link(pair, field, links);
            }
        }
        for (name, permissions) in [("IpPermissions", &self.ip_permissions), ("IpPermissionsEgress", &self.ip_permissions_egress)] {
            for (index, permission) in permissions.iter().enumerate() {
                for (place, list) in permission.prefix_list_ids.iter().enumerate() {
                    let field = format!("{name}[{index}].PrefixListIds[{place}].PrefixListId");
                    links.ec2(Relation::Matches, ResourceKind::PrefixList, &list.prefix_list_id, field);
                }
            }
        }
        super::subnet::known_by_id(&self.group_id, links);
    }
}

/// A group of a peered VPC is its own account's.
fn allow_link(pair: &UserIdGroupPair, field: String, links: &mut Links<'_>) {
    let (Some(group), Some(prefix)) = (&pair.group_id, ec2_prefix(ResourceKind::SecurityGroup)) else { return };
    let own = links.own();
    let account = pair.user_id.as_deref().filter(|account| !account.is_empty()).unwrap_or(own.account());
    if let Ok(arn) = Arn::new(own.partition(), "ec2", own.region(), account, &format!("{prefix}/{group}")) {
        links.id(Relation::Allows, ResourceKind::SecurityGroup, arn.into(), field);
    }
}
