//! The execution role may read each secret and parameter, and decrypt with its key.
//!
//! <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_execution_IAM_role.html#task-execution-secrets>

use blastmap_graph::Overlay;
use blastmap_model::{
    Arn, Phase, Presence, ResourceIndex, ResourceKind,
    kinds::{kms_key::KmsKey, secret::Secret},
};
use serde_json::{Value, json};

use super::{
    Need, Subject,
    key::key_of,
    keys_usable::is_encrypted,
    parts::{SecretRead, definition_name, secrets},
    permission::{Actor, Call, OnResource, context},
    way::on_its_way,
};
use crate::{Launch, Verdict, iam, network::AwsService};

pub(super) const NEED: Need = Need {
    name: "secrets-allowed",
    phase: Phase::Start,
    subject: Subject::Start(judge),
    documentation: "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_execution_IAM_role.html#task-execution-secrets",
    sentence: "The execution role may read each secret and parameter, and decrypt it where a key of the customer's encrypts it.",
};

fn judge(overlay: &Overlay<'_>, launch: &Launch) -> Verdict {
    let reads = secrets(overlay, launch);
    if reads.is_empty() {
        return Verdict::met();
    }
    let verdict = match launch
        .execution_role_place(overlay)
        .map(|role| Actor::of(overlay, role))
    {
        Some(Ok(actor)) => Verdict::all(
            reads
                .iter()
                .map(|read| may_read(overlay, launch, &actor, read)),
        ),
        Some(Err(verdict)) => verdict,
        None if launch.execution_role().is_some() => Verdict::unknown(
            launch.definition_place,
            "check that the execution role may read the secrets: the role is not known",
        ),
        None => {
            let name = definition_name(overlay, launch);
            Verdict::unmet(
                launch.definition_place,
                format!("task definition {name} reads secrets and has no execution role"),
            )
        }
    };
    verdict.reported_as("ResourceInitializationError")
}

fn may_read(overlay: &Overlay<'_>, launch: &Launch, actor: &Actor, read: &SecretRead) -> Verdict {
    let there = read.place.filter(|place| overlay.is_there(*place));
    let arn = arn_of(overlay, read);
    let Some(arn) = arn else {
        return Verdict::met();
    };
    let region = arn.region();
    let context = context(overlay, region, there);
    let may = |service, action, resource: &str, policy: OnResource<'_>| {
        let service = AwsService::new(service, region);
        on_its_way(overlay, launch, &service, &context, |context| {
            actor.may(&Call {
                action,
                resource,
                policy,
                context,
            })
        })
    };
    let mut parts = Vec::new();
    if let Some(parameter) = &read.by_parameter {
        parts.push(may(
            "ssm",
            "ssm:GetParameters",
            parameter.as_str(),
            OnResource::None,
        ));
    }
    if read.kind == ResourceKind::Secret {
        let facts = there.and_then(|place| overlay.facts::<Secret>(place));
        let policy = match (there, &facts) {
            (Some(place), Some(facts)) => OnResource::of(
                overlay,
                place,
                facts.resource_policy.as_ref(),
                "ResourcePolicy",
            ),
            // What does not exist is another need's; what was not read may have a policy.
            _ if is_missing(overlay, read) => OnResource::None,
            _ => OnResource::Unread,
        };
        let action = "secretsmanager:GetSecretValue";
        parts.push(may("secretsmanager", action, arn.as_str(), policy));
    } else {
        parts.push(may(
            "ssm",
            "ssm:GetParameters",
            arn.as_str(),
            OnResource::None,
        ));
    }
    let encrypted = there.filter(|place| is_encrypted(overlay, *place));
    if let Some(key) = encrypted.and_then(|place| key_of(overlay, place)) {
        parts.push(may_decrypt(overlay, actor, key, read.kind, &arn));
    }
    Verdict::all(parts)
}

fn is_missing(overlay: &Overlay<'_>, read: &SecretRead) -> bool {
    read.place
        .is_some_and(|place| overlay.resource(place).presence == Presence::Missing)
}

/// The ARN by which AWS asks: in full where it is known, else with six characters in the place of those that AWS will add.
fn arn_of(overlay: &Overlay<'_>, read: &SecretRead) -> Option<Arn> {
    let live = read
        .place
        .and_then(|place| overlay.resource(place).id.arn());
    if live.is_some() {
        return live;
    }
    let named = read.id.arn()?;
    if read.kind != ResourceKind::Secret {
        return Some(named);
    }
    named
        .sibling("secretsmanager", &format!("{}-??????", named.resource()))
        .ok()
}

/// Secrets Manager and Parameter Store decrypt for the role: it needs the permission of its own policies and of the key's.
///
/// <https://docs.aws.amazon.com/secretsmanager/latest/userguide/security-encryption.html>
/// <https://docs.aws.amazon.com/kms/latest/developerguide/services-parameter-store.html>
fn may_decrypt(
    overlay: &Overlay<'_>,
    actor: &Actor,
    key: ResourceIndex,
    kind: ResourceKind,
    of: &Arn,
) -> Verdict {
    let resource = overlay.resource(key);
    if resource.presence == Presence::Missing {
        // That is the key's need, not the role's.
        return Verdict::met();
    }
    let region = of.region();
    let (service, about) = match kind {
        ResourceKind::Secret => ("secretsmanager", "SecretARN"),
        _ => ("ssm", "PARAMETER_ARN"),
    };
    let own_context = context(overlay, region, Some(key))
        .known(
            "kms:ViaService",
            &format!("{service}.{region}.amazonaws.com"),
        )
        .known("kms:CallerAccount", of.account())
        .known(&format!("kms:EncryptionContext:{about}"), of.as_str())
        .known("aws:ViaAWSService", "true")
        .absent("kms:GrantOperations");
    let facts = overlay.facts::<KmsKey>(key);
    let read = facts.as_ref().and_then(|facts| facts.policy.as_ref());
    let document = read
        .filter(|policy| policy.read)
        .and_then(|policy| policy.document());
    let default;
    let policy = match document {
        _ if overlay.is_unknown(key, "Policy") => OnResource::Unread,
        Some(document) => OnResource::Required(document),
        None if resource.presence == Presence::Planned => {
            default = default_policy(of.partition(), &resource.account);
            OnResource::Required(&default)
        }
        None => OnResource::Unread,
    };
    let arn = resource.id.arn().map_or_else(
        || {
            let (partition, account) = (of.partition(), &resource.account);
            format!("arn:{partition}:kms:{region}:{account}:key/*")
        },
        |arn| arn.to_string(),
    );
    let call = Call {
        action: "kms:Decrypt",
        resource: &arn,
        policy,
        context: &own_context,
    };
    let decision = actor.decide(&call);
    let verdict = actor.verdict(&decision, &call);
    // Where the role's own policies are in order, it rests on the key's.
    let by_itself = actor.decide(&Call {
        policy: OnResource::None,
        ..call
    });
    let mut verdict = verdict;
    if by_itself.answer == iam::Answer::Allowed {
        for reason in &mut verdict.reasons {
            reason.about = Some(key);
        }
    }
    verdict
}

/// The policy of a key that was given none: the account's identity policies decide.
///
/// <https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html>
fn default_policy(partition: &str, account: &str) -> Value {
    json!({"Version": "2012-10-17", "Statement": [{
        "Effect": "Allow",
        "Principal": {"AWS": format!("arn:{partition}:iam::{account}:root")},
        "Action": "kms:*",
        "Resource": "*",
    }]})
}

#[cfg(test)]
mod tests {
    use blastmap_model::kinds::{
        ecs_task_definition::EcsTaskDefinition,
        iam_role::{IamRole, InlinePolicy},
        resource_policy::ResourcePolicy,
        ssm_parameter::SsmParameter,
    };

    use super::*;
    use crate::estate::{Estate, allow, arn, iam, judged, told};

    fn estate() -> Estate {
        Estate::new().vpc_with_nat().fargate_service()
    }

    fn reads(actions: &[&str]) -> Estate {
        let document = allow(actions, &["*"]);
        estate().with::<IamRole>(&iam("role/web-execution"), |facts| {
            facts.role_policy_list[1].policy_document = document;
        })
    }

    fn with_secret_policy(document: Option<Value>) -> Estate {
        estate().with::<Secret>(&arn("secretsmanager", "secret:prod/db-a1B2c3"), |facts| {
            facts.resource_policy = document.map(ResourcePolicy::of);
        })
    }

    /// The secret, or the parameter, is encrypted with a key that has this policy.
    fn with_key(parameter: bool, policy: Option<Value>) -> Estate {
        let key = KmsKey {
            arn: arn("kms", "key/1"),
            key_id: "1".to_owned(),
            aliases: vec!["alias/web".to_owned()],
            key_state: Some("Enabled".to_owned()),
            key_manager: Some("CUSTOMER".to_owned()),
            policy: policy.map(ResourcePolicy::of),
            ..KmsKey::default()
        };
        let estate = estate().put(&arn("kms", "key/1"), &key);
        if parameter {
            estate.with::<SsmParameter>(&arn("ssm", "parameter/prod/url"), |facts| {
                facts.r#type = Some("SecureString".to_owned());
                facts.key_id = Some("alias/web".to_owned());
            })
        } else {
            estate.with::<Secret>(&arn("secretsmanager", "secret:prod/db-a1B2c3"), |facts| {
                facts.kms_key_id = Some(arn("kms", "key/1"));
            })
        }
    }

    fn may_decrypt(estate: Estate, condition: Option<Value>) -> Estate {
        let mut document = allow(&["kms:Decrypt"], &[&arn("kms", "key/1")]);
        if let Some(condition) = condition {
            document["Statement"][0]["Condition"] = condition;
        }
        estate.with::<IamRole>(&iam("role/web-execution"), |facts| {
            facts.role_policy_list.push(InlinePolicy {
                policy_name: "decrypt".to_owned(),
                policy_document: document,
            });
        })
    }

    #[test]
    fn the_execution_role_may_read() {
        let root = || Some(default_policy("aws", "123456789012"));
        let named = |role: &str| {
            Some(
                json!({"Statement": [{"Effect": "Allow", "Principal": {"AWS": iam(&format!("role/{role}"))}, "Action": "kms:Decrypt", "Resource": "*"}]}),
            )
        };
        let deny = json!({"Statement": [{"Effect": "Deny", "Principal": "*", "Action": "secretsmanager:*", "Resource": "*"}]});
        let grant = json!({"Statement": [{"Effect": "Allow", "Principal": {"AWS": iam("role/web-execution")}, "Action": "secretsmanager:GetSecretValue", "Resource": "*"}]});
        let via = |service: &str| {
            Some(
                json!({"StringEquals": {"kms:ViaService": format!("{service}.eu-west-1.amazonaws.com")}}),
            )
        };
        let cases = [
            ("as it is", estate(), "met", ""),
            (
                "no parameters",
                reads(&["secretsmanager:GetSecretValue"]),
                "unmet",
                "may not ssm:GetParameters on arn:aws:ssm:eu-west-1:123456789012:parameter/prod/url",
            ),
            (
                "the singular is another action",
                reads(&["secretsmanager:GetSecretValue", "ssm:GetParameter"]),
                "unmet",
                "ssm:GetParameters",
            ),
            (
                "no secrets",
                reads(&["ssm:GetParameters"]),
                "unmet",
                "may not secretsmanager:GetSecretValue",
            ),
            (
                "the secret denies",
                with_secret_policy(Some(deny)),
                "unmet",
                "denies it",
            ),
            (
                "the secret's policy was not read",
                with_secret_policy(None),
                "unknown",
                "check that role web-execution may secretsmanager:GetSecretValue",
            ),
            (
                "the secret itself allows",
                reads(&["ssm:GetParameters"]).with::<Secret>(
                    &arn("secretsmanager", "secret:prod/db-a1B2c3"),
                    |facts| {
                        facts.resource_policy = Some(ResourcePolicy::of(grant));
                    },
                ),
                "met",
                "",
            ),
            (
                "no execution role",
                estate().with::<EcsTaskDefinition>(&arn("ecs", "task-definition/web:1"), |facts| {
                    facts.execution_role_arn = None;
                }),
                "unmet",
                "has no execution role",
            ),
            (
                "a key, nothing allowed",
                with_key(false, root()),
                "unmet",
                "may not kms:Decrypt on arn:aws:kms:eu-west-1:123456789012:key/1",
            ),
            (
                "a key that hands on",
                may_decrypt(with_key(false, root()), None),
                "met",
                "",
            ),
            (
                "a parameter's key",
                may_decrypt(with_key(true, root()), None),
                "met",
                "",
            ),
            (
                "by the right service",
                may_decrypt(with_key(true, root()), via("ssm")),
                "met",
                "",
            ),
            (
                "by another service",
                may_decrypt(with_key(false, root()), via("ssm")),
                "unmet",
                "kms:Decrypt",
            ),
            (
                "the key names the role",
                with_key(false, named("web-execution")),
                "met",
                "",
            ),
            (
                "the key names another",
                may_decrypt(with_key(false, named("other")), None),
                "unmet",
                "kms:Decrypt",
            ),
            (
                "the key's policy was not read",
                may_decrypt(with_key(false, None), None),
                "unknown",
                "check that role web-execution may kms:Decrypt",
            ),
            (
                "a plain parameter needs no key",
                estate().with::<SsmParameter>(&arn("ssm", "parameter/prod/url"), |facts| {
                    facts.key_id = Some("alias/web".to_owned());
                }),
                "met",
                "",
            ),
        ];
        for (name, estate, answer, reason) in cases {
            let snapshot = estate.snapshot();
            let told = told(&judged(
                &NEED,
                &Overlay::as_is(&snapshot),
                &arn("ecs", "service/main/web"),
            ));
            assert!(
                told.starts_with(answer) && told.contains(reason),
                "{name}: {told}"
            );
        }
    }
}
