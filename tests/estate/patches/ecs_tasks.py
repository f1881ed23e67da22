"""ECS tasks and their containers."""

import hashlib

from patches import Fields, around, patch


def ecr_digest(account, region, image):
    """The digest an image reference stands for: its own, ECR's for the tag, or one made from the name."""
    from moto.ecr.models import ecr_backends

    reference, _, digest = image.partition("@")
    if digest:
        return digest
    repository, _, tag = reference.partition("/")[2].partition(":")
    found = ecr_backends[account][region].repositories.get(repository) if ".dkr.ecr." in image else None
    for candidate in found.images if found else []:
        if (tag or "latest") in candidate.image_tags:
            return candidate.get_image_digest()
    return "sha256:" + hashlib.sha256(image.encode()).hexdigest()


@patch("DescribeTasks: a container for each definition, addresses, bindings, zone, sizes and times; the state stays",
       "AmazonECS/latest/APIReference/API_Task.html")
def task_fields():
    from moto.core.utils import utcnow
    from moto.ec2 import ec2_backends
    from moto.ecs import models

    @around(models.Task, "__init__")
    def init(original, self, cluster, task_definition, *args, **kwargs):
        original(self, cluster, task_definition, *args, **kwargs)
        backend = self._backend
        ec2 = ec2_backends[backend.account_id][backend.region_name]
        self.availability_zone = None
        interfaces = attach_interfaces(self, ec2)
        host = place_on_host(self, cluster)
        providers = ("FARGATE", "FARGATE_SPOT")
        if self.capacity_provider_name in providers or self.launch_type == "FARGATE":
            self.launch_type, self.platform_family = "FARGATE", "Linux"
            self.platform_version = self.platform_version or "1.4.0"
        self.containers = [container(self, task_definition, definition, interfaces, host)
                           for definition in task_definition.container_definitions]
        self.cpu = task_definition.cpu or str(sum(c.get("cpu", 0) for c in task_definition.container_definitions))
        self.memory = task_definition.memory or str(sum(c.get("memory", 0) for c in task_definition.container_definitions))
        now = utcnow()
        for moment in ("created_at", "started_at", "pull_started_at", "pull_stopped_at", "connectivity_at"):
            setattr(self, moment, now)
        self.connectivity, self.version = "CONNECTED", 4
        healthy = any(c.health_status == "HEALTHY" for c in self.containers)
        self.health_status = "HEALTHY" if healthy else "UNKNOWN"

    models.Task.advance = lambda self: None
    models.random_private_ip = lambda: None  # the subnet gives the address, see network.py


def attach_interfaces(task, ec2):
    """Dresses the task's network interface as ECS does; returns the containers' view of it."""
    seen = []
    for attachment in task.attachments:
        detail = {d["name"]: d["value"] for d in attachment["details"]}
        task.availability_zone = ec2.get_subnet(detail["subnetId"]).availability_zone
        interface = ec2.get_network_interface(detail["networkInterfaceId"])
        interface.description = f"arn:aws:ecs:{task.region_name}:{task._account_id}:attachment/{attachment['id']}"
        interface.requester_managed = True
        configuration = task.network_configuration["awsvpcConfiguration"]
        if configuration.get("assignPublicIp") == "ENABLED":
            interface.public_ip_auto_assign = True
            interface.check_auto_public_ip()
        seen.append({"attachmentId": attachment["id"], "privateIpv4Address": detail["privateIPv4Address"]})
    return seen


def place_on_host(task, cluster):
    """The container instance a task runs on, and what the task takes over from it."""
    if not task.container_instance_arn:
        return None
    host = task._backend.container_instances[cluster.name][task.container_instance_arn.split("/")[-1]]
    task.availability_zone = host.attributes.get("ecs.availability-zone")
    task.launch_type = task.launch_type or "EC2"
    service = task._backend.services.get(f"{cluster.name}:{(task.group or '').removeprefix('service:')}")
    if getattr(service, "capacity_provider_strategy", None) or task.capacity_provider_name:
        task.capacity_provider_name = host.capacity_provider_name
    return host


def container(task, task_definition, definition, interfaces, host):
    """A running container of a task."""
    from moto.moto_api._internal import mock_random

    mode = task_definition.network_mode
    bindings = [{"bindIP": "0.0.0.0", "containerPort": p["containerPort"], "protocol": p.get("protocol", "tcp"),
                 "hostPort": host_port(task, p, mode, host)}
                for p in definition.get("portMappings", [])] if host and mode in ("bridge", "host") else []
    return Fields(
        container_arn=f"{task.task_arn.replace(':task/', ':container/')}/{mock_random.uuid4()}",
        task_arn=task.task_arn, name=definition["name"], image=definition["image"],
        image_digest=ecr_digest(task._account_id, task.region_name, definition["image"]),
        runtime_id=f"{task.id.replace('-', '')}-{mock_random.randint(10**8, 10**9 - 1)}", last_status="RUNNING",
        network_interfaces=interfaces, network_bindings=bindings, cpu=str(definition.get("cpu", 0)),
        memory=str(definition["memory"]) if definition.get("memory") else None,
        memory_reservation=str(definition["memoryReservation"]) if definition.get("memoryReservation") else None,
        health_status="HEALTHY" if definition.get("healthCheck") else "UNKNOWN")


def host_port(task, mapping, mode, host):
    """Host mode takes the container's port; bridge mode the one named, else a free one of the dynamic range."""
    if mode == "host":
        return mapping["containerPort"]
    if mapping.get("hostPort"):
        return mapping["hostPort"]
    host.next_dynamic_port = getattr(host, "next_dynamic_port", 32767) + 1
    return host.next_dynamic_port


@patch("RunTask and CreateService know the launch type EXTERNAL; placed here like EC2",
       "AmazonECS/latest/developerguide/ecs-anywhere.html")
def external_launch_type():
    from moto.ecs.models import EC2ContainerServiceBackend

    @around(EC2ContainerServiceBackend, "run_task")
    def run_task(original, self, cluster, definition, count, overrides, started_by, tags, launch_type, *args, **kwargs):
        external = launch_type == "EXTERNAL"
        tasks = original(self, cluster, definition, count, overrides, started_by, tags,
                         "EC2" if external else launch_type, *args, **kwargs)
        for task in tasks:
            task.launch_type = "EXTERNAL" if external else task.launch_type
        return tasks

    @around(EC2ContainerServiceBackend, "create_service")
    def create_service(original, self, cluster, name, count, definition, balancers, scheduling, tags, controller,
                       launch_type=None, *args, **kwargs):
        external = launch_type == "EXTERNAL"
        service = original(self, cluster, name, count, definition, balancers, scheduling, tags, controller,
                           "EC2" if external else launch_type, *args, **kwargs)
        if external:
            service.launch_type = "EXTERNAL"
            for deployment in service.deployments:
                deployment["launchType"] = "EXTERNAL"
        return service


@patch("StartTask, like RunTask, gives an awsvpc task its network interface and puts a task on its instance",
       "AmazonECS/latest/APIReference/API_StartTask.html")
def start_task():
    from moto.core.responses import ActionResult
    from moto.ecs.models import Task
    from moto.ecs.responses import EC2ContainerServiceResponse

    def start_task(self):
        backend, given = self.ecs_backend, self._get_param
        cluster = backend._get_cluster(given("cluster", "default"))
        definition = backend.describe_task_definition(given("taskDefinition"))
        needs = backend._calculate_task_resource_requirements(definition)
        tasks = []
        for wanted in given("containerInstances"):
            host = backend.container_instances[cluster.name][wanted.split("/")[-1]]
            task = Task(cluster, definition, host.container_instance_arn, needs, backend=backend,
                        group=given("group") or f"family:{definition.family}", overrides=given("overrides") or {},
                        started_by=given("startedBy") or "", tags=given("tags") or [],
                        networking_configuration=given("networkConfiguration"))
            backend.update_container_instance_resources(host, needs)
            backend.tasks.setdefault(cluster.name, {})[task.task_arn] = task
            tasks.append(task)
        return ActionResult({"tasks": tasks, "failures": []})

    EC2ContainerServiceResponse.start_task = start_task


@patch("ListTasks filters as asked, within one cluster, and lists running tasks unless asked otherwise",
       "AmazonECS/latest/APIReference/API_ListTasks.html")
def list_tasks():
    from moto.ecs.models import EC2ContainerServiceBackend

    def last(name):
        return (name or "").split("/")[-1]

    def listed(self, cluster_str=None, container_instance=None, family=None, started_by=None, service_name=None,
               desiredStatus=None):
        clusters = [self._get_cluster(cluster_str).name] if cluster_str else list(self.tasks)
        return [t for name in clusters for t in self.tasks.get(name, {}).values()
                if t.desired_status == (desiredStatus or "RUNNING")
                and last(container_instance) in ("", last(t.container_instance_arn))
                and family in (None, last(t.task_definition_arn).split(":")[0])
                and started_by in (None, t.started_by)
                and (not service_name or t.group == f"service:{last(service_name)}")]

    EC2ContainerServiceBackend.list_tasks = listed


@patch("DescribeTasks answers for this cluster alone, tags only if asked; an unknown task is a failure of reason MISSING",
       "AmazonECS/latest/APIReference/API_DescribeTasks.html")
def describe_tasks():
    from copy import copy

    from moto.core.responses import ActionResult
    from moto.ecs.exceptions import InvalidParameterException
    from moto.ecs.responses import EC2ContainerServiceResponse

    def describe(self):
        backend, asked = self.ecs_backend, self._get_param("tasks", [])
        if not asked:
            raise InvalidParameterException("Tasks cannot be empty.")
        cluster = backend._get_cluster(self._get_param("cluster", "default"))
        known = {t.id: t for t in backend.tasks.get(cluster.name, {}).values()}
        found = [copy(known[i]) for i in (a.split("/")[-1] for a in asked) if i in known]
        if "TAGS" not in self._get_param("include", []):
            for task in found:
                task.tags = None
        failures = [{"arn": a, "reason": "MISSING"} for a in asked if a.split("/")[-1] not in known]
        return ActionResult({"tasks": found, "failures": failures})

    EC2ContainerServiceResponse.describe_tasks = describe
