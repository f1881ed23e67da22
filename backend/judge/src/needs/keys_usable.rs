//! The customer's keys behind what a task starts with are enabled.
//!
//! <https://docs.aws.amazon.com/kms/latest/developerguide/key-state.html>

use std::collections::BTreeMap;

use blastmap_graph::Overlay;
use blastmap_model::{
    Phase, Relation, ResourceIndex, ResourceKind,
    kinds::{ecs_cluster::EcsCluster, kms_key::KmsKey, ssm_parameter::SsmParameter},
};

use super::{
    Need, Subject,
    key::{key_of, usable},
    parts::{images, log_targets, logger_error, secrets},
};
use crate::{Host, Launch, Verdict};

pub(super) const NEED: Need = Need {
    name: "keys-usable",
    phase: Phase::Start,
    subject: Subject::Start(judge),
    documentation: "https://docs.aws.amazon.com/kms/latest/developerguide/key-state.html",
    sentence: "The keys that encrypt the secrets, images, file systems and log groups of the task, and the storage of Fargate's tasks, are enabled.",
};

fn judge(overlay: &Overlay<'_>, launch: &Launch) -> Verdict {
    // What is encrypted, with the error that its key gives.
    let mut encrypted: BTreeMap<ResourceIndex, &'static str> = BTreeMap::new();
    let secrets = secrets(overlay, launch);
    let reads = secrets.iter().filter_map(|read| read.place);
    encrypted.extend(
        reads
            .filter(|place| is_encrypted(overlay, *place))
            .map(|place| (place, "ResourceInitializationError")),
    );
    let images = images(overlay, launch);
    let repositories = images.iter().filter_map(|image| image.repository);
    encrypted.extend(repositories.map(|place| (place, "CannotPullContainerError")));
    let groups = log_targets(overlay, launch);
    let groups = groups.iter().filter_map(|target| target.place);
    encrypted.extend(groups.map(|place| (place, logger_error(launch))));
    let mounted = launch
        .definition_place
        .map(|definition| overlay.needed(definition, Relation::Mounts));
    let file_systems = mounted
        .into_iter()
        .flatten()
        .filter(|place| overlay.kind(*place) == ResourceKind::EfsFileSystem);
    encrypted.extend(file_systems.map(|place| (place, "ResourceInitializationError")));
    let of_storage = storage_key(overlay, launch).map(|key| {
        let what = "the storage of Fargate's tasks";
        usable(overlay, key, what).reported_as("ResourceInitializationError")
    });
    let parts = encrypted.into_iter().filter_map(|(place, error)| {
        let key = key_of(overlay, place)?;
        let resource = overlay.resource(place);
        let what = format!("{} {}", resource.kind.label(), resource.name);
        Some(usable(overlay, key, &what).reported_as(error))
    });
    Verdict::all(parts.chain(of_storage))
}

/// The key that the cluster names for the ephemeral storage of tasks on Fargate.
///
/// <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-storage-encryption.html>
fn storage_key(overlay: &Overlay<'_>, launch: &Launch) -> Option<ResourceIndex> {
    let cluster = launch.cluster.filter(|_| launch.host == Host::Fargate)?;
    let facts = overlay.facts::<EcsCluster>(cluster)?;
    let storage = facts
        .configuration
        .as_ref()?
        .managed_storage_configuration
        .as_ref()?;
    let named = storage.fargate_ephemeral_storage_kms_key_id.as_deref()?;
    let keys = overlay.needed(cluster, Relation::EncryptedBy).into_iter();
    keys.into_iter().find(|key| {
        let resource = overlay.resource(*key);
        let aliases = overlay.facts::<KmsKey>(*key).map(|own| own.aliases.clone());
        resource.id.as_str() == named
            || resource.id.as_str().ends_with(&format!("/{named}"))
            || aliases.is_some_and(|own| own.iter().any(|alias| named.ends_with(alias)))
    })
}

/// A parameter that is no `SecureString` may name a key without using it.
pub(super) fn is_encrypted(overlay: &Overlay<'_>, place: ResourceIndex) -> bool {
    let facts = overlay.facts::<SsmParameter>(place);
    facts.is_none_or(|facts| facts.r#type.as_deref() == Some("SecureString"))
}

#[cfg(test)]
mod tests {
    use blastmap_model::{
        Edits,
        kinds::{
            ecr_repository::{EcrRepository, EncryptionConfiguration},
            ecs_cluster::{ClusterConfiguration, ManagedStorageConfiguration},
            log_group::LogGroup,
            secret::Secret,
        },
    };

    use super::*;
    use crate::estate::{Estate, arn, gone, judged, patched, told};

    fn estate() -> Estate {
        let key = KmsKey {
            arn: arn("kms", "key/1"),
            key_id: "1".to_owned(),
            aliases: vec!["alias/web".to_owned()],
            key_state: Some("Enabled".to_owned()),
            key_manager: Some("CUSTOMER".to_owned()),
            ..KmsKey::default()
        };
        Estate::new()
            .vpc_with_nat()
            .fargate_service()
            .put(&arn("kms", "key/1"), &key)
    }

    fn secret(key: &str) -> Estate {
        let key = key.to_owned();
        estate().with::<Secret>(&arn("secretsmanager", "secret:prod/db-a1B2c3"), |facts| {
            facts.kms_key_id = Some(key);
        })
    }

    #[test]
    fn keys_are_enabled() {
        let key = arn("kms", "key/1");
        let state = |state: &str| {
            let state = state.to_owned();
            patched(
                &estate().snapshot(),
                &arn("kms", "key/1"),
                |facts: &mut KmsKey| {
                    facts.key_state = Some(state);
                },
            )
        };
        let repository = estate().with::<EcrRepository>(&arn("ecr", "repository/web"), |facts| {
            facts.encryption_configuration = Some(EncryptionConfiguration {
                encryption_type: Some("KMS".to_owned()),
                kms_key: Some(arn("kms", "key/1")),
            });
        });
        let storage = estate().with::<EcsCluster>(&arn("ecs", "cluster/main"), |facts| {
            facts.configuration = Some(ClusterConfiguration {
                managed_storage_configuration: Some(ManagedStorageConfiguration {
                    fargate_ephemeral_storage_kms_key_id: Some(arn("kms", "key/1")),
                    ..ManagedStorageConfiguration::default()
                }),
                ..ClusterConfiguration::default()
            });
        });
        let group = estate().with::<LogGroup>(&arn("logs", "log-group:/ecs/web"), |facts| {
            facts.kms_key_id = Some(arn("kms", "key/1"));
        });
        let cases = [
            (secret(&key), Edits::default(), "met"),
            (secret("alias/web"), Edits::default(), "met"),
            (secret("alias/aws/secretsmanager"), Edits::default(), "met"),
            // Nothing here is encrypted with it.
            (estate(), state("Disabled"), "met"),
            (
                secret("alias/web"),
                state("Disabled"),
                "unmet: key alias/web, which encrypts secret prod/db, is disabled (ResourceInitializationError)",
            ),
            (
                secret(&key),
                gone(&key),
                "unmet: key alias/web, which encrypts secret prod/db, does not exist (ResourceInitializationError)",
            ),
            (
                repository,
                state("PendingDeletion"),
                "unmet: key alias/web, which encrypts repository web, is pending deletion (CannotPullContainerError)",
            ),
            (storage.clone(), Edits::default(), "met"),
            (
                storage,
                state("PendingDeletion"),
                "unmet: key alias/web, which encrypts the storage of Fargate's tasks, is pending deletion (ResourceInitializationError)",
            ),
            (
                group,
                state("Disabled"),
                "unmet: key alias/web, which encrypts log group /ecs/web, is disabled (ResourceInitializationError)",
            ),
            (
                secret("arn:aws:kms:eu-west-1:210987654321:key/2"),
                Edits::default(),
                "unknown: check that key 2, which encrypts secret prod/db, is enabled: it lies outside what is crawled (ResourceInitializationError)",
            ),
        ];
        for (estate, edits, expected) in cases {
            let snapshot = estate.snapshot();
            let overlay = Overlay::with(&snapshot, &edits);
            let verdict = judged(&NEED, &overlay, &arn("ecs", "service/main/web"));
            assert_eq!(told(&verdict), expected);
        }
    }
}
