//! Launch templates that Auto Scaling groups start instances from. Of a version only what a host of ECS is made of is kept; never
//! its user data.
//!
//! <https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_LaunchTemplateVersion.html>

use serde::{Deserialize, Serialize};

use super::{Facts, at};
use crate::{Arn, Links, Relation, ResourceKind};

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct LaunchTemplate {
    pub launch_template_id: String,
    pub launch_template_name: String,
    /// Those that groups name, by number. One that a group names and that is not here does not exist.
    pub versions: Vec<LaunchTemplateVersion>,
    /// The versions that groups name and AWS does not have, as they name them.
    pub missing_versions: Vec<String>,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct LaunchTemplateVersion {
    pub version_number: i64,
    pub default_version: Option<bool>,
    pub image_id: Option<String>,
    pub instance_type: Option<String>,
    pub iam_instance_profile: Option<ProfileOfTemplate>,
    pub security_group_ids: Vec<String>,
    pub network_interfaces: Vec<InterfaceOfTemplate>,
}

/// By ARN or by name.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct ProfileOfTemplate {
    pub arn: Option<String>,
    pub name: Option<String>,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct InterfaceOfTemplate {
    pub subnet_id: Option<String>,
    pub groups: Vec<String>,
}

impl Facts for LaunchTemplate {
    const KIND: ResourceKind = ResourceKind::LaunchTemplate;

    fn name(&self) -> Option<String> {
        (!self.launch_template_name.is_empty()).then(|| self.launch_template_name.clone())
    }

    fn links(&self, links: &mut Links<'_>) {
        for (place, version) in self.versions.iter().enumerate() {
            version_links(version, &at("Versions", place, ""), links);
        }
        if let Ok(by_name) = links.own().sibling("ec2", &format!("launch-template/{}", self.launch_template_name)) {
            links.also_named(by_name.into());
        }
    }
}

fn version_links(version: &LaunchTemplateVersion, field: &str, links: &mut Links<'_>) {
    if let Some(profile) = &version.iam_instance_profile {
        let own = links.own();
        let by_name = |name: &String| Arn::new(own.partition(), "iam", "", own.account(), &format!("instance-profile/{name}"));
        let by_arn = profile.arn.as_ref().and_then(|arn| Arn::parse(arn).ok());
        if let Some(arn) = by_arn.or_else(|| profile.name.as_ref().and_then(|name| by_name(name).ok())) {
            links.id(Relation::Assumes, ResourceKind::IamInstanceProfile, arn.into(), format!("{field}.IamInstanceProfile"));
        }
    }
    for (place, group) in version.security_group_ids.iter().enumerate() {
        links.ec2(Relation::ProtectedBy, ResourceKind::SecurityGroup, group, at(&format!("{field}.SecurityGroupIds"), place, ""));
    }
    for (place, interface) in version.network_interfaces.iter().enumerate() {
        let field = at(&format!("{field}.NetworkInterfaces"), place, "");
        for (place, group) in interface.groups.iter().enumerate() {
            links.ec2(Relation::ProtectedBy, ResourceKind::SecurityGroup, group, at(&format!("{field}.Groups"), place, ""));
        }
        if let Some(subnet) = &interface.subnet_id {
            links.ec2(Relation::PlacedIn, ResourceKind::Subnet, subnet, format!("{field}.SubnetId"));
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::Source;

    #[test]
    fn a_version_says_what_its_instances_hang_on() {
        let own = Arn::parse("arn:aws:ec2:eu-west-1:123456789012:launch-template/lt-1").unwrap();
        let template: LaunchTemplate = serde_json::from_value(json!({
            "LaunchTemplateId": "lt-1", "LaunchTemplateName": "hosts",
            "Versions": [
                {"VersionNumber": 1, "IamInstanceProfile": {"Name": "hosts"}, "SecurityGroupIds": ["sg-1"]},
                {"VersionNumber": 2, "IamInstanceProfile": {"Arn": "arn:aws:iam::123456789012:instance-profile/ecs/hosts"},
                 "NetworkInterfaces": [{"SubnetId": "subnet-1", "Groups": ["sg-2"]}]},
            ],
        }))
        .unwrap();
        let mut links = Links::of(&own, Source::of("ec2:DescribeLaunchTemplateVersions"));
        template.links(&mut links);
        let (declared, names) = links.finish();
        let declared: Vec<_> = declared.iter().map(|own| format!("{} {} by {}", own.relation, own.to.id, own.field)).collect();
        assert_eq!(
            declared,
            [
                "ASSUMES arn:aws:iam::123456789012:instance-profile/hosts by Versions[0].IamInstanceProfile",
                "PROTECTED_BY arn:aws:ec2:eu-west-1:123456789012:security-group/sg-1 by Versions[0].SecurityGroupIds[0]",
                "ASSUMES arn:aws:iam::123456789012:instance-profile/ecs/hosts by Versions[1].IamInstanceProfile",
                "PROTECTED_BY arn:aws:ec2:eu-west-1:123456789012:security-group/sg-2 by Versions[1].NetworkInterfaces[0].Groups[0]",
                "PLACED_IN arn:aws:ec2:eu-west-1:123456789012:subnet/subnet-1 by Versions[1].NetworkInterfaces[0].SubnetId",
            ]
        );
        assert_eq!(names[0].as_str(), "arn:aws:ec2:eu-west-1:123456789012:launch-template/hosts");
    }
}
