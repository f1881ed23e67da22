//! What to do about a need that is not met any more.

/// What a reviewer can do, by the need's name.
pub(super) fn of(need: &str) -> &'static str {
    REMEDIES.iter().find(|(own, _)| *own == need).map_or(
        "Leave this part out of the change, or make what hangs on it ready first.",
        |(_, remedy)| remedy,
    )
}

const REMEDIES: &[(&str, &str)] = &[
    (
        "definition-usable",
        "Register the revision anew, or point the rule, schedule or service at a revision that is ACTIVE.",
    ),
    (
        "fargate-size",
        "Choose a CPU and memory pair of AWS's table.",
    ),
    (
        "capacity-provider-usable",
        "Keep the capacity provider associated with the cluster until nothing uses it, or move the services first.",
    ),
    (
        "instance-room",
        "Make room first: larger or more instances, or a smaller task; or roll with a minimumHealthyPercent below 100.",
    ),
    (
        "network-exists",
        "Keep the subnet and the security group until nothing is placed there, or move the service first.",
    ),
    (
        "subnet-addresses",
        "Give the service another subnet or a larger one before its count is raised.",
    ),
    (
        "service-stays",
        "Make the new service under another name and move over before the old one goes, or change what can be changed in place.",
    ),
    (
        "granted-resource-there",
        "Ask whoever owns the containers whether they use it, and take the permission away first.",
    ),
    (
        "fargate-zone",
        "Take a subnet in a zone that AWS lists for Fargate.",
    ),
    (
        "volumes-attached",
        "Keep the infrastructure role with its trust in ecs.amazonaws.com and AWS's policy AmazonECSInfrastructureRolePolicyForVolumes, and its key enabled.",
    ),
    (
        "image-exists",
        "Push the image first, or name a tag or digest that is there.",
    ),
    (
        "image-kept",
        "Look at the preview of the lifecycle policy, and let a rule of higher priority keep what is in use.",
    ),
    (
        "image-platform",
        "Build the image for the platform that the task asks for, or change runtimePlatform.",
    ),
    (
        "image-pull-allowed",
        "Keep ecr:GetAuthorizationToken, ecr:BatchGetImage and ecr:GetDownloadUrlForLayer in the execution role.",
    ),
    (
        "registry-reachable",
        "Keep a way to the registry: its endpoints and S3's, or a route through NAT; and let HTTPS through on it.",
    ),
    (
        "secrets-exist",
        "Take the reference out of the task definition and roll the services before the parameter or secret is deleted.",
    ),
    (
        "secrets-allowed",
        "Keep the permission to read it, and to decrypt with its key, in the execution role and in the key's policy.",
    ),
    (
        "keys-usable",
        "Keep the key enabled until nothing is encrypted with it that a task reads.",
    ),
    (
        "secrets-reachable",
        "Keep a way to Systems Manager or Secrets Manager: an endpoint, or a route through NAT.",
    ),
    (
        "roles-assumable",
        "Keep the role, and let ecs-tasks.amazonaws.com assume it.",
    ),
    (
        "log-group-exists",
        "Keep the log group, or let the driver create it: awslogs-create-group and logs:CreateLogGroup.",
    ),
    (
        "logs-allowed",
        "Keep logs:CreateLogStream and logs:PutLogEvents on the log group.",
    ),
    (
        "logs-reachable",
        "Keep a way to CloudWatch Logs: its endpoint, or a route through NAT.",
    ),
    (
        "environment-files-exist",
        "Take the environment file out of the task definition and roll the services before it is deleted.",
    ),
    (
        "environment-files-allowed",
        "Keep s3:GetObject on the environment file in the execution role.",
    ),
    (
        "endpoint-policy-allows",
        "Let the endpoint's policy allow these calls to the roles that make them.",
    ),
    (
        "volumes-there",
        "Keep the file system and a mount target as long as tasks run that mount it.",
    ),
    (
        "volumes-reachable",
        "Keep the file system, a mount target in each zone, and NFS (2049) open between the groups.",
    ),
    (
        "discovery-exists",
        "Keep the Cloud Map service until no service registers in it.",
    ),
    (
        "new-targets-healthy",
        "Let the balancer's health checks reach the port on which new tasks listen.",
    ),
    (
        "task-role-usable",
        "Keep the task role, and let ecs-tasks.amazonaws.com assume it, as long as tasks run with it.",
    ),
    (
        "task-role-permissions",
        "Ask the owner whether the containers use these permissions before they are taken away.",
    ),
    (
        "queue-access",
        "Ask the owner what the containers do with the queue, and keep what they need in its policy.",
    ),
    (
        "host-active",
        "Drain the instance first, and wait until its tasks run elsewhere.",
    ),
    (
        "endpoint-serves",
        "Let the endpoint's security groups admit HTTPS from its clients; or move them off it first.",
    ),
    (
        "mount-target-serves",
        "Let the mount target's security groups admit NFS (2049) from its clients.",
    ),
    (
        "access-point-serves",
        "Keep the access point until no task definition mounts it.",
    ),
    (
        "group-forwarded-to",
        "Keep a rule that forwards to the target group, or move its traffic first.",
    ),
    (
        "targets-healthy",
        "Keep the port and the health check's port open from the balancer to the targets, and mapped by a container.",
    ),
    (
        "rule-reached",
        "Give the new rule narrower conditions, or a later priority than the rules that it would hide.",
    ),
    (
        "group-has-targets",
        "Register targets in the group before a rule gives it all the weight.",
    ),
    (
        "requests-unchanged",
        "Make sure that the service can answer these requests before they are sent to it.",
    ),
    (
        "balancer-zones",
        "Keep the balancer's subnets in every zone in which targets run.",
    ),
    (
        "web-acl-lets-in",
        "Let the web ACL count for a while what it is to block, before it blocks.",
    ),
    (
        "targets-within-quota",
        "Ask Service Quotas for more targets per target group first, or spread the tasks over several groups.",
    ),
    (
        "rules-within-quota",
        "Ask Service Quotas for more rules per application load balancer first, or use a second balancer.",
    ),
    (
        "certificates-valid",
        "Give the listener a certificate that is issued for its names before clients turn away.",
    ),
    (
        "room-to-roll",
        "Raise maximumPercent or lower minimumHealthyPercent, so that a task can be stopped or started; or make room.",
    ),
    (
        "drain-can-finish",
        "Make room on other instances, or loosen the deployment's bounds, before the instance is drained.",
    ),
    (
        "deployment-alarms",
        "Take the alarm out of the service's deployment configuration before it is deleted, or make it first.",
    ),
    (
        "capacity-lowered",
        "Make sure that fewer tasks carry the load at the peak, or keep the count.",
    ),
    (
        "service-ends",
        "Make sure that nobody needs it any more: who calls it, what it works off, and who is called when it is gone.",
    ),
    (
        "name-leads-away",
        "Make sure that nobody asks for this name any more, or that what it leads to now can answer.",
    ),
    (
        "messages-end",
        "Make sure that the messages are not needed any more, or that another way brings them before this one ends.",
    ),
    (
        "alarm-silenced",
        "Make sure that another alarm watches it, or keep this one.",
    ),
    (
        "scaling-policies-fewer",
        "Make sure that what is left scales out and in when it has to.",
    ),
    (
        "desired-count",
        "Keep a desired count of at least one, or move the traffic first.",
    ),
    (
        "scales",
        "Keep the scalable target and a policy, or set the count by hand for the peak.",
    ),
    (
        "target-can-act",
        "Keep the service and a policy of the scalable target, or delete the target with them.",
    ),
    (
        "policy-can-act",
        "Keep the scalable target, the alarms and the metric's source of the policy.",
    ),
    (
        "launch-template-exists",
        "Keep the launch template in the version that the group names, or point the group at another first.",
    ),
    (
        "schedule-enabled",
        "Leave it enabled, or make sure that nobody waits for its runs.",
    ),
    ("schedule-cluster", "Point it at a cluster that is there."),
    (
        "schedule-role",
        "Keep ecs:RunTask and iam:PassRole on both roles of the task definition in its role.",
    ),
    (
        "exists",
        "Keep what it belongs to, or delete it knowingly as well.",
    ),
];

#[cfg(test)]
mod tests {
    use super::REMEDIES;
    use crate::needs;

    #[test]
    fn every_need_has_one() {
        for need in needs::ALL {
            assert!(
                REMEDIES.iter().any(|(name, _)| *name == need.name),
                "{}",
                need.name
            );
        }
    }
}
