//! Mount targets: the addresses at which an EFS file system is mounted, at most one a zone.
//!
//! <https://docs.aws.amazon.com/efs/latest/ug/API_MountTargetDescription.html>

use serde::{Deserialize, Serialize};

use super::{Facts, at, efs_file_system};
use crate::{Links, Relation, ResourceKind};

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct EfsMountTarget {
    pub mount_target_id: String,
    pub file_system_id: String,
    pub owner_id: Option<String>,
    pub subnet_id: Option<String>,
    pub vpc_id: Option<String>,
    pub availability_zone_name: Option<String>,
    pub availability_zone_id: Option<String>,
    pub ip_address: Option<String>,
    pub ipv6_address: Option<String>,
    pub network_interface_id: Option<String>,
    /// `available`, `creating`, `updating`, `deleting`, `deleted` or `error`.
    pub life_cycle_state: Option<String>,
    /// None: not readable. A mount target always has at least one.
    pub security_groups: Option<Vec<String>>,
}

impl Facts for EfsMountTarget {
    const KIND: ResourceKind = ResourceKind::EfsMountTarget;

    fn links(&self, links: &mut Links<'_>) {
        efs_file_system::link(Relation::PartOf, &self.file_system_id, "FileSystemId", links);
        if let Some(subnet) = &self.subnet_id {
            links.ec2(Relation::PlacedIn, ResourceKind::Subnet, subnet, "SubnetId");
        }
        for (index, group) in self.security_groups.iter().flatten().enumerate() {
            links.ec2(Relation::ProtectedBy, ResourceKind::SecurityGroup, group, at("SecurityGroups", index, ""));
        }
    }
}

#[cfg(test)]
mod tests {
    use time::OffsetDateTime;

    use super::*;
    use crate::{Arn, Found, InventoryBuilder, Presence, Redactor, ResourceId, Scope, Source, record};

    #[test]
    fn has_its_bare_id_and_the_links_of_its_place() {
        let scope = Scope::new("123456789012", "eu-west-1");
        let mut found = Found::new(scope.clone(), OffsetDateTime::UNIX_EPOCH, Redactor::new([1; 32]));
        let facts = EfsMountTarget {
            mount_target_id: "fsmt-1".to_owned(),
            file_system_id: "fs-1".to_owned(),
            subnet_id: Some("subnet-1".to_owned()),
            security_groups: Some(vec!["sg-1".to_owned()]),
            ..EfsMountTarget::default()
        };
        let place = Arn::parse("arn:aws:elasticfilesystem:eu-west-1:123456789012:file-system/fs-1").unwrap();
        found.resource_with_id(&ResourceId::new("fsmt-1"), &place, &facts, [], Source::of("elasticfilesystem:DescribeMountTargets"));
        let mut builder = InventoryBuilder::new(vec![scope]);
        builder.absorb(found);
        let inventory = builder.finish("one".to_owned(), OffsetDateTime::UNIX_EPOCH, Vec::new()).unwrap();

        let mut written = Vec::new();
        record::write_plain(&inventory, &mut written).unwrap();
        let read = record::read(written.as_slice()).unwrap();
        let own = read.resource(read.find("fsmt-1").unwrap());
        assert_eq!((&*own.name, &*own.account, &*own.region, own.presence), ("fsmt-1", "123456789012", "eu-west-1", Presence::Live));
        assert_eq!(own.own_arn().unwrap().account(), "123456789012");
        let links: Vec<_> = read.links().iter().map(|link| (link.relation, read.resource(link.to).id.to_string())).collect();
        assert_eq!(
            links,
            [
                (Relation::ProtectedBy, "arn:aws:ec2:eu-west-1:123456789012:security-group/sg-1".to_owned()),
                (Relation::PlacedIn, "arn:aws:ec2:eu-west-1:123456789012:subnet/subnet-1".to_owned()),
                (Relation::PartOf, place.to_string()),
            ]
        );
    }
}
