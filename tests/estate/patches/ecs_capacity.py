"""ECS container instances and capacity providers."""

from patches import Fields, around, patch

AGENT = ("ecr-auth", "task-iam-role", "task-iam-role-network-host", "logging-driver.awslogs", "logging-driver.json-file",
         "docker-remote-api.1.44")
CAPABILITIES = ("execution-role-ecr-pull", "execution-role-awslogs", "secrets.ssm.environment-variables",
                "secrets.asm.environment-variables", "task-eni", "efsAuth", "container-health-check")


@patch("DescribeContainerInstances: room, attributes and capacity provider of the instance behind it",
       "AmazonECS/latest/APIReference/API_ContainerInstance.html")
def container_instances():
    from moto.autoscaling.models import autoscaling_backends
    from moto.ec2 import ec2_backends
    from moto.ec2.models.instance_types import INSTANCE_TYPES
    from moto.ecs.models import ContainerInstance

    @around(ContainerInstance, "__init__")
    def init(original, self, instance_id, *args, **kwargs):
        original(self, instance_id, *args, **kwargs)
        instance = ec2_backends[self._account_id][self.region_name].get_instance(instance_id)
        size = INSTANCE_TYPES[instance.instance_type]
        room = {"CPU": size["VCpuInfo"]["DefaultVCpus"] * 1024, "MEMORY": size["MemoryInfo"]["SizeInMiB"] * 15 // 16}
        for resource in self.registered_resources + self.remaining_resources:
            resource["integerValue"] = room.get(resource["name"], 0)
        arm = "arm64" in size["ProcessorInfo"]["SupportedArchitectures"]
        self.attributes.update({
            "ecs.os-type": "linux", "ecs.os-family": "LINUX", "ecs.cpu-architecture": "arm64" if arm else "x86_64",
            "ecs.vpc-id": instance.vpc_id, "ecs.subnet-id": instance.subnet_id, "ecs.instance-id": instance_id,
            **{f"com.amazonaws.ecs.capability.{name}": None for name in AGENT},
            **{f"ecs.capability.{name}": None for name in CAPABILITIES}})
        self.version_info = {"agentVersion": "1.99.1", "agentHash": "b3f1a2c4", "dockerVersion": "DockerVersion: 25.0.8"}
        self.tags = [{"key": t["key"], "value": t["value"]} for t in instance.get_tags()]

    def capacity_provider_name(self):
        groups = autoscaling_backends[self._account_id][self.region_name].autoscaling_groups.values()
        mine = {g.arn for g in groups if self.ec2_instance_id in [s.instance.id for s in g.instance_states]}
        return next((p.name for p in self._backend.capacity_providers.values()
                     if p.auto_scaling_group_provider["autoScalingGroupArn"] in mine), None)

    ContainerInstance.capacity_provider_name = property(capacity_provider_name)


@patch("A task takes host ports in bridge and host mode only, and needs no memory of its own where the task has some",
       "AmazonECS/latest/APIReference/API_PortMapping.html")
def host_ports():
    from moto.ecs.models import EC2ContainerServiceBackend

    def needs(definition):
        containers = definition.container_definitions
        ports = {"tcp": [], "udp": []}
        if definition.network_mode in ("bridge", "host"):
            for mapping in (p for c in containers for p in c.get("portMappings", [])):
                port = mapping.get("hostPort") or (mapping["containerPort"] if definition.network_mode == "host" else 0)
                if port:
                    ports[mapping.get("protocol", "tcp")].append(port)
        return {"CPU": sum(c.get("cpu", 0) for c in containers), "PORTS": ports["tcp"], "PORTS_UDP": ports["udp"],
                "MEMORY": sum(c.get("memory") or c.get("memoryReservation") or 0 for c in containers)}

    EC2ContainerServiceBackend._calculate_task_resource_requirements = staticmethod(needs)


@patch("DescribeCapacityProviders: all of them where none is named, Fargate's two among them",
       "AmazonECS/latest/APIReference/API_DescribeCapacityProviders.html")
def capacity_providers():
    from moto.core.responses import ActionResult
    from moto.ecs.responses import EC2ContainerServiceResponse

    fargate = ("FARGATE", "FARGATE_SPOT")

    def describe(self):
        backend = self.ecs_backend
        asked = self._get_param("capacityProviders") or [*fargate, *backend.capacity_providers]
        names = [name.split("/")[-1] for name in asked]
        arn = f"arn:aws:ecs:{backend.region_name}:{backend.account_id}:capacity-provider/"
        managed = [Fields(name=n, capacity_provider_arn=arn + n, status="ACTIVE", tags=[]) for n in names if n in fargate]
        own, failures = backend.describe_capacity_providers([n for n in names if n not in fargate])
        for provider in own:
            provider.auto_scaling_group_provider.setdefault("managedDraining", "ENABLED")
        return ActionResult({"capacityProviders": managed + own, "failures": failures})

    EC2ContainerServiceResponse.describe_capacity_providers = describe
