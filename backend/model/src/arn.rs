//! Amazon Resource Names, parsed once, at the edge.

use std::{borrow::Borrow, fmt, sync::Arc};

use serde::{Deserialize, Serialize};

/// An Amazon Resource Name: `arn:partition:service:region:account:resource`.
///
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html>
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Arn {
    text: Arc<str>,
    /// Where the five separators stand.
    colons: [u16; 5],
}

/// Text that is not an ARN.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` is not an ARN (arn:partition:service:region:account:resource)")]
pub struct ArnError {
    /// What was given, shortened to 200 characters.
    pub text: String,
}

impl Arn {
    /// Reads an ARN. Longer ones than 2,048 characters are refused: AWS has none.
    pub fn parse(text: &str) -> Result<Self, ArnError> {
        let refuse = || ArnError {
            text: text.chars().take(200).collect(),
        };
        if text.len() > 2048 || !text.starts_with("arn:") || text.chars().any(char::is_control) {
            return Err(refuse());
        }
        let mut colons = [0_u16; 5];
        let mut found = text.match_indices(':').map(|(at, _)| at);
        for colon in &mut colons {
            let at = found.next().ok_or_else(refuse)?;
            *colon = u16::try_from(at).map_err(|_too_long| refuse())?;
        }
        let arn = Self {
            text: text.into(),
            colons,
        };
        if arn.partition().is_empty() || arn.service().is_empty() || arn.resource().is_empty() {
            return Err(refuse());
        }
        Ok(arn)
    }

    /// Puts an ARN together from its parts.
    pub fn new(
        partition: &str,
        service: &str,
        region: &str,
        account: &str,
        resource: &str,
    ) -> Result<Self, ArnError> {
        Self::parse(&format!(
            "arn:{partition}:{service}:{region}:{account}:{resource}"
        ))
    }

    fn part(&self, index: usize) -> &str {
        &self.text[usize::from(self.colons[index]) + 1..usize::from(self.colons[index + 1])]
    }

    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// `aws`, `aws-cn`, `aws-us-gov`.
    pub fn partition(&self) -> &str {
        self.part(0)
    }

    /// `ecs`, `iam`, `elasticloadbalancing`.
    pub fn service(&self) -> &str {
        self.part(1)
    }

    /// Region code; empty for global resources.
    pub fn region(&self) -> &str {
        self.part(2)
    }

    /// Account id; empty where the ARN has none (S3 buckets), `aws` for what AWS owns.
    pub fn account(&self) -> &str {
        self.part(3)
    }

    /// Everything after the account.
    pub fn resource(&self) -> &str {
        &self.text[usize::from(self.colons[4]) + 1..]
    }

    /// What follows the resource's type: `a/b` of `service/a/b`, `/ecs/web` of `log-group:/ecs/web`.
    pub fn resource_name(&self) -> &str {
        let resource = self.resource();
        resource
            .find(['/', ':'])
            .map_or(resource, |at| &resource[at + 1..])
    }

    /// The last part: `b` of `service/a/b`.
    pub fn last_part(&self) -> &str {
        let resource = self.resource();
        resource
            .rfind(['/', ':'])
            .map_or(resource, |at| &resource[at + 1..])
    }

    /// An ARN of the same partition, region and account.
    pub fn sibling(&self, service: &str, resource: &str) -> Result<Self, ArnError> {
        Self::new(
            self.partition(),
            service,
            self.region(),
            self.account(),
            resource,
        )
    }
}

/// The partition that a region belongs to.
///
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html>
pub(crate) fn partition_of(region: &str) -> &'static str {
    const PARTITIONS: [(&str, &str); 5] = [
        ("cn-", "aws-cn"),
        ("us-gov-", "aws-us-gov"),
        ("us-iso-", "aws-iso"),
        ("us-isob-", "aws-iso-b"),
        ("eusc-", "aws-eusc"),
    ];
    PARTITIONS
        .iter()
        .find(|(beginning, _)| region.starts_with(beginning))
        .map_or("aws", |(_, partition)| partition)
}

impl fmt::Display for Arn {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.text)
    }
}

impl fmt::Debug for Arn {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.text)
    }
}

impl std::str::FromStr for Arn {
    type Err = ArnError;

    fn from_str(text: &str) -> Result<Self, ArnError> {
        Self::parse(text)
    }
}

/// What names a resource throughout blastmap: its ARN, or, for the few things without one,
/// AWS's own id (`fsmt-...`), `<zone ARN>#NAME/TYPE`, or `planned:<address>`.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ResourceId(Arc<str>);

impl ResourceId {
    pub fn new(text: &str) -> Self {
        Self(text.into())
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The id as an ARN, where it is one.
    pub fn arn(&self) -> Option<Arn> {
        Arn::parse(&self.0).ok()
    }
}

impl From<Arn> for ResourceId {
    fn from(arn: Arn) -> Self {
        Self(arn.text)
    }
}

impl From<&Arn> for ResourceId {
    fn from(arn: &Arn) -> Self {
        Self(Arc::clone(&arn.text))
    }
}

impl Borrow<str> for ResourceId {
    fn borrow(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for ResourceId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl fmt::Debug for ResourceId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn reads_the_parts() {
        let arn =
            Arn::parse("arn:aws-us-gov:ecs:us-gov-west-1:123456789012:service/prod/web").unwrap();
        assert_eq!(
            (
                arn.partition(),
                arn.service(),
                arn.region(),
                arn.account(),
                arn.resource()
            ),
            (
                "aws-us-gov",
                "ecs",
                "us-gov-west-1",
                "123456789012",
                "service/prod/web"
            )
        );
        assert_eq!((arn.resource_name(), arn.last_part()), ("prod/web", "web"));
    }

    #[test]
    fn keeps_colons_of_the_resource() {
        let arn = Arn::parse("arn:aws:logs:eu-west-1:123456789012:log-group:/ecs/web:*").unwrap();
        assert_eq!(arn.resource(), "log-group:/ecs/web:*");
        assert_eq!(Arn::parse("arn:aws:s3:::bucket").unwrap().account(), "");
    }

    #[test]
    fn refuses_what_is_no_arn() {
        for text in [
            "",
            "arn",
            "arn:aws:ecs:eu-west-1:123456789012",
            "arn:aws:ecs:eu-west-1:1:",
            "web",
            "arn:aws:a:b:c:\nd",
        ] {
            assert!(Arn::parse(text).is_err(), "{text}");
        }
    }

    proptest! {
        #[test]
        fn never_panics(text in ".{0,80}") {
            drop(Arn::parse(&text));
            drop(Arn::parse(&format!("arn:{text}")));
        }

        #[test]
        fn parts_come_back(parts in proptest::collection::vec("[a-z0-9-]{1,12}", 5)) {
            let arn = Arn::new(&parts[0], &parts[1], &parts[2], &parts[3], &parts[4]).unwrap();
            prop_assert_eq!(
                vec![arn.partition(), arn.service(), arn.region(), arn.account(), arn.resource()],
                parts.iter().map(String::as_str).collect::<Vec<_>>()
            );
        }
    }
}
