//! No environment file that a container names is deleted.
//!
//! <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/taskdef-envfiles.html>

use blastmap_graph::Overlay;
use blastmap_model::{
    Arn, Phase, Presence,
    kinds::s3_bucket::{S3Bucket, of_object},
};

use super::{Need, Subject, parts::containers};
use crate::{Launch, Verdict};

pub(super) const NEED: Need = Need {
    name: "environment-files-exist",
    phase: Phase::Start,
    subject: Subject::Start(judge),
    documentation: "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/taskdef-envfiles.html",
    sentence: "No environment file that a container names is deleted, nor its bucket. Whether the file is there today is not read.",
};

fn judge(overlay: &Overlay<'_>, launch: &Launch) -> Verdict {
    let files = containers(launch)
        .iter()
        .flat_map(|own| &own.environment_files);
    let parts = files.filter_map(|file| {
        let arn = Arn::parse(&file.value).ok()?;
        let (bucket, key) = of_object(&arn)?;
        Some(exists(overlay, bucket, key))
    });
    Verdict::all(parts).reported_as("ResourceInitializationError")
}

fn exists(overlay: &Overlay<'_>, bucket: Arn, key: &str) -> Verdict {
    let name = bucket.resource().to_owned();
    let Some(place) = overlay.find(&bucket.into()) else {
        return Verdict::met();
    };
    if overlay.resource(place).presence == Presence::Missing {
        let text = format!("bucket {name} with environment file {key} does not exist");
        return Verdict::unmet(place, text);
    }
    let facts = overlay.facts::<S3Bucket>(place);
    let deleted = facts.is_some_and(|facts| facts.deleted_keys.iter().any(|own| own == key));
    if deleted {
        let text = format!("environment file {key} of bucket {name} is deleted");
        return Verdict::unmet(place, text);
    }
    Verdict::met()
}

#[cfg(test)]
mod tests {
    use blastmap_model::kinds::ecs_task_definition::{EcsTaskDefinition, EnvironmentFile};

    use super::*;
    use crate::estate::{Estate, arn, judged, told};

    const BUCKET: &str = "arn:aws:s3:::settings";

    fn estate(file: &str) -> Estate {
        let estate = Estate::new().vpc_with_nat().fargate_service();
        estate.with::<EcsTaskDefinition>(&arn("ecs", "task-definition/web:1"), |facts| {
            facts.container_definitions[0].environment_files = vec![EnvironmentFile {
                value: file.to_owned(),
                r#type: "s3".to_owned(),
            }];
        })
    }

    #[test]
    fn what_is_deleted_is_named_by_nobody() {
        let file = "arn:aws:s3:::settings/web/prod.env";
        let without = |keys: &[&str]| {
            let deleted_keys = keys.iter().map(ToString::to_string).collect();
            estate(file).put_with_id(BUCKET, &arn("s3", "settings"), &S3Bucket { deleted_keys })
        };
        let cases = [
            (estate(file), "met"),
            (estate("prod.env"), "met"),
            (without(&["web/test.env"]), "met"),
            (
                without(&["web/prod.env", "web/test.env"]),
                "unmet: environment file web/prod.env of bucket settings is deleted (ResourceInitializationError)",
            ),
            (
                estate(file).missing(BUCKET),
                "unmet: bucket settings with environment file web/prod.env does not exist (ResourceInitializationError)",
            ),
        ];
        for (estate, expected) in cases {
            let snapshot = estate.snapshot();
            let verdict = judged(
                &NEED,
                &Overlay::as_is(&snapshot),
                &arn("ecs", "service/main/web"),
            );
            assert_eq!(told(&verdict), expected);
        }
    }
}
