//! A repository is filled by the pull-through cache rule whose prefix its name begins with; the longest prefix wins.
//!
//! <https://docs.aws.amazon.com/AmazonECR/latest/userguide/pull-through-cache.html>

use super::{Estate, inferred};
use crate::{
    NamedLink, Relation, Resource, ResourceKind,
    kinds::ecr_pull_through_cache_rule::EcrPullThroughCacheRule,
};

pub(super) fn links(estate: &Estate<'_>) -> Vec<NamedLink> {
    let rules: Vec<(&Resource, EcrPullThroughCacheRule)> = estate.live().collect();
    if rules.is_empty() {
        return Vec::new();
    }
    // One that is not there yet is made by the first pull: its rule matters most.
    let repositories = estate.inventory.resources().iter();
    let repositories = repositories.filter(|own| own.kind == ResourceKind::EcrRepository);
    let links = repositories.filter_map(|repository| {
        let name = repository.id.arn()?;
        let of_place = rules.iter().filter(|(rule, _)| {
            rule.account == repository.account && rule.region == repository.region
        });
        let taken =
            of_place.filter_map(|(rule, facts)| Some((facts.takes(name.resource_name())?, rule)));
        let (_, rule) = taken.max_by_key(|(length, _)| *length)?;
        Some(inferred(
            &repository.id,
            Relation::PullsFrom,
            &rule.id,
            "ecr:DescribePullThroughCacheRules",
            "ecrRepositoryPrefix",
        ))
    });
    links.collect()
}
