//! What AWS gives to something new: its ARN, its own id among its facts, and the values that nobody has to say.

use blastmap_model::{
    Arn, ResourceId, ResourceKind,
    kinds::{self, ecs_task_definition::EcsTaskDefinition},
};
use serde_json::{Map, Value, json};

use crate::{Lookup, Place, Workbench, network_acl};

/// The ARN of something new. True: AWS makes it of the name alone, so it will be this very one.
pub(crate) fn arn(
    workbench: &mut Workbench<'_>,
    kind: ResourceKind,
    address: &str,
    facts: &Map<String, Value>,
    place: &Place,
) -> Option<(Arn, bool)> {
    let mut name = |field: &str| match text(facts, field) {
        Some(name) => (name.to_owned(), true),
        None => (workbench.made_up(address), false),
    };
    let own = |service: &str, resource: String, certain: bool| {
        place.arn(service, &resource).map(|arn| (arn, certain))
    };
    match kind {
        ResourceKind::EcsService => {
            let cluster = text(facts, "clusterArn").map_or("default", last_part);
            let (service, certain) = name("serviceName");
            own("ecs", format!("service/{cluster}/{service}"), certain)
        }
        ResourceKind::EcsCluster => {
            let (cluster, certain) = name("clusterName");
            own("ecs", format!("cluster/{cluster}"), certain)
        }
        ResourceKind::EcsCapacityProvider => {
            let (provider, certain) = name("name");
            own("ecs", format!("capacity-provider/{provider}"), certain)
        }
        ResourceKind::EcsTaskDefinition => {
            let (family, _) = name("family");
            let revision = next_revision(workbench, &family, place);
            own("ecs", format!("task-definition/{family}:{revision}"), false)
        }
        ResourceKind::IamRole => {
            let (role, certain) = name("RoleName");
            own("iam", format!("role{}{role}", path(facts)), certain)
        }
        ResourceKind::IamPolicy => {
            let (policy, certain) = name("PolicyName");
            own("iam", format!("policy{}{policy}", path(facts)), certain)
        }
        ResourceKind::IamInstanceProfile => {
            let (profile, certain) = name("InstanceProfileName");
            own(
                "iam",
                format!("instance-profile{}{profile}", path(facts)),
                certain,
            )
        }
        ResourceKind::LoadBalancer => {
            let id = workbench.made_up(address);
            let balancer = text(facts, "LoadBalancerName").unwrap_or(&id);
            let form = match text(facts, "Type") {
                Some("network") => "net",
                Some("gateway") => "gwy",
                _ => "app",
            };
            own(
                "elasticloadbalancing",
                format!("loadbalancer/{form}/{balancer}/{id}"),
                false,
            )
        }
        ResourceKind::TargetGroup => {
            let id = workbench.made_up(address);
            let group = text(facts, "TargetGroupName").unwrap_or(&id);
            own(
                "elasticloadbalancing",
                format!("targetgroup/{group}/{id}"),
                false,
            )
        }
        ResourceKind::Listener => {
            let id = workbench.made_up(address);
            let balancer = part_of(facts, "LoadBalancerArn", "loadbalancer/")
                .unwrap_or_else(|| format!("app/{id}/{id}"));
            own(
                "elasticloadbalancing",
                format!("listener/{balancer}/{id}"),
                false,
            )
        }
        ResourceKind::ListenerRule => {
            let id = workbench.made_up(address);
            let listener = part_of(facts, "ListenerArn", "listener/")
                .unwrap_or_else(|| format!("app/{id}/{id}/{id}"));
            own(
                "elasticloadbalancing",
                format!("listener-rule/{listener}/{id}"),
                false,
            )
        }
        ResourceKind::LogGroup => {
            let (group, certain) = name("logGroupName");
            own("logs", format!("log-group:{group}"), certain)
        }
        ResourceKind::SsmParameter => {
            let (parameter, certain) = name("Name");
            let plain = parameter.strip_prefix('/').unwrap_or(&parameter);
            own("ssm", format!("parameter/{plain}"), certain)
        }
        // AWS appends six characters of its own; whoever leaves them out means this secret all the same.
        ResourceKind::Secret => {
            let (secret, _) = name("Name");
            own("secretsmanager", format!("secret:{secret}-000000"), false)
        }
        ResourceKind::EcrRepository => {
            let (repository, certain) = name("repositoryName");
            own("ecr", format!("repository/{repository}"), certain)
        }
        ResourceKind::S3Bucket => {
            let (bucket, certain) = name("BucketName");
            own("s3", bucket, certain)
        }
        ResourceKind::SqsQueue => {
            let (queue, certain) = name("QueueName");
            own("sqs", queue, certain)
        }
        ResourceKind::DynamodbTable => {
            let (table, certain) = name("TableName");
            own("dynamodb", format!("table/{table}"), certain)
        }
        ResourceKind::KinesisStream => {
            let (stream, certain) = name("Name");
            own("kinesis", format!("stream/{stream}"), certain)
        }
        ResourceKind::FirehoseStream => {
            let (stream, certain) = name("DeliveryStreamName");
            own("firehose", format!("deliverystream/{stream}"), certain)
        }
        ResourceKind::SnsTopic => {
            let (topic, certain) = name("TopicName");
            own("sns", topic, certain)
        }
        ResourceKind::StateMachine => {
            let (machine, certain) = name("StateMachineName");
            own("states", format!("stateMachine:{machine}"), certain)
        }
        ResourceKind::LambdaFunction => {
            let (function, certain) = name("FunctionName");
            own("lambda", format!("function:{function}"), certain)
        }
        ResourceKind::CloudwatchAlarm => {
            let (alarm, certain) = name("AlarmName");
            own("cloudwatch", format!("alarm:{alarm}"), certain)
        }
        ResourceKind::EventRule => {
            let (rule, certain) = name("Name");
            let rule = match text(facts, "EventBusName").map(last_part) {
                None | Some("default") => rule,
                Some(bus) => format!("{bus}/{rule}"),
            };
            own("events", format!("rule/{rule}"), certain)
        }
        ResourceKind::Schedule => {
            let (schedule, certain) = name("Name");
            let group = text(facts, "GroupName").unwrap_or("default");
            own("scheduler", format!("schedule/{group}/{schedule}"), certain)
        }
        ResourceKind::AutoScalingGroup => {
            let id = workbench.made_up(address);
            let group = text(facts, "AutoScalingGroupName").unwrap_or(&id);
            own(
                "autoscaling",
                format!("autoScalingGroup:{id}:autoScalingGroupName/{group}"),
                false,
            )
        }
        _ => {
            let (service, beginning) = made_up_form(kind)?;
            let id = workbench.made_up(address);
            own(service, format!("{beginning}{id}"), false)
        }
    }
}

/// Where AWS invents the whole id.
fn made_up_form(kind: ResourceKind) -> Option<(&'static str, &'static str)> {
    Some(match kind {
        ResourceKind::KmsKey => ("kms", "key/"),
        ResourceKind::Vpc => ("ec2", "vpc/"),
        ResourceKind::Subnet => ("ec2", "subnet/"),
        ResourceKind::RouteTable => ("ec2", "route-table/"),
        ResourceKind::NatGateway => ("ec2", "natgateway/"),
        ResourceKind::InternetGateway => ("ec2", "internet-gateway/"),
        ResourceKind::VpcEndpoint => ("ec2", "vpc-endpoint/"),
        ResourceKind::SecurityGroup => ("ec2", "security-group/"),
        ResourceKind::NetworkInterface => ("ec2", "network-interface/"),
        ResourceKind::NetworkAcl => ("ec2", "network-acl/"),
        ResourceKind::DhcpOptions => ("ec2", "dhcp-options/"),
        ResourceKind::ElasticIp => ("ec2", "elastic-ip/"),
        ResourceKind::PrefixList => ("ec2", "prefix-list/"),
        ResourceKind::VpcPeeringConnection => ("ec2", "vpc-peering-connection/"),
        ResourceKind::TransitGateway => ("ec2", "transit-gateway/"),
        ResourceKind::VpcEndpointService => ("ec2", "vpc-endpoint-service/"),
        ResourceKind::Ec2Instance => ("ec2", "instance/"),
        ResourceKind::EfsFileSystem => ("elasticfilesystem", "file-system/"),
        ResourceKind::EfsAccessPoint => ("elasticfilesystem", "access-point/"),
        ResourceKind::EfsMountTarget => ("elasticfilesystem", "mount-target/"),
        ResourceKind::CloudMapNamespace => ("servicediscovery", "namespace/"),
        ResourceKind::CloudMapService => ("servicediscovery", "service/"),
        ResourceKind::ScalableTarget => ("application-autoscaling", "scalable-target/"),
        ResourceKind::ScalingPolicy => ("autoscaling", "scalingPolicy:"),
        ResourceKind::HostedZone => ("route53", "hostedzone/"),
        ResourceKind::AcmCertificate => ("acm", "certificate/"),
        ResourceKind::WebAcl => ("wafv2", "regional/webacl/"),
        ResourceKind::CloudfrontDistribution => ("cloudfront", "distribution/"),
        ResourceKind::ApiGatewayVpcLink => ("apigateway", "/vpclinks/"),
        ResourceKind::VpcLatticeTargetGroup => ("vpc-lattice", "targetgroup/"),
        ResourceKind::EcsTaskSet => ("ecs", "task-set/"),
        ResourceKind::LaunchTemplate => ("ec2", "launch-template/"),
        ResourceKind::CodedeployGroup => ("codedeploy", "deploymentgroup:"),
        _ => return None,
    })
}

/// True for kinds whose ARN AWS makes of the name: replaced under the same name, they keep it.
pub(crate) fn is_named_by_its_owner(kind: ResourceKind) -> bool {
    matches!(
        kind,
        ResourceKind::EcsService
            | ResourceKind::EcsCluster
            | ResourceKind::EcsCapacityProvider
            | ResourceKind::IamRole
            | ResourceKind::IamPolicy
            | ResourceKind::IamInstanceProfile
            | ResourceKind::LogGroup
            | ResourceKind::SsmParameter
            | ResourceKind::EcrRepository
            | ResourceKind::S3Bucket
            | ResourceKind::SqsQueue
            | ResourceKind::DynamodbTable
            | ResourceKind::KinesisStream
            | ResourceKind::FirehoseStream
            | ResourceKind::LambdaFunction
            | ResourceKind::SnsTopic
            | ResourceKind::StateMachine
            | ResourceKind::CloudwatchAlarm
            | ResourceKind::EventRule
            | ResourceKind::Schedule
    )
}

/// One more than the highest revision of the family that is known here.
pub(crate) fn next_revision(workbench: &Workbench<'_>, family: &str, place: &Place) -> u32 {
    let revision = |id: &ResourceId| {
        let arn = id.arn()?;
        let (own, revision) = arn.resource_name().rsplit_once(':')?;
        let here = own == family
            && arn.service() == "ecs"
            && arn.account() == place.account
            && arn.region() == place.region;
        revision.parse::<u32>().ok().filter(|_| here)
    };
    let resources = workbench.inventory().resources().iter();
    let known = resources
        .filter(|resource| resource.kind == ResourceKind::EcsTaskDefinition)
        .filter_map(|resource| revision(&resource.id));
    known.max().unwrap_or(0).saturating_add(1)
}

/// Gives new facts their own id and what AWS gives where nobody says otherwise.
pub(crate) fn complete(
    workbench: &mut Workbench<'_>,
    kind: ResourceKind,
    own: &Arn,
    place: &Place,
    facts: &mut Map<String, Value>,
) {
    for (field, value) in identity(kind, own) {
        facts.insert(field.to_owned(), Value::String(value));
    }
    if kind == ResourceKind::EcsTaskDefinition {
        fill_definition(own, facts);
    }
    let defaults = defaults(workbench, kind, own, place, facts);
    if let Value::Object(defaults) = defaults {
        for (field, value) in defaults {
            facts.entry(field).or_insert(value);
        }
    }
}

/// The facts that say who a resource is.
fn identity(kind: ResourceKind, own: &Arn) -> Vec<(&'static str, String)> {
    let (arn, name, last) = (
        own.to_string(),
        own.resource_name().to_owned(),
        own.last_part().to_owned(),
    );
    match kind {
        ResourceKind::EcsService => vec![("serviceArn", arn), ("serviceName", last)],
        ResourceKind::EcsCluster => vec![("clusterArn", arn), ("clusterName", last)],
        ResourceKind::EcsCapacityProvider => vec![("capacityProviderArn", arn), ("name", last)],
        ResourceKind::EcsTaskDefinition => vec![("taskDefinitionArn", arn)],
        ResourceKind::EcsContainerInstance => vec![("containerInstanceArn", arn)],
        ResourceKind::EcsTask => vec![("taskArn", arn)],
        ResourceKind::EcsTaskSet => vec![("taskSetArn", arn)],
        ResourceKind::IamRole => vec![("Arn", arn), ("RoleName", last)],
        ResourceKind::IamPolicy => vec![("Arn", arn), ("PolicyName", last)],
        ResourceKind::LoadBalancer => vec![("LoadBalancerArn", arn)],
        ResourceKind::Listener => vec![("ListenerArn", arn)],
        ResourceKind::ListenerRule => vec![("RuleArn", arn)],
        ResourceKind::TargetGroup => vec![("TargetGroupArn", arn)],
        ResourceKind::LogGroup => vec![("logGroupArn", arn), ("logGroupName", name)],
        ResourceKind::SsmParameter | ResourceKind::Secret => vec![("ARN", arn)],
        ResourceKind::KmsKey => vec![("Arn", arn), ("KeyId", last)],
        ResourceKind::EcrRepository => vec![("repositoryArn", arn), ("repositoryName", name)],
        ResourceKind::Vpc => vec![("VpcId", last)],
        ResourceKind::Subnet => vec![("SubnetId", last)],
        ResourceKind::RouteTable => vec![("RouteTableId", last)],
        ResourceKind::NatGateway => vec![("NatGatewayId", last)],
        ResourceKind::InternetGateway => vec![("InternetGatewayId", last)],
        ResourceKind::VpcEndpoint => vec![("VpcEndpointId", last)],
        ResourceKind::SecurityGroup => vec![("GroupId", last)],
        ResourceKind::NetworkInterface => vec![("NetworkInterfaceId", last)],
        ResourceKind::NetworkAcl => vec![("NetworkAclId", last)],
        ResourceKind::DhcpOptions => vec![("DhcpOptionsId", last)],
        ResourceKind::ElasticIp => vec![("AllocationId", last)],
        ResourceKind::PrefixList => vec![("PrefixListId", last)],
        ResourceKind::VpcPeeringConnection => vec![("VpcPeeringConnectionId", last)],
        ResourceKind::TransitGateway => vec![("TransitGatewayId", last)],
        ResourceKind::VpcEndpointService => vec![("ServiceId", last)],
        ResourceKind::Ec2Instance => vec![("InstanceId", last)],
        ResourceKind::LaunchTemplate => vec![("LaunchTemplateId", last)],
        ResourceKind::EfsFileSystem => vec![("FileSystemArn", arn), ("FileSystemId", last)],
        ResourceKind::EfsAccessPoint => vec![("AccessPointArn", arn), ("AccessPointId", last)],
        ResourceKind::EfsMountTarget => vec![("MountTargetId", last)],
        ResourceKind::CloudMapNamespace | ResourceKind::CloudMapService => {
            vec![("Arn", arn), ("Id", last)]
        }
        ResourceKind::AutoScalingGroup => {
            vec![("AutoScalingGroupARN", arn), ("AutoScalingGroupName", last)]
        }
        ResourceKind::EventRule | ResourceKind::Schedule => vec![("Arn", arn), ("Name", last)],
        ResourceKind::IamInstanceProfile => vec![("Arn", arn), ("InstanceProfileName", last)],
        ResourceKind::ScalableTarget => vec![("ScalableTargetARN", arn)],
        ResourceKind::ScalingPolicy => vec![("PolicyARN", arn)],
        _ => Vec::new(),
    }
}

/// What AWS writes into each revision, and shows of it ever after.
///
/// <https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerDefinition.html>
fn fill_definition(own: &Arn, facts: &mut Map<String, Value>) {
    let (family, revision) = own
        .resource_name()
        .rsplit_once(':')
        .unwrap_or((own.resource_name(), "1"));
    facts.insert("family".to_owned(), family.into());
    facts.insert(
        "revision".to_owned(),
        revision.parse::<i32>().unwrap_or(1).into(),
    );
    facts.insert("status".to_owned(), "ACTIVE".into());
    facts.remove("registeredAt");
    let Ok(mut definition) =
        serde_json::from_value::<EcsTaskDefinition>(Value::Object(facts.clone()))
    else {
        return;
    };
    let mode = definition
        .network_mode
        .get_or_insert("bridge".to_owned())
        .clone();
    let own_port = matches!(mode.as_str(), "awsvpc" | "host");
    if definition.compatibilities.is_empty() {
        definition.compatibilities.push("EC2".to_owned());
        // <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-tasks-services.html>
        if mode == "awsvpc" && definition.cpu.is_some() && definition.memory.is_some() {
            definition.compatibilities.push("FARGATE".to_owned());
        }
    }
    for container in &mut definition.container_definitions {
        container.essential.get_or_insert(true);
        for port in &mut container.port_mappings {
            port.protocol.get_or_insert("tcp".to_owned());
            if own_port && port.host_port.is_none() {
                port.host_port = port.container_port;
            }
        }
    }
    if let Value::Object(filled) = kinds::attributes(&definition) {
        *facts = filled;
    }
}

fn defaults(
    workbench: &mut Workbench<'_>,
    kind: ResourceKind,
    own: &Arn,
    place: &Place,
    facts: &Map<String, Value>,
) -> Value {
    match kind {
        // <https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_CreateService.html>
        ResourceKind::EcsService => {
            let mut defaults = json!({
                "status": "ACTIVE",
                "schedulingStrategy": "REPLICA",
                "deploymentConfiguration": {"maximumPercent": 200, "minimumHealthyPercent": 100},
                "clusterArn": place.arn("ecs", "cluster/default").map(|arn| arn.to_string()),
            });
            if facts.get("schedulingStrategy").and_then(Value::as_str) != Some("DAEMON") {
                defaults["desiredCount"] = json!(1);
            }
            if !facts.contains_key("capacityProviderStrategy") {
                defaults["launchType"] = json!("EC2");
            }
            defaults
        }
        ResourceKind::EcsCluster | ResourceKind::EcsCapacityProvider => {
            json!({ "status": "ACTIVE" })
        }
        ResourceKind::LoadBalancer => {
            json!({"Type": "application", "Scheme": "internet-facing", "IpAddressType": "ipv4", "State": {"Code": "active"}, "LoadBalancerName": own.resource().split('/').nth(2)})
        }
        // <https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_CreateTargetGroup.html>
        ResourceKind::TargetGroup => {
            let protocol = facts
                .get("Protocol")
                .and_then(Value::as_str)
                .unwrap_or_default();
            let http = matches!(protocol, "HTTP" | "HTTPS");
            let mut defaults = json!({
                "TargetType": "instance",
                "HealthCheckEnabled": true,
                "HealthCheckPort": "traffic-port",
                "HealthCheckProtocol": if http { "HTTP" } else { "TCP" },
                "HealthCheckIntervalSeconds": 30,
                "HealthyThresholdCount": 5,
                "UnhealthyThresholdCount": 2,
                "TargetGroupName": own.resource().split('/').nth(1),
            });
            if http {
                defaults["HealthCheckPath"] = json!("/");
                defaults["HealthCheckTimeoutSeconds"] = json!(5);
                defaults["Matcher"] = json!({"HttpCode": "200"});
                defaults["ProtocolVersion"] = json!("HTTP1");
            }
            defaults
        }
        ResourceKind::SsmParameter => json!({
            "Name": kinds::ssm_parameter::name_of(own),
            "Tier": "Standard",
            "DataType": "text",
        }),
        ResourceKind::Secret => {
            json!({ "Name": kinds::secret::name_of(own) })
        }
        // <https://docs.aws.amazon.com/kms/latest/APIReference/API_CreateKey.html>
        ResourceKind::KmsKey => json!({
            "KeyState": "Enabled",
            "Enabled": true,
            "KeyManager": "CUSTOMER",
            "KeyUsage": "ENCRYPT_DECRYPT",
            "KeySpec": "SYMMETRIC_DEFAULT",
            "Origin": "AWS_KMS",
        }),
        ResourceKind::EcrRepository => {
            json!({ "registryId": own.account(), "imageTagMutability": "MUTABLE" })
        }
        ResourceKind::Vpc => json!({
            "State": "available",
            "OwnerId": own.account(),
            "CidrBlocks": facts.get("CidrBlock").map(|block| json!([block])),
        }),
        ResourceKind::Subnet => json!({
            "State": "available",
            "OwnerId": own.account(),
            "AvailableIpAddressCount": text(facts, "CidrBlock").and_then(free_addresses),
            "MapPublicIpOnLaunch": false,
        }),
        ResourceKind::NetworkAcl => json!({
            "OwnerId": own.account(),
            "IsDefault": false,
            "Entries": network_acl::last_entries(),
        }),
        ResourceKind::NatGateway => json!({
            "State": "available",
            "ConnectivityType": "public",
            "VpcId": text(facts, "SubnetId").and_then(|subnet| vpc_of(workbench, ResourceKind::Subnet, subnet, place)),
        }),
        ResourceKind::VpcEndpoint => json!({
            "State": "available",
            "VpcEndpointType": "Gateway",
            "OwnerId": own.account(),
            "PolicyDocument": {"Statement": [{"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"}]},
        }),
        ResourceKind::EfsFileSystem
        | ResourceKind::EfsAccessPoint
        | ResourceKind::EfsMountTarget => {
            json!({ "LifeCycleState": "available", "OwnerId": own.account() })
        }
        ResourceKind::EventRule | ResourceKind::Schedule => json!({ "State": "ENABLED" }),
        // Every table has the way to its own VPC.
        // <https://docs.aws.amazon.com/vpc/latest/userguide/RouteTables.html>
        ResourceKind::RouteTable => {
            let blocks = text(facts, "VpcId").map(|vpc| blocks_of(workbench, vpc, place));
            let routes: Vec<Value> = blocks
                .into_iter()
                .flatten()
                .map(|block| {
                    json!({"DestinationCidrBlock": block, "GatewayId": "local", "State": "active"})
                })
                .collect();
            json!({ "OwnerId": own.account(), "Routes": routes })
        }
        // Who says nothing of the way out lets everything out.
        // <https://docs.aws.amazon.com/vpc/latest/userguide/security-group-rules.html>
        ResourceKind::SecurityGroup => json!({
            "OwnerId": own.account(),
            "GroupName": own.last_part(),
            "IpPermissionsEgress": [{"IpProtocol": "-1", "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}],
        }),
        _ => Value::Null,
    }
}

/// AWS keeps five addresses of each subnet.
///
/// <https://docs.aws.amazon.com/vpc/latest/userguide/subnet-sizing.html>
fn free_addresses(block: &str) -> Option<u64> {
    let (_, bits) = block.split_once('/')?;
    let bits: u32 = bits.parse().ok().filter(|bits| *bits <= 32)?;
    (1_u64 << (32 - bits)).checked_sub(5)
}

/// The VPC of a subnet, a group or the like.
pub(crate) fn vpc_of(
    workbench: &mut Workbench<'_>,
    kind: ResourceKind,
    id: &str,
    place: &Place,
) -> Option<String> {
    let facts = facts_of(workbench, kind, id, place)?;
    Some(facts.get("VpcId")?.as_str()?.to_owned())
}

fn blocks_of(workbench: &mut Workbench<'_>, vpc: &str, place: &Place) -> Vec<String> {
    let facts = facts_of(workbench, ResourceKind::Vpc, vpc, place).unwrap_or_default();
    let blocks = facts.get("CidrBlocks").and_then(Value::as_array).cloned();
    let blocks = blocks.unwrap_or_else(|| facts.get("CidrBlock").cloned().into_iter().collect());
    blocks
        .iter()
        .filter_map(|block| block.as_str().map(str::to_owned))
        .collect()
}

/// Facts of one of EC2's things, live or made by this change, by its id.
pub(crate) fn facts_of(
    workbench: &mut Workbench<'_>,
    kind: ResourceKind,
    id: &str,
    place: &Place,
) -> Option<Value> {
    match workbench.find(kind, &[id], Some(place)) {
        Lookup::One(id) => workbench.facts(&id),
        _ => None,
    }
}

pub(crate) fn text<'f>(facts: &'f Map<String, Value>, field: &str) -> Option<&'f str> {
    facts
        .get(field)?
        .as_str()
        .filter(|text| !text.is_empty() && !text.contains("{{"))
}

/// `b` of `arn:...:a/b`, and of `b`.
pub(crate) fn last_part(name: &str) -> &str {
    name.rsplit(['/', ':']).next().unwrap_or(name)
}

/// `app/web/1` of a balancer's ARN.
fn part_of(facts: &Map<String, Value>, field: &str, beginning: &str) -> Option<String> {
    let whole = Arn::parse(text(facts, field)?).ok()?;
    Some(whole.resource().strip_prefix(beginning)?.to_owned())
}

fn path(facts: &Map<String, Value>) -> &str {
    text(facts, "Path").unwrap_or("/")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_subnet_has_room_for_all_but_five() {
        let cases = [
            ("10.0.0.0/24", Some(251)),
            ("10.0.0.0/28", Some(11)),
            ("10.0.0.0/30", None),
            ("10.0.0.0", None),
            ("10.0.0.0/99", None),
        ];
        for (block, expected) in cases {
            assert_eq!(free_addresses(block), expected, "{block}");
        }
    }
}
