//! KMS keys that something is encrypted with, by whatever name, and the policies of customers' keys.

use std::collections::{BTreeMap, BTreeSet};

use aws_sdk_kms::types::{KeyManagerType, KeyMetadata};
use blastmap_model::{
    Arn, Found, ResourceId, ResourceKind, Source,
    kinds::{kms_key::KmsKey, resource_policy::ResourcePolicy},
};
use futures_util::{StreamExt as _, stream};

use super::{Action, Collector, Place, Wanted, not_read, owned, text, time};
use crate::{
    clients::Clients,
    error::CallError,
    pages::{Page, Pages},
    policy,
};

const ALIASES: &str = "kms:ListAliases";
const KEY: &str = "kms:DescribeKey";
const POLICY: &str = "kms:GetKeyPolicy";

const KINDS: &[ResourceKind] = &[ResourceKind::KmsKey];

pub(super) const COLLECTOR: Collector = Collector {
    kinds: KINDS,
    actions: &[
        Action {
            name: ALIASES,
            reads: &[
                "Aliases",
                "AliasArn",
                "AliasName",
                "TargetKeyId",
                "NextMarker",
                "Truncated",
            ],
        },
        Action {
            name: KEY,
            reads: &[
                "KeyMetadata",
                "Arn",
                "KeyId",
                "KeyState",
                "Enabled",
                "KeyManager",
                "KeyUsage",
                "KeySpec",
                "Origin",
                "MultiRegion",
                "Description",
                "DeletionDate",
            ],
        },
        Action {
            name: POLICY,
            reads: &["Policy"],
        },
    ],
    place: Place::Region,
    wanted: Some(|builder, scope| Wanted::unseen(builder, ResourceKind::KmsKey, scope)),
    never_changes: None,
    collect: |clients, wanted, found| Box::pin(collect(clients, wanted, found)),
};

/// A name of a key.
#[derive(Debug, Clone)]
pub(crate) struct Alias {
    arn: String,
    /// `alias/...`
    name: String,
    key_id: String,
}

async fn collect(
    clients: &Clients,
    wanted: Vec<Wanted>,
    found: &mut Found,
) -> Result<(), CallError> {
    let mut cut = None;
    let aliases = clients.aliases.get_or_init(|| async {
        match list_aliases(clients).await {
            Ok(aliases) => Some(aliases),
            Err(error) => {
                cut = Some(error);
                None
            }
        }
    });
    let aliases = aliases.await.as_deref();
    // Without the list, KMS tells the key of each alias when asked by it.
    if let Some(error) = cut {
        tracing::info!(aws.action = ALIASES, "Asking for keys by alias: {error}");
    }
    let key_of = |id: &ResourceId| -> Option<ResourceId> {
        let arn = id.arn()?;
        if !arn.resource().starts_with("alias/") {
            return Some(id.clone());
        }
        let Some(aliases) = aliases else {
            return Some(id.clone());
        };
        let alias = aliases.iter().find(|alias| alias.arn == arn.as_str())?;
        arn.sibling("kms", &format!("key/{}", alias.key_id))
            .ok()
            .map(ResourceId::from)
    };
    let mut asked: BTreeMap<ResourceId, Vec<ResourceId>> = BTreeMap::new();
    for wanted in wanted {
        match key_of(&wanted.id) {
            Some(key) => {
                if key != wanted.id {
                    found.also_named(wanted.id.clone(), key.clone());
                }
                asked.entry(key).or_default().push(wanted.id);
            }
            None => found.absent(wanted.id),
        }
    }
    let mut answers = stream::iter(asked)
        .map(|(key, named)| async move {
            let answer = clients
                .call(KEY, clients.kms.describe_key().key_id(key.as_str()).send())
                .await;
            let policy = match answer.as_ref().ok().and_then(|own| own.key_metadata()) {
                Some(key) => policy_of(clients, key).await,
                None => Ok(None),
            };
            (key, named, answer, policy)
        })
        .buffer_unordered(8);
    while let Some((key, named, answer, policy)) = answers.next().await {
        // Without its policy, a key is known all the same.
        let policy = policy.unwrap_or_else(|error| {
            found.blind_spot(error.blind_spot(clients.scope(), KINDS));
            None
        });
        match answer {
            Ok(answer) => match answer.key_metadata() {
                Some(key) => describe(key, aliases, &named, policy, found),
                None => found.unreadable(key),
            },
            Err(error) => not_read(&error, key, &["NotFoundException"], KINDS, clients, found),
        }
    }
    Ok(())
}

async fn list_aliases(clients: &Clients) -> Result<Vec<Alias>, CallError> {
    let (mut aliases, mut pages) = (Vec::new(), Pages::of(ALIASES));
    while let Some(Page(marker)) = pages.next() {
        let answer = clients
            .call(
                ALIASES,
                clients
                    .kms
                    .list_aliases()
                    .limit(100)
                    .set_marker(marker)
                    .send(),
            )
            .await?;
        for alias in answer.aliases() {
            if let (Some(arn), Some(name), Some(key_id)) =
                (alias.alias_arn(), alias.alias_name(), alias.target_key_id())
            {
                aliases.push(Alias {
                    arn: arn.to_owned(),
                    name: name.to_owned(),
                    key_id: key_id.to_owned(),
                });
            }
        }
        pages.turn(answer.next_marker().filter(|_| answer.truncated()))?;
    }
    Ok(aliases)
}

/// The policy of a key that a customer made: those of AWS managed keys are AWS's own.
///
/// <https://docs.aws.amazon.com/kms/latest/developerguide/key-policies.html>
async fn policy_of(
    clients: &Clients,
    key: &KeyMetadata,
) -> Result<Option<ResourcePolicy>, CallError> {
    if key.key_manager() != Some(&KeyManagerType::Customer) {
        return Ok(None);
    }
    let arn = key.arn().unwrap_or(key.key_id());
    let request = clients
        .kms
        .get_key_policy()
        .key_id(arn)
        .policy_name("default");
    match clients.call(POLICY, request.send()).await {
        // Every key has one.
        Ok(answer) => Ok(answer
            .policy()
            .and_then(|text| policy::on_resource(Some(text), clients.redactor()))),
        // Deleted since.
        Err(error) if error.has_code(&["NotFoundException"]) => Ok(None),
        Err(error) => Err(error),
    }
}

fn describe(
    key: &KeyMetadata,
    aliases: Option<&[Alias]>,
    named: &[ResourceId],
    policy: Option<ResourcePolicy>,
    found: &mut Found,
) {
    let Ok(arn) = Arn::parse(key.arn().unwrap_or_default()) else {
        return;
    };
    let by_alias = named
        .iter()
        .filter_map(ResourceId::arn)
        .filter(|arn| arn.resource().starts_with("alias/"))
        .map(|arn| arn.resource().to_owned());
    let listed = aliases
        .into_iter()
        .flatten()
        .filter(|alias| alias.key_id == key.key_id())
        .map(|alias| alias.name.clone());
    let names: BTreeSet<String> = by_alias.chain(listed).collect();
    let facts = KmsKey {
        arn: arn.to_string(),
        key_id: key.key_id().to_owned(),
        aliases: names.into_iter().collect(),
        key_state: text!(key.key_state()),
        enabled: Some(key.enabled()),
        key_manager: text!(key.key_manager()),
        key_usage: text!(key.key_usage()),
        key_spec: text!(key.key_spec()),
        origin: text!(key.origin()),
        multi_region: key.multi_region(),
        description: owned(key.description()),
        deletion_date: time(key.deletion_date()),
        policy,
    };
    found.offer(&arn, &facts, [], Source::of(KEY));
}
