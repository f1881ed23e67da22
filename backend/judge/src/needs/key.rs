//! Keys: which one encrypts something, and whether it works.

use blastmap_graph::Overlay;
use blastmap_model::{Presence, Relation, ResourceIndex, ResourceKind, kinds::kms_key::KmsKey};

use crate::Verdict;

/// The customer's key that encrypts this; none where it is AWS's own, which needs no permission and is never disabled.
///
/// <https://docs.aws.amazon.com/kms/latest/developerguide/concepts.html#aws-managed-cmk>
pub(super) fn key_of(overlay: &Overlay<'_>, place: ResourceIndex) -> Option<ResourceIndex> {
    let keys = overlay.needed(place, Relation::EncryptedBy).into_iter();
    keys.into_iter().find(|key| {
        let by_aws = overlay
            .facts::<KmsKey>(*key)
            .is_some_and(|facts| facts.key_manager.as_deref() == Some("AWS"));
        let aws_alias = overlay.resource(*key).id.as_str().contains(":alias/aws/");
        overlay.kind(*key) == ResourceKind::KmsKey && !by_aws && !aws_alias
    })
}

/// Whether a key can be used at all, whoever asks. `what` it encrypts goes into the reason.
///
/// <https://docs.aws.amazon.com/kms/latest/developerguide/key-state.html>
pub(super) fn usable(overlay: &Overlay<'_>, key: ResourceIndex, what: &str) -> Verdict {
    let resource = overlay.resource(key);
    let name = &resource.name;
    let Some(facts) = overlay.facts::<KmsKey>(key) else {
        return match resource.presence {
            Presence::Missing => Verdict::unmet(
                key,
                format!("key {name}, which encrypts {what}, does not exist"),
            ),
            Presence::Outside => Verdict::unknown(
                key,
                format!(
                    "check that key {name}, which encrypts {what}, is enabled: it lies outside what is crawled"
                ),
            ),
            _ => Verdict::unknown(
                key,
                format!(
                    "check that key {name}, which encrypts {what}, is enabled: it could not be read"
                ),
            ),
        };
    };
    let state = match (facts.key_state.as_deref(), facts.enabled) {
        (Some("Enabled" | "Creating" | "Updating"), _) | (None, None | Some(true)) => {
            return Verdict::met();
        }
        (Some("PendingDeletion" | "PendingReplicaDeletion"), _) => "pending deletion",
        (Some("Disabled"), _) | (None, Some(false)) => "disabled",
        (Some(_), _) => "not usable in its state",
    };
    Verdict::unmet(
        key,
        format!("key {name}, which encrypts {what}, is {state}"),
    )
}
