//! EC2 instances that are hosts of tasks.
//!
//! <https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_Instance.html>

use serde::{Deserialize, Serialize};

use super::{Facts, at};
use crate::{Links, Relation, ResourceKind};

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct Ec2Instance {
    pub instance_id: String,
    /// `m7g.large`.
    pub instance_type: Option<String>,
    /// `arm64`, `x86_64`, ...
    pub architecture: Option<String>,
    pub state: Option<InstanceState>,
    pub placement: Option<Placement>,
    pub vpc_id: Option<String>,
    pub subnet_id: Option<String>,
    pub private_ip_address: Option<String>,
    pub public_ip_address: Option<String>,
    pub iam_instance_profile: Option<InstanceProfileOfInstance>,
    pub security_groups: Vec<InstanceGroup>,
    /// Those of tasks in network mode `awsvpc` without trunking included.
    pub network_interfaces: Vec<InstanceNetworkInterface>,
    /// What its type offers. None: not asked for, or not readable.
    pub instance_type_info: Option<InstanceTypeInfo>,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct InstanceState {
    /// `pending`, `running`, `shutting-down`, `terminated`, `stopping` or `stopped`.
    pub name: Option<String>,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct Placement {
    pub availability_zone: Option<String>,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct InstanceProfileOfInstance {
    pub arn: Option<String>,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct InstanceGroup {
    pub group_id: Option<String>,
    pub group_name: Option<String>,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct InstanceNetworkInterface {
    pub network_interface_id: Option<String>,
}

/// <https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_InstanceTypeInfo.html>
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct InstanceTypeInfo {
    pub maximum_network_interfaces: Option<i32>,
    #[serde(rename = "DefaultVCpus")]
    pub default_vcpus: Option<i32>,
    #[serde(rename = "MemorySizeInMiB")]
    pub memory_size_in_mib: Option<i64>,
    pub gpus: Vec<Gpu>,
    pub supported_architectures: Vec<String>,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct Gpu {
    pub name: Option<String>,
    pub manufacturer: Option<String>,
    pub count: Option<i32>,
}

impl Facts for Ec2Instance {
    const KIND: ResourceKind = ResourceKind::Ec2Instance;

    fn links(&self, links: &mut Links<'_>) {
        if let Some(subnet) = &self.subnet_id {
            links.ec2(Relation::PlacedIn, ResourceKind::Subnet, subnet, "SubnetId");
        }
        for (index, group) in self.security_groups.iter().enumerate() {
            if let Some(group) = &group.group_id {
                links.ec2(Relation::ProtectedBy, ResourceKind::SecurityGroup, group, at("SecurityGroups", index, "GroupId"));
            }
        }
        if let Some(profile) = self.iam_instance_profile.as_ref().and_then(|profile| profile.arn.as_ref()) {
            links.arn(Relation::Assumes, ResourceKind::IamInstanceProfile, profile, "IamInstanceProfile.Arn");
        }
        super::subnet::known_by_id(&self.instance_id, links);
    }
}
