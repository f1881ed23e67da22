//! Secrets Manager secrets: their metadata, and who may read them. Values are never asked for.

use aws_sdk_secretsmanager::types::SecretListEntry;
use blastmap_model::{
    Arn, Found, InventoryBuilder, Relation, ResourceKind, Scope, Source, kinds::secret::Secret,
};
use futures_util::{StreamExt as _, stream};

use super::{Action, Collector, Place, Wanted, owned, time};
use crate::{
    clients::Clients,
    error::CallError,
    pages::{Page, Pages},
    policy,
};

const API: &str = "secretsmanager:ListSecrets";
const POLICY: &str = "secretsmanager:GetResourcePolicy";

const KINDS: &[ResourceKind] = &[ResourceKind::Secret];

pub(super) const COLLECTOR: Collector = Collector {
    kinds: KINDS,
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

/// The policies of secrets that task definitions read.
pub(super) const POLICIES: Collector = Collector {
    kinds: KINDS,
    actions: &[Action {
        name: POLICY,
        reads: &["ARN", "Name", "ResourcePolicy"],
    }],
    place: Place::Region,
    wanted: Some(wanted),
    never_changes: None,
    collect: |clients, wanted, found| Box::pin(policies(clients, wanted, found)),
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
        resource_policy: None,
    };
    let tags = secret.tags().iter().map(|tag| {
        (
            tag.key().unwrap_or_default().to_owned(),
            tag.value().unwrap_or_default().to_owned(),
        )
    });
    found.resource(&arn, &facts, tags, Source::of(API));
}

/// The secret itself comes from another call.
const SOURCE: Source = Source {
    api: API,
    by_field: &[("ResourcePolicy", POLICY)],
};

fn wanted(builder: &InventoryBuilder, scope: &Scope) -> Vec<Wanted> {
    let named = builder.targets_of(Relation::ReadsSecret);
    builder
        .kept(ResourceKind::Secret, scope)
        .into_iter()
        .filter(|secret| named.contains(&secret.id))
        .map(Wanted::of)
        .collect()
}

async fn policies(
    clients: &Clients,
    wanted: Vec<Wanted>,
    found: &mut Found,
) -> Result<(), CallError> {
    let known = wanted.into_iter().filter_map(|wanted| {
        let facts = wanted.known?.attributes.facts::<Secret>().ok()?;
        // AWS does not tell the policy of a secret whose deletion is scheduled.
        let readable = facts.deleted_date.is_none();
        readable.then_some((wanted.id.arn()?, facts))
    });
    let mut answers = stream::iter(known)
        .map(|(arn, facts)| async move {
            let request = clients
                .secrets
                .get_resource_policy()
                .secret_id(arn.as_str());
            let answer = clients.call(POLICY, request.send()).await;
            (arn, facts, answer)
        })
        .buffer_unordered(8);
    while let Some((arn, mut facts, answer)) = answers.next().await {
        match answer {
            Ok(answer) => {
                facts.resource_policy =
                    policy::on_resource(answer.resource_policy(), clients.redactor());
                found.replace(&arn, &facts, SOURCE);
            }
            // Deleted since it was listed.
            Err(error)
                if error.has_code(&["ResourceNotFoundException", "InvalidRequestException"]) => {}
            Err(error) => found.blind_spot(error.blind_spot(clients.scope(), KINDS)),
        }
    }
    Ok(())
}
