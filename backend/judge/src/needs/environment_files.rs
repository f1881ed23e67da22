//! The execution role may read the environment files in S3.
//!
//! <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/taskdef-envfiles.html>

use blastmap_graph::Overlay;
use blastmap_model::{Arn, Phase};

use super::{
    Need, Subject,
    parts::{containers, definition_name, home},
    permission::{Actor, Call, OnResource, context},
    way::on_its_way,
};
use crate::{Launch, Verdict, network::AwsService};

pub(super) const NEED: Need = Need {
    name: "environment-files-allowed",
    phase: Phase::Start,
    subject: Subject::Start(judge),
    documentation: "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/taskdef-envfiles.html",
    sentence: "The execution role may read each environment file and find its bucket.",
};

/// Whether a bucket has the file is never read: a need of what nobody can see is met.
fn judge(overlay: &Overlay<'_>, launch: &Launch) -> Verdict {
    let files = containers(launch)
        .iter()
        .flat_map(|own| &own.environment_files);
    let mut files: Vec<Arn> = files
        .filter_map(|file| Arn::parse(&file.value).ok())
        .collect();
    files.retain(|file| file.service() == "s3");
    files.sort();
    files.dedup();
    if files.is_empty() {
        return Verdict::met();
    }
    let verdict = match launch
        .execution_role_place(overlay)
        .map(|role| Actor::of(overlay, role))
    {
        Some(Ok(actor)) => {
            let region = home(overlay, launch).map(|home| home.region().to_owned());
            let region = region.unwrap_or_default();
            Verdict::all(
                files
                    .iter()
                    .map(|file| may_read(overlay, launch, &actor, &region, file)),
            )
        }
        Some(Err(verdict)) => verdict,
        None if launch.execution_role().is_some() => Verdict::unknown(
            launch.definition_place,
            "check that the execution role may read the environment files: the role is not known",
        ),
        None => {
            let name = definition_name(overlay, launch);
            Verdict::unmet(
                launch.definition_place,
                format!("task definition {name} has environment files and no execution role"),
            )
        }
    };
    verdict.reported_as("ResourceInitializationError")
}

fn may_read(
    overlay: &Overlay<'_>,
    launch: &Launch,
    actor: &Actor,
    region: &str,
    file: &Arn,
) -> Verdict {
    let bucket = file.resource().split('/').next().unwrap_or_default();
    let bucket = format!("arn:{}:s3:::{bucket}", file.partition());
    let context = context(overlay, region, None);
    let store = AwsService::new("s3", region);
    let asked = [
        ("s3:GetObject", file.as_str()),
        ("s3:GetBucketLocation", bucket.as_str()),
    ];
    Verdict::all(asked.map(|(action, resource)| {
        on_its_way(overlay, launch, &store, &context, |context| {
            actor.may(&Call {
                action,
                resource,
                policy: OnResource::None,
                context,
            })
        })
    }))
}

#[cfg(test)]
mod tests {
    use blastmap_model::kinds::{
        ecs_task_definition::{EcsTaskDefinition, EnvironmentFile},
        iam_role::IamRole,
    };
    use serde_json::{Value, json};

    use super::*;
    use crate::estate::{Estate, arn, iam, judged, told};

    fn estate(files: &[&str], document: Option<Value>) -> Estate {
        let files = files.iter().map(|file| EnvironmentFile {
            value: (*file).to_owned(),
            r#type: "s3".to_owned(),
        });
        let files = files.collect();
        let estate = Estate::new().vpc_with_nat().fargate_service();
        let estate =
            estate.with::<EcsTaskDefinition>(&arn("ecs", "task-definition/web:1"), |facts| {
                facts.container_definitions[0].environment_files = files;
            });
        match document {
            None => estate,
            Some(document) => estate.with::<IamRole>(&iam("role/web-execution"), |facts| {
                facts.role_policy_list[1].policy_document = document;
            }),
        }
    }

    #[test]
    fn the_execution_role_reads_the_files() {
        let allow = |object: &str| {
            Some(json!({"Statement": [
                {"Effect": "Allow", "Action": "s3:GetObject", "Resource": object},
                {"Effect": "Allow", "Action": "s3:GetBucketLocation", "Resource": "arn:aws:s3:::settings"},
            ]}))
        };
        let file: &[&str] = &["arn:aws:s3:::settings/web/prod.env"];
        let cases = [
            (estate(&[], None), "met"),
            (
                estate(file, None),
                "unmet: role web-execution may not s3:GetBucketLocation on arn:aws:s3:::settings",
            ),
            (estate(file, allow("arn:aws:s3:::settings/web/*")), "met"),
            (
                estate(file, allow("arn:aws:s3:::settings/api/*")),
                "unmet: role web-execution may not s3:GetObject on arn:aws:s3:::settings/web/prod.env",
            ),
        ];
        for (estate, expected) in cases {
            let snapshot = estate.snapshot();
            let told = told(&judged(
                &NEED,
                &Overlay::as_is(&snapshot),
                &arn("ecs", "service/main/web"),
            ));
            assert!(told.starts_with(expected), "{told}");
        }
    }
}
