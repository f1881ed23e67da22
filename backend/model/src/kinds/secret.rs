//! Secrets Manager secrets: their metadata, never their values.
//!
//! <https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_SecretListEntry.html>

use serde::{Deserialize, Serialize};

use super::{Facts, kms_key, resource_policy::ResourcePolicy};
use crate::{Arn, Links, ResourceId, ResourceKind};

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct Secret {
    #[serde(rename = "ARN")]
    pub arn: String,
    pub name: String,
    pub description: Option<String>,
    pub kms_key_id: Option<String>,
    pub rotation_enabled: Option<bool>,
    /// Set where its deletion is scheduled: it cannot be read any more.
    pub deleted_date: Option<String>,
    pub last_changed_date: Option<String>,
    pub owning_service: Option<String>,
    pub primary_region: Option<String>,
    /// Staging labels by version id.
    pub secret_versions_to_stages: std::collections::BTreeMap<String, Vec<String>>,
    /// None: not asked for (nothing reads the secret), or not readable.
    pub resource_policy: Option<ResourcePolicy>,
}

impl Facts for Secret {
    const KIND: ResourceKind = ResourceKind::Secret;

    fn name(&self) -> Option<String> {
        Some(self.name.clone())
    }

    fn links(&self, links: &mut Links<'_>) {
        if let Some(key) = &self.kms_key_id {
            kms_key::link(key, "KmsKeyId", links);
        }
        if let Ok(partial) = links.own().sibling("secretsmanager", &format!("secret:{}", self.name)) {
            links.also_named(partial.into());
        }
    }
}

/// The secret that a container's `valueFrom` names, without `:json-key:version-stage:version-id`.
///
/// <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/secrets-envvar-secrets-manager.html>
pub fn of_value_from(value_from: &str) -> Option<ResourceId> {
    let arn = Arn::parse(value_from).ok()?;
    let name = arn.resource().strip_prefix("secret:").filter(|_| arn.service() == "secretsmanager")?;
    let name = name.split(':').next().unwrap_or(name);
    arn.sibling("secretsmanager", &format!("secret:{name}")).ok().map(ResourceId::from)
}

/// What a person calls it: without the six characters that AWS appends.
///
/// <https://docs.aws.amazon.com/secretsmanager/latest/userguide/getting-started.html#term_secret>
pub fn name_of(arn: &Arn) -> String {
    let full = arn.resource_name();
    match full.rsplit_once('-') {
        Some((name, random)) if random.len() == 6 && random.bytes().all(|byte| byte.is_ascii_alphanumeric()) => name.to_owned(),
        _ => full.to_owned(),
    }
}

/// Policies stand in for the six random characters with `-??????` or `-*`.
pub(super) fn without_wildcard(pattern: &str) -> &str {
    pattern.strip_suffix("-??????").or_else(|| pattern.strip_suffix("-*")).unwrap_or(pattern)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_from_names_the_secret_whatever_follows() {
        let secret = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:prod/db-a1B2c3";
        for suffix in ["", ":password::", ":password:AWSCURRENT:", "::AWSPREVIOUS:", ":::9d4cb84b-ad69-40c0-a0ab-cead36b967e8"] {
            assert_eq!(of_value_from(&format!("{secret}{suffix}")).unwrap().as_str(), secret, "{suffix}");
        }
        assert_eq!(of_value_from("arn:aws:ssm:eu-west-1:123456789012:parameter/prod/db"), None);
        assert_eq!(of_value_from("prod-db"), None);
    }

    #[test]
    fn a_name_has_no_random_characters() {
        let name = |text: &str| name_of(&Arn::parse(text).unwrap());
        assert_eq!(name("arn:aws:secretsmanager:eu-west-1:1:secret:prod/db-a1B2c3"), "prod/db");
        assert_eq!(name("arn:aws:secretsmanager:eu-west-1:1:secret:prod/db"), "prod/db");
    }
}
