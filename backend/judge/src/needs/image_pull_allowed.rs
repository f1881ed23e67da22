//! The role that pulls may pull each image of a private ECR registry.
//!
//! <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_execution_IAM_role.html>

use blastmap_graph::Overlay;
use blastmap_model::{Arn, Phase, kinds::ecr_repository::EcrRepository};

use super::{
    Need, Subject,
    parts::{Image, definition_name, home, host_actors, images},
    permission::{Actor, Call, OnResource, context},
    way::on_its_way,
};
use crate::{Host, Launch, Verdict, network::AwsService};

pub(super) const NEED: Need = Need {
    name: "image-pull-allowed",
    phase: Phase::Start,
    subject: Subject::Start(judge),
    documentation: "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_execution_IAM_role.html",
    sentence: "The execution role, or on instances without one the instance role, may pull each image from its ECR repository.",
};

/// The actions without which no layer comes.
const PULL: [&str; 2] = ["ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"];

fn judge(overlay: &Overlay<'_>, launch: &Launch) -> Verdict {
    let images = images(overlay, launch);
    if images.is_empty() {
        return Verdict::met();
    }
    let actors = match launch.execution_role_place(overlay) {
        Some(role) => Actor::of(overlay, role).map(|actor| vec![actor]),
        None if launch.execution_role().is_some() => {
            return Verdict::unknown(
                launch.definition_place,
                "check that the execution role may pull its images: the role is not known",
            );
        }
        None if launch.host == Host::Fargate => {
            let name = definition_name(overlay, launch);
            return Verdict::unmet(
                launch.definition_place,
                format!("task definition {name} has no execution role with which Fargate could pull from ECR"),
            )
            .reported_as("CannotPullContainerError");
        }
        None => match host_actors(overlay, launch) {
            Some(actors) => actors,
            None => return Verdict::met(),
        },
    };
    let actors = match actors {
        Ok(actors) => actors,
        Err(verdict) => return verdict.reported_as("CannotPullContainerError"),
    };
    let may_pull = |image: &Image<'_>| {
        Verdict::all(
            actors
                .iter()
                .map(|actor| may_pull(overlay, launch, actor, image)),
        )
    };
    Verdict::all(images.iter().map(may_pull)).reported_as("CannotPullContainerError")
}

fn may_pull(overlay: &Overlay<'_>, launch: &Launch, actor: &Actor, image: &Image<'_>) -> Verdict {
    let region = &image.source.region;
    let token = actor.may(&Call {
        action: "ecr:GetAuthorizationToken",
        resource: "*",
        policy: OnResource::None,
        context: &context(overlay, region, None),
    });
    let token = match launch.host {
        // The token is asked for before any image.
        Host::Fargate => token.reported_as("ResourceInitializationError"),
        Host::Ec2 | Host::External => token,
    };
    let Some(home) = home(overlay, launch) else {
        return token;
    };
    let resource = format!("repository/{}", image.source.repository);
    let Ok(arn) = Arn::new(
        home.partition(),
        "ecr",
        region,
        &image.source.account,
        &resource,
    ) else {
        return token;
    };
    let facts = image
        .repository
        .and_then(|place| overlay.facts::<EcrRepository>(place));
    let policy = match (image.repository, &facts) {
        (Some(place), Some(facts)) => {
            let policy = facts.repository_policy.as_ref();
            OnResource::of(overlay, place, policy, "repositoryPolicy")
        }
        // Across accounts its policy has to allow, which nobody here can read; in this account it seldom denies.
        _ if image.source.account != home.account() => OnResource::Unread,
        _ => OnResource::None,
    };
    let context = context(overlay, region, image.repository);
    let registry = AwsService::new("ecr.dkr", region);
    let pull = PULL.map(|action| {
        on_its_way(overlay, launch, &registry, &context, |context| {
            actor.may(&Call {
                action,
                resource: arn.as_str(),
                policy,
                context,
            })
        })
    });
    Verdict::all(std::iter::once(token).chain(pull))
}

#[cfg(test)]
mod tests {
    use blastmap_model::kinds::{
        ecs_task_definition::EcsTaskDefinition, iam_role::IamRole, resource_policy::ResourcePolicy,
    };
    use serde_json::json;

    use super::*;
    use crate::estate::{Estate, allow, arn, iam, judged, told};

    fn on_fargate() -> Estate {
        Estate::new().vpc_with_nat().fargate_service()
    }

    fn without_role(estate: Estate) -> Estate {
        estate.with::<EcsTaskDefinition>(&arn("ecs", "task-definition/web:1"), |facts| {
            facts.execution_role_arn = None;
        })
    }

    fn with_policy(document: serde_json::Value) -> Estate {
        on_fargate().with::<IamRole>(&iam("role/web-execution"), |facts| {
            facts.role_policy_list[0].policy_document = document;
        })
    }

    fn with_repository_policy(statement: serde_json::Value) -> impl Fn(Estate) -> Estate {
        move |estate| {
            estate.with::<EcrRepository>(&arn("ecr", "repository/web"), |facts| {
                facts.repository_policy = Some(ResourcePolicy::of(
                    json!({"Version": "2012-10-17", "Statement": [statement.clone()]}),
                ));
            })
        }
    }

    #[test]
    fn whoever_pulls_may_pull() {
        let on_ec2 = || Estate::new().vpc_with_nat().ec2_cluster().ec2_service();
        let pull_only = || {
            with_policy(allow(
                &["ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"],
                &["*"],
            ))
        };
        let token_only = || with_policy(allow(&["ecr:GetAuthorizationToken"], &["*"]));
        let to_role = json!({"Effect": "Allow", "Principal": {"AWS": iam("role/web-execution")}, "Action": "ecr:*"});
        let deny = json!({"Effect": "Deny", "Principal": "*", "Action": "ecr:BatchGetImage"});
        let by_tag = json!({"Version": "2012-10-17", "Statement": [{
            "Effect": "Allow", "Action": "ecr:*", "Resource": "*",
            "Condition": {"StringEquals": {"aws:PrincipalOrgID": "o-1"}},
        }]});
        let cases = [
            ("fargate", on_fargate(), "met", ""),
            ("instances with an execution role", on_ec2(), "met", ""),
            (
                "instances with their own role",
                without_role(on_ec2()),
                "met",
                "",
            ),
            (
                "no role at all",
                without_role(on_fargate()),
                "unmet",
                "has no execution role",
            ),
            (
                "no token",
                pull_only(),
                "unmet",
                "may not ecr:GetAuthorizationToken",
            ),
            (
                "no layers",
                token_only(),
                "unmet",
                "may not ecr:GetDownloadUrlForLayer on arn:aws:ecr:eu-west-1:123456789012:repository/web",
            ),
            (
                "the repository allows in their place",
                with_repository_policy(to_role)(token_only()),
                "met",
                "",
            ),
            (
                "the repository denies",
                with_repository_policy(deny)(on_fargate()),
                "unmet",
                "denies it",
            ),
            (
                "the role is gone",
                on_fargate().missing(&iam("role/web-execution")),
                "unmet",
                "role web-execution does not exist",
            ),
            (
                "the role is not readable",
                on_fargate().unreadable(&iam("role/web-execution")),
                "unknown",
                "check role web-execution",
            ),
            (
                "nobody knows the condition",
                with_policy(by_tag),
                "unknown",
                "aws:PrincipalOrgID",
            ),
            (
                "the instances' role lost it",
                without_role(on_ec2())
                    .with::<IamRole>(&iam("role/hosts"), |facts| facts.role_policy_list.clear()),
                "unmet",
                "role hosts may not ecr:BatchGetImage",
            ),
        ];
        for (name, estate, answer, reason) in cases {
            let snapshot = estate.snapshot();
            let overlay = Overlay::as_is(&snapshot);
            let told = told(&judged(&NEED, &overlay, &arn("ecs", "service/main/web")));
            assert!(
                told.starts_with(answer) && told.contains(reason),
                "{name}: {told}"
            );
        }
    }

    #[test]
    fn another_accounts_registry_has_to_agree() {
        let foreign =
            on_fargate().with::<EcsTaskDefinition>(&arn("ecs", "task-definition/web:1"), |facts| {
                facts.container_definitions[0].image =
                    "210987654321.dkr.ecr.eu-west-1.amazonaws.com/web:1.0".to_owned();
            });
        let snapshot = foreign.snapshot();
        let overlay = Overlay::as_is(&snapshot);
        let told = told(&judged(&NEED, &overlay, &arn("ecs", "service/main/web")));
        assert!(
            told.starts_with("unknown: check that role web-execution may"),
            "{told}"
        );
    }
}
