//! The table of resource kinds: everything the system needs to know about a kind stands in its row.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::{Arn, Resource, scope::GLOBAL};

macro_rules! resource_kinds {
    ($($variant:ident, $name:literal, $label:literal, $service:literal / $arn_prefix:literal, $cloudformation:literal, [$($terraform:literal),*], $console:literal;)*) => {
        /// What a resource is.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum ResourceKind {
            $(#[doc = $label] $variant,)*
        }

        impl ResourceKind {
            /// Every kind, in the order of the table.
            pub const ALL: &[Self] = &[$(Self::$variant,)*];

            /// The name in the API: `ECS_TASK_DEFINITION`.
            pub fn name(self) -> &'static str {
                match self { $(Self::$variant => $name,)* }
            }

            /// What a person calls it: `task definition`.
            pub fn label(self) -> &'static str {
                match self { $(Self::$variant => $label,)* }
            }

            /// The type in `CloudFormation`: `AWS::ECS::TaskDefinition`.
            pub fn cloudformation_type(self) -> &'static str {
                match self { $(Self::$variant => $cloudformation,)* }
            }

            /// Terraform's types that are this resource, the main one first.
            pub fn terraform_types(self) -> &'static [&'static str] {
                match self { $(Self::$variant => &[$($terraform),*],)* }
            }

            fn arn_form(self) -> (&'static str, &'static str) {
                match self { $(Self::$variant => ($service, $arn_prefix),)* }
            }

            fn console_pattern(self) -> &'static str {
                match self { $(Self::$variant => $console,)* }
            }
        }
    };
}

// Kind, its name in the API, what people call it, ARN service / beginning of the ARN's resource part, CloudFormation type,
// Terraform types, console page. In the page: {region}, {account}, {arn}; {name} = all after the ARN's type; {1} {2} {3} = its parts
// between slashes; {last} = the last part. Values are percent-encoded, but for {1} {2} {3} {last}, which AWS keeps plain.
resource_kinds! {
    EcsTask, "ECS_TASK", "task", "ecs" / "task/", "", [], "ecs/v2/clusters/{1}/tasks/{last}/configuration?region={region}";
    EcsService, "ECS_SERVICE", "service", "ecs" / "service/", "AWS::ECS::Service", ["aws_ecs_service"], "ecs/v2/clusters/{1}/services/{last}/health?region={region}";
    EcsCluster, "ECS_CLUSTER", "cluster", "ecs" / "cluster/", "AWS::ECS::Cluster", ["aws_ecs_cluster", "aws_ecs_cluster_capacity_providers"], "ecs/v2/clusters/{1}/services?region={region}";
    EcsTaskDefinition, "ECS_TASK_DEFINITION", "task definition", "ecs" / "task-definition/", "AWS::ECS::TaskDefinition", ["aws_ecs_task_definition"], "ecs/v2/task-definitions/{family}/{revision}/containers?region={region}";
    EcsContainerInstance, "ECS_CONTAINER_INSTANCE", "container instance", "ecs" / "container-instance/", "", [], "ecs/v2/clusters/{1}/infrastructure/container-instances/{last}?region={region}";
    EcsCapacityProvider, "ECS_CAPACITY_PROVIDER", "capacity provider", "ecs" / "capacity-provider/", "AWS::ECS::CapacityProvider", ["aws_ecs_capacity_provider"], "";
    EcsTaskSet, "ECS_TASK_SET", "task set", "ecs" / "task-set/", "AWS::ECS::TaskSet", ["aws_ecs_task_set"], "";
    IamRole, "IAM_ROLE", "role", "iam" / "role/", "AWS::IAM::Role", ["aws_iam_role", "aws_iam_role_policy", "aws_iam_role_policy_attachment", "aws_iam_role_policies_exclusive", "aws_iam_role_policy_attachments_exclusive"], "iam/home#/roles/details/{last}";
    IamPolicy, "IAM_POLICY", "policy", "iam" / "policy/", "AWS::IAM::ManagedPolicy", ["aws_iam_policy"], "iam/home#/policies/details/{arn}";
    IamInstanceProfile, "IAM_INSTANCE_PROFILE", "instance profile", "iam" / "instance-profile/", "AWS::IAM::InstanceProfile", ["aws_iam_instance_profile"], "";
    LoadBalancer, "LOAD_BALANCER", "load balancer", "elasticloadbalancing" / "loadbalancer/", "AWS::ElasticLoadBalancingV2::LoadBalancer", ["aws_lb", "aws_alb"], "ec2/home?region={region}#LoadBalancer:loadBalancerArn={arn}";
    Listener, "LISTENER", "listener", "elasticloadbalancing" / "listener/", "AWS::ElasticLoadBalancingV2::Listener", ["aws_lb_listener", "aws_alb_listener", "aws_lb_listener_certificate"], "ec2/home?region={region}#ELBListenerV2:listenerArn={arn}";
    ListenerRule, "LISTENER_RULE", "listener rule", "elasticloadbalancing" / "listener-rule/", "AWS::ElasticLoadBalancingV2::ListenerRule", ["aws_lb_listener_rule", "aws_alb_listener_rule"], "ec2/home?region={region}#ListenerRuleDetails:ruleArn={arn}";
    TargetGroup, "TARGET_GROUP", "target group", "elasticloadbalancing" / "targetgroup/", "AWS::ElasticLoadBalancingV2::TargetGroup", ["aws_lb_target_group", "aws_alb_target_group", "aws_lb_target_group_attachment"], "ec2/home?region={region}#TargetGroup:targetGroupArn={arn}";
    LogGroup, "LOG_GROUP", "log group", "logs" / "log-group:", "AWS::Logs::LogGroup", ["aws_cloudwatch_log_group"], "cloudwatch/home?region={region}#logsV2:log-groups/log-group/{name}";
    SsmParameter, "SSM_PARAMETER", "parameter", "ssm" / "parameter/", "AWS::SSM::Parameter", ["aws_ssm_parameter"], "systems-manager/parameters/{name}/description?region={region}";
    Secret, "SECRET", "secret", "secretsmanager" / "secret:", "AWS::SecretsManager::Secret", ["aws_secretsmanager_secret", "aws_secretsmanager_secret_version", "aws_secretsmanager_secret_policy"], "secretsmanager/secret?name={arn}&region={region}";
    KmsKey, "KMS_KEY", "key", "kms" / "key/", "AWS::KMS::Key", ["aws_kms_key", "aws_kms_alias", "aws_kms_key_policy", "aws_kms_replica_key", "aws_kms_external_key"], "kms/home?region={region}#/kms/keys/{last}";
    Vpc, "VPC", "VPC", "ec2" / "vpc/", "AWS::EC2::VPC", ["aws_vpc", "aws_vpc_dhcp_options_association"], "vpcconsole/home?region={region}#VpcDetails:VpcId={last}";
    Subnet, "SUBNET", "subnet", "ec2" / "subnet/", "AWS::EC2::Subnet", ["aws_subnet", "aws_network_acl_association"], "vpcconsole/home?region={region}#SubnetDetails:subnetId={last}";
    RouteTable, "ROUTE_TABLE", "route table", "ec2" / "route-table/", "AWS::EC2::RouteTable", ["aws_route_table", "aws_route", "aws_route_table_association", "aws_main_route_table_association", "aws_default_route_table"], "vpcconsole/home?region={region}#RouteTableDetails:RouteTableId={last}";
    NatGateway, "NAT_GATEWAY", "NAT gateway", "ec2" / "natgateway/", "AWS::EC2::NatGateway", ["aws_nat_gateway"], "vpcconsole/home?region={region}#NatGatewayDetails:natGatewayId={last}";
    InternetGateway, "INTERNET_GATEWAY", "internet gateway", "ec2" / "internet-gateway/", "AWS::EC2::InternetGateway", ["aws_internet_gateway", "aws_internet_gateway_attachment"], "vpcconsole/home?region={region}#InternetGateway:internetGatewayId={last}";
    VpcEndpoint, "VPC_ENDPOINT", "VPC endpoint", "ec2" / "vpc-endpoint/", "AWS::EC2::VPCEndpoint", ["aws_vpc_endpoint", "aws_vpc_endpoint_policy", "aws_vpc_endpoint_private_dns", "aws_vpc_endpoint_route_table_association", "aws_vpc_endpoint_subnet_association", "aws_vpc_endpoint_security_group_association"], "vpcconsole/home?region={region}#EndpointDetails:vpcEndpointId={last}";
    SecurityGroup, "SECURITY_GROUP", "security group", "ec2" / "security-group/", "AWS::EC2::SecurityGroup", ["aws_security_group", "aws_security_group_rule", "aws_vpc_security_group_ingress_rule", "aws_vpc_security_group_egress_rule", "aws_default_security_group"], "ec2/home?region={region}#SecurityGroup:groupId={last}";
    NetworkInterface, "NETWORK_INTERFACE", "network interface", "ec2" / "network-interface/", "AWS::EC2::NetworkInterface", ["aws_network_interface"], "ec2/home?region={region}#NetworkInterface:networkInterfaceId={last}";
    Ec2Instance, "EC2_INSTANCE", "EC2 instance", "ec2" / "instance/", "AWS::EC2::Instance", ["aws_instance"], "ec2/home?region={region}#InstanceDetails:instanceId={last}";
    AutoScalingGroup, "AUTO_SCALING_GROUP", "Auto Scaling group", "autoscaling" / "autoScalingGroup:", "AWS::AutoScaling::AutoScalingGroup", ["aws_autoscaling_group"], "ec2/home?region={region}#AutoScalingGroupDetails:id={last}";
    EcrRepository, "ECR_REPOSITORY", "repository", "ecr" / "repository/", "AWS::ECR::Repository", ["aws_ecr_repository", "aws_ecr_repository_policy", "aws_ecr_lifecycle_policy"], "ecr/repositories/private/{account}/{name}?region={region}";
    EfsFileSystem, "EFS_FILE_SYSTEM", "file system", "elasticfilesystem" / "file-system/", "AWS::EFS::FileSystem", ["aws_efs_file_system", "aws_efs_file_system_policy"], "efs/home?region={region}#/file-systems/{last}";
    EfsAccessPoint, "EFS_ACCESS_POINT", "access point", "elasticfilesystem" / "access-point/", "AWS::EFS::AccessPoint", ["aws_efs_access_point"], "efs/home?region={region}#/access-points/{last}";
    EfsMountTarget, "EFS_MOUNT_TARGET", "mount target", "" / "fsmt-", "AWS::EFS::MountTarget", ["aws_efs_mount_target"], "";
    S3Bucket, "S3_BUCKET", "bucket", "s3" / "", "AWS::S3::Bucket", ["aws_s3_bucket", "aws_s3_bucket_policy", "aws_s3_object", "aws_s3_bucket_object"], "s3/buckets/{last}";
    CloudMapNamespace, "CLOUD_MAP_NAMESPACE", "namespace", "servicediscovery" / "namespace/", "AWS::ServiceDiscovery::PrivateDnsNamespace", ["aws_service_discovery_private_dns_namespace", "aws_service_discovery_http_namespace", "aws_service_discovery_public_dns_namespace"], "cloudmap/home/namespaces/{last}?region={region}";
    CloudMapService, "CLOUD_MAP_SERVICE", "discovery service", "servicediscovery" / "service/", "AWS::ServiceDiscovery::Service", ["aws_service_discovery_service"], "";
    HostedZone, "HOSTED_ZONE", "hosted zone", "route53" / "hostedzone/", "AWS::Route53::HostedZone", ["aws_route53_zone"], "route53/v2/hostedzones#ListRecordSets/{last}";
    DnsRecord, "DNS_RECORD", "DNS record", "route53" / "hostedzone/", "AWS::Route53::RecordSet", ["aws_route53_record"], "";
    ScalableTarget, "SCALABLE_TARGET", "scalable target", "application-autoscaling" / "scalable-target/", "AWS::ApplicationAutoScaling::ScalableTarget", ["aws_appautoscaling_target", "aws_appautoscaling_scheduled_action"], "";
    ScalingPolicy, "SCALING_POLICY", "scaling policy", "autoscaling" / "scalingPolicy:", "AWS::ApplicationAutoScaling::ScalingPolicy", ["aws_appautoscaling_policy"], "";
    CloudwatchAlarm, "CLOUDWATCH_ALARM", "alarm", "cloudwatch" / "alarm:", "AWS::CloudWatch::Alarm", ["aws_cloudwatch_metric_alarm", "aws_cloudwatch_composite_alarm"], "cloudwatch/home?region={region}#alarmsV2:alarm/{name}";
    EventRule, "EVENT_RULE", "event rule", "events" / "rule/", "AWS::Events::Rule", ["aws_cloudwatch_event_rule", "aws_cloudwatch_event_target"], "events/home?region={region}#/rules/{last}";
    Schedule, "SCHEDULE", "schedule", "scheduler" / "schedule/", "AWS::Scheduler::Schedule", ["aws_scheduler_schedule"], "scheduler/home?region={region}#schedules/{1}/{last}";
    SqsQueue, "SQS_QUEUE", "queue", "sqs" / "", "AWS::SQS::Queue", ["aws_sqs_queue", "aws_sqs_queue_policy", "aws_sqs_queue_redrive_policy"], "sqs/v3/home?region={region}#/queues";
    LambdaFunction, "LAMBDA_FUNCTION", "function", "lambda" / "function:", "AWS::Lambda::Function", ["aws_lambda_function", "aws_lambda_event_source_mapping"], "lambda/home?region={region}#/functions/{last}";
    SnsTopic, "SNS_TOPIC", "topic", "sns" / "", "AWS::SNS::Topic", ["aws_sns_topic", "aws_sns_topic_subscription"], "sns/v3/home?region={region}#/topic/{arn}";
    StateMachine, "STATE_MACHINE", "state machine", "states" / "stateMachine:", "AWS::StepFunctions::StateMachine", ["aws_sfn_state_machine"], "states/home?region={region}#/statemachines/view/{arn}";
    CodedeployGroup, "CODEDEPLOY_GROUP", "deployment group", "codedeploy" / "deploymentgroup:", "AWS::CodeDeploy::DeploymentGroup", ["aws_codedeploy_deployment_group"], "";
    AppMeshVirtualNode, "APP_MESH_VIRTUAL_NODE", "virtual node", "appmesh" / "mesh/", "AWS::AppMesh::VirtualNode", ["aws_appmesh_virtual_node"], "";
    NetworkAcl, "NETWORK_ACL", "network ACL", "ec2" / "network-acl/", "AWS::EC2::NetworkAcl", ["aws_network_acl", "aws_default_network_acl", "aws_network_acl_rule"], "vpcconsole/home?region={region}#NetworkAclDetails:networkAclId={last}";
    DhcpOptions, "DHCP_OPTIONS", "set of DHCP options", "ec2" / "dhcp-options/", "AWS::EC2::DHCPOptions", ["aws_vpc_dhcp_options"], "vpcconsole/home?region={region}#DhcpOptionsDetails:DhcpOptionsId={last}";
    ElasticIp, "ELASTIC_IP", "Elastic IP address", "ec2" / "elastic-ip/", "AWS::EC2::EIP", ["aws_eip"], "ec2/home?region={region}#ElasticIpDetails:AllocationId={last}";
    PrefixList, "PREFIX_LIST", "prefix list", "ec2" / "prefix-list/", "AWS::EC2::PrefixList", ["aws_ec2_managed_prefix_list"], "";
    VpcPeeringConnection, "VPC_PEERING_CONNECTION", "peering connection", "ec2" / "vpc-peering-connection/", "AWS::EC2::VPCPeeringConnection", ["aws_vpc_peering_connection"], "vpcconsole/home?region={region}#PeeringConnectionDetails:VpcPeeringConnectionId={last}";
    TransitGateway, "TRANSIT_GATEWAY", "transit gateway", "ec2" / "transit-gateway/", "AWS::EC2::TransitGateway", ["aws_ec2_transit_gateway"], "";
    VpcEndpointService, "VPC_ENDPOINT_SERVICE", "endpoint service", "ec2" / "vpc-endpoint-service/", "AWS::EC2::VPCEndpointService", ["aws_vpc_endpoint_service"], "";
    EcrPullThroughCacheRule, "ECR_PULL_THROUGH_CACHE_RULE", "pull-through cache rule", "ecr" / "pull-through-cache-rule/", "AWS::ECR::PullThroughCacheRule", ["aws_ecr_pull_through_cache_rule"], "";
    AcmCertificate, "ACM_CERTIFICATE", "certificate", "acm" / "certificate/", "AWS::CertificateManager::Certificate", ["aws_acm_certificate", "aws_acm_certificate_validation"], "acm/home?region={region}#/certificates/{last}";
    WebAcl, "WEB_ACL", "web ACL", "wafv2" / "regional/webacl/", "AWS::WAFv2::WebACL", ["aws_wafv2_web_acl", "aws_wafv2_web_acl_association"], "wafv2/homev2/web-acl/{2}/{last}/overview?region={region}";
    CloudfrontDistribution, "CLOUDFRONT_DISTRIBUTION", "distribution", "cloudfront" / "distribution/", "AWS::CloudFront::Distribution", ["aws_cloudfront_distribution"], "cloudfront/v4/home#/distributions/{last}";
    ApiGatewayVpcLink, "API_GATEWAY_VPC_LINK", "VPC link", "apigateway" / "/vpclinks/", "AWS::ApiGatewayV2::VpcLink", ["aws_apigatewayv2_vpc_link", "aws_apigatewayv2_integration"], "";
    VpcLatticeTargetGroup, "VPC_LATTICE_TARGET_GROUP", "VPC Lattice target group", "vpc-lattice" / "targetgroup/", "AWS::VpcLattice::TargetGroup", ["aws_vpclattice_target_group"], "";
    KinesisStream, "KINESIS_STREAM", "Kinesis stream", "kinesis" / "stream/", "AWS::Kinesis::Stream", ["aws_kinesis_stream"], "kinesis/home?region={region}#/streams/details/{last}/monitoring";
    FirehoseStream, "FIREHOSE_STREAM", "Firehose stream", "firehose" / "deliverystream/", "AWS::KinesisFirehose::DeliveryStream", ["aws_kinesis_firehose_delivery_stream"], "firehose/home?region={region}#/details/{last}/monitoring";
    LaunchTemplate, "LAUNCH_TEMPLATE", "launch template", "ec2" / "launch-template/", "AWS::EC2::LaunchTemplate", ["aws_launch_template"], "ec2/home?region={region}#LaunchTemplateDetails:launchTemplateId={last}";
    DynamodbTable, "DYNAMODB_TABLE", "database table", "dynamodb" / "table/", "AWS::DynamoDB::Table", ["aws_dynamodb_table"], "dynamodbv2/home?region={region}#table?name={last}";
}

impl ResourceKind {
    /// The kind that an ARN's form says; none for what blastmap does not hold.
    pub fn of_arn(arn: &Arn) -> Option<Self> {
        let resource = arn.resource();
        Self::ALL.iter().copied().find(|kind| {
            let (service, beginning) = kind.arn_form();
            service == arn.service()
                && resource.starts_with(beginning)
                && resource.len() > beginning.len()
                && (service != "route53" || (*kind == Self::DnsRecord) == resource.contains('#'))
                // A subscription's ARN is its topic's, and more.
                && (*kind != Self::SnsTopic || !resource.contains(':'))
                // An index's and a stream's ARN are their table's, and more.
                && (*kind != Self::DynamodbTable || resource.matches('/').count() == 1)
        })
    }

    /// True for kinds of services that have no region.
    pub fn is_global(self) -> bool {
        matches!(
            self,
            Self::IamRole
                | Self::IamPolicy
                | Self::IamInstanceProfile
                | Self::HostedZone
                | Self::DnsRecord
                | Self::CloudfrontDistribution
        )
    }

    /// The region in which a resource of this kind is read.
    pub fn region_of(self, arn: &Arn) -> &str {
        if self.is_global() || arn.region().is_empty() {
            GLOBAL
        } else {
            arn.region()
        }
    }

    /// The page of `resource` in the AWS console; none where AWS has no such page or the resource is not there.
    pub fn console_url(self, resource: &Resource) -> Option<String> {
        let (pattern, arn) = (self.console_pattern(), resource.id.arn()?);
        if pattern.is_empty() {
            return None;
        }
        let domain = match arn.partition() {
            "aws-cn" => "console.amazonaws.cn",
            "aws-us-gov" => "console.amazonaws-us-gov.com",
            _ => "console.aws.amazon.com",
        };
        let (name, region) = (arn.resource_name(), &*resource.region);
        let mut parts = name.split('/');
        let (first, second, third) = (
            parts.next().unwrap_or_default(),
            parts.next().unwrap_or_default(),
            parts.next().unwrap_or_default(),
        );
        let (family, revision) = name.rsplit_once(':').unwrap_or((name, ""));
        let full_name = if self == Self::SsmParameter && name.contains('/') {
            format!("/{name}")
        } else {
            name.to_owned()
        };
        let page = pattern
            .replace("{region}", &percent_encode(region))
            .replace("{account}", &percent_encode(&resource.account))
            .replace("{arn}", &percent_encode(arn.as_str()))
            .replace("{name}", &percent_encode(&full_name))
            .replace("{family}", &percent_encode(family))
            .replace("{revision}", &percent_encode(revision))
            .replace("{last}", &percent_encode(arn.last_part()))
            .replace("{1}", &percent_encode(first))
            .replace("{2}", &percent_encode(second))
            .replace("{3}", &percent_encode(third));
        let host = if region == GLOBAL || region.is_empty() {
            domain.to_owned()
        } else {
            format!("{region}.{domain}")
        };
        Some(format!("https://{host}/{page}"))
    }
}

fn percent_encode(text: &str) -> String {
    text.bytes()
        .fold(String::with_capacity(text.len()), |mut encoded, byte| {
            if byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte) {
                encoded.push(char::from(byte));
            } else {
                for digit in [byte >> 4, byte & 15] {
                    encoded.push(char::from(b"0123456789ABCDEF"[usize::from(digit)]));
                }
            }
            encoded
        })
}

/// Not a kind of the table.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a kind of resource that blastmap knows")]
pub struct UnknownKind(pub String);

impl FromStr for ResourceKind {
    type Err = UnknownKind;

    fn from_str(name: &str) -> Result<Self, UnknownKind> {
        Self::ALL
            .iter()
            .copied()
            .find(|kind| kind.name() == name)
            .ok_or_else(|| UnknownKind(name.chars().take(100).collect()))
    }
}

impl fmt::Display for ResourceKind {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.label())
    }
}

impl Serialize for ResourceKind {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name())
    }
}

impl<'de> Deserialize<'de> for ResourceKind {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let name = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        name.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_arn_tells_its_kind() {
        let cases = [
            (
                "arn:aws:ecs:eu-west-1:1:service/a/b",
                Some(ResourceKind::EcsService),
            ),
            (
                "arn:aws:ecs:eu-west-1:1:task-definition/a:1",
                Some(ResourceKind::EcsTaskDefinition),
            ),
            (
                "arn:aws:ecs:eu-west-1:1:task/a/b",
                Some(ResourceKind::EcsTask),
            ),
            (
                "arn:aws:elasticloadbalancing:eu-west-1:1:listener-rule/app/a/b/c/d",
                Some(ResourceKind::ListenerRule),
            ),
            (
                "arn:aws:logs:eu-west-1:1:log-group:/ecs/a",
                Some(ResourceKind::LogGroup),
            ),
            ("arn:aws:s3:::bucket", Some(ResourceKind::S3Bucket)),
            (
                "arn:aws:route53:::hostedzone/Z1",
                Some(ResourceKind::HostedZone),
            ),
            (
                "arn:aws:route53:::hostedzone/Z1#web.example.com/A",
                Some(ResourceKind::DnsRecord),
            ),
            (
                "arn:aws:sqs:eu-west-1:1:queue",
                Some(ResourceKind::SqsQueue),
            ),
            (
                "arn:aws:sns:eu-west-1:1:topic",
                Some(ResourceKind::SnsTopic),
            ),
            ("arn:aws:sns:eu-west-1:1:topic:a-subscription", None),
            (
                "arn:aws:dynamodb:eu-west-1:1:table/a",
                Some(ResourceKind::DynamodbTable),
            ),
            ("arn:aws:dynamodb:eu-west-1:1:table/a/index/b", None),
            ("arn:aws:rds:eu-west-1:1:db:a", None),
        ];
        for (arn, kind) in cases {
            assert_eq!(
                ResourceKind::of_arn(&Arn::parse(arn).unwrap()),
                kind,
                "{arn}"
            );
        }
    }

    #[test]
    fn names_come_back_and_are_unique() {
        for kind in ResourceKind::ALL {
            assert_eq!(kind.name().parse(), Ok(*kind));
        }
        assert_eq!(ResourceKind::ALL.len(), 65);
    }
}
