//! The images that task definitions in use name, looked up in their repositories.

use std::collections::{BTreeMap, BTreeSet};

use aws_sdk_ecr::types::{ImageDetail, ImageIdentifier};
use blastmap_model::{
    Found, InventoryBuilder, ResourceKind, Scope, Source,
    kinds::{
        ecr_repository::{EcrRepository, ImageInUse, parse_image},
        ecs_task_definition::EcsTaskDefinition,
    },
};
use futures_util::{StreamExt as _, stream};

use super::{Action, Collector, Place, Wanted, time};
use crate::{clients::Clients, error::CallError};

const API: &str = "ecr:DescribeImages";

/// The repository itself comes from another call.
const SOURCE: Source = Source {
    api: "ecr:DescribeRepositories",
    by_field: &[("imagesInUse", API)],
};

const KINDS: &[ResourceKind] = &[ResourceKind::EcrRepository];

pub(super) const COLLECTOR: Collector = Collector {
    kinds: KINDS,
    actions: &[Action {
        name: API,
        reads: &[
            "imageDetails",
            "imageDigest",
            "imageTags",
            "imageSizeInBytes",
            "imagePushedAt",
            "nextToken",
        ],
    }],
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
    let mut answers = stream::iter(wanted)
        .map(|wanted| async move {
            let images = images_of(clients, &wanted).await;
            (wanted, images)
        })
        .buffer_unordered(16);
    while let Some((wanted, (images, failed))) = answers.next().await {
        if let Some(error) = failed {
            found.blind_spot(error.blind_spot(clients.scope(), KINDS));
        }
        let (Some(arn), Some(known)) = (wanted.id.arn(), wanted.known) else {
            continue;
        };
        let Ok(mut facts) = known.attributes.facts::<EcrRepository>() else {
            continue;
        };
        facts.images_in_use.extend(images);
        facts
            .images_in_use
            .sort_by(|one, other| one.named.cmp(&other.named));
        found.replace(&arn, &facts, SOURCE);
    }
    Ok(())
}

async fn images_of(clients: &Clients, wanted: &Wanted) -> (Vec<ImageInUse>, Option<CallError>) {
    let Some(repository) = wanted.id.arn() else {
        return (Vec::new(), None);
    };
    let (names, mut images, mut failed) = (
        wanted.parts.iter().cloned().collect::<Vec<_>>(),
        Vec::new(),
        None,
    );
    let mut batches: Vec<Vec<String>> = names.chunks(BATCH).map(<[String]>::to_vec).collect();
    while let Some(batch) = batches.pop() {
        match look_up(clients, repository.resource_name(), &batch).await {
            Ok(details) => images.extend(batch.iter().filter_map(|named| in_use(named, &details))),
            // One image that is not there fails the whole batch: it is halved until that one stands alone.
            Err(error) if error.has_code(&["ImageNotFoundException"]) => match batch.as_slice() {
                [named] => images.push(ImageInUse {
                    named: named.clone(),
                    exists: false,
                    ..ImageInUse::default()
                }),
                several => {
                    let (first, second) = several.split_at(several.len() / 2);
                    batches.extend([first.to_vec(), second.to_vec()]);
                }
            },
            // Deleted since it was listed.
            Err(error) if error.has_code(&["RepositoryNotFoundException"]) => {
                return (Vec::new(), None);
            }
            Err(error) => failed = Some(error),
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
    })
}
