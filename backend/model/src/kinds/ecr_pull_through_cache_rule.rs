//! Rules by which ECR fetches images of other registries: repositories whose names begin with the prefix are filled by it.
//!
//! <https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_PullThroughCacheRule.html>

use serde::{Deserialize, Serialize};

use super::Facts;
use crate::{Links, Relation, ResourceKind};

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct EcrPullThroughCacheRule {
    /// `docker-hub`; `ROOT` for repositories that no other rule takes.
    pub ecr_repository_prefix: String,
    pub upstream_registry_url: Option<String>,
    pub upstream_registry: Option<String>,
    pub upstream_repository_prefix: Option<String>,
    pub registry_id: Option<String>,
    /// The secret with the login of the other registry.
    pub credential_arn: Option<String>,
    /// The role by which it pulls from another account's ECR.
    pub custom_role_arn: Option<String>,
}

impl EcrPullThroughCacheRule {
    /// How much of a repository's name this rule's prefix is; none where the rule does not take it.
    ///
    /// <https://docs.aws.amazon.com/AmazonECR/latest/userguide/pull-through-cache.html>
    pub fn takes(&self, repository: &str) -> Option<usize> {
        if self.ecr_repository_prefix == "ROOT" {
            return Some(0);
        }
        let rest = repository.strip_prefix(self.ecr_repository_prefix.as_str())?;
        (rest.starts_with('/') && !self.ecr_repository_prefix.is_empty()).then_some(self.ecr_repository_prefix.len())
    }
}

impl Facts for EcrPullThroughCacheRule {
    const KIND: ResourceKind = ResourceKind::EcrPullThroughCacheRule;

    fn name(&self) -> Option<String> {
        Some(self.ecr_repository_prefix.clone())
    }

    fn links(&self, links: &mut Links<'_>) {
        if let Some(secret) = &self.credential_arn {
            links.arn(Relation::ReadsSecret, ResourceKind::Secret, secret, "credentialArn");
        }
        if let Some(role) = &self.custom_role_arn {
            links.role(Relation::Assumes, role, "customRoleArn");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn takes_repositories_below_its_prefix() {
        let cases = [
            ("docker-hub", "docker-hub/library/nginx", Some(10)),
            ("docker-hub", "docker-hub", None),
            ("docker-hub", "docker-hubs/nginx", None),
            ("team/cache", "team/cache/nginx", Some(10)),
            ("ROOT", "anything", Some(0)),
            ("", "/a", None),
        ];
        for (prefix, repository, expected) in cases {
            let rule = EcrPullThroughCacheRule { ecr_repository_prefix: prefix.to_owned(), ..EcrPullThroughCacheRule::default() };
            assert_eq!(rule.takes(repository), expected, "{prefix} {repository}");
        }
    }
}
