//! The EBS volumes that a service has made for its tasks can be made and attached.
//!
//! <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/troubleshoot-ebs-volumes-scenarios.html>

use blastmap_graph::Overlay;
use blastmap_model::{
    Phase,
    kinds::ecs_service::{EcsService, ManagedEbsVolume},
};

use super::{
    Need, Subject,
    key::{key_of, usable},
    permission::{Actor, Call, OnResource, assumable, context, role_named},
};
use crate::{Launch, Verdict};

pub(super) const NEED: Need = Need {
    name: "volumes-attached",
    phase: Phase::Start,
    subject: Subject::Start(judge),
    documentation: "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/infrastructure_IAM_role.html",
    sentence: "The infrastructure role of the service's EBS volumes exists, trusts ecs.amazonaws.com and may make and attach them, and the key that encrypts them is enabled.",
};

fn judge(overlay: &Overlay<'_>, launch: &Launch) -> Verdict {
    let Some(facts) = overlay.facts::<EcsService>(launch.subject) else {
        return Verdict::met();
    };
    let volumes = facts
        .newest_deployment()
        .into_iter()
        .flat_map(|newest| &newest.volume_configurations);
    let volumes = volumes.filter_map(|own| Some((&own.name, own.managed_ebs_volume.as_ref()?)));
    Verdict::all(volumes.map(|(name, volume)| can_be_made(overlay, launch, name, volume)))
        .reported_as("TaskFailedToStart: EBS volume attachment failed")
}

fn can_be_made(
    overlay: &Overlay<'_>,
    launch: &Launch,
    name: &str,
    volume: &ManagedEbsVolume,
) -> Verdict {
    let service = &overlay.resource(launch.subject).name;
    let key = key_of(overlay, launch.subject).filter(|_| volume.kms_key_id.is_some());
    let key = key.map(|key| usable(overlay, key, &format!("volume {name} of {service}")));
    let Some(role) = volume.role_arn.as_deref() else {
        return Verdict::all(key);
    };
    let Some(role) = role_named(overlay, launch.subject, role) else {
        return Verdict::unknown(
            launch.subject,
            format!("check the infrastructure role of volume {name} of {service}: it was not read"),
        );
    };
    let actor = match Actor::of(overlay, role) {
        Ok(actor) => actor,
        Err(verdict) => return verdict,
    };
    let resource = overlay.resource(launch.subject);
    let (region, account) = (&resource.region, &resource.account);
    let own = resource.own_arn();
    let partition = own.as_ref().map_or("aws", |own| own.partition());
    let source = format!("arn:{partition}:ecs:{region}:{account}:*");
    let trusted = assumable(overlay, role, "ecs.amazonaws.com", account, &source);
    let may = may_make_and_attach(overlay, launch, &actor, partition);
    Verdict::all([trusted, may].into_iter().chain(key))
}

/// ECS tags the volumes that it makes, and AWS's managed policy allows no others.
///
/// <https://docs.aws.amazon.com/aws-managed-policy/latest/reference/AmazonECSInfrastructureRolePolicyForVolumes.html>
fn may_make_and_attach(
    overlay: &Overlay<'_>,
    launch: &Launch,
    actor: &Actor,
    partition: &str,
) -> Verdict {
    let resource = overlay.resource(launch.subject);
    let (region, account) = (&resource.region, &resource.account);
    let cluster = launch.cluster.map_or_else(
        || "*".to_owned(),
        |place| overlay.resource(place).name.to_string(),
    );
    let task = format!("arn:{partition}:ecs:{region}:{account}:task/{cluster}/*");
    let context = context(overlay, region, None)
        .known("aws:RequestTag/AmazonECSManaged", "true")
        .known("aws:ResourceTag/AmazonECSManaged", "true")
        .matching("aws:RequestTag/AmazonECSCreated", &task)
        .matching("aws:ResourceTag/AmazonECSCreated", &task);
    let volume = format!("arn:{partition}:ec2:{region}:{account}:volume/vol-new");
    Verdict::all(["ec2:CreateVolume", "ec2:AttachVolume"].map(|action| {
        actor.may(&Call {
            action,
            resource: &volume,
            policy: OnResource::None,
            context: &context,
        })
    }))
}

#[cfg(test)]
mod tests {
    use blastmap_model::{
        Edits,
        kinds::{
            ecs_service::{Deployment, VolumeConfiguration},
            iam_role::IamRole,
            kms_key::KmsKey,
        },
    };
    use serde_json::json;

    use super::*;
    use crate::estate::{Estate, allow, arn, gone, iam, judged, patched, role, told, trust};

    fn estate() -> Estate {
        let volume = VolumeConfiguration {
            name: "data".to_owned(),
            managed_ebs_volume: Some(ManagedEbsVolume {
                role_arn: Some(iam("role/volumes")),
                kms_key_id: Some(arn("kms", "key/1")),
                ..ManagedEbsVolume::default()
            }),
        };
        let key = KmsKey {
            arn: arn("kms", "key/1"),
            key_id: "1".to_owned(),
            key_state: Some("Enabled".to_owned()),
            key_manager: Some("CUSTOMER".to_owned()),
            ..KmsKey::default()
        };
        let policy = json!({"Version": "2012-10-17", "Statement": [
            {"Effect": "Allow", "Action": "ec2:CreateVolume", "Resource": "arn:aws:ec2:*:*:volume/*",
             "Condition": {"ArnLike": {"aws:RequestTag/AmazonECSCreated": "arn:aws:ecs:*:*:task/*"},
                           "StringEquals": {"aws:RequestTag/AmazonECSManaged": "true"}}},
            {"Effect": "Allow", "Action": "ec2:AttachVolume", "Resource": "arn:aws:ec2:*:*:volume/*",
             "Condition": {"StringEquals": {"aws:ResourceTag/AmazonECSManaged": "true"}}},
        ]});
        Estate::new()
            .vpc_with_nat()
            .fargate_service()
            .with::<EcsService>(&arn("ecs", "service/main/web"), |facts| {
                facts.deployments = vec![Deployment {
                    status: Some("PRIMARY".to_owned()),
                    volume_configurations: vec![volume],
                    ..Deployment::default()
                }];
            })
            .put(
                &iam("role/volumes"),
                &role("volumes", "ecs.amazonaws.com", &[("volumes", policy)]),
            )
            .put(&arn("kms", "key/1"), &key)
    }

    #[test]
    fn ecs_makes_and_attaches_them() {
        let trusting = |service: &str| {
            let document = trust(service);
            patched::<IamRole>(&estate().snapshot(), &iam("role/volumes"), |facts| {
                facts.assume_role_policy_document = document;
            })
        };
        let may = |actions: &[&str]| {
            let document = allow(actions, &["*"]);
            patched::<IamRole>(&estate().snapshot(), &iam("role/volumes"), |facts| {
                facts.role_policy_list[0].policy_document = document;
            })
        };
        let disabled = patched::<KmsKey>(&estate().snapshot(), &arn("kms", "key/1"), |facts| {
            facts.key_state = Some("Disabled".to_owned());
        });
        let error = "(TaskFailedToStart: EBS volume attachment failed)";
        let cases = [
            (Edits::default(), "met".to_owned()),
            (may(&["ec2:*"]), "met".to_owned()),
            (
                may(&["ec2:CreateVolume"]),
                format!(
                    "unmet: role volumes may not ec2:AttachVolume on arn:aws:ec2:eu-west-1:123456789012:volume/vol-new: nothing in the identity policies allows it {error}"
                ),
            ),
            (
                trusting("ecs-tasks.amazonaws.com"),
                format!(
                    "unmet: the trust policy of role volumes does not let ecs.amazonaws.com assume it {error}"
                ),
            ),
            (
                gone(&iam("role/volumes")),
                format!("unmet: role volumes does not exist {error}"),
            ),
            (
                disabled,
                format!("unmet: key 1, which encrypts volume data of web, is disabled {error}"),
            ),
        ];
        for (edits, expected) in cases {
            let snapshot = estate().snapshot();
            let overlay = Overlay::with(&snapshot, &edits);
            let verdict = judged(&NEED, &overlay, &arn("ecs", "service/main/web"));
            assert_eq!(told(&verdict), expected);
        }
    }
}
