//! ECR repositories.

use std::collections::BTreeSet;

use aws_sdk_ecr::types::{ReplicationRule, Repository};
use blastmap_model::{
    Arn, Found, ResourceKind, Source,
    kinds::ecr_repository::{EcrRepository, EncryptionConfiguration, ReplicationDestination},
};

use super::{Action, Collector, Place, owned, text, time};
use crate::{
    clients::Clients,
    error::CallError,
    pages::{Page, Pages},
};

const API: &str = "ecr:DescribeRepositories";
const REGISTRY: &str = "ecr:DescribeRegistry";

const KINDS: &[ResourceKind] = &[ResourceKind::EcrRepository];

pub(super) const COLLECTOR: Collector = Collector {
    kinds: KINDS,
    actions: &[
        Action {
            name: API,
            reads: &[
                "repositories",
                "repositoryArn",
                "registryId",
                "repositoryName",
                "repositoryUri",
                "imageTagMutability",
                "encryptionConfiguration",
                "encryptionType",
                "kmsKey",
                "createdAt",
                "nextToken",
            ],
        },
        Action {
            name: REGISTRY,
            reads: &[
                "registryId",
                "replicationConfiguration",
                "rules",
                "destinations",
                "region",
                "repositoryFilters",
                "filter",
                "filterType",
            ],
        },
    ],
    place: Place::Region,
    wanted: None,
    never_changes: None,
    collect: |clients, _, found| Box::pin(collect(clients, found)),
};

async fn collect(clients: &Clients, found: &mut Found) -> Result<(), CallError> {
    let repositories = list(clients).await?;
    found.listed(ResourceKind::EcrRepository);
    // A registry without repositories copies nothing.
    let rules = if repositories.is_empty() {
        Ok(Vec::new())
    } else {
        replication(clients).await
    };
    let rules = rules.unwrap_or_else(|error| {
        found.blind_spot(error.blind_spot(clients.scope(), KINDS));
        Vec::new()
    });
    for repository in &repositories {
        describe(repository, &rules, found);
    }
    Ok(())
}

async fn list(clients: &Clients) -> Result<Vec<Repository>, CallError> {
    let mut repositories = Vec::new();
    let mut pages = Pages::of(API);
    while let Some(Page(token)) = pages.next() {
        let request = clients
            .ecr
            .describe_repositories()
            .max_results(1000)
            .set_next_token(token);
        let answer = clients.call(API, request.send()).await?;
        repositories.extend_from_slice(answer.repositories());
        pages.turn(answer.next_token())?;
    }
    Ok(repositories)
}

/// The rules by which the registry copies what is pushed to it.
async fn replication(clients: &Clients) -> Result<Vec<ReplicationRule>, CallError> {
    let request = clients.ecr.describe_registry();
    let answer = clients.call(REGISTRY, request.send()).await?;
    let configuration = answer.replication_configuration();
    Ok(configuration.map_or_else(Vec::new, |own| own.rules().to_vec()))
}

/// Where a repository of this name is copied to, sorted; a rule without filters is for all.
///
/// <https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_ReplicationRule.html>
fn destinations(rules: &[ReplicationRule], name: &str) -> Vec<ReplicationDestination> {
    let takes = |rule: &&ReplicationRule| {
        let mut filters = rule.repository_filters().iter();
        rule.repository_filters().is_empty() || filters.any(|own| name.starts_with(own.filter()))
    };
    let own = rules
        .iter()
        .filter(takes)
        .flat_map(ReplicationRule::destinations);
    let all: BTreeSet<ReplicationDestination> = own
        .map(|own| ReplicationDestination {
            region: own.region().to_owned(),
            registry_id: own.registry_id().to_owned(),
        })
        .collect();
    all.into_iter().collect()
}

fn describe(repository: &Repository, rules: &[ReplicationRule], found: &mut Found) {
    let Ok(arn) = Arn::parse(repository.repository_arn().unwrap_or_default()) else {
        return;
    };
    let facts = EcrRepository {
        repository_arn: arn.to_string(),
        registry_id: owned(repository.registry_id()),
        repository_name: repository.repository_name().unwrap_or_default().to_owned(),
        repository_uri: owned(repository.repository_uri()),
        image_tag_mutability: text!(repository.image_tag_mutability()),
        encryption_configuration: repository.encryption_configuration().map(|encryption| {
            EncryptionConfiguration {
                encryption_type: Some(encryption.encryption_type().as_str().to_owned()),
                kms_key: owned(encryption.kms_key()),
            }
        }),
        created_at: time(repository.created_at()),
        replicates_to: destinations(rules, repository.repository_name().unwrap_or_default()),
        ..EcrRepository::default()
    };
    found.resource(&arn, &facts, [], Source::of(API));
}

#[cfg(test)]
mod tests {
    use aws_sdk_ecr::types::{
        ReplicationDestination as SdkDestination, RepositoryFilter, RepositoryFilterType,
    };

    use super::*;

    fn rule(region: &str, prefixes: &[&str]) -> ReplicationRule {
        let to = SdkDestination::builder().region(region);
        let to = to.registry_id("123456789012").build().unwrap();
        let filters = prefixes.iter().map(|prefix| {
            let filter = RepositoryFilter::builder().filter(*prefix);
            let filter = filter.filter_type(RepositoryFilterType::PrefixMatch);
            filter.build().unwrap()
        });
        let rule = ReplicationRule::builder().destinations(to);
        let filters: Vec<_> = filters.collect();
        rule.set_repository_filters(Some(filters)).build().unwrap()
    }

    #[test]
    fn a_rule_is_for_the_prefixes_that_it_names_or_for_all() {
        let rules = [
            rule("us-east-1", &["team/", "shared"]),
            rule("eu-west-1", &[]),
            rule("us-east-1", &["team/web"]),
        ];
        let cases: [(&str, &[&str]); 3] = [
            ("team/web", &["eu-west-1", "us-east-1"]),
            ("shared-agent", &["eu-west-1", "us-east-1"]),
            ("other", &["eu-west-1"]),
        ];
        for (name, expected) in cases {
            let regions: Vec<_> = destinations(&rules, name);
            let regions: Vec<_> = regions.iter().map(|own| own.region.as_str()).collect();
            assert_eq!(regions, expected, "{name}");
        }
    }
}
