//! What AWS does not accept, so that the apply stops and the estate stays.

use blastmap_judge::{
    Outcome::FailsOnNextStart,
    estate::{Estate, arn, ec2, gone, patched, planned, together, web_definition},
};
use blastmap_model::{
    Phase::Start,
    kinds::{
        ecs_cluster::EcsCluster,
        ecs_service::{
            Deployment, EcsService, ServiceConnectConfiguration, ServiceConnectService,
            ServiceLoadBalancer,
        },
        ecs_task_definition::{
            ContainerDependency, EcsTaskDefinition, EfsAuthorization, EfsVolume, EphemeralStorage,
            Volume,
        },
        listener::{Action, Certificate, Listener},
        listener_rule::{Condition, ListenerRule},
        route_table::{RouteTable, RouteTableAssociation},
        target_group::TargetGroup,
    },
};
use serde_json::{Value, json};

use crate::{estates::*, harness::*, starting::rolled};

fn certificate() -> String {
    arn("acm", "certificate/00000000-0000-4000-8000-000000000001")
}

fn certified() -> Estate {
    let estate = nat()
        .alb()
        .blind(blastmap_model::ResourceKind::AcmCertificate);
    estate.with::<Listener>(&listener(), |own| {
        own.certificates = vec![Certificate {
            certificate_arn: Some(certificate()),
            is_default: Some(true),
        }];
    })
}

fn new_rule(priority: &str) -> ListenerRule {
    ListenerRule {
        rule_arn: arn("elasticloadbalancing", "listener-rule/app/front/1/80/11"),
        priority: Some(priority.to_owned()),
        conditions: vec![Condition {
            field: Some("path-pattern".to_owned()),
            values: vec!["/new".to_owned()],
            ..Condition::default()
        }],
        actions: vec![Action {
            r#type: Some("fixed-response".to_owned()),
            ..Action::default()
        }],
        ..ListenerRule::default()
    }
}

fn efs(root: Option<&str>, transit: Option<&str>) -> Volume {
    Volume {
        name: Some("data".to_owned()),
        efs_volume_configuration: Some(EfsVolume {
            file_system_id: "fs-1".to_owned(),
            root_directory: root.map(str::to_owned),
            transit_encryption: transit.map(str::to_owned),
            authorization_config: Some(EfsAuthorization {
                access_point_id: Some("fsap-1".to_owned()),
                iam: None,
            }),
            ..EfsVolume::default()
        }),
        ..Volume::default()
    }
}

fn repository(force: bool) -> Value {
    json!({"id": "web", "arn": arn("ecr", "repository/web"), "name": "web", "force_delete": force})
}

fn spare_table() -> Value {
    json!({"id": "rtb-spare", "arn": ec2("rtb-spare"), "vpc_id": "vpc-1", "route": []})
}

fn association() -> Value {
    json!({"id": "rtbassoc-spare", "route_table_id": "rtb-spare", "subnet_id": "subnet-spare"})
}

/// A subnet that nobody uses, with a route table of its own.
fn with_spare_table() -> Estate {
    let table = RouteTable {
        route_table_id: "rtb-spare".to_owned(),
        vpc_id: Some("vpc-1".to_owned()),
        associations: vec![RouteTableAssociation {
            subnet_id: Some("subnet-spare".to_owned()),
            route_table_association_id: Some("rtbassoc-spare".to_owned()),
            ..RouteTableAssociation::default()
        }],
        ..RouteTable::default()
    };
    nat()
        .subnet("subnet-spare", "a", "10.0.9.0/24")
        .put(&ec2("rtb-spare"), &table)
}

pub(crate) fn cases() -> Vec<Case> {
    let size = |name, cpu: &'static str, memory: &'static str| {
        rolled(name, nat(), move |own: &mut EcsTaskDefinition| {
            own.cpu = Some(cpu.to_owned());
            own.memory = Some(memory.to_owned());
        })
    };
    let storage = |name, size| {
        rolled(name, nat(), move |own: &mut EcsTaskDefinition| {
            own.ephemeral_storage = Some(EphemeralStorage { size_in_gib: size })
        })
    };
    let empty = || Estate::new().vpc_with_nat().cluster();
    let unused_group = || TargetGroup {
        target_group_arn: arn("elasticloadbalancing", "targetgroup/idle/3"),
        target_group_name: "idle".to_owned(),
        target_type: Some("ip".to_owned()),
        vpc_id: Some("vpc-1".to_owned()),
        target_health_descriptions: Some(Vec::new()),
        ..TargetGroup::default()
    };
    let idle = arn("elasticloadbalancing", "targetgroup/idle/3");
    vec![
        size("256 CPU units with 4 GB", "256", "4096").refused("fargate-size-invalid"),
        size("512 CPU units with 4 GB", "512", "4096"),
        size("1024 CPU units with 1 GB", "1024", "1024").refused("fargate-size-invalid"),
        storage("ten GiB of storage", 10).refused("ephemeral-storage-invalid"),
        storage("21 GiB of storage", 21),
        rolled("Fargate in bridge mode", nat(), |own| own.network_mode = Some("bridge".to_owned())).refused("fargate-network-mode"),
        rolled("Fargate with privileges", nat(), |own| own.container_definitions[0].privileged = Some(true)).refused("fargate-parameter-unsupported"),
        rolled("a container greater than its task", nat(), |own| own.container_definitions[0].memory = Some(4096)).refused("container-size-invalid"),
        rolled("a container as great as its task", nat(), |own| own.container_definitions[0].memory = Some(512)),
        rolled("a host port that is not the container's", nat(), |own| own.container_definitions[0].port_mappings[0].host_port = Some(80)).refused("host-port-differs"),
        rolled("a host port that is left out", nat(), |own| own.container_definitions[0].port_mappings[0].host_port = None),
        rolled("a container that waits for itself", nat(), |own| own.container_definitions[0].depends_on = vec![ContainerDependency {
            container_name: "web".to_owned(), condition: "START".to_owned(),
        }])
        .refused("container-dependency-invalid"),
        rolled("no essential container", nat(), |own| own.container_definitions[0].essential = Some(false)).refused("no-essential-container"),
        rolled("an access point with a directory of its own", with_volume(false), |own| own.volumes = vec![efs(Some("/data"), Some("ENABLED"))]).refused("efs-volume-invalid"),
        rolled("an access point with the root directory", with_volume(false), |own| own.volumes = vec![efs(Some("/"), Some("ENABLED"))]),
        rolled("secrets without an execution role", nat(), |own| own.execution_role_arn = None).refused("execution-role-missing"),
        rolled("the port that the load balancer knows is gone", behind_alb(), |own| {
            own.container_definitions[0].port_mappings[0].container_port = Some(9090);
            own.container_definitions[0].port_mappings[0].host_port = Some(9090);
        })
        .refused("lb-port-or-name-changed"),
        rolled("the container that the load balancer knows has another name", behind_alb(), |own| own.container_definitions[0].name = "api".to_owned()).refused("lb-port-or-name-changed"),
        resources("the service is moved to a revision that is inactive", nat().put(&arn("ecs", "task-definition/web:0"), &EcsTaskDefinition {
            task_definition_arn: arn("ecs", "task-definition/web:0"), revision: 0, status: Some("INACTIVE".to_owned()), ..web_definition()
        }), [update(&service(), json!({"taskDefinition": arn("ecs", "task-definition/web:0")}))])
        .refused("task-definition-inactive"),
        resources("the service on Fargate loses its network", nat(), [update(&service(), json!({"networkConfiguration": null}))]).refused("network-mode-or-target-type-mismatch"),
        edited("Service Connect names a port that is not mapped", nat(), |snapshot| patched::<EcsService>(snapshot, &service(), |own| {
            own.deployments = vec![Deployment { status: Some("PRIMARY".to_owned()), service_connect_configuration: Some(ServiceConnectConfiguration {
                enabled: true, namespace: Some("internal".to_owned()),
                services: vec![ServiceConnectService { port_name: "grpc".to_owned(), ..ServiceConnectService::default() }],
            }), ..Deployment::default() }];
        }))
        .refused("service-connect-port-name"),
        resources("an old platform version with a volume of EFS", with_volume(false), [update(&service(), json!({"platformVersion": "1.3.0"}))]).refused("fargate-platform-feature"),
        resources("the platform version is spelled out", nat(), [update(&service(), json!({"platformVersion": "1.4.0"}))]),
        edited("the service moves to a target group behind no load balancer", behind_alb().put(&idle, &unused_group()), move |snapshot| {
            patched::<EcsService>(snapshot, &service(), |own| own.load_balancers = vec![ServiceLoadBalancer {
                target_group_arn: Some(idle.clone()), container_name: Some("web".to_owned()), container_port: Some(8080), ..ServiceLoadBalancer::default()
            }])
        })
        .refused("tg-unassociated"),
        resources("the minimum is above the maximum", scaled(), [update(&scalable_target(), json!({"MinCapacity": 9}))]).refused("scalable-target-bounds"),
        edited("a rule with another's priority", behind_alb(), |_| planned(&new_rule("10").rule_arn, &new_rule("10").rule_arn, &new_rule("10"))).refused("rule-priority-in-use"),
        edited("a rule with a priority of its own below", behind_alb(), |_| planned(&new_rule("11").rule_arn, &new_rule("11").rule_arn, &new_rule("11"))),
        resources("a cluster with services is deleted", nat(), [delete(&cluster())]).refused("cluster-not-empty"),
        resources("an empty cluster is deleted", empty(), [delete(&cluster())]),
        edited("a cluster is deleted with the service in it", nat(), |_| together([gone(&cluster()), gone(&service())])),
        terraform("a target group is deleted to which a rule forwards", behind_alb(), [tf_delete("aws_lb_target_group", json!({"id": group(), "arn": group(), "name": "web"}))])
            .refused("target-group-in-use"),
        terraform("a target group is replaced before the rule that forwards to it", behind_alb(), [tf_replace("aws_lb_target_group", json!({
            "id": group(), "arn": group(), "name": "web", "port": 8080, "protocol": "HTTP", "target_type": "ip", "vpc_id": "vpc-1",
        }), json!({"port": 9090}))])
            .refused("target-group-in-use"),
        terraform("a target group is replaced after the new one is there, and its rule is not changed", behind_alb(), [tf("aws_lb_target_group", &["create", "delete"], json!({
            "id": group(), "arn": group(), "name": "web", "port": 8080, "protocol": "HTTP", "target_type": "ip", "vpc_id": "vpc-1",
        }), json!({"name": "web-2", "port": 9090, "protocol": "HTTP", "target_type": "ip", "vpc_id": "vpc-1"}), json!({"id": true, "arn": true}))])
            .refused("target-group-in-use"),
        terraform("a repository with images is deleted", nat(), [tf_delete("aws_ecr_repository", repository(false))]).refused("repository-not-empty"),
        terraform("a repository is deleted with its images by force", nat(), [tf_delete("aws_ecr_repository", repository(true))])
            .hits(&service(), FailsOnNextStart, Start).by("image-exists"),
        terraform("a route table is deleted with which a subnet is associated", with_spare_table(), [tf_delete("aws_route_table", spare_table())])
            .refused("route-table-in-use"),
        terraform("a route table is deleted with its association", with_spare_table(), [
            tf_delete("aws_route_table", spare_table()),
            tf_delete("aws_route_table_association", association()),
        ]),
        terraform("a route table is deleted whose subnet gets another", with_spare_table(), [
            tf_delete("aws_route_table", spare_table()),
            tf_update("aws_route_table_association", association(), json!({"route_table_id": "rtb-private"})),
        ]),
        resources("a cluster with services is deleted and made again", nat(), [json!({"id": cluster(), "action": "REPLACE"})])
            .refused("cluster-not-empty"),
        terraform("a group that nobody uses is replaced", nat().security_group("sg-idle", Vec::new()), [tf_replace("aws_security_group", json!({
            "id": "sg-idle", "arn": ec2("sg-idle"), "name": "idle", "description": "idle", "vpc_id": "vpc-1",
        }), json!({"description": "not in use"}))]),
        resources("the service moves to a capacity provider that its cluster does not have", nat(), [update(&service(), json!({
            "launchType": null, "capacityProviderStrategy": [{"capacityProvider": "gpu", "weight": 1}],
        }))])
            .refused("capacity-provider-strategy-invalid"),
        resources("the service moves to a capacity provider that its cluster has", nat().with::<EcsCluster>(&cluster(), |own| {
            own.capacity_providers = vec!["FARGATE".to_owned()];
        }), [update(&service(), json!({
            "launchType": null, "capacityProviderStrategy": [{"capacityProvider": "FARGATE", "weight": 1}],
        }))]),
        terraform("the tasks' group is deleted", nat(), [tf_delete("aws_security_group", json!({"id": "sg-web", "arn": ec2("sg-web"), "name": "web", "vpc_id": "vpc-1"}))])
            .refused("security-group-in-use"),
        terraform("a group that nobody uses is deleted", nat().security_group("sg-idle", Vec::new()), [tf_delete("aws_security_group", json!({"id": "sg-idle", "arn": ec2("sg-idle"), "name": "idle", "vpc_id": "vpc-1"}))]),
        terraform("a subnet with tasks is deleted", nat(), [tf_delete("aws_subnet", json!({"id": "subnet-a", "arn": ec2("subnet-a"), "vpc_id": "vpc-1", "cidr_block": "10.0.1.0/24"}))])
            .refused("subnet-in-use"),
        terraform("a VPC with subnets is deleted", nat(), [tf_delete("aws_vpc", json!({"id": "vpc-1", "arn": ec2("vpc-1"), "cidr_block": "10.0.0.0/16"}))])
            .refused("vpc-in-use"),
        resources("the certificate of a listener is deleted", certified(), [json!({"id": certificate(), "action": "DELETE"})])
            .refused("certificate-in-use"),
        resources("a certificate that no listener uses any more is deleted", certified(), [
            update(&listener(), json!({"Certificates": [{"CertificateArn": certificate().replace('1', "2"), "IsDefault": true}]})),
            json!({"id": certificate(), "action": "DELETE"}),
        ]),
    ]
}
