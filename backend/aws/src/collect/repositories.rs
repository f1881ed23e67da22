//! ECR repositories.

use aws_sdk_ecr::types::Repository;
use blastmap_model::{
    Arn, Found, ResourceKind, Source,
    kinds::ecr_repository::{EcrRepository, EncryptionConfiguration},
};

use super::{Action, Collector, Place, owned, text, time};
use crate::{
    clients::Clients,
    error::CallError,
    pages::{Page, Pages},
};

const API: &str = "ecr:DescribeRepositories";

pub(super) const COLLECTOR: Collector = Collector {
    kinds: &[ResourceKind::EcrRepository],
    actions: &[Action {
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
    }],
    place: Place::Region,
    wanted: None,
    never_changes: None,
    collect: |clients, _, found| Box::pin(collect(clients, found)),
};

async fn collect(clients: &Clients, found: &mut Found) -> Result<(), CallError> {
    let mut pages = Pages::of(API);
    while let Some(Page(token)) = pages.next() {
        let request = clients
            .ecr
            .describe_repositories()
            .max_results(1000)
            .set_next_token(token);
        let answer = clients.call(API, request.send()).await?;
        for repository in answer.repositories() {
            describe(repository, found);
        }
        pages.turn(answer.next_token())?;
    }
    found.listed(ResourceKind::EcrRepository);
    Ok(())
}

fn describe(repository: &Repository, found: &mut Found) {
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
        ..EcrRepository::default()
    };
    found.resource(&arn, &facts, [], Source::of(API));
}
