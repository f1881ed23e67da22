//! Every secret and parameter that a task reads at its start is there, in the version that it asks for.
//!
//! <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/secrets-envvar-secrets-manager.html>

use blastmap_graph::Overlay;
use blastmap_model::{
    Phase, Presence, ResourceIndex, ResourceKind,
    kinds::{secret::Secret, ssm_parameter::SsmParameter},
};

use super::{
    Need, Subject,
    parts::{SecretRead, secrets},
};
use crate::{Launch, Verdict};

pub(super) const NEED: Need = Need {
    name: "secrets-exist",
    phase: Phase::Start,
    subject: Subject::Start(judge),
    documentation: "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/secrets-envvar-secrets-manager.html",
    sentence: "Each secret and parameter that the containers read exists, in the version that they ask for.",
};

fn judge(overlay: &Overlay<'_>, launch: &Launch) -> Verdict {
    let reads = secrets(overlay, launch);
    let parts = reads.iter().map(|read| exists(overlay, read));
    Verdict::all(parts).reported_as("ResourceInitializationError")
}

fn exists(overlay: &Overlay<'_>, read: &SecretRead) -> Verdict {
    let label = read.kind.label();
    let Some(place) = read.place else {
        let name = blastmap_model::kinds::name_from_id(read.kind, &read.id);
        return Verdict::unknown(None, format!("check that {label} {name} exists"));
    };
    let resource = overlay.resource(place);
    let name = &resource.name;
    match resource.presence {
        Presence::Missing => Verdict::unmet(place, format!("{label} {name} does not exist")),
        Presence::Unreadable => Verdict::unknown(
            place,
            format!("check that {label} {name} exists: it could not be read"),
        ),
        Presence::Outside => Verdict::unknown(
            place,
            format!("check that {label} {name} exists: it lies outside what is crawled"),
        ),
        Presence::Live | Presence::Planned | Presence::Stated => match read.kind {
            ResourceKind::Secret => has_version(overlay, place, read),
            _ => parameter_has_version(overlay, place, &read.value_from),
        },
    }
}

fn has_version(overlay: &Overlay<'_>, place: ResourceIndex, read: &SecretRead) -> Verdict {
    let Some(facts) = overlay.facts::<Secret>(place) else {
        return Verdict::met();
    };
    let name = &overlay.resource(place).name;
    if facts.deleted_date.is_some() {
        return Verdict::unmet(
            place,
            format!("secret {name} is scheduled for deletion and cannot be read"),
        );
    }
    let versions = &facts.secret_versions_to_stages;
    if versions.is_empty() {
        // AWS always tells the versions of what has one; a new secret, and one that only a plan knows, may have none.
        let untold = overlay.is_unknown(place, "SecretVersionsToStages");
        let may_be_empty = match overlay.resource(place).presence {
            Presence::Planned => !untold,
            presence => presence == Presence::Stated,
        };
        return if may_be_empty {
            Verdict::unknown(
                place,
                format!("check that secret {name} has a value before the tasks start"),
            )
        } else {
            Verdict::met()
        };
    }
    if overlay.is_unknown(place, "SecretVersionsToStages") {
        return Verdict::met();
    }
    let (stage, id) = version_of(&read.value_from);
    if let Some(id) = id {
        return if versions.contains_key(id) {
            Verdict::met()
        } else {
            Verdict::unmet(place, format!("secret {name} has no version {id}"))
        };
    }
    let stage = stage.unwrap_or("AWSCURRENT");
    if versions.values().flatten().any(|own| own == stage) {
        Verdict::met()
    } else {
        Verdict::unmet(
            place,
            format!("secret {name} has no version with stage {stage}"),
        )
    }
}

/// Stage and id of `arn:...:secret:NAME:json-key:version-stage:version-id`, where given.
fn version_of(value_from: &str) -> (Option<&str>, Option<&str>) {
    let mut parts = value_from.split(':').skip(8);
    let mut next = || parts.next().filter(|part| !part.is_empty());
    let secret = value_from.contains(":secretsmanager:");
    if secret {
        (next(), next())
    } else {
        (None, None)
    }
}

/// A version is a number after the name; a label is not told by metadata.
///
/// <https://docs.aws.amazon.com/systems-manager/latest/userguide/sysman-paramstore-versions.html>
fn parameter_has_version(overlay: &Overlay<'_>, place: ResourceIndex, value_from: &str) -> Verdict {
    let resource_part = value_from
        .split_once(":parameter/")
        .map_or(value_from, |(_, name)| name);
    let asked = resource_part.split_once(':').map(|(_, version)| version);
    let asked: Option<i64> = asked.and_then(|version| version.parse().ok());
    let facts = overlay.facts::<SsmParameter>(place);
    let latest = facts.and_then(|facts| facts.version);
    match (asked, latest) {
        (Some(asked), Some(latest)) if asked > latest => {
            let name = &overlay.resource(place).name;
            Verdict::unmet(
                place,
                format!("parameter {name} has no version {asked}: its latest is {latest}"),
            )
        }
        _ => Verdict::met(),
    }
}

#[cfg(test)]
mod tests {
    use blastmap_model::{
        Edits,
        kinds::ecs_task_definition::{EcsTaskDefinition, SecretReference},
    };

    use super::*;
    use crate::estate::{
        Estate, arn, gone, judged, patched, planned, stated, together, told, unknown,
    };

    #[test]
    fn what_is_read_is_there() {
        let snapshot = Estate::new()
            .vpc_with_nat()
            .fargate_service()
            .put(
                &arn("ssm", "parameter/flat"),
                &SsmParameter {
                    name: "flat".to_owned(),
                    version: Some(3),
                    ..SsmParameter::default()
                },
            )
            .snapshot();
        let parameter = arn("ssm", "parameter/prod/url");
        let secret = arn("secretsmanager", "secret:prod/db-a1B2c3");
        let definition = arn("ecs", "task-definition/web:1");
        let reads = |value_from: &str| {
            patched(&snapshot, &definition, |facts: &mut EcsTaskDefinition| {
                facts.container_definitions[0].secrets = vec![SecretReference {
                    name: "X".to_owned(),
                    value_from: value_from.to_owned(),
                }];
            })
        };
        let spoiled = |change: fn(&mut Secret)| patched(&snapshot, &secret, change);
        let new_secret = Secret {
            arn: String::new(),
            name: "new".to_owned(),
            ..Secret::default()
        };
        let new = planned(
            "planned:aws_secretsmanager_secret.new",
            &arn("secretsmanager", "secret:new"),
            &new_secret,
        );
        let versions_unknown: &[&str] = &["SecretVersionsToStages"];
        let known_secret = arn("secretsmanager", "secret:known-a1B2c3");
        let facts = |versions: &[&str]| Secret {
            arn: known_secret.clone(),
            name: "known".to_owned(),
            secret_versions_to_stages: versions
                .iter()
                .map(|version| ((*version).to_owned(), vec!["AWSCURRENT".to_owned()]))
                .collect(),
            ..Secret::default()
        };
        let known = || planned(&known_secret, &known_secret, &facts(&[]));
        let with_value = planned(&known_secret, &known_secret, &facts(&["planned"]));
        let cases = [
            (Edits::default(), "met"),
            (
                gone(&parameter),
                "unmet: parameter /prod/url does not exist (ResourceInitializationError)",
            ),
            (
                gone(&secret),
                "unmet: secret prod/db does not exist (ResourceInitializationError)",
            ),
            (together([gone(&parameter), reads(&secret)]), "met"),
            (
                spoiled(|facts| facts.deleted_date = Some("2026-11-26T00:00:00Z".to_owned())),
                "unmet: secret prod/db is scheduled for deletion and cannot be read (ResourceInitializationError)",
            ),
            (reads("/prod/url"), "met"),
            (reads("flat"), "met"),
            (reads("flat:3"), "met"),
            (reads("flat:stable"), "met"),
            (
                reads("flat:4"),
                "unmet: parameter flat has no version 4: its latest is 3 (ResourceInitializationError)",
            ),
            (
                reads("/prod/none"),
                "unmet: parameter /prod/none does not exist (ResourceInitializationError)",
            ),
            (reads("/aws/reference/secretsmanager/prod/db"), "met"),
            (reads(&format!("{secret}:password::")), "met"),
            (reads(&format!("{secret}:password:AWSCURRENT:")), "met"),
            (reads(&format!("{secret}:::v1")), "met"),
            (
                reads(&format!("{secret}::AWSPREVIOUS:")),
                "unmet: secret prod/db has no version with stage AWSPREVIOUS (ResourceInitializationError)",
            ),
            (
                reads(&format!("{secret}:::v0")),
                "unmet: secret prod/db has no version v0 (ResourceInitializationError)",
            ),
            // Made anew under the same name, it has other characters at its end.
            (
                reads(&arn("secretsmanager", "secret:prod/db-zzzzzz")),
                "unmet: secret prod/db does not exist (ResourceInitializationError)",
            ),
            (reads(&arn("secretsmanager", "secret:prod/db")), "met"),
            (
                reads("arn:aws:secretsmanager:us-east-1:210987654321:secret:far-a1B2c3"),
                "unknown: check that secret far exists: it lies outside what is crawled (ResourceInitializationError)",
            ),
            (
                together([
                    reads(&known_secret),
                    unknown(stated(known()), versions_unknown),
                ]),
                "unknown: check that secret known has a value before the tasks start (ResourceInitializationError)",
            ),
            (
                together([
                    reads(&known_secret),
                    unknown(stated(with_value), versions_unknown),
                ]),
                "met",
            ),
            (
                together([reads(&arn("secretsmanager", "secret:new")), new]),
                "unknown: check that secret new has a value before the tasks start (ResourceInitializationError)",
            ),
        ];
        for (edits, expected) in cases {
            let overlay = Overlay::with(&snapshot, &edits);
            let verdict = judged(&NEED, &overlay, &arn("ecs", "service/main/web"));
            assert_eq!(told(&verdict), expected, "{edits:?}");
        }
    }

    #[test]
    fn unread_parameters_are_unknown() {
        let snapshot = Estate::new()
            .vpc_with_nat()
            .fargate_service()
            .without(&arn("ssm", "parameter/prod/url"))
            .blind(ResourceKind::SsmParameter)
            .snapshot();
        let verdict = judged(
            &NEED,
            &Overlay::as_is(&snapshot),
            &arn("ecs", "service/main/web"),
        );
        assert_eq!(
            told(&verdict),
            "unknown: check that parameter /prod/url exists: it could not be read (ResourceInitializationError)"
        );
    }
}
