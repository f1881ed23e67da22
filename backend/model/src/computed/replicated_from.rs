//! A repository of the same name in another region or account gets the images that a registry copies there.
//!
//! <https://docs.aws.amazon.com/AmazonECR/latest/userguide/replication.html>

use super::{Estate, inferred};
use crate::{Arn, NamedLink, Presence, Relation, kinds::ecr_repository::EcrRepository};

pub(super) fn links(estate: &Estate<'_>) -> Vec<NamedLink> {
    let mut links = Vec::new();
    for (source, facts) in estate.live::<EcrRepository>() {
        let Some(own) = source.id.arn() else {
            continue;
        };
        for destination in &facts.replicates_to {
            let (region, account) = (&destination.region, &destination.registry_id);
            let copy = Arn::new(own.partition(), "ecr", region, account, own.resource());
            let place = copy
                .ok()
                .and_then(|copy| estate.inventory.find(copy.as_str()));
            let copy = place.map(|place| estate.inventory.resource(place));
            let copy = copy.filter(|copy| copy.presence == Presence::Live && copy.id != source.id);
            links.extend(copy.map(|copy| {
                inferred(
                    &copy.id,
                    Relation::ReplicatedFrom,
                    &source.id,
                    "ecr:DescribeRegistry",
                    "replicationConfiguration.rules",
                )
            }));
        }
    }
    links
}

#[cfg(test)]
mod tests {
    use time::OffsetDateTime;

    use super::*;
    use crate::{
        Found, InventoryBuilder, Redactor, Scope, Source,
        kinds::ecr_repository::ReplicationDestination,
    };

    #[test]
    fn a_copy_hangs_on_its_source_where_both_are_there() {
        let scope = |region: &str| Scope::new("123456789012", region);
        let scopes = vec![scope("eu-west-1"), scope("us-east-1")];
        let now = OffsetDateTime::UNIX_EPOCH;
        let mut builder = InventoryBuilder::new(scopes.clone());
        let arn = |region: &str, name: &str| {
            Arn::parse(&format!(
                "arn:aws:ecr:{region}:123456789012:repository/{name}"
            ))
            .unwrap()
        };
        let to = |region: &str| ReplicationDestination {
            region: region.to_owned(),
            registry_id: "123456789012".to_owned(),
        };
        let repositories = [
            (
                "eu-west-1",
                "web",
                vec![to("us-east-1"), to("eu-west-1"), to("ap-south-1")],
            ),
            ("eu-west-1", "only-here", vec![to("us-east-1")]),
            ("us-east-1", "web", vec![]),
            ("us-east-1", "only-there", vec![]),
        ];
        for (region, name, replicates_to) in repositories {
            let mut found = Found::new(scope(region), now, Redactor::new([1; 32]));
            let facts = EcrRepository {
                repository_name: name.to_owned(),
                replicates_to,
                ..EcrRepository::default()
            };
            found.resource(&arn(region, name), &facts, [], Source::of("test"));
            builder.absorb(found);
        }
        let inventory = builder.finish("test".to_owned(), now, Vec::new()).unwrap();
        let links = links(&Estate::of(&inventory));
        let ends: Vec<_> = links
            .iter()
            .map(|link| (link.from.as_str(), link.to.as_str()))
            .collect();
        let (copy, source) = (arn("us-east-1", "web"), arn("eu-west-1", "web"));
        assert_eq!(ends, [(copy.as_str(), source.as_str())]);
    }
}
