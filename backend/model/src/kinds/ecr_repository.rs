//! ECR repositories, and the images that tasks and task definitions use.
//!
//! <https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_Repository.html>

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{Facts, kms_key, resource_policy::ResourcePolicy};
use crate::{Arn, Links, ResourceId, ResourceKind};

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct EcrRepository {
    pub repository_arn: String,
    pub registry_id: Option<String>,
    pub repository_name: String,
    pub repository_uri: Option<String>,
    pub image_tag_mutability: Option<String>,
    pub encryption_configuration: Option<EncryptionConfiguration>,
    pub created_at: Option<String>,
    /// Every image in it, oldest first. None: it holds more than one answer tells.
    pub images: Option<Vec<StoredImage>>,
    /// What of it is in use, as far as it was asked for: sorted by what names it.
    pub images_in_use: Vec<ImageInUse>,
    /// None: not asked for (no image of it is in use), or not readable.
    pub repository_policy: Option<ResourcePolicy>,
    /// Where its registry copies what is pushed to it.
    pub replicates_to: Vec<ReplicationDestination>,
    /// The lifecycle policy that a change gives it: the one that it has is not read, as it has done its work already.
    pub lifecycle_policy_text: Value,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct EncryptionConfiguration {
    pub encryption_type: Option<String>,
    pub kms_key: Option<String>,
}

/// <https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_ReplicationDestination.html>
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct ReplicationDestination {
    pub region: String,
    /// The account.
    pub registry_id: String,
}

/// An image of a repository: as little as a lifecycle policy chooses by. When it was last pulled is not kept, as each start alters it.
///
/// <https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_ImageDetail.html>
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct StoredImage {
    pub image_digest: String,
    /// Sorted.
    pub image_tags: Vec<String>,
    /// RFC 3339.
    pub image_pushed_at: Option<String>,
    /// When it was last brought back from the archive.
    pub last_activated_at: Option<String>,
    /// None: `ACTIVE`, as most are.
    pub image_status: Option<String>,
    /// Of what lists others, one a platform; none for all else.
    pub image_manifest_media_type: Option<String>,
    /// Of a signature or the like: the image that it belongs to.
    pub subject_manifest_digest: Option<String>,
}

impl StoredImage {
    /// True if this tag or digest names it.
    pub fn is_named(&self, named: &str) -> bool {
        self.image_digest == named || self.image_tags.iter().any(|tag| tag == named)
    }
}

/// Manifests that list others, one a platform.
///
/// <https://docs.aws.amazon.com/AmazonECR/latest/userguide/image-manifest-formats.html>
pub const INDEXES: [&str; 2] = ["application/vnd.oci.image.index.v1+json", "application/vnd.docker.distribution.manifest.list.v2+json"];

/// An image that something names.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct ImageInUse {
    /// The tag, or the digest (`sha256:...`), by which it is named.
    pub named: String,
    /// False: the repository has no such image.
    pub exists: bool,
    pub image_digest: Option<String>,
    pub image_tags: Vec<String>,
    pub image_size_in_bytes: Option<i64>,
    pub image_pushed_at: Option<String>,
    pub image_manifest_media_type: Option<String>,
    /// What an image index offers, as `linux/arm64` or `linux/arm/v7`. Empty: it is a single image, or could not be read.
    pub platforms: Vec<String>,
}

impl ImageInUse {
    /// As its repository holds it, where it does.
    pub fn stored(&self) -> Option<StoredImage> {
        let media_type = self.image_manifest_media_type.as_deref();
        Some(StoredImage {
            image_digest: self.image_digest.clone().filter(|_| self.exists)?,
            image_tags: self.image_tags.clone(),
            image_pushed_at: self.image_pushed_at.clone(),
            image_manifest_media_type: media_type.filter(|own| INDEXES.contains(own)).map(str::to_owned),
            ..StoredImage::default()
        })
    }
}

impl Facts for EcrRepository {
    const KIND: ResourceKind = ResourceKind::EcrRepository;

    fn name(&self) -> Option<String> {
        Some(self.repository_name.clone())
    }

    fn links(&self, links: &mut Links<'_>) {
        if let Some(key) = self.encryption_configuration.as_ref().and_then(|encryption| encryption.kms_key.as_ref()) {
            kms_key::link(key, "encryptionConfiguration.kmsKey", links);
        }
    }
}

/// A reference to an image in a private ECR registry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EcrImage {
    pub account: String,
    pub region: String,
    pub repository: String,
    /// The digest if given, else the tag, else `latest`.
    pub named: String,
}

/// Reads `ACCOUNT.dkr.ecr.REGION.amazonaws.com/REPOSITORY[:TAG][@DIGEST]`, and the dual-stack and FIPS forms.
///
/// <https://docs.aws.amazon.com/AmazonECR/latest/userguide/Registries.html>
pub fn parse_image(image: &str) -> Option<EcrImage> {
    let (registry, rest) = image.split_once('/')?;
    let (account, host) = registry.split_once('.')?;
    if account.len() != 12 || !account.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let region = ["dkr.ecr.", "dkr.ecr-fips.", "dkr-ecr."].iter().find_map(|beginning| host.strip_prefix(beginning))?;
    let region = [".amazonaws.com.cn", ".amazonaws.com", ".on.aws", ".on.amazonwebservices.com.cn"].iter().find_map(|end| region.strip_suffix(end))?;
    let (path, digest) = rest.split_once('@').map_or((rest, None), |(path, digest)| (path, Some(digest)));
    // A tag follows the last colon after the last slash.
    let (repository, tag) = match path.rsplit_once(':') {
        Some((repository, tag)) if !tag.contains('/') => (repository, Some(tag)),
        _ => (path, None),
    };
    if repository.is_empty() || region.is_empty() {
        return None;
    }
    let named = digest.or(tag).unwrap_or("latest").to_owned();
    Some(EcrImage { account: account.to_owned(), region: region.to_owned(), repository: repository.to_owned(), named })
}

/// The repository that an image comes from, where that is a private ECR registry.
pub(super) fn of_image(image: &str, partition: &str) -> Option<ResourceId> {
    let image = parse_image(image)?;
    Arn::new(partition, "ecr", &image.region, &image.account, &format!("repository/{}", image.repository)).ok().map(ResourceId::from)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn reads_image_references() {
        let registry = "123456789012.dkr.ecr.eu-west-1.amazonaws.com";
        let cases = [
            (format!("{registry}/web"), Some(("web", "latest"))),
            (format!("{registry}/team/web:1.2"), Some(("team/web", "1.2"))),
            (format!("{registry}/team/web@sha256:abc"), Some(("team/web", "sha256:abc"))),
            (format!("{registry}/team/web:1.2@sha256:abc"), Some(("team/web", "sha256:abc"))),
            ("123456789012.dkr-ecr.eu-west-1.on.aws/web:1".to_owned(), Some(("web", "1"))),
            ("nginx:1.27".to_owned(), None),
            ("public.ecr.aws/nginx/nginx:1.27".to_owned(), None),
            ("registry.example.com:5000/web:1".to_owned(), None),
        ];
        for (image, expected) in cases {
            let parsed = parse_image(&image);
            let parsed = parsed.as_ref().map(|image| (image.repository.as_str(), image.named.as_str()));
            assert_eq!(parsed, expected, "{image}");
        }
    }

    proptest! {
        #[test]
        fn never_panics(image in ".{0,120}") {
            drop(parse_image(&image));
        }
    }
}
