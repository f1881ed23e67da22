//! Buckets with environment files. Nothing of a bucket is read, so all that is known of one is what a change says.
//!
//! <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/taskdef-envfiles.html>

use serde::{Deserialize, Serialize};

use super::Facts;
use crate::{Links, ResourceKind};

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct S3Bucket {
    /// Keys of objects that a change deletes, sorted.
    pub deleted_keys: Vec<String>,
}

impl Facts for S3Bucket {
    const KIND: ResourceKind = ResourceKind::S3Bucket;

    fn links(&self, _links: &mut Links<'_>) {}
}

/// The bucket and the key of an object's ARN.
pub fn of_object(arn: &crate::Arn) -> Option<(crate::Arn, &str)> {
    let (bucket, key) = arn.resource().split_once('/')?;
    let is_named = arn.service() == "s3" && !bucket.is_empty() && !key.is_empty();
    let bucket = crate::Arn::new(arn.partition(), "s3", "", "", bucket).ok()?;
    is_named.then_some((bucket, key))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Arn;

    #[test]
    fn an_object_is_in_a_bucket() {
        let cases = [
            (
                "arn:aws:s3:::settings/web/prod.env",
                Some(("arn:aws:s3:::settings", "web/prod.env")),
            ),
            (
                "arn:aws-cn:s3:::settings/a",
                Some(("arn:aws-cn:s3:::settings", "a")),
            ),
            ("arn:aws:s3:::settings/", None),
            ("arn:aws:s3:::settings", None),
            ("arn:aws:ecs:eu-west-1:123456789012:cluster/main", None),
        ];
        for (arn, expected) in cases {
            let arn = Arn::parse(arn).unwrap();
            let found = of_object(&arn);
            let found = found.as_ref().map(|(bucket, key)| (bucket.as_str(), *key));
            assert_eq!(found, expected, "{arn}");
        }
    }
}
