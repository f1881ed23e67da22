//! Ready-made parts of estates. Each is healthy by itself; [`Estate::with`] and [`Estate::without`] spoil it.

use blastmap_model::kinds::{
    ec2_instance::{Ec2Instance, InstanceGroup, InstanceProfileOfInstance, InstanceState},
    ecr_repository::{EcrRepository, ImageInUse},
    ecs_cluster::EcsCluster,
    ecs_container_instance::{EcsContainerInstance, HostResource},
    ecs_service::{
        AwsVpcConfiguration, Deployment, EcsService, NetworkConfiguration, ServiceLoadBalancer,
    },
    ecs_task::{Attachment, EcsTask},
    ecs_task_definition::{
        Attribute, ContainerDefinition, EcsTaskDefinition, LogConfiguration, PortMapping,
        SecretReference,
    },
    elastic_ip::ElasticIp,
    iam_instance_profile::{IamInstanceProfile, RoleOfProfile},
    iam_role::{IamRole, InlinePolicy},
    internet_gateway::{GatewayAttachment, InternetGateway},
    listener::{Action, Listener},
    listener_rule::{Condition, ListenerRule},
    load_balancer::{AvailabilityZone, LoadBalancer, State},
    log_group::LogGroup,
    nat_gateway::{NatGateway, NatGatewayAddress},
    network_acl,
    network_interface::{InterfaceGroup, NetworkInterface},
    resource_policy::ResourcePolicy,
    route_table::{Route, RouteTable, RouteTableAssociation},
    secret::Secret,
    security_group::{IpPermission, IpRange, SecurityGroup, UserIdGroupPair},
    ssm_parameter::SsmParameter,
    subnet::{NetworkAcl, NetworkAclEntry, Subnet},
    target_group::{Target, TargetGroup, TargetHealth, TargetHealthDescription},
    vpc::Vpc,
    vpc_endpoint::{EndpointGroup, VpcEndpoint},
};
use serde_json::{Value, json};

use super::{ACCOUNT, Estate, REGION, allow, arn, ec2, iam, trust};

/// The managed policy's permissions.
///
/// <https://docs.aws.amazon.com/aws-managed-policy/latest/reference/AmazonECSTaskExecutionRolePolicy.html>
pub fn execution_policy() -> Value {
    let actions = [
        "ecr:GetAuthorizationToken",
        "ecr:BatchCheckLayerAvailability",
        "ecr:GetDownloadUrlForLayer",
        "ecr:BatchGetImage",
        "logs:CreateLogStream",
        "logs:PutLogEvents",
    ];
    allow(&actions, &["*"])
}

/// A role that one of AWS's services may assume, with inline policies.
pub fn role(name: &str, service: &str, policies: &[(&str, Value)]) -> IamRole {
    let policies = policies.iter().map(|(name, document)| InlinePolicy {
        policy_name: (*name).to_owned(),
        policy_document: document.clone(),
    });
    IamRole {
        role_name: name.to_owned(),
        arn: iam(&format!("role/{name}")),
        assume_role_policy_document: trust(service),
        role_policy_list: policies.collect(),
        ..IamRole::default()
    }
}

/// A rule for TCP. `from` is a group's id or a CIDR block.
pub fn tcp(ports: (i32, i32), from: &str) -> IpPermission {
    let group = from.starts_with("sg-").then(|| UserIdGroupPair {
        group_id: Some(from.to_owned()),
        ..UserIdGroupPair::default()
    });
    let range = (!from.starts_with("sg-")).then(|| IpRange {
        cidr_ip: from.to_owned(),
        description: None,
    });
    IpPermission {
        ip_protocol: some("tcp"),
        from_port: Some(ports.0),
        to_port: Some(ports.1),
        ip_ranges: range.into_iter().collect(),
        user_id_group_pairs: group.into_iter().collect(),
        ..IpPermission::default()
    }
}

/// The rule that AWS gives each new group: everything may leave.
pub fn everything_out() -> IpPermission {
    IpPermission {
        ip_protocol: some("-1"),
        ip_ranges: vec![IpRange {
            cidr_ip: "0.0.0.0/0".to_owned(),
            description: None,
        }],
        ..IpPermission::default()
    }
}

#[expect(
    clippy::unnecessary_wraps,
    reason = "most of AWS's fields are optional"
)]
fn some(text: &str) -> Option<String> {
    Some(text.to_owned())
}

/// The ACL that a VPC begins with.
fn open_acl() -> NetworkAcl {
    let entry = |egress, number, action: &str| NetworkAclEntry {
        egress,
        rule_number: Some(number),
        protocol: some("-1"),
        rule_action: some(action),
        cidr_block: some("0.0.0.0/0"),
        ..NetworkAclEntry::default()
    };
    NetworkAcl {
        network_acl_id: "acl-1".to_owned(),
        is_default: Some(true),
        entries: vec![
            entry(false, 100, "allow"),
            entry(false, 32767, "deny"),
            entry(true, 100, "allow"),
            entry(true, 32767, "deny"),
        ],
    }
}

impl Estate {
    /// `role/NAME`, for one of AWS's services.
    #[must_use]
    pub fn role(self, name: &str, service: &str, policies: &[(&str, Value)]) -> Self {
        self.put(
            &iam(&format!("role/{name}")),
            &role(name, service, policies),
        )
    }

    /// A group of `vpc-1`; everything may leave.
    #[must_use]
    pub fn security_group(self, id: &str, lets_in: Vec<IpPermission>) -> Self {
        let facts = SecurityGroup {
            group_id: id.to_owned(),
            group_name: id.trim_start_matches("sg-").to_owned(),
            vpc_id: some("vpc-1"),
            owner_id: some(ACCOUNT),
            ip_permissions: lets_in,
            ip_permissions_egress: vec![everything_out()],
            ..SecurityGroup::default()
        };
        self.put(&ec2(id), &facts)
    }

    /// A subnet of `vpc-1`: 250 free addresses, an open ACL.
    #[must_use]
    pub fn subnet(self, id: &str, zone: &str, cidr: &str) -> Self {
        let facts = Subnet {
            subnet_id: id.to_owned(),
            vpc_id: some("vpc-1"),
            owner_id: some(ACCOUNT),
            state: some("available"),
            cidr_block: some(cidr),
            availability_zone: Some(format!("{REGION}{zone}")),
            availability_zone_id: Some(format!("euw1-az{}", if zone == "a" { 1 } else { 2 })),
            available_ip_address_count: Some(250),
            network_acl: Some(open_acl()),
            ..Subnet::default()
        };
        let acl = network_acl::NetworkAcl {
            network_acl_id: "acl-1".to_owned(),
            vpc_id: some("vpc-1"),
            owner_id: some(ACCOUNT),
            is_default: Some(true),
            entries: open_acl().entries,
        };
        self.put(&ec2(id), &facts)
            .put(&arn("ec2", "network-acl/acl-1"), &acl)
    }

    fn route_table(self, id: &str, subnets: &[&str], routes: Vec<Route>) -> Self {
        let local = Route {
            destination_cidr_block: some("10.0.0.0/16"),
            gateway_id: some("local"),
            state: some("active"),
            ..Route::default()
        };
        let association = |subnet: &&str| RouteTableAssociation {
            main: false,
            subnet_id: some(subnet),
            gateway_id: None,
            route_table_association_id: Some(format!("rtbassoc-{subnet}")),
        };
        let facts = RouteTable {
            route_table_id: id.to_owned(),
            vpc_id: some("vpc-1"),
            owner_id: some(ACCOUNT),
            routes: std::iter::once(local).chain(routes).collect(),
            associations: subnets.iter().map(association).collect(),
        };
        self.put(&ec2(id), &facts)
    }

    fn vpc(self) -> Self {
        let facts = Vpc {
            vpc_id: "vpc-1".to_owned(),
            owner_id: some(ACCOUNT),
            state: some("available"),
            cidr_block: some("10.0.0.0/16"),
            cidr_blocks: vec!["10.0.0.0/16".to_owned()],
            is_default: Some(false),
            domain_name_servers: vec!["AmazonProvidedDNS".to_owned()],
            enable_dns_support: Some(true),
            enable_dns_hostnames: Some(true),
            ..Vpc::default()
        };
        self.put(&ec2("vpc-1"), &facts)
    }

    /// `vpc-1`: private `subnet-a` and `subnet-b` go out by `nat-1`, which lies in `subnet-public-a` beside `subnet-public-b`;
    /// these go out by `igw-1`.
    #[must_use]
    pub fn vpc_with_nat(self) -> Self {
        let by_nat = Route {
            destination_cidr_block: some("0.0.0.0/0"),
            nat_gateway_id: some("nat-1"),
            state: some("active"),
            ..Route::default()
        };
        let by_gateway = Route {
            destination_cidr_block: some("0.0.0.0/0"),
            gateway_id: some("igw-1"),
            state: some("active"),
            ..Route::default()
        };
        let gateway = InternetGateway {
            internet_gateway_id: "igw-1".to_owned(),
            owner_id: some(ACCOUNT),
            attachments: vec![GatewayAttachment {
                vpc_id: some("vpc-1"),
                state: some("available"),
            }],
        };
        let nat = NatGateway {
            nat_gateway_id: "nat-1".to_owned(),
            vpc_id: some("vpc-1"),
            subnet_id: some("subnet-public-a"),
            state: some("available"),
            connectivity_type: some("public"),
            nat_gateway_addresses: vec![NatGatewayAddress {
                allocation_id: some("eipalloc-1"),
                network_interface_id: some("eni-nat"),
                private_ip: some("10.0.101.10"),
                public_ip: some("203.0.113.10"),
            }],
        };
        let address = ElasticIp {
            allocation_id: "eipalloc-1".to_owned(),
            public_ip: some("203.0.113.10"),
            ..ElasticIp::default()
        };
        self.vpc()
            .put(&arn("ec2", "elastic-ip/eipalloc-1"), &address)
            .subnet("subnet-a", "a", "10.0.1.0/24")
            .subnet("subnet-b", "b", "10.0.2.0/24")
            .subnet("subnet-public-a", "a", "10.0.101.0/24")
            .subnet("subnet-public-b", "b", "10.0.102.0/24")
            .route_table("rtb-private", &["subnet-a", "subnet-b"], vec![by_nat])
            .route_table(
                "rtb-public",
                &["subnet-public-a", "subnet-public-b"],
                vec![by_gateway],
            )
            .put(&ec2("igw-1"), &gateway)
            .put(&ec2("nat-1"), &nat)
    }

    /// `vpc-1` without a way out: `subnet-a` and `subnet-b` reach what tasks need by endpoints of `sg-endpoints`, and S3 by
    /// `vpce-s3`.
    #[must_use]
    pub fn isolated_vpc_with_endpoints(self) -> Self {
        let to_s3 = Route {
            destination_prefix_list_id: some("pl-6da54004"),
            gateway_id: some("vpce-s3"),
            state: some("active"),
            ..Route::default()
        };
        let s3 = VpcEndpoint {
            vpc_endpoint_id: "vpce-s3".to_owned(),
            vpc_endpoint_type: some("Gateway"),
            vpc_id: some("vpc-1"),
            service_name: Some(format!("com.amazonaws.{REGION}.s3")),
            state: some("available"),
            policy_document: open_endpoint(),
            route_table_ids: vec!["rtb-private".to_owned()],
            ..VpcEndpoint::default()
        };
        let estate = self
            .vpc()
            .subnet("subnet-a", "a", "10.0.1.0/24")
            .subnet("subnet-b", "b", "10.0.2.0/24")
            .route_table("rtb-private", &["subnet-a", "subnet-b"], vec![to_s3])
            .security_group("sg-endpoints", vec![tcp((443, 443), "10.0.0.0/16")])
            .put(&ec2("vpce-s3"), &s3);
        ["ecr.api", "ecr.dkr", "logs", "secretsmanager", "ssm"]
            .into_iter()
            .fold(estate, Self::interface_endpoint)
    }

    /// `vpce-SERVICE` (dots become dashes) in `subnet-a` and `subnet-b`, with private DNS, behind `sg-endpoints`.
    #[must_use]
    pub fn interface_endpoint(self, service: &str) -> Self {
        let id = format!("vpce-{}", service.replace('.', "-"));
        let interfaces = ["a", "b"].map(|zone| format!("eni-{id}-{zone}"));
        let facts = VpcEndpoint {
            vpc_endpoint_id: id.clone(),
            vpc_endpoint_type: some("Interface"),
            vpc_id: some("vpc-1"),
            service_name: Some(format!("com.amazonaws.{REGION}.{service}")),
            state: some("available"),
            policy_document: open_endpoint(),
            subnet_ids: vec!["subnet-a".to_owned(), "subnet-b".to_owned()],
            groups: vec![EndpointGroup {
                group_id: some("sg-endpoints"),
                group_name: some("endpoints"),
            }],
            private_dns_enabled: Some(true),
            network_interface_ids: interfaces.to_vec(),
            ..VpcEndpoint::default()
        };
        self.put(&ec2(&id), &facts)
    }

    /// `cluster/main`.
    #[must_use]
    pub fn cluster(self) -> Self {
        let facts = EcsCluster {
            cluster_arn: arn("ecs", "cluster/main"),
            cluster_name: "main".to_owned(),
            status: some("ACTIVE"),
            ..EcsCluster::default()
        };
        self.put(&arn("ecs", "cluster/main"), &facts)
    }

    /// What `task-definition/web:1` names: repository `web` with tag `1.0`, parameter `/prod/url`, secret `prod/db-a1B2c3`,
    /// log group `/ecs/web`, roles `web-execution` and `web-task`; and itself.
    #[must_use]
    pub fn web_definition(self) -> Self {
        let repository = EcrRepository {
            repository_arn: arn("ecr", "repository/web"),
            registry_id: some(ACCOUNT),
            repository_name: "web".to_owned(),
            images_in_use: vec![ImageInUse {
                named: "1.0".to_owned(),
                exists: true,
                image_digest: some("sha256:1111"),
                image_tags: vec!["1.0".to_owned()],
                ..ImageInUse::default()
            }],
            repository_policy: Some(ResourcePolicy::none()),
            ..EcrRepository::default()
        };
        let parameter = SsmParameter {
            arn: Some(arn("ssm", "parameter/prod/url")),
            name: "/prod/url".to_owned(),
            r#type: some("String"),
            ..SsmParameter::default()
        };
        let secret = Secret {
            arn: arn("secretsmanager", "secret:prod/db-a1B2c3"),
            name: "prod/db".to_owned(),
            secret_versions_to_stages: [("v1".to_owned(), vec!["AWSCURRENT".to_owned()])].into(),
            resource_policy: Some(ResourcePolicy::none()),
            ..Secret::default()
        };
        let group = LogGroup {
            log_group_name: "/ecs/web".to_owned(),
            log_group_arn: Some(arn("logs", "log-group:/ecs/web")),
            ..LogGroup::default()
        };
        let reads = allow(
            &["ssm:GetParameters", "secretsmanager:GetSecretValue"],
            &[
                &arn("ssm", "parameter/prod/*"),
                &arn("secretsmanager", "secret:prod/*"),
            ],
        );
        let queue = allow(&["sqs:SendMessage"], &[&arn("sqs", "jobs")]);
        let tasks = "ecs-tasks.amazonaws.com";
        self.put(&arn("ecr", "repository/web"), &repository)
            .put(&arn("ssm", "parameter/prod/url"), &parameter)
            .put(&arn("secretsmanager", "secret:prod/db-a1B2c3"), &secret)
            .put(&arn("logs", "log-group:/ecs/web"), &group)
            .role(
                "web-execution",
                tasks,
                &[("execution", execution_policy()), ("reads", reads)],
            )
            .role("web-task", tasks, &[("queue", queue)])
            .put(&arn("ecs", "task-definition/web:1"), &web_definition())
    }

    /// `service/main/web`: two running tasks of `web:1` (`task/main/1` in `subnet-a`, `task/main/2` in `subnet-b`) on Fargate
    /// behind `sg-web`, with all that they need. Needs a VPC.
    #[must_use]
    pub fn fargate_service(self) -> Self {
        let service = EcsService {
            service_arn: arn("ecs", "service/main/web"),
            service_name: "web".to_owned(),
            cluster_arn: arn("ecs", "cluster/main"),
            status: some("ACTIVE"),
            task_definition: Some(arn("ecs", "task-definition/web:1")),
            desired_count: 2,
            running_count: 2,
            launch_type: some("FARGATE"),
            platform_version: some("LATEST"),
            scheduling_strategy: some("REPLICA"),
            deployments: vec![Deployment {
                id: some("ecs-svc/1"),
                status: some("PRIMARY"),
                task_definition: Some(arn("ecs", "task-definition/web:1")),
                desired_count: 2,
                running_count: 2,
                rollout_state: some("COMPLETED"),
                ..Deployment::default()
            }],
            network_configuration: Some(NetworkConfiguration {
                awsvpc_configuration: Some(AwsVpcConfiguration {
                    subnets: vec!["subnet-a".to_owned(), "subnet-b".to_owned()],
                    security_groups: vec!["sg-web".to_owned()],
                    assign_public_ip: some("DISABLED"),
                }),
            }),
            ..EcsService::default()
        };
        self.cluster()
            .web_definition()
            .security_group("sg-web", Vec::new())
            .put(&arn("ecs", "service/main/web"), &service)
            .fargate_task("1", "a", "10.0.1.11")
            .fargate_task("2", "b", "10.0.2.12")
    }

    /// A running task of the service `web` with an interface of its own.
    #[must_use]
    pub fn fargate_task(self, id: &str, zone: &str, address: &str) -> Self {
        let detail = |name: &str, value: String| Attribute {
            name: name.to_owned(),
            value: Some(value),
        };
        let subnet = format!("subnet-{zone}");
        let interface = format!("eni-{id}");
        let task = EcsTask {
            task_arn: arn("ecs", &format!("task/main/{id}")),
            cluster_arn: arn("ecs", "cluster/main"),
            task_definition_arn: arn("ecs", "task-definition/web:1"),
            group: some("service:web"),
            started_by: some("ecs-svc/1"),
            launch_type: some("FARGATE"),
            availability_zone: Some(format!("{REGION}{zone}")),
            last_status: some("RUNNING"),
            desired_status: some("RUNNING"),
            platform_version: some("1.4.0"),
            cpu: some("256"),
            memory: some("512"),
            attachments: vec![Attachment {
                id: Some(format!("attachment-{id}")),
                r#type: some("ElasticNetworkInterface"),
                status: some("ATTACHED"),
                details: vec![
                    detail("subnetId", subnet.clone()),
                    detail("networkInterfaceId", interface.clone()),
                    detail("privateIPv4Address", address.to_owned()),
                ],
            }],
            ..EcsTask::default()
        };
        let facts = NetworkInterface {
            network_interface_id: interface.clone(),
            owner_id: some(ACCOUNT),
            status: some("in-use"),
            vpc_id: some("vpc-1"),
            subnet_id: Some(subnet),
            availability_zone: Some(format!("{REGION}{zone}")),
            private_ip_address: some(address),
            private_ip_addresses: vec![address.to_owned()],
            groups: vec![InterfaceGroup {
                group_id: some("sg-web"),
                group_name: some("web"),
            }],
            ..NetworkInterface::default()
        };
        self.put(&arn("ecs", &format!("task/main/{id}")), &task)
            .put(&ec2(&interface), &facts)
    }

    /// `loadbalancer/app/front/1` of `sg-front` in the public subnets; its listener at port 80 answers 404 and has one rule that
    /// forwards to `targetgroup/web/1`. Needs [`Self::vpc_with_nat`] and [`Self::fargate_service`], whose tasks become its
    /// healthy targets.
    #[must_use]
    pub fn alb(self) -> Self {
        let balancer_arn = arn("elasticloadbalancing", "loadbalancer/app/front/1");
        let listener_arn = arn("elasticloadbalancing", "listener/app/front/1/80");
        let rule_arn = arn("elasticloadbalancing", "listener-rule/app/front/1/80/10");
        let group_arn = arn("elasticloadbalancing", "targetgroup/web/1");
        let zone = |zone: &str| AvailabilityZone {
            zone_name: Some(format!("{REGION}{zone}")),
            subnet_id: Some(format!("subnet-public-{zone}")),
            ..AvailabilityZone::default()
        };
        let balancer = LoadBalancer {
            load_balancer_arn: balancer_arn.clone(),
            load_balancer_name: "front".to_owned(),
            dns_name: some("front-1.eu-west-1.elb.amazonaws.com"),
            r#type: some("application"),
            scheme: some("internet-facing"),
            state: Some(State {
                code: some("active"),
                reason: None,
            }),
            vpc_id: some("vpc-1"),
            availability_zones: vec![zone("a"), zone("b")],
            security_groups: vec!["sg-front".to_owned()],
            ..LoadBalancer::default()
        };
        let action = |r#type: &str, group: Option<String>| Action {
            r#type: some(r#type),
            target_group_arn: group,
            ..Action::default()
        };
        let listener = Listener {
            listener_arn: listener_arn.clone(),
            load_balancer_arn: Some(balancer_arn.clone()),
            port: Some(80),
            protocol: some("HTTP"),
            default_actions: vec![action("fixed-response", None)],
            ..Listener::default()
        };
        let rule = ListenerRule {
            rule_arn: rule_arn.clone(),
            priority: some("10"),
            is_default: false,
            conditions: vec![Condition {
                field: some("path-pattern"),
                values: vec!["/*".to_owned()],
                ..Condition::default()
            }],
            actions: vec![action("forward", Some(group_arn.clone()))],
        };
        let target = |id: &str, zone: &str| TargetHealthDescription {
            target: Target {
                id: id.to_owned(),
                port: Some(8080),
                availability_zone: Some(format!("{REGION}{zone}")),
            },
            health_check_port: some("8080"),
            target_health: TargetHealth {
                state: some("healthy"),
                ..TargetHealth::default()
            },
        };
        let group = TargetGroup {
            target_group_arn: group_arn.clone(),
            target_group_name: "web".to_owned(),
            protocol: some("HTTP"),
            port: Some(8080),
            vpc_id: some("vpc-1"),
            target_type: some("ip"),
            health_check_enabled: Some(true),
            health_check_protocol: some("HTTP"),
            health_check_port: some("traffic-port"),
            health_check_path: some("/"),
            load_balancer_arns: vec![balancer_arn.clone()],
            target_health_descriptions: Some(vec![
                target("10.0.1.11", "a"),
                target("10.0.2.12", "b"),
            ]),
            ..TargetGroup::default()
        };
        self.security_group("sg-front", vec![tcp((80, 80), "0.0.0.0/0")])
            .put(&balancer_arn, &balancer)
            .put(&listener_arn, &listener)
            .put(&rule_arn, &rule)
            .put(&group_arn, &group)
            .with::<SecurityGroup>(&ec2("sg-web"), |facts| {
                facts.ip_permissions.push(tcp((8080, 8080), "sg-front"));
            })
            .with::<EcsService>(&arn("ecs", "service/main/web"), |facts| {
                facts.load_balancers.push(ServiceLoadBalancer {
                    target_group_arn: Some(group_arn.clone()),
                    container_name: some("web"),
                    container_port: Some(8080),
                    ..ServiceLoadBalancer::default()
                });
            })
    }

    /// `cluster/main` with two container instances, `container-instance/main/1` on `i-1` in `subnet-a` and `.../2` on `i-2` in
    /// `subnet-b`, of `sg-hosts` and role `hosts`. Needs a VPC.
    #[must_use]
    pub fn ec2_cluster(self) -> Self {
        let hosts = allow(
            &[
                "ecs:*",
                "ecr:*",
                "logs:CreateLogStream",
                "logs:PutLogEvents",
            ],
            &["*"],
        );
        let profile = IamInstanceProfile {
            arn: iam("instance-profile/hosts"),
            instance_profile_name: "hosts".to_owned(),
            roles: vec![RoleOfProfile {
                arn: iam("role/hosts"),
                role_name: "hosts".to_owned(),
            }],
            ..IamInstanceProfile::default()
        };
        self.cluster()
            .security_group("sg-hosts", Vec::new())
            .role("hosts", "ec2.amazonaws.com", &[("hosts", hosts)])
            .put(&iam("instance-profile/hosts"), &profile)
            .container_instance("1", "a")
            .container_instance("2", "b")
    }

    fn container_instance(self, id: &str, zone: &str) -> Self {
        let machine_id = format!("i-{id}");
        let resource = |name: &str, value: i32| HostResource {
            name: some(name),
            r#type: some("INTEGER"),
            integer_value: Some(value),
            ..HostResource::default()
        };
        let ports = |name: &str| HostResource {
            name: some(name),
            r#type: some("STRINGSET"),
            string_set_value: ["22", "2375", "2376", "51678", "51679"]
                .map(str::to_owned)
                .to_vec(),
            ..HostResource::default()
        };
        let resources = || {
            vec![
                resource("CPU", 2048),
                resource("MEMORY", 3884),
                ports("PORTS"),
                ports("PORTS_UDP"),
            ]
        };
        let attribute = |name: &str, value: Option<String>| Attribute {
            name: name.to_owned(),
            value,
        };
        let instance = EcsContainerInstance {
            container_instance_arn: arn("ecs", &format!("container-instance/main/{id}")),
            ec2_instance_id: Some(machine_id.clone()),
            status: some("ACTIVE"),
            agent_connected: true,
            registered_resources: resources(),
            remaining_resources: resources(),
            attributes: vec![
                attribute("ecs.availability-zone", Some(format!("{REGION}{zone}"))),
                attribute("ecs.instance-type", some("t3.medium")),
                attribute("ecs.os-type", some("linux")),
                attribute("ecs.cpu-architecture", some("x86_64")),
            ],
            ..EcsContainerInstance::default()
        };
        let machine = Ec2Instance {
            instance_id: machine_id.clone(),
            instance_type: some("t3.medium"),
            architecture: some("x86_64"),
            state: Some(InstanceState {
                name: some("running"),
            }),
            vpc_id: some("vpc-1"),
            subnet_id: Some(format!("subnet-{zone}")),
            private_ip_address: Some(format!("10.0.{}.20", if zone == "a" { 1 } else { 2 })),
            iam_instance_profile: Some(InstanceProfileOfInstance {
                arn: Some(iam("instance-profile/hosts")),
            }),
            security_groups: vec![InstanceGroup {
                group_id: some("sg-hosts"),
                group_name: some("hosts"),
            }],
            ..Ec2Instance::default()
        };
        self.put(
            &arn("ecs", &format!("container-instance/main/{id}")),
            &instance,
        )
        .put(&ec2(&machine_id), &machine)
    }

    /// `service/main/web` on EC2: `web:1` in bridge mode with a host port of Docker's choice, desired count 2. Needs
    /// [`Self::ec2_cluster`].
    #[must_use]
    pub fn ec2_service(self) -> Self {
        let service = EcsService {
            service_arn: arn("ecs", "service/main/web"),
            service_name: "web".to_owned(),
            cluster_arn: arn("ecs", "cluster/main"),
            status: some("ACTIVE"),
            task_definition: Some(arn("ecs", "task-definition/web:1")),
            desired_count: 2,
            running_count: 2,
            launch_type: some("EC2"),
            scheduling_strategy: some("REPLICA"),
            ..EcsService::default()
        };
        self.web_definition()
            .with::<EcsTaskDefinition>(&arn("ecs", "task-definition/web:1"), |facts| {
                facts.network_mode = some("bridge");
                facts.requires_compatibilities = vec!["EC2".to_owned()];
                facts.container_definitions[0].port_mappings[0].host_port = Some(0);
            })
            .put(&arn("ecs", "service/main/web"), &service)
    }
}

/// `task-definition/web:1`: one container at port 8080, for Fargate.
pub fn web_definition() -> EcsTaskDefinition {
    let secret = |name: &str, value_from: String| SecretReference {
        name: name.to_owned(),
        value_from,
    };
    let options = [
        ("awslogs-group", "/ecs/web"),
        ("awslogs-region", REGION),
        ("awslogs-stream-prefix", "web"),
    ];
    let container = ContainerDefinition {
        name: "web".to_owned(),
        image: format!("{ACCOUNT}.dkr.ecr.{REGION}.amazonaws.com/web:1.0"),
        essential: Some(true),
        port_mappings: vec![PortMapping {
            container_port: Some(8080),
            host_port: Some(8080),
            protocol: some("tcp"),
            name: some("http"),
            ..PortMapping::default()
        }],
        secrets: vec![
            secret("URL", arn("ssm", "parameter/prod/url")),
            secret("DB", arn("secretsmanager", "secret:prod/db-a1B2c3")),
        ],
        log_configuration: Some(LogConfiguration {
            log_driver: "awslogs".to_owned(),
            options: options
                .map(|(name, value)| (name.to_owned(), value.to_owned()))
                .into(),
            secret_options: Vec::new(),
        }),
        ..ContainerDefinition::default()
    };
    EcsTaskDefinition {
        task_definition_arn: arn("ecs", "task-definition/web:1"),
        family: "web".to_owned(),
        revision: 1,
        status: some("ACTIVE"),
        task_role_arn: Some(iam("role/web-task")),
        execution_role_arn: Some(iam("role/web-execution")),
        network_mode: some("awsvpc"),
        cpu: some("256"),
        memory: some("512"),
        requires_compatibilities: vec!["FARGATE".to_owned()],
        compatibilities: vec!["EC2".to_owned(), "FARGATE".to_owned()],
        container_definitions: vec![container],
        ..EcsTaskDefinition::default()
    }
}

fn open_endpoint() -> Value {
    json!({"Version": "2008-10-17", "Statement": [
        {"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"}
    ]})
}

#[cfg(test)]
mod tests {
    use blastmap_graph::Overlay;
    use blastmap_model::Presence;

    use super::*;
    use crate::{
        Host, Launch,
        estate::{gone, patched, place},
    };

    #[test]
    fn a_service_is_whole_and_starts_as_its_facts_say() {
        let snapshot = Estate::new()
            .vpc_with_nat()
            .fargate_service()
            .alb()
            .snapshot();
        let unseen: Vec<_> = snapshot
            .inventory()
            .resources()
            .iter()
            .filter(|resource| resource.presence != Presence::Live)
            .map(|resource| resource.id.to_string())
            .collect();
        // What a policy names is there as a name.
        assert_eq!(unseen, [arn("sqs", "jobs")]);

        let overlay = Overlay::as_is(&snapshot);
        let service = place(&overlay, &arn("ecs", "service/main/web"));
        let [launch] = &Launch::of(&overlay, service)[..] else {
            unreachable!("one way to start");
        };
        assert_eq!((launch.host, launch.count), (Host::Fargate, 2));
        assert_eq!(launch.seats(&overlay).len(), 2);
        assert_eq!(launch.execution_role(), Some(&*iam("role/web-execution")));
        let task = place(&overlay, &arn("ecs", "task/main/1"));
        let [launch] = &Launch::of(&overlay, task)[..] else {
            unreachable!("one way to start");
        };
        assert_eq!(launch.seats(&overlay).len(), 1);
    }

    #[test]
    fn hosts_have_a_seat_and_a_role() {
        let snapshot = Estate::new()
            .isolated_vpc_with_endpoints()
            .ec2_cluster()
            .ec2_service()
            .snapshot();
        let overlay = Overlay::as_is(&snapshot);
        let service = place(&overlay, &arn("ecs", "service/main/web"));
        let [launch] = &Launch::of(&overlay, service)[..] else {
            unreachable!("one way to start");
        };
        assert_eq!(launch.host, Host::Ec2);
        assert_eq!(launch.instances(&overlay).len(), 2);
        assert_eq!(launch.seats(&overlay).len(), 2);
        let hosts = place(&overlay, &iam("role/hosts"));
        assert_eq!(launch.host_roles(&overlay), [hosts]);
    }

    #[test]
    fn changes_are_seen_through_the_overlay() {
        let snapshot = Estate::new().vpc_with_nat().fargate_service().snapshot();
        let role = iam("role/web-task");
        let edits = patched(&snapshot, &role, |facts: &mut IamRole| {
            facts.role_policy_list.clear();
        });
        let after = Overlay::with(&snapshot, &edits);
        let facts = after.facts::<IamRole>(place(&after, &role)).unwrap();
        assert!(facts.role_policy_list.is_empty());
        let after = Overlay::with(&snapshot, &gone(&role));
        assert!(!after.is_there(place(&after, &role)));
    }
}
