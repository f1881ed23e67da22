//! ECR's pull-through cache rules.

use aws_sdk_ecr::types::PullThroughCacheRule;
use blastmap_model::{
    Arn, Found, ResourceKind, Source, kinds::ecr_pull_through_cache_rule::EcrPullThroughCacheRule,
};

use super::{Action, Collector, Place, Wanted, owned, text};
use crate::{
    clients::Clients,
    error::CallError,
    pages::{Page, Pages},
};

const API: &str = "ecr:DescribePullThroughCacheRules";

pub(super) const COLLECTOR: Collector = Collector {
    kinds: &[ResourceKind::EcrPullThroughCacheRule],
    actions: &[Action {
        name: API,
        reads: &[
            "pullThroughCacheRules",
            "ecrRepositoryPrefix",
            "upstreamRegistryUrl",
            "upstreamRegistry",
            "upstreamRepositoryPrefix",
            "registryId",
            "credentialArn",
            "customRoleArn",
            "nextToken",
        ],
    }],
    place: Place::Region,
    wanted: Some(Wanted::once_there_are_clusters),
    never_changes: None,
    collect: |clients, _, found| Box::pin(collect(clients, found)),
};

async fn collect(clients: &Clients, found: &mut Found) -> Result<(), CallError> {
    let mut pages = Pages::of(API);
    while let Some(Page(token)) = pages.next() {
        let request = clients
            .ecr
            .describe_pull_through_cache_rules()
            .max_results(1000)
            .set_next_token(token);
        let answer = clients.call(API, request.send()).await?;
        for rule in answer.pull_through_cache_rules() {
            describe(clients, rule, found);
        }
        pages.turn(answer.next_token())?;
    }
    found.listed(ResourceKind::EcrPullThroughCacheRule);
    Ok(())
}

/// AWS gives a rule no ARN: this one is in the form of its registry's repositories.
fn describe(clients: &Clients, rule: &PullThroughCacheRule, found: &mut Found) {
    let scope = clients.scope();
    let prefix = rule.ecr_repository_prefix().unwrap_or_default();
    let resource = format!("pull-through-cache-rule/{prefix}");
    let arn = Arn::new(
        &clients.partition,
        "ecr",
        &scope.region,
        &scope.account,
        &resource,
    );
    let (Ok(arn), false) = (arn, prefix.is_empty()) else {
        return;
    };
    let facts = EcrPullThroughCacheRule {
        ecr_repository_prefix: prefix.to_owned(),
        upstream_registry_url: owned(rule.upstream_registry_url()),
        upstream_registry: text!(rule.upstream_registry()),
        upstream_repository_prefix: owned(rule.upstream_repository_prefix()),
        registry_id: owned(rule.registry_id()),
        credential_arn: owned(rule.credential_arn()),
        custom_role_arn: owned(rule.custom_role_arn()),
    };
    found.resource(&arn, &facts, [], Source::of(API));
}
