//! Systems Manager parameters: their metadata, never their values.
//!
//! <https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_ParameterMetadata.html>

use serde::{Deserialize, Serialize};

use super::{Facts, kms_key};
use crate::{Arn, Links, ResourceId, ResourceKind};

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct SsmParameter {
    #[serde(rename = "ARN")]
    pub arn: Option<String>,
    pub name: String,
    /// `String`, `StringList` or `SecureString`.
    pub r#type: Option<String>,
    /// The key of a `SecureString`.
    pub key_id: Option<String>,
    pub description: Option<String>,
    pub version: Option<i64>,
    pub tier: Option<String>,
    pub data_type: Option<String>,
    pub last_modified_date: Option<String>,
}

impl Facts for SsmParameter {
    const KIND: ResourceKind = ResourceKind::SsmParameter;

    fn name(&self) -> Option<String> {
        Some(self.name.clone())
    }

    fn links(&self, links: &mut Links<'_>) {
        if let Some(key) = self.key_id.as_ref().filter(|_| self.r#type.as_deref() == Some("SecureString")) {
            kms_key::link(key, "KeyId", links);
        }
    }
}

/// The ARN of a parameter: a name that begins with a slash does not double it.
///
/// <https://docs.aws.amazon.com/systems-manager/latest/userguide/sysman-paramstore-access.html>
pub fn arn_of_name(name: &str, own: &Arn) -> Option<Arn> {
    own.sibling("ssm", &format!("parameter/{}", name.strip_prefix('/').unwrap_or(name))).ok()
}

/// The parameter that a container's `valueFrom` names: by ARN, in any region and account, or by name in its own.
/// A version or label after the name is not part of it.
///
/// <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/secrets-envvar-ssm-paramstore.html>
pub fn of_value_from(value_from: &str, own: &Arn) -> Option<ResourceId> {
    if value_from.starts_with("arn:") {
        let arn = Arn::parse(value_from).ok().filter(|arn| arn.service() == "ssm")?;
        let resource = arn.resource().split(':').next().unwrap_or_default();
        let name = resource.strip_prefix("parameter/")?;
        return arn_of_name(name, &arn).map(ResourceId::from);
    }
    let name = value_from.split(':').next().filter(|name| !name.is_empty())?;
    arn_of_name(name, own).map(ResourceId::from)
}

/// A parameter of this path stands for a secret.
///
/// <https://docs.aws.amazon.com/systems-manager/latest/userguide/integration-ps-secretsmanager.html>
pub fn forwarded_secret(value_from: &str, own: &Arn) -> Option<ResourceId> {
    let id = of_value_from(value_from, own)?;
    let arn = id.arn()?;
    let name = arn.resource().strip_prefix("parameter/aws/reference/secretsmanager/")?;
    arn.sibling("secretsmanager", &format!("secret:{name}")).ok().map(ResourceId::from)
}

/// What a person calls it: a path begins with a slash, a plain name does not.
pub fn name_of(arn: &Arn) -> String {
    let name = arn.resource_name();
    if name.contains('/') { format!("/{name}") } else { name.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_spelling_names_the_same_parameter() {
        let own = Arn::parse("arn:aws:ecs:eu-west-1:123456789012:task-definition/web:1").unwrap();
        let cases = [
            ("db-url", "arn:aws:ssm:eu-west-1:123456789012:parameter/db-url"),
            ("/prod/db-url", "arn:aws:ssm:eu-west-1:123456789012:parameter/prod/db-url"),
            ("/prod/db-url:3", "arn:aws:ssm:eu-west-1:123456789012:parameter/prod/db-url"),
            ("arn:aws:ssm:us-east-1:210987654321:parameter/prod/db-url", "arn:aws:ssm:us-east-1:210987654321:parameter/prod/db-url"),
            ("arn:aws:ssm:us-east-1:210987654321:parameter/prod/db-url:label", "arn:aws:ssm:us-east-1:210987654321:parameter/prod/db-url"),
        ];
        for (value_from, arn) in cases {
            assert_eq!(of_value_from(value_from, &own).unwrap().as_str(), arn, "{value_from}");
        }
    }

    #[test]
    fn a_reference_path_is_a_secret() {
        let own = Arn::parse("arn:aws:ecs:eu-west-1:123456789012:task-definition/web:1").unwrap();
        let secret = forwarded_secret("/aws/reference/secretsmanager/prod/db", &own).unwrap();
        assert_eq!(secret.as_str(), "arn:aws:secretsmanager:eu-west-1:123456789012:secret:prod/db");
        assert_eq!(forwarded_secret("/prod/db", &own), None);
    }
}
