//! The policies of the endpoints on the way let through what a start calls.

use std::collections::BTreeSet;

use blastmap_graph::Overlay;
use blastmap_model::{
    Arn, Phase, ResourceIndex,
    kinds::{
        ecr_repository::parse_image, ecs_task_definition::EcsTaskDefinition, secret, ssm_parameter,
        vpc_endpoint::VpcEndpoint,
    },
};

use super::{
    Need, Subject,
    permission::{self, Actor, Call, OnResource},
};
use crate::{
    Launch, Verdict,
    iam::{self, Context, Policies, Policy, Principal, Request, ResourcePolicy},
    network::{AwsService, agent, calls, caught_by, source},
};

/// <https://docs.aws.amazon.com/vpc/latest/privatelink/vpc-endpoints-access.html>
pub(super) const NEED: Need = Need {
    name: "endpoint-policy-allows",
    phase: Phase::Start,
    subject: Subject::Start(judge),
    documentation: "https://docs.aws.amazon.com/vpc/latest/privatelink/vpc-endpoints-access.html",
    sentence: "The policies of the VPC endpoints that a start's calls pass let them through: ECR's, those for secrets and logs, and S3's for image layers.",
};

/// A call that ECS or Docker makes for the task.
struct AtStart {
    service: AwsService,
    action: &'static str,
    resource: String,
}

fn judge(overlay: &Overlay<'_>, launch: &Launch) -> Verdict {
    let Some(definition) = launch.definition.as_deref() else {
        return Verdict::met();
    };
    let seats = agent::seats(overlay, launch);
    let calls = calls_of(launch, definition);
    let actor = actor_of(overlay, launch);
    let mut parts = Vec::new();
    for call in &calls {
        let caught = seats
            .iter()
            .flat_map(|seat| caught_by(overlay, seat.subnet, &call.service));
        let endpoints: BTreeSet<ResourceIndex> = caught.collect();
        for endpoint in endpoints {
            parts.push(passes(overlay, endpoint, call, actor.as_ref()));
        }
    }
    Verdict::all(parts)
}

fn passes(
    overlay: &Overlay<'_>,
    endpoint: ResourceIndex,
    call: &AtStart,
    actor: Option<&Actor>,
) -> Verdict {
    let name = format!("endpoint {}", overlay.resource(endpoint).name);
    if overlay.is_unknown(endpoint, "PolicyDocument") {
        return Verdict::unknown(
            endpoint,
            format!(
                "check that the policy of {name}, known only after the change, allows {}",
                call.action
            ),
        );
    }
    let Some(facts) = overlay.facts::<VpcEndpoint>(endpoint) else {
        return Verdict::met();
    };
    // Without one, AWS's default lets everything through.
    if facts.policy_document.is_null() {
        return Verdict::met();
    }
    let error = match call.service.name {
        "s3" | "ecr.dkr" => "CannotPullContainerError",
        _ => "ResourceInitializationError",
    };
    let context = permission::context(overlay, &call.service.region, None);
    let context = source::through(overlay, endpoint, context);
    let verdict = match actor {
        // Layers come by links that ECR has signed, not as the role.
        _ if call.service.name == "s3" => as_ecr(endpoint, &name, &facts, call, &context),
        Some(actor) => actor.let_through(
            endpoint,
            &name,
            &facts.policy_document,
            &Call {
                action: call.action,
                resource: &call.resource,
                policy: OnResource::None,
                context: &context,
            },
        ),
        None => Verdict::met(),
    };
    verdict.reported_as(error)
}

/// <https://docs.aws.amazon.com/AmazonECR/latest/userguide/vpc-endpoints.html#ecr-minimum-s3-perms>
fn as_ecr(
    endpoint: ResourceIndex,
    name: &str,
    facts: &VpcEndpoint,
    call: &AtStart,
    context: &Context,
) -> Verdict {
    let policy = Policy::new(format!("the policy of {name}"), &facts.policy_document);
    let decision = iam::evaluate(
        &Request {
            principal: &Principal::Anonymous,
            action: call.action,
            resource: &call.resource,
            context,
        },
        &Policies {
            resource: ResourcePolicy::Required(&policy),
            ..Policies::default()
        },
    );
    let what = format!("{} on {}", call.action, call.resource);
    match decision.answer {
        iam::Answer::Allowed => Verdict::met(),
        iam::Answer::Denied => Verdict::unmet(
            endpoint,
            format!("the policy of {name} does not let everybody {what}, which holds ECR's layers"),
        ),
        iam::Answer::Unknown => Verdict::unknown(
            endpoint,
            format!(
                "check that the policy of {name} lets everybody {what}, which holds ECR's layers"
            ),
        ),
    }
}

/// As whom the agent calls: the execution role, or the host's where there is none.
fn actor_of(overlay: &Overlay<'_>, launch: &Launch) -> Option<Actor> {
    let own = launch.execution_role_place(overlay);
    let role = own.or_else(|| launch.host_roles(overlay).first().copied())?;
    Actor::of(overlay, role).ok()
}

fn calls_of(launch: &Launch, definition: &EcsTaskDefinition) -> Vec<AtStart> {
    let Ok(own) = Arn::parse(&definition.task_definition_arn) else {
        return Vec::new();
    };
    let mut all = Vec::new();
    let mut call = |name: &'static str, region: &str, action: &'static str, resource: String| {
        all.push(AtStart {
            service: AwsService::new(name, region),
            action,
            resource,
        });
    };
    for container in &definition.container_definitions {
        if let Some(image) = parse_image(&container.image) {
            let region = image.region.as_str();
            let repository = format!(
                "arn:{}:ecr:{region}:{}:repository/{}",
                own.partition(),
                image.account,
                image.repository
            );
            call(
                "ecr.api",
                region,
                "ecr:GetAuthorizationToken",
                "*".to_owned(),
            );
            call("ecr.dkr", region, "ecr:BatchGetImage", repository.clone());
            call("ecr.dkr", region, "ecr:GetDownloadUrlForLayer", repository);
            let layers = format!(
                "arn:{}:s3:::prod-{region}-starport-layer-bucket/layer",
                own.partition()
            );
            call("s3", region, "s3:GetObject", layers);
        }
        let log = container.log_configuration.as_ref();
        let of_logs = log.into_iter().flat_map(|log| &log.secret_options);
        let read = container
            .secrets
            .iter()
            .chain(of_logs)
            .map(|secret| &secret.value_from);
        let credentials = container.repository_credentials.iter();
        for value_from in read.chain(credentials.map(|own| &own.credentials_parameter)) {
            if let Some(arn) = secret::of_value_from(value_from).and_then(|id| id.arn()) {
                call(
                    "secretsmanager",
                    arn.region(),
                    "secretsmanager:GetSecretValue",
                    arn.to_string(),
                );
            } else if let Some(arn) =
                ssm_parameter::of_value_from(value_from, &own).and_then(|id| id.arn())
            {
                call("ssm", arn.region(), "ssm:GetParameters", arn.to_string());
            }
        }
        let Some(log) = log.filter(|log| log.log_driver == "awslogs") else {
            continue;
        };
        if let Some(group) = log.options.get("awslogs-group") {
            let region = log
                .options
                .get("awslogs-region")
                .map_or(own.region(), String::as_str);
            let group = format!(
                "arn:{}:logs:{region}:{}:log-group:{group}:log-stream:stream",
                own.partition(),
                own.account()
            );
            call("logs", region, "logs:CreateLogStream", group.clone());
            call("logs", region, "logs:PutLogEvents", group);
        }
    }
    // Calls that Fargate makes from elsewhere pass no endpoint.
    let reached: Vec<AwsService> = calls::registries(launch)
        .into_iter()
        .chain(calls::secrets(launch))
        .chain(calls::logs(launch))
        .collect();
    all.retain(|call| reached.contains(&call.service));
    all
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::{
        Answer,
        estate::{Estate, arn, ec2, gone, iam, patched, place, together, unknown},
    };

    fn policy(principal: &Value, action: &str, resource: &str) -> Value {
        json!({"Version": "2012-10-17", "Statement": [
            {"Effect": "Allow", "Principal": principal, "Action": action, "Resource": resource}
        ]})
    }

    #[test]
    fn policies_on_the_way_let_calls_through() {
        let snapshot = Estate::new()
            .isolated_vpc_with_endpoints()
            .fargate_service()
            .snapshot();
        let with = |id: &str, document: Value| {
            patched(&snapshot, &ec2(id), |facts: &mut VpcEndpoint| {
                facts.policy_document = document;
            })
        };
        let everybody = json!("*");
        let role = json!({"AWS": iam("role/web-execution")});
        let layers = "arn:aws:s3:::prod-eu-west-1-starport-layer-bucket/*";
        let own_vpce = json!({"Version": "2012-10-17", "Statement": [
            {"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*",
             "Condition": {"StringEquals": {"aws:SourceVpce": "vpce-ssm"}}}
        ]});
        let cases = [
            ("healthy", together([]), Answer::Met, ""),
            ("default", with("vpce-ssm", Value::Null), Answer::Met, ""),
            (
                "the action alone",
                with("vpce-ssm", policy(&everybody, "ssm:GetParameters", "*")),
                Answer::Met,
                "",
            ),
            (
                "another action",
                with("vpce-ssm", policy(&everybody, "ssm:GetParameter", "*")),
                Answer::Unmet,
                "ssm:GetParameters",
            ),
            (
                "another resource",
                with(
                    "vpce-ssm",
                    policy(&everybody, "ssm:*", &arn("ssm", "parameter/dev/*")),
                ),
                Answer::Unmet,
                "endpoint ssm",
            ),
            (
                "the role alone",
                with("vpce-ssm", policy(&role, "ssm:*", "*")),
                Answer::Met,
                "",
            ),
            (
                "another role alone",
                with(
                    "vpce-ssm",
                    policy(&json!({"AWS": iam("role/other")}), "ssm:*", "*"),
                ),
                Answer::Unmet,
                "endpoint ssm",
            ),
            (
                "on condition of itself",
                with("vpce-ssm", own_vpce),
                Answer::Met,
                "",
            ),
            (
                "layers alone",
                with("vpce-s3", policy(&everybody, "s3:GetObject", layers)),
                Answer::Met,
                "",
            ),
            (
                "other buckets alone",
                with("vpce-s3", policy(&everybody, "s3:*", "arn:aws:s3:::web/*")),
                Answer::Unmet,
                "starport-layer-bucket",
            ),
            (
                "layers for the role alone",
                with("vpce-s3", policy(&role, "s3:*", "*")),
                Answer::Unmet,
                "starport-layer-bucket",
            ),
            (
                "token but no images",
                with(
                    "vpce-ecr-dkr",
                    policy(&everybody, "ecr:GetAuthorizationToken", "*"),
                ),
                Answer::Unmet,
                "ecr:BatchGetImage",
            ),
            (
                "no logs",
                with("vpce-logs", policy(&everybody, "logs:Describe*", "*")),
                Answer::Unmet,
                "logs:CreateLogStream",
            ),
            (
                "not known yet",
                unknown(with("vpce-ssm", Value::Null), &["PolicyDocument"]),
                Answer::Unknown,
                "check that the policy of endpoint ssm",
            ),
            (
                "the endpoint goes: another need says so",
                gone(&ec2("vpce-ssm")),
                Answer::Met,
                "",
            ),
        ];
        for (case, edits, expected, why) in cases {
            let overlay = Overlay::with(&snapshot, &edits);
            let service = place(&overlay, &arn("ecs", "service/main/web"));
            let launches = Launch::of(&overlay, service);
            let verdict = Verdict::all(launches.iter().map(|launch| judge(&overlay, launch)));
            assert_eq!(verdict.answer, expected, "{case}: {verdict:?}");
            let said = verdict
                .reasons
                .iter()
                .any(|reason| reason.text.contains(why));
            assert!(said || why.is_empty(), "{case}: {verdict:?}");
        }
    }

    #[test]
    fn an_endpoint_that_is_not_on_the_way_is_not_asked() {
        let snapshot = Estate::new().vpc_with_nat().fargate_service().snapshot();
        let overlay = Overlay::as_is(&snapshot);
        let service = place(&overlay, &arn("ecs", "service/main/web"));
        for launch in Launch::of(&overlay, service) {
            assert!(judge(&overlay, &launch).is_met());
        }
    }
}
