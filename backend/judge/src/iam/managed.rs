//! Policies that AWS manages and that ECS estates use, for where they could not be read.
//!
//! <https://docs.aws.amazon.com/aws-managed-policy/latest/reference/policy-list.html>

use serde_json::{Value, json};

/// A policy of AWS as its page has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ManagedPolicy {
    pub document: Value,
    pub extent: Extent,
}

/// AWS adds to its policies and takes nothing from them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Extent {
    /// The default version of its page.
    Whole,
    /// AWS has added to it since, or does so often.
    AtLeast,
}

/// Whether an ARN is one of a policy that AWS manages.
pub(super) fn is_aws_managed(arn: &str) -> bool {
    arn.split(':').nth(4) == Some("aws") && arn.contains(":policy/")
}

/// AWS's policies allow, but for those whose purpose is to deny.
pub(super) fn may_deny(arn: &str) -> bool {
    let name = arn.rsplit('/').next().unwrap_or_default();
    !is_aws_managed(arn) || name.contains("Deny") || name.contains("Quarantine")
}

/// What is known of a policy that AWS manages.
pub fn managed_policy(arn: &str) -> Option<ManagedPolicy> {
    let name = arn.strip_prefix("arn:aws:iam::aws:policy/")?;
    let (extent, statements) = match name {
        "AdministratorAccess" => (
            Extent::Whole,
            json!([{ "Effect": "Allow", "Action": "*", "Resource": "*" }]),
        ),
        "AWSDenyAll" => (
            Extent::Whole,
            json!([{ "Sid": "DenyAll", "Effect": "Deny", "Action": "*", "Resource": "*" }]),
        ),
        "service-role/AmazonECSTaskExecutionRolePolicy" => (Extent::Whole, task_execution()),
        "AmazonEC2ContainerRegistryReadOnly" => (Extent::Whole, registry_read_only()),
        "service-role/AmazonEC2ContainerServiceEventsRole" => (Extent::Whole, events_role()),
        "SecretsManagerReadWrite" => (Extent::Whole, secrets_manager_read_write()),
        "AmazonSSMReadOnlyAccess" => (
            Extent::Whole,
            json!([{ "Effect": "Allow", "Action": ["ssm:Describe*", "ssm:Get*", "ssm:List*"], "Resource": "*" }]),
        ),
        "AmazonSSMManagedInstanceCore" => (Extent::Whole, ssm_managed_instance_core()),
        "CloudWatchLogsFullAccess" => (
            Extent::AtLeast,
            json!([{ "Effect": "Allow", "Action": "logs:*", "Resource": "*" }]),
        ),
        "service-role/AmazonEC2ContainerServiceforEC2Role" => {
            (Extent::AtLeast, container_instance())
        }
        "service-role/AmazonECSInfrastructureRolePolicyForVolumes" => (Extent::AtLeast, volumes()),
        _ => return None,
    };
    Some(ManagedPolicy {
        document: json!({ "Version": "2012-10-17", "Statement": statements }),
        extent,
    })
}

/// <https://docs.aws.amazon.com/aws-managed-policy/latest/reference/AmazonECSTaskExecutionRolePolicy.html>
fn task_execution() -> Value {
    json!([{
        "Effect": "Allow",
        "Action": [
            "ecr:GetAuthorizationToken",
            "ecr:BatchCheckLayerAvailability",
            "ecr:GetDownloadUrlForLayer",
            "ecr:BatchGetImage",
            "logs:CreateLogStream",
            "logs:PutLogEvents",
        ],
        "Resource": "*",
    }])
}

/// <https://docs.aws.amazon.com/aws-managed-policy/latest/reference/AmazonEC2ContainerRegistryReadOnly.html>
fn registry_read_only() -> Value {
    json!([{
        "Effect": "Allow",
        "Action": [
            "ecr:GetAuthorizationToken",
            "ecr:BatchCheckLayerAvailability",
            "ecr:GetDownloadUrlForLayer",
            "ecr:GetRepositoryPolicy",
            "ecr:DescribeRepositories",
            "ecr:ListImages",
            "ecr:DescribeImages",
            "ecr:BatchGetImage",
            "ecr:GetLifecyclePolicy",
            "ecr:GetLifecyclePolicyPreview",
            "ecr:ListTagsForResource",
            "ecr:DescribeImageScanFindings",
        ],
        "Resource": "*",
    }])
}

/// <https://docs.aws.amazon.com/aws-managed-policy/latest/reference/AmazonEC2ContainerServiceEventsRole.html>
fn events_role() -> Value {
    json!([
        { "Effect": "Allow", "Action": ["ecs:RunTask"], "Resource": ["*"] },
        {
            "Effect": "Allow",
            "Action": "iam:PassRole",
            "Resource": ["*"],
            "Condition": { "StringLike": { "iam:PassedToService": "ecs-tasks.amazonaws.com" } },
        },
        {
            "Effect": "Allow",
            "Action": "ecs:TagResource",
            "Resource": "*",
            "Condition": { "StringEquals": { "ecs:CreateAction": ["RunTask"] } },
        },
    ])
}

/// <https://docs.aws.amazon.com/aws-managed-policy/latest/reference/SecretsManagerReadWrite.html>
fn secrets_manager_read_write() -> Value {
    json!([
        {
            "Sid": "BasePermissions",
            "Effect": "Allow",
            "Action": [
                "secretsmanager:*",
                "cloudformation:CreateChangeSet",
                "cloudformation:DescribeChangeSet",
                "cloudformation:DescribeStackResource",
                "cloudformation:DescribeStacks",
                "cloudformation:ExecuteChangeSet",
                "docdb-elastic:GetCluster",
                "docdb-elastic:ListClusters",
                "ec2:DescribeSecurityGroups",
                "ec2:DescribeSubnets",
                "ec2:DescribeVpcs",
                "kms:DescribeKey",
                "kms:ListAliases",
                "kms:ListKeys",
                "lambda:ListFunctions",
                "rds:DescribeDBClusters",
                "rds:DescribeDBInstances",
                "redshift:DescribeClusters",
                "redshift-serverless:ListWorkgroups",
                "redshift-serverless:GetNamespace",
                "tag:GetResources",
            ],
            "Resource": "*",
        },
        {
            "Sid": "LambdaPermissions",
            "Effect": "Allow",
            "Action": [
                "lambda:AddPermission",
                "lambda:CreateFunction",
                "lambda:GetFunction",
                "lambda:InvokeFunction",
                "lambda:UpdateFunctionConfiguration",
            ],
            "Resource": "arn:aws:lambda:*:*:function:SecretsManager*",
        },
        {
            "Sid": "SARPermissions",
            "Effect": "Allow",
            "Action": ["serverlessrepo:CreateCloudFormationChangeSet", "serverlessrepo:GetApplication"],
            "Resource": "arn:aws:serverlessrepo:*:*:applications/SecretsManager*",
        },
        {
            "Sid": "S3Permissions",
            "Effect": "Allow",
            "Action": ["s3:GetObject"],
            "Resource": ["arn:aws:s3:::awsserverlessrepo-changesets*", "arn:aws:s3:::secrets-manager-rotation-apps-*/*"],
        },
    ])
}

/// <https://docs.aws.amazon.com/aws-managed-policy/latest/reference/AmazonSSMManagedInstanceCore.html>
fn ssm_managed_instance_core() -> Value {
    json!([
        {
            "Effect": "Allow",
            "Action": [
                "ssm:DescribeAssociation",
                "ssm:GetDeployablePatchSnapshotForInstance",
                "ssm:GetDocument",
                "ssm:DescribeDocument",
                "ssm:GetManifest",
                "ssm:GetParameter",
                "ssm:GetParameters",
                "ssm:ListAssociations",
                "ssm:ListInstanceAssociations",
                "ssm:PutInventory",
                "ssm:PutComplianceItems",
                "ssm:PutConfigurePackageResult",
                "ssm:UpdateAssociationStatus",
                "ssm:UpdateInstanceAssociationStatus",
                "ssm:UpdateInstanceInformation",
            ],
            "Resource": "*",
        },
        {
            "Effect": "Allow",
            "Action": [
                "ssmmessages:CreateControlChannel",
                "ssmmessages:CreateDataChannel",
                "ssmmessages:OpenControlChannel",
                "ssmmessages:OpenDataChannel",
            ],
            "Resource": "*",
        },
        {
            "Effect": "Allow",
            "Action": [
                "ec2messages:AcknowledgeMessage",
                "ec2messages:DeleteMessage",
                "ec2messages:FailMessage",
                "ec2messages:GetEndpoint",
                "ec2messages:GetMessages",
                "ec2messages:SendReply",
            ],
            "Resource": "*",
        },
    ])
}

/// <https://docs.aws.amazon.com/aws-managed-policy/latest/reference/AmazonEC2ContainerServiceforEC2Role.html>
fn container_instance() -> Value {
    json!([
        {
            "Effect": "Allow",
            "Action": [
                "ec2:DescribeTags",
                "ecs:CreateCluster",
                "ecs:DeregisterContainerInstance",
                "ecs:DiscoverPollEndpoint",
                "ecs:Poll",
                "ecs:RegisterContainerInstance",
                "ecs:StartTelemetrySession",
                "ecs:UpdateContainerInstancesState",
                "ecs:Submit*",
                "ecr:GetAuthorizationToken",
                "ecr:BatchCheckLayerAvailability",
                "ecr:GetDownloadUrlForLayer",
                "ecr:BatchGetImage",
                "logs:CreateLogStream",
                "logs:PutLogEvents",
            ],
            "Resource": "*",
        },
        {
            "Effect": "Allow",
            "Action": "ecs:TagResource",
            "Resource": "*",
            "Condition": { "StringEquals": { "ecs:CreateAction": ["CreateCluster", "RegisterContainerInstance"] } },
        },
    ])
}

/// <https://docs.aws.amazon.com/aws-managed-policy/latest/reference/AmazonECSInfrastructureRolePolicyForVolumes.html>
fn volumes() -> Value {
    let volume = "arn:aws:ec2:*:*:volume/*";
    let task = "arn:aws:ecs:*:*:task/*";
    json!([
        {
            "Sid": "CreateEBSManagedVolume",
            "Effect": "Allow",
            "Action": "ec2:CreateVolume",
            "Resource": volume,
            "Condition": {
                "ArnLike": { "aws:RequestTag/AmazonECSCreated": task },
                "StringEquals": { "aws:RequestTag/AmazonECSManaged": "true" },
            },
        },
        {
            "Sid": "CreateEBSManagedVolumeFromSnapshot",
            "Effect": "Allow",
            "Action": "ec2:CreateVolume",
            "Resource": "arn:aws:ec2:*:*:snapshot/*",
        },
        {
            "Sid": "TagOnCreateVolume",
            "Effect": "Allow",
            "Action": "ec2:CreateTags",
            "Resource": volume,
            "Condition": {
                "ArnLike": { "aws:RequestTag/AmazonECSCreated": task },
                "StringEquals": { "ec2:CreateAction": "CreateVolume", "aws:RequestTag/AmazonECSManaged": "true" },
            },
        },
        {
            "Sid": "DescribeVolumesForLifecycle",
            "Effect": "Allow",
            "Action": ["ec2:DescribeVolumes", "ec2:DescribeAvailabilityZones"],
            "Resource": "*",
        },
        {
            "Sid": "ManageEBSVolumeLifecycle",
            "Effect": "Allow",
            "Action": ["ec2:AttachVolume", "ec2:DetachVolume"],
            "Resource": volume,
            "Condition": { "StringEquals": { "aws:ResourceTag/AmazonECSManaged": "true" } },
        },
        {
            "Sid": "ManageVolumeAttachmentsForEC2",
            "Effect": "Allow",
            "Action": ["ec2:AttachVolume", "ec2:DetachVolume"],
            "Resource": "arn:aws:ec2:*:*:instance/*",
        },
        {
            "Sid": "DeleteEBSManagedVolume",
            "Effect": "Allow",
            "Action": "ec2:DeleteVolume",
            "Resource": volume,
            "Condition": {
                "ArnLike": { "aws:ResourceTag/AmazonECSCreated": task },
                "StringEquals": { "aws:ResourceTag/AmazonECSManaged": "true" },
            },
        },
    ])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_document_can_be_read() {
        let names = [
            "AdministratorAccess",
            "AWSDenyAll",
            "service-role/AmazonECSTaskExecutionRolePolicy",
            "AmazonEC2ContainerRegistryReadOnly",
            "service-role/AmazonEC2ContainerServiceEventsRole",
            "SecretsManagerReadWrite",
            "AmazonSSMReadOnlyAccess",
            "AmazonSSMManagedInstanceCore",
            "CloudWatchLogsFullAccess",
            "service-role/AmazonEC2ContainerServiceforEC2Role",
            "service-role/AmazonECSInfrastructureRolePolicyForVolumes",
        ];
        for name in names {
            let policy = managed_policy(&format!("arn:aws:iam::aws:policy/{name}"))
                .map(|policy| policy.document);
            let document = super::super::Document::parse(&policy.unwrap_or_default()).unwrap();
            assert!(
                document
                    .statements
                    .iter()
                    .all(|named| named.statement.is_ok()),
                "{name}"
            );
        }
    }
}
