//! Estates that several areas share, and the ids of what is in them.

use blastmap_judge::estate::{Estate, allow, arn, ec2, iam};
use blastmap_model::kinds::{
    cloud_map_namespace::CloudMapNamespace,
    cloud_map_service::CloudMapService,
    ecs_container_instance::EcsContainerInstance,
    ecs_service::{EcsService, ManagedEbsVolume, ServiceRegistry, VolumeConfiguration},
    ecs_task::EcsTask,
    ecs_task_definition::{EcsTaskDefinition, EfsAuthorization, EfsVolume, Volume},
    efs_access_point::EfsAccessPoint,
    efs_file_system::EfsFileSystem,
    efs_mount_target::EfsMountTarget,
    event_rule::{
        AwsVpcConfiguration, EcsParameters, EventRule, EventTarget, NetworkConfiguration,
    },
    kms_key::KmsKey,
    resource_policy::ResourcePolicy,
    scalable_target::ScalableTarget,
    scaling_policy::{Alarm, PredefinedMetric, ScalingPolicy, TargetTracking},
    schedule::{Schedule, ScheduleTarget},
    secret::Secret,
    subnet::Subnet,
};
use serde_json::{Value, json};

pub(crate) fn service() -> String {
    arn("ecs", "service/main/web")
}
pub(crate) fn cluster() -> String {
    arn("ecs", "cluster/main")
}
pub(crate) fn definition() -> String {
    arn("ecs", "task-definition/web:1")
}
pub(crate) fn execution_role() -> String {
    iam("role/web-execution")
}
pub(crate) fn task_role() -> String {
    iam("role/web-task")
}
pub(crate) fn group() -> String {
    arn("elasticloadbalancing", "targetgroup/web/1")
}
pub(crate) fn rule() -> String {
    arn("elasticloadbalancing", "listener-rule/app/front/1/80/10")
}
pub(crate) fn listener() -> String {
    arn("elasticloadbalancing", "listener/app/front/1/80")
}
pub(crate) fn balancer() -> String {
    arn("elasticloadbalancing", "loadbalancer/app/front/1")
}
pub(crate) fn host(id: &str) -> String {
    arn("ecs", &format!("container-instance/main/{id}"))
}
pub(crate) fn event_rule() -> String {
    arn("events", "rule/nightly")
}
pub(crate) fn schedule() -> String {
    arn("scheduler", "schedule/default/nightly")
}
pub(crate) fn secret() -> String {
    arn("secretsmanager", "secret:prod/db-a1B2c3")
}
pub(crate) fn parameter() -> String {
    arn("ssm", "parameter/prod/url")
}
pub(crate) fn key() -> String {
    arn("kms", "key/1")
}
pub(crate) fn scalable_target() -> String {
    arn("application-autoscaling", "scalable-target/1")
}
pub(crate) fn policy() -> String {
    arn(
        "autoscaling",
        "scalingPolicy:1:resource/ecs/service/main/web:policyName/requests",
    )
}
pub(crate) fn registry() -> String {
    arn("servicediscovery", "service/srv-1")
}
pub(crate) fn file_system() -> String {
    arn("elasticfilesystem", "file-system/fs-1")
}
pub(crate) fn access_point() -> String {
    arn("elasticfilesystem", "access-point/fsap-1")
}

fn some(text: &str) -> Option<String> {
    Some(text.to_owned())
}

/// Service `web` of two tasks in private subnets that go out by NAT.
pub(crate) fn nat() -> Estate {
    Estate::new().vpc_with_nat().fargate_service()
}

/// The same behind a load balancer.
pub(crate) fn behind_alb() -> Estate {
    nat().alb()
}

/// The same in a VPC without a way out.
pub(crate) fn isolated() -> Estate {
    Estate::new()
        .isolated_vpc_with_endpoints()
        .fargate_service()
}

/// The secret and its key, of the customer's own, which gives its account's IAM the say.
pub(crate) fn with_key(estate: Estate) -> Estate {
    let facts = KmsKey {
        arn: key(),
        key_id: "1".to_owned(),
        aliases: vec!["alias/prod".to_owned()],
        key_state: some("Enabled"),
        enabled: Some(true),
        key_manager: some("CUSTOMER"),
        key_usage: some("ENCRYPT_DECRYPT"),
        policy: Some(ResourcePolicy::of(root_policy())),
        ..KmsKey::default()
    };
    let decrypt = allow(&["kms:Decrypt"], &[&key()]);
    estate
        .put(&key(), &facts)
        .with::<Secret>(&secret(), |own| own.kms_key_id = Some(key()))
        .with::<blastmap_model::kinds::iam_role::IamRole>(&execution_role(), |own| {
            own.role_policy_list
                .push(blastmap_model::kinds::iam_role::InlinePolicy {
                    policy_name: "key".to_owned(),
                    policy_document: decrypt,
                });
        })
}

pub(crate) fn root_policy() -> Value {
    json!({"Version": "2012-10-17", "Statement": [{"Sid": "root", "Effect": "Allow",
        "Principal": {"AWS": iam("root")}, "Action": "kms:*", "Resource": "*"}]})
}

/// Service `web` on two container instances, one task on each, in bridge mode.
pub(crate) fn on_ec2() -> Estate {
    let task = |id: &str, zone: &str| EcsTask {
        task_arn: arn("ecs", &format!("task/main/{id}")),
        cluster_arn: cluster(),
        task_definition_arn: definition(),
        group: some("service:web"),
        started_by: some("ecs-svc/1"),
        launch_type: some("EC2"),
        container_instance_arn: Some(host(id)),
        availability_zone: Some(format!("eu-west-1{zone}")),
        last_status: some("RUNNING"),
        desired_status: some("RUNNING"),
        cpu: some("256"),
        memory: some("512"),
        ..EcsTask::default()
    };
    let estate = Estate::new().vpc_with_nat().ec2_cluster().ec2_service();
    let estate = room(room(estate, "1", 1792, 3372), "2", 1792, 3372);
    estate
        .put(&arn("ecs", "task/main/1"), &task("1", "a"))
        .put(&arn("ecs", "task/main/2"), &task("2", "b"))
}

/// What is left on a container instance.
pub(crate) fn room(estate: Estate, id: &str, cpu: i32, memory: i32) -> Estate {
    estate.with::<EcsContainerInstance>(&host(id), |own| {
        for resource in &mut own.remaining_resources {
            match resource.name.as_deref() {
                Some("CPU") => resource.integer_value = Some(cpu),
                Some("MEMORY") => resource.integer_value = Some(memory),
                _ => {}
            }
        }
    })
}

/// A task that no service keeps, on the first container instance.
pub(crate) fn standalone() -> String {
    arn("ecs", "task/main/batch")
}

pub(crate) fn with_standalone(estate: Estate) -> Estate {
    let task = EcsTask {
        task_arn: standalone(),
        cluster_arn: cluster(),
        task_definition_arn: definition(),
        group: some("family:web"),
        launch_type: some("EC2"),
        container_instance_arn: Some(host("1")),
        availability_zone: some("eu-west-1a"),
        last_status: some("RUNNING"),
        desired_status: some("RUNNING"),
        cpu: some("256"),
        memory: some("512"),
        ..EcsTask::default()
    };
    estate.put(&standalone(), &task)
}

/// What AWS's own wizard writes: run this family in this cluster, pass roles to tasks.
pub(crate) fn may_run(definition: &str) -> Value {
    json!({"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Action": "ecs:RunTask", "Resource": arn("ecs", definition),
         "Condition": {"ArnEquals": {"ecs:cluster": cluster()}}},
        {"Effect": "Allow", "Action": "iam:PassRole", "Resource": [execution_role(), task_role()],
         "Condition": {"StringLike": {"iam:PassedToService": "ecs-tasks.amazonaws.com"}}},
    ]})
}

/// A rule and a schedule that run `task-definition/web:1` each night.
pub(crate) fn nightly() -> Estate {
    let parameters = EcsParameters {
        task_definition_arn: definition(),
        launch_type: some("FARGATE"),
        network_configuration: Some(NetworkConfiguration {
            awsvpc_configuration: Some(AwsVpcConfiguration {
                subnets: vec!["subnet-a".to_owned(), "subnet-b".to_owned()],
                security_groups: vec!["sg-web".to_owned()],
                assign_public_ip: some("DISABLED"),
            }),
        }),
        ..EcsParameters::default()
    };
    let rule = EventRule {
        arn: event_rule(),
        name: "nightly".to_owned(),
        state: some("ENABLED"),
        schedule_expression: some("rate(1 day)"),
        targets: vec![EventTarget {
            id: "1".to_owned(),
            arn: cluster(),
            role_arn: Some(iam("role/starter")),
            ecs_parameters: Some(parameters.clone()),
            ..EventTarget::default()
        }],
        ..EventRule::default()
    };
    let own = Schedule {
        arn: schedule(),
        name: "nightly".to_owned(),
        group_name: some("default"),
        state: some("ENABLED"),
        schedule_expression: some("rate(1 day)"),
        target: ScheduleTarget {
            arn: cluster(),
            role_arn: Some(iam("role/scheduler")),
            ecs_parameters: Some(parameters),
            ..ScheduleTarget::default()
        },
        ..Schedule::default()
    };
    let policies = [("run", may_run("task-definition/web:*"))];
    nat()
        .role("starter", "events.amazonaws.com", &policies)
        .role("scheduler", "scheduler.amazonaws.com", &policies)
        .put(&event_rule(), &rule)
        .put(&schedule(), &own)
}

/// Between 1 and 4 tasks, by requests.
pub(crate) fn scaled() -> Estate {
    let web = "service/main/web".to_owned();
    let dimension = "ecs:service:DesiredCount".to_owned();
    let target = ScalableTarget {
        scalable_target_arn: scalable_target(),
        service_namespace: "ecs".to_owned(),
        resource_id: web.clone(),
        scalable_dimension: dimension.clone(),
        min_capacity: Some(1),
        max_capacity: Some(4),
        ..ScalableTarget::default()
    };
    let alarm = |name: &str| Alarm {
        alarm_name: name.to_owned(),
        alarm_arn: arn("cloudwatch", &format!("alarm:{name}")),
    };
    let own = ScalingPolicy {
        policy_arn: policy(),
        policy_name: "requests".to_owned(),
        policy_type: "TargetTrackingScaling".to_owned(),
        service_namespace: "ecs".to_owned(),
        resource_id: web,
        scalable_dimension: dimension,
        target_tracking_scaling_policy_configuration: Some(TargetTracking {
            target_value: 100.0,
            predefined_metric_specification: Some(PredefinedMetric {
                predefined_metric_type: some("ALBRequestCountPerTarget"),
                resource_label: some("app/front/1/targetgroup/web/1"),
            }),
            ..TargetTracking::default()
        }),
        alarms: vec![alarm("high"), alarm("low")],
        ..ScalingPolicy::default()
    };
    behind_alb()
        .blind(blastmap_model::ResourceKind::CloudwatchAlarm)
        .put(&scalable_target(), &target)
        .put(&policy(), &own)
}

/// One address is left in the subnets of the tasks.
pub(crate) fn crowded(estate: Estate) -> Estate {
    let left = |count| move |own: &mut Subnet| own.available_ip_address_count = Some(count);
    estate
        .with(&ec2("subnet-a"), left(0))
        .with(&ec2("subnet-b"), left(1))
}

/// With an EBS volume that ECS makes for each task.
pub(crate) fn with_made_volume() -> Estate {
    let volume = VolumeConfiguration {
        name: "data".to_owned(),
        managed_ebs_volume: Some(ManagedEbsVolume {
            role_arn: Some(iam("role/volumes")),
            ..ManagedEbsVolume::default()
        }),
    };
    let policy = allow(&["ec2:CreateVolume", "ec2:AttachVolume"], &["*"]);
    nat()
        .role("volumes", "ecs.amazonaws.com", &[("volumes", policy)])
        .with::<EcsService>(&service(), |own| {
            own.deployments[0].volume_configurations = vec![volume];
        })
}

/// With a volume of a file system that has a mount target in each zone; by IAM where asked for.
pub(crate) fn with_volume(by_iam: bool) -> Estate {
    let volume = Volume {
        name: some("data"),
        efs_volume_configuration: Some(EfsVolume {
            file_system_id: "fs-1".to_owned(),
            transit_encryption: some("ENABLED"),
            authorization_config: Some(EfsAuthorization {
                access_point_id: some("fsap-1"),
                iam: some(if by_iam { "ENABLED" } else { "DISABLED" }),
            }),
            ..EfsVolume::default()
        }),
        ..Volume::default()
    };
    let system = EfsFileSystem {
        file_system_id: "fs-1".to_owned(),
        file_system_arn: file_system(),
        life_cycle_state: some("available"),
        file_system_policy: Some(ResourcePolicy::none()),
        ..EfsFileSystem::default()
    };
    let point = EfsAccessPoint {
        access_point_id: "fsap-1".to_owned(),
        access_point_arn: access_point(),
        file_system_id: "fs-1".to_owned(),
        life_cycle_state: some("available"),
        ..EfsAccessPoint::default()
    };
    let target = |zone: &str, address: &str| EfsMountTarget {
        mount_target_id: format!("fsmt-{zone}"),
        file_system_id: "fs-1".to_owned(),
        subnet_id: Some(format!("subnet-{zone}")),
        vpc_id: some("vpc-1"),
        availability_zone_name: Some(format!("eu-west-1{zone}")),
        ip_address: some(address),
        life_cycle_state: some("available"),
        security_groups: Some(vec!["sg-efs".to_owned()]),
        ..EfsMountTarget::default()
    };
    nat()
        .with::<EcsTaskDefinition>(&definition(), |own| own.volumes.push(volume))
        .security_group(
            "sg-efs",
            vec![blastmap_judge::estate::tcp((2049, 2049), "sg-web")],
        )
        .put(&file_system(), &system)
        .put(&access_point(), &point)
        .put_with_id("fsmt-a", &file_system(), &target("a", "10.0.1.50"))
        .put_with_id("fsmt-b", &file_system(), &target("b", "10.0.2.50"))
}

/// With a name in Cloud Map.
pub(crate) fn with_discovery() -> Estate {
    let own = CloudMapService {
        arn: registry(),
        id: "srv-1".to_owned(),
        name: "web".to_owned(),
        namespace_id: some("ns-1"),
        ..CloudMapService::default()
    };
    let namespace = CloudMapNamespace {
        arn: arn("servicediscovery", "namespace/ns-1"),
        id: "ns-1".to_owned(),
        name: "internal".to_owned(),
        ..CloudMapNamespace::default()
    };
    nat()
        .put(&registry(), &own)
        .put(&namespace.arn.clone(), &namespace)
        .with::<EcsService>(&service(), |own| {
            own.service_registries.push(ServiceRegistry {
                registry_arn: Some(registry()),
                ..ServiceRegistry::default()
            });
        })
}

/// `{"id": "nat-1", "arn": ...}`: what Terraform knows of one of EC2's things.
pub(crate) fn tf_ec2(id: &str, more: Value) -> Value {
    let mut known = json!({"id": id, "arn": ec2(id)});
    if let (Some(known), Value::Object(more)) = (known.as_object_mut(), more) {
        known.extend(more);
    }
    known
}
