//! One file a kind: its facts in AWS's own field names, and the links that they declare.

use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;

use crate::{Arn, Declared, Links, ResourceId, ResourceKind, Source, resource::Attributes};

/// Facts of a kind: what `attributes` shows and a snapshot stores.
pub trait Facts: Serialize + DeserializeOwned {
    const KIND: ResourceKind;

    /// AWS's own name for it, where it has one.
    fn name(&self) -> Option<String> {
        None
    }

    /// What values of environments may call it, beside what its facts tell.
    fn names_in_environments(&self, _own: &Arn) -> Vec<String> {
        Vec::new()
    }

    /// Declares what this resource depends on, and other names that it goes by.
    fn links(&self, links: &mut Links<'_>);
}

/// Something to do with the type of a kind's facts: see [`with_facts_of`].
pub trait ForFacts {
    type Output;

    fn run<F: Facts>(self) -> Self::Output;
}

pub mod environment;
mod firelens;
pub mod resource_policy;
pub mod s3_bucket;

macro_rules! kinds {
    ($($module:ident::$facts:ident,)*) => {
        $(pub mod $module;)*

        /// What the facts of a resource declare: links, and other names that it goes by. Nothing for kinds without facts of their own.
        pub fn declare(kind: ResourceKind, own: &Arn, attributes: &Attributes, source: Source) -> Result<(Vec<Declared>, Vec<ResourceId>), serde_json::Error> {
            let mut links = Links::of(own, source);
            match kind {
                $(<$module::$facts as Facts>::KIND => attributes.facts::<$module::$facts>()?.links(&mut links),)*
                _ => {}
            }
            Ok(links.finish())
        }

        /// What values of environments may call a resource with these facts.
        pub fn names_in_environments(kind: ResourceKind, own: &Arn, attributes: &Attributes) -> Vec<String> {
            match kind {
                $(<$module::$facts as Facts>::KIND => attributes.facts::<$module::$facts>().map(|facts| facts.names_in_environments(own)).unwrap_or_default(),)*
                _ => Vec::new(),
            }
        }

        /// AWS's own name for a resource with these facts, where it has one.
        pub fn name_of(kind: ResourceKind, attributes: &Attributes) -> Option<String> {
            match kind {
                $(<$module::$facts as Facts>::KIND => attributes.facts::<$module::$facts>().ok()?.name(),)*
                _ => None,
            }
        }

        /// Does something with the type of a kind's facts; gives it back where the kind has none of its own.
        pub fn with_facts_of<T: ForFacts>(kind: ResourceKind, task: T) -> Result<T::Output, T> {
            match kind {
                $(<$module::$facts as Facts>::KIND => Ok(task.run::<$module::$facts>()),)*
                _ => Err(task),
            }
        }

        /// The kinds that have facts of their own.
        pub const WITH_FACTS: &[ResourceKind] = &[$(<$module::$facts as Facts>::KIND,)*];
    };
}

kinds! {
    acm_certificate::AcmCertificate,
    api_gateway_vpc_link::ApiGatewayVpcLink,
    auto_scaling_group::AutoScalingGroup,
    cloud_map_namespace::CloudMapNamespace,
    cloud_map_service::CloudMapService,
    codedeploy_group::CodedeployGroup,
    dhcp_options::DhcpOptions,
    cloudfront_distribution::CloudfrontDistribution,
    dns_record::DnsRecord,
    cloudwatch_alarm::CloudwatchAlarm,
    ec2_instance::Ec2Instance,
    dynamodb_table::DynamodbTable,
    ecr_pull_through_cache_rule::EcrPullThroughCacheRule,
    ecr_repository::EcrRepository,
    ecs_capacity_provider::EcsCapacityProvider,
    ecs_cluster::EcsCluster,
    ecs_container_instance::EcsContainerInstance,
    ecs_service::EcsService,
    ecs_task::EcsTask,
    ecs_task_definition::EcsTaskDefinition,
    ecs_task_set::EcsTaskSet,
    efs_access_point::EfsAccessPoint,
    efs_file_system::EfsFileSystem,
    efs_mount_target::EfsMountTarget,
    elastic_ip::ElasticIp,
    event_rule::EventRule,
    hosted_zone::HostedZone,
    iam_instance_profile::IamInstanceProfile,
    iam_policy::IamPolicy,
    iam_role::IamRole,
    internet_gateway::InternetGateway,
    kms_key::KmsKey,
    lambda_function::LambdaFunction,
    launch_template::LaunchTemplate,
    listener::Listener,
    listener_rule::ListenerRule,
    load_balancer::LoadBalancer,
    log_group::LogGroup,
    nat_gateway::NatGateway,
    network_acl::NetworkAcl,
    network_interface::NetworkInterface,
    prefix_list::PrefixList,
    route_table::RouteTable,
    scalable_target::ScalableTarget,
    scaling_policy::ScalingPolicy,
    schedule::Schedule,
    secret::Secret,
    security_group::SecurityGroup,
    sns_topic::SnsTopic,
    sqs_queue::SqsQueue,
    ssm_parameter::SsmParameter,
    state_machine::StateMachine,
    subnet::Subnet,
    target_group::TargetGroup,
    transit_gateway::TransitGateway,
    vpc::Vpc,
    vpc_endpoint::VpcEndpoint,
    vpc_endpoint_service::VpcEndpointService,
    vpc_peering_connection::VpcPeeringConnection,
    vpc_lattice_target_group::VpcLatticeTargetGroup,
    web_acl::WebAcl,
}

/// Facts as JSON, without what AWS left out.
pub fn attributes<F: Serialize>(facts: &F) -> Value {
    let mut value = serde_json::to_value(facts).unwrap_or_default();
    prune(&mut value);
    value
}

/// Drops nulls, and lists and objects that hold nothing.
fn prune(value: &mut Value) {
    let nothing = |value: &Value| match value {
        Value::Null => true,
        Value::Array(values) => values.is_empty(),
        Value::Object(fields) => fields.is_empty(),
        _ => false,
    };
    match value {
        Value::Object(fields) => {
            fields.values_mut().for_each(prune);
            fields.retain(|_, value| !nothing(value));
        }
        Value::Array(values) => values.iter_mut().for_each(prune),
        _ => {}
    }
}

/// What a person calls a resource of which only the id is known.
pub fn name_from_id(kind: ResourceKind, id: &ResourceId) -> String {
    let Some(arn) = id.arn() else {
        return id.to_string();
    };
    match kind {
        ResourceKind::LogGroup
        | ResourceKind::EcrRepository
        | ResourceKind::EcsTaskDefinition
        | ResourceKind::CloudwatchAlarm => arn.resource_name().to_owned(),
        ResourceKind::SsmParameter => ssm_parameter::name_of(&arn),
        ResourceKind::Secret => secret::name_of(&arn),
        ResourceKind::KmsKey => arn
            .resource()
            .strip_prefix("key/")
            .unwrap_or(arn.resource())
            .to_owned(),
        ResourceKind::Listener | ResourceKind::ListenerRule => balancer_name(&arn),
        ResourceKind::TargetGroup | ResourceKind::LoadBalancer => arn
            .resource()
            .split('/')
            .rev()
            .nth(1)
            .unwrap_or_default()
            .to_owned(),
        _ => arn.last_part().to_owned(),
    }
}

/// `web/f2f7dc8efc522ab2` of `listener/app/web/50dc6c495c0c9188/f2f7dc8efc522ab2`.
fn balancer_name(arn: &Arn) -> String {
    let parts: Vec<_> = arn.resource().split('/').collect();
    match parts.as_slice() {
        [_, _, name, .., own] => format!("{name}/{own}"),
        _ => arn.last_part().to_owned(),
    }
}

/// `a[3].b`.
pub(crate) fn at(list: &str, index: usize, field: &str) -> String {
    if field.is_empty() {
        format!("{list}[{index}]")
    } else {
        format!("{list}[{index}].{field}")
    }
}
