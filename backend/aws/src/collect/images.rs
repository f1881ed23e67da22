//! The images that task definitions in use name, looked up in their repositories, and who may pull from these.

use std::collections::{BTreeMap, BTreeSet};

use aws_sdk_ecr::types::{ImageDetail, ImageIdentifier};
use blastmap_model::{
    Arn, Found, InventoryBuilder, ResourceKind, Scope, Source,
    kinds::{
        ecr_repository::{EcrRepository, INDEXES, ImageInUse, StoredImage, parse_image},
        ecs_task_definition::EcsTaskDefinition,
        resource_policy::ResourcePolicy,
    },
};
use futures_util::{StreamExt as _, stream};
use serde_json::Value;

use super::{Action, Collector, Place, Wanted, owned, text, time};
use crate::{clients::Clients, error::CallError, policy};

const API: &str = "ecr:DescribeImages";
const MANIFESTS: &str = "ecr:BatchGetImage";
const POLICY: &str = "ecr:GetRepositoryPolicy";

/// The repository itself comes from another call.
const SOURCE: Source = Source {
    api: "ecr:DescribeRepositories",
    by_field: &[
        ("imagesInUse", API),
        ("images", API),
        ("repositoryPolicy", POLICY),
    ],
};

const KINDS: &[ResourceKind] = &[ResourceKind::EcrRepository];

pub(super) const COLLECTOR: Collector = Collector {
    kinds: KINDS,
    actions: &[
        Action {
            name: API,
            reads: &[
                "imageDetails",
                "imageDigest",
                "imageTags",
                "imageSizeInBytes",
                "imagePushedAt",
                "imageManifestMediaType",
                "imageStatus",
                "lastActivatedAt",
                "subjectManifestDigest",
                "nextToken",
            ],
        },
        Action {
            name: MANIFESTS,
            reads: &["images", "imageId", "imageDigest", "imageManifest"],
        },
        Action {
            name: POLICY,
            reads: &["policyText"],
        },
    ],
    place: Place::Region,
    wanted: Some(wanted),
    never_changes: None,
    collect: |clients, wanted, found| Box::pin(collect(clients, wanted, found)),
};

/// Repositories of this account and region with the images that definitions name, once the definitions are read.
fn wanted(builder: &InventoryBuilder, scope: &Scope) -> Vec<Wanted> {
    let mut named: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for definition in builder.kept_anywhere(ResourceKind::EcsTaskDefinition) {
        let Ok(facts) = definition.attributes.facts::<EcsTaskDefinition>() else {
            continue;
        };
        let images = facts
            .container_definitions
            .iter()
            .filter_map(|container| parse_image(&container.image));
        for image in images
            .filter(|image| *image.account == *scope.account && *image.region == *scope.region)
        {
            named
                .entry(image.repository)
                .or_default()
                .insert(image.named);
        }
    }
    let repositories = builder.kept(ResourceKind::EcrRepository, scope).into_iter();
    repositories
        .filter_map(|repository| {
            let parts = named.remove(repository.id.arn()?.resource_name())?;
            Some(Wanted {
                parts,
                ..Wanted::of(repository)
            })
        })
        .collect()
}

/// The most that one call looks up.
const BATCH: usize = 100;

async fn collect(
    clients: &Clients,
    wanted: Vec<Wanted>,
    found: &mut Found,
) -> Result<(), CallError> {
    let known = wanted.into_iter().filter_map(|wanted| {
        let facts = wanted.known?.attributes.facts::<EcrRepository>().ok()?;
        Some((wanted.id.arn()?, facts, wanted.parts))
    });
    let mut answers = stream::iter(known)
        .map(|(arn, facts, names)| async move {
            let first = facts.images.is_none() && facts.images_in_use.is_empty();
            let listed = if first {
                list(clients, &arn).await
            } else {
                None
            };
            let (all, mut images, mut failed) = images_of(clients, &arn, names, listed).await;
            failed.extend(platforms_of(clients, &arn, &mut images).await);
            let policy = match facts.repository_policy {
                None => policy_of(clients, &arn).await,
                Some(ref known) => Ok(Some(known.clone())),
            };
            let facts = EcrRepository {
                images: all.or_else(|| facts.images.clone()),
                ..facts
            };
            (arn, facts, images, failed, policy)
        })
        .buffer_unordered(16);
    while let Some((arn, mut facts, images, failed, policy)) = answers.next().await {
        for error in failed {
            found.blind_spot(error.blind_spot(clients.scope(), KINDS));
        }
        facts.repository_policy = policy.unwrap_or_else(|error| {
            found.blind_spot(error.blind_spot(clients.scope(), KINDS));
            None
        });
        facts.images_in_use.extend(images);
        facts
            .images_in_use
            .sort_by(|one, other| one.named.cmp(&other.named));
        found.replace(&arn, &facts, SOURCE);
    }
    Ok(())
}

/// A repository's images, and whether these are all.
struct Listed {
    details: Vec<ImageDetail>,
    whole: bool,
}

/// The most that one answer tells.
const PAGE: i32 = 1000;

/// What one call tells of a repository; none where it tells nothing, and the images are asked for by name.
async fn list(clients: &Clients, repository: &Arn) -> Option<Listed> {
    let request = clients
        .ecr
        .describe_images()
        .repository_name(repository.resource_name())
        .max_results(PAGE);
    let answer = clients.call(API, request.send()).await.ok()?;
    Some(Listed {
        whole: answer.next_token().is_none(),
        details: answer.image_details.unwrap_or_default(),
    })
}

/// The images by these names: from what was listed, and, where that is not all, by asking for them. With all that it holds, if that is known.
async fn images_of(
    clients: &Clients,
    repository: &Arn,
    names: BTreeSet<String>,
    listed: Option<Listed>,
) -> (Option<Vec<StoredImage>>, Vec<ImageInUse>, Vec<CallError>) {
    let Some(listed) = listed else {
        let (images, failed) = ask_for(clients, repository, &names).await;
        return (None, images, failed);
    };
    let find = |named: &String| in_use(named, &listed.details);
    let mut images: Vec<ImageInUse> = names.iter().filter_map(find).collect();
    let rest: BTreeSet<String> = names
        .into_iter()
        .filter(|named| !images.iter().any(|image| image.named == *named))
        .collect();
    if !listed.whole {
        let (more, failed) = ask_for(clients, repository, &rest).await;
        images.extend(more);
        return (None, images, failed);
    }
    images.extend(rest.into_iter().map(not_there));
    (Some(oldest_first(&listed.details)), images, Vec::new())
}

fn oldest_first(details: &[ImageDetail]) -> Vec<StoredImage> {
    let mut details: Vec<&ImageDetail> = details.iter().collect();
    details.sort_by_key(|detail| {
        let pushed = detail.image_pushed_at();
        let pushed = pushed.map(|own| (own.secs(), own.subsec_nanos()));
        (pushed, detail.image_digest())
    });
    details.into_iter().map(stored).collect()
}

fn stored(detail: &ImageDetail) -> StoredImage {
    let mut image_tags = detail.image_tags().to_vec();
    image_tags.sort();
    let media_type = detail.image_manifest_media_type();
    StoredImage {
        image_digest: detail.image_digest().unwrap_or_default().to_owned(),
        image_tags,
        image_pushed_at: time(detail.image_pushed_at()),
        last_activated_at: time(detail.last_activated_at()),
        image_status: text!(detail.image_status()).filter(|status| status != "ACTIVE"),
        image_manifest_media_type: owned(media_type.filter(|own| INDEXES.contains(own))),
        subject_manifest_digest: owned(detail.subject_manifest_digest()),
    }
}

fn not_there(named: String) -> ImageInUse {
    ImageInUse {
        named,
        exists: false,
        ..ImageInUse::default()
    }
}

async fn ask_for(
    clients: &Clients,
    repository: &Arn,
    names: &BTreeSet<String>,
) -> (Vec<ImageInUse>, Vec<CallError>) {
    let (names, mut images, mut failed) = (
        names.iter().cloned().collect::<Vec<_>>(),
        Vec::new(),
        Vec::new(),
    );
    let mut batches: Vec<Vec<String>> = names.chunks(BATCH).map(<[String]>::to_vec).collect();
    while let Some(batch) = batches.pop() {
        match look_up(clients, repository.resource_name(), &batch).await {
            Ok(details) => images.extend(batch.iter().filter_map(|named| in_use(named, &details))),
            // One image that is not there fails the whole batch: it is halved until that one stands alone.
            Err(error) if error.has_code(&["ImageNotFoundException"]) => match batch.as_slice() {
                [named] => images.push(not_there(named.clone())),
                several => {
                    let (first, second) = several.split_at(several.len() / 2);
                    batches.extend([first.to_vec(), second.to_vec()]);
                }
            },
            // Deleted since it was listed.
            Err(error) if error.has_code(&["RepositoryNotFoundException"]) => {
                return (Vec::new(), Vec::new());
            }
            Err(error) => failed.push(error),
        }
    }
    (images, failed)
}

async fn look_up(
    clients: &Clients,
    repository: &str,
    names: &[String],
) -> Result<Vec<ImageDetail>, CallError> {
    let ids = names.iter().map(|named| {
        let id = ImageIdentifier::builder();
        if named.contains(':') {
            id.image_digest(named).build()
        } else {
            id.image_tag(named).build()
        }
    });
    let request = clients
        .ecr
        .describe_images()
        .repository_name(repository)
        .set_image_ids(Some(ids.collect()));
    let answer = clients.call(API, request.send()).await?;
    Ok(answer.image_details.unwrap_or_default())
}

fn in_use(named: &str, details: &[ImageDetail]) -> Option<ImageInUse> {
    let is_named = |detail: &&ImageDetail| {
        detail.image_digest() == Some(named) || detail.image_tags().iter().any(|tag| tag == named)
    };
    let detail = details.iter().find(is_named)?;
    let mut image_tags = detail.image_tags().to_vec();
    image_tags.sort();
    Some(ImageInUse {
        named: named.to_owned(),
        exists: true,
        image_digest: detail.image_digest().map(str::to_owned),
        image_tags,
        image_size_in_bytes: detail.image_size_in_bytes(),
        image_pushed_at: time(detail.image_pushed_at()),
        image_manifest_media_type: owned(detail.image_manifest_media_type()),
        platforms: Vec::new(),
    })
}

/// Fills in the platforms of those images that are made for several.
async fn platforms_of(
    clients: &Clients,
    repository: &Arn,
    images: &mut [ImageInUse],
) -> Vec<CallError> {
    let is_index = |image: &&mut ImageInUse| {
        let media_type = image.image_manifest_media_type.as_deref();
        media_type.is_some_and(|own| INDEXES.contains(&own))
    };
    let mut indexes: Vec<&mut ImageInUse> = images.iter_mut().filter(is_index).collect();
    let digests: BTreeSet<String> = indexes
        .iter()
        .filter_map(|image| image.image_digest.clone())
        .collect();
    let (digests, mut failed) = (digests.into_iter().collect::<Vec<_>>(), Vec::new());
    for batch in digests.chunks(BATCH) {
        let ids = batch
            .iter()
            .map(|digest| ImageIdentifier::builder().image_digest(digest).build());
        let request = clients
            .ecr
            .batch_get_image()
            .repository_name(repository.resource_name())
            .set_image_ids(Some(ids.collect()))
            .set_accepted_media_types(Some(INDEXES.map(str::to_owned).to_vec()));
        let answer = match clients.call(MANIFESTS, request.send()).await {
            Ok(answer) => answer,
            Err(error) => {
                failed.push(error);
                continue;
            }
        };
        for manifest in answer.images() {
            let digest = manifest.image_id().and_then(|id| id.image_digest());
            let platforms = platforms(manifest.image_manifest().unwrap_or_default());
            for image in &mut indexes {
                if image.image_digest.as_deref() == digest {
                    image.platforms.clone_from(&platforms);
                }
            }
        }
    }
    failed
}

/// The platforms that an image index offers, sorted. Attestations are listed there as of an unknown one.
///
/// <https://github.com/opencontainers/image-spec/blob/main/image-index.md>
fn platforms(manifest: &str) -> Vec<String> {
    let manifest: Value = serde_json::from_str(manifest).unwrap_or_default();
    let listed = manifest.get("manifests").and_then(Value::as_array);
    let platforms: BTreeSet<String> = listed
        .into_iter()
        .flatten()
        .filter_map(|own| {
            let platform = own.get("platform")?;
            let part = |name: &str| platform.get(name).and_then(Value::as_str);
            let parts = [
                Some(part("os")?),
                Some(part("architecture")?),
                part("variant"),
            ];
            Some(parts.into_iter().flatten().collect::<Vec<_>>().join("/"))
        })
        .filter(|platform| !platform.starts_with("unknown/"))
        .collect();
    platforms.into_iter().collect()
}

/// None: the repository was deleted since it was listed.
async fn policy_of(
    clients: &Clients,
    repository: &Arn,
) -> Result<Option<ResourcePolicy>, CallError> {
    let request = clients
        .ecr
        .get_repository_policy()
        .repository_name(repository.resource_name());
    match clients.call(POLICY, request.send()).await {
        Ok(answer) => Ok(policy::on_resource(
            answer.policy_text(),
            clients.redactor(),
        )),
        Err(error) if error.has_code(&["RepositoryPolicyNotFoundException"]) => {
            Ok(Some(ResourcePolicy::none()))
        }
        Err(error) if error.has_code(&["RepositoryNotFoundException"]) => Ok(None),
        Err(error) => Err(error),
    }
}

#[cfg(test)]
mod tests {
    use aws_sdk_ecr::{primitives::DateTime, types::ImageStatus};

    use super::*;

    #[test]
    fn images_are_told_oldest_first_and_without_what_goes_without_saying() {
        let image = |digest: &str, pushed: i64| {
            ImageDetail::builder()
                .image_digest(digest)
                .image_pushed_at(DateTime::from_secs(pushed))
                .image_status(ImageStatus::Active)
        };
        let single = "application/vnd.oci.image.manifest.v1+json";
        let details = [
            image("sha256:3", 300)
                .image_tags("b")
                .image_tags("a")
                .image_manifest_media_type(INDEXES[0])
                .build(),
            image("sha256:1", 100)
                .image_status(ImageStatus::Archived)
                .image_manifest_media_type(single)
                .build(),
            image("sha256:2", 100).build(),
        ];
        let told: Vec<_> = oldest_first(&details)
            .into_iter()
            .map(|own| {
                (
                    own.image_digest,
                    own.image_tags,
                    own.image_status,
                    own.image_manifest_media_type,
                )
            })
            .collect();
        let expected = [
            ("sha256:1", vec![], Some("ARCHIVED"), None),
            ("sha256:2", vec![], None, None),
            ("sha256:3", vec!["a", "b"], None, Some(INDEXES[0])),
        ];
        let expected = expected.map(|(digest, tags, status, media_type)| {
            (
                digest.to_owned(),
                tags.into_iter().map(str::to_owned).collect::<Vec<_>>(),
                status.map(str::to_owned),
                media_type.map(str::to_owned),
            )
        });
        assert_eq!(told, expected);
    }

    #[test]
    fn an_index_tells_its_platforms() {
        let manifest = r#"{"manifests":[
            {"platform":{"os":"linux","architecture":"arm64"}},
            {"platform":{"os":"linux","architecture":"amd64"}},
            {"platform":{"os":"linux","architecture":"arm","variant":"v7"}},
            {"platform":{"os":"unknown","architecture":"unknown"}},
            {"digest":"sha256:1"}]}"#;
        assert_eq!(
            platforms(manifest),
            ["linux/amd64", "linux/arm/v7", "linux/arm64"]
        );
        for other in ["", "{", r#"{"layers":[]}"#, r#"{"manifests":{}}"#] {
            assert!(platforms(other).is_empty(), "{other}");
        }
    }
}
