//! Secrets Manager secrets: their metadata. Values are never asked for.

use aws_sdk_secretsmanager::types::SecretListEntry;
use blastmap_model::{Arn, Found, ResourceKind, Source, kinds::secret::Secret};

use super::{Action, Collector, Place, owned, time};
use crate::{
    clients::Clients,
    error::CallError,
    pages::{Page, Pages},
};

const API: &str = "secretsmanager:ListSecrets";

pub(super) const COLLECTOR: Collector = Collector {
    kinds: &[ResourceKind::Secret],
    actions: &[Action {
        name: API,
        reads: &[
            "SecretList",
            "ARN",
            "Name",
            "Description",
            "KmsKeyId",
            "RotationEnabled",
            "DeletedDate",
            "LastChangedDate",
            "OwningService",
            "PrimaryRegion",
            "SecretVersionsToStages",
            "Tags",
            "Key",
            "Value",
            "NextToken",
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
        // A secret whose deletion is scheduled is there, and cannot be read: that is a fact worth having.
        let request = clients
            .secrets
            .list_secrets()
            .include_planned_deletion(true)
            .max_results(100)
            .set_next_token(token);
        let answer = clients.call(API, request.send()).await?;
        for secret in answer.secret_list() {
            describe(secret, found);
        }
        pages.turn(answer.next_token())?;
    }
    found.listed(ResourceKind::Secret);
    Ok(())
}

fn describe(secret: &SecretListEntry, found: &mut Found) {
    let Ok(arn) = Arn::parse(secret.arn().unwrap_or_default()) else {
        return;
    };
    let facts = Secret {
        arn: arn.to_string(),
        name: secret.name().unwrap_or_default().to_owned(),
        description: owned(secret.description()),
        kms_key_id: owned(secret.kms_key_id()),
        rotation_enabled: secret.rotation_enabled(),
        deleted_date: time(secret.deleted_date()),
        last_changed_date: time(secret.last_changed_date()),
        owning_service: owned(secret.owning_service()),
        primary_region: owned(secret.primary_region()),
        secret_versions_to_stages: secret
            .secret_versions_to_stages()
            .into_iter()
            .flatten()
            .map(|(id, stages)| (id.clone(), stages.clone()))
            .collect(),
    };
    let tags = secret.tags().iter().map(|tag| {
        (
            tag.key().unwrap_or_default().to_owned(),
            tag.value().unwrap_or_default().to_owned(),
        )
    });
    found.resource(&arn, &facts, tags, Source::of(API));
}
