"""ECS clusters, services and task sets."""

from patches import around, patch

SERVICE_LINKED_ROLE = "role/aws-service-role/ecs.amazonaws.com/AWSServiceRoleForECS"


def running_tasks(backend, cluster_name):
    """The cluster's tasks that are meant to run."""
    return [t for t in backend.tasks.get(cluster_name, {}).values() if t.desired_status == "RUNNING"]


@patch("CreateService keeps every field it is given, and fills in the defaults",
       "AmazonECS/latest/APIReference/API_CreateService.html")
def service_fields():
    from moto.core.utils import utcnow
    from moto.ecs.responses import EC2ContainerServiceResponse

    @around(EC2ContainerServiceResponse, "create_service")
    def create_service(original, self):
        answer = original(self)
        service = answer.result["service"]
        given = self._get_param
        service.created_at = utcnow()
        service.deployment_configuration = {
            "strategy": "ROLLING", "maximumPercent": 200, "minimumHealthyPercent": 100,
            "deploymentCircuitBreaker": {"enable": False, "rollback": False},
            **(given("deploymentConfiguration") or {})}
        service.placement_constraints = given("placementConstraints") or []
        service.placement_strategy = given("placementStrategy") or []
        service.enable_execute_command = bool(given("enableExecuteCommand"))
        service.enable_ecs_managed_tags = bool(given("enableECSManagedTags"))
        service.availability_zone_rebalancing = given("availabilityZoneRebalancing") or "DISABLED"
        if given("healthCheckGracePeriodSeconds") is not None:
            service.health_check_grace_period_seconds = given("healthCheckGracePeriodSeconds")
        for deployment in service.deployments:
            for field in ("serviceConnectConfiguration", "volumeConfigurations", "vpcLatticeConfigurations"):
                if given(field):
                    deployment[field] = given(field)
        set_capacity(self.ecs_backend, service, given("launchType"), given("capacityProviderStrategy"))
        set_role(self.ecs_backend, service)
        return answer


def set_capacity(backend, service, launch_type, strategy):
    """A strategy stands in for the launch type; without either, the cluster's own strategy holds."""
    if not launch_type and not strategy and service.deployment_controller["type"] == "ECS":
        strategy = backend.clusters[service.cluster_name].default_capacity_provider_strategy
    fargate = launch_type == "FARGATE" or any(
        s["capacityProvider"] in ("FARGATE", "FARGATE_SPOT") for s in strategy or [])
    service.platform_family = "Linux" if fargate else None
    if strategy:
        service.launch_type = None
        service.capacity_provider_strategy = strategy
    for deployment in service.deployments:
        deployment["platformFamily"] = service.platform_family
        deployment["rolloutState"] = "COMPLETED"
        deployment["rolloutStateReason"] = f"ECS deployment {deployment['id']} completed."
        if strategy:
            deployment.pop("launchType", None)
            deployment["capacityProviderStrategy"] = strategy


def set_role(backend, service):
    """A service behind a load balancer shows the role that registers its targets: the given one, else ECS's own."""
    account = f"arn:aws:iam::{backend.account_id}:"
    if service.role_arn and not service.role_arn.startswith("arn:"):
        service.role_arn = f"{account}role/{service.role_arn}"
    elif not service.role_arn and service.load_balancers:
        service.role_arn = account + SERVICE_LINKED_ROLE


@patch("UpdateService with a new task definition starts a deployment; the one before stays until it has drained",
       "AmazonECS/latest/APIReference/API_Deployment.html")
def deployments():
    from moto.core.utils import utcnow
    from moto.ecs.models import EC2ContainerServiceBackend
    from moto.moto_api._internal import mock_random

    @around(EC2ContainerServiceBackend, "update_service")
    def update_service(original, self, properties):
        wanted = properties.pop("task_definition", None)
        service = original(self, properties)
        if wanted:
            before = service.deployments[0]
            service.task_definition = self.describe_task_definition(wanted).arn
            before["status"] = "ACTIVE"
            service.deployments.insert(0, {
                **before, "status": "PRIMARY", "taskDefinition": service.task_definition, "createdAt": utcnow(),
                "updatedAt": utcnow(), "id": f"ecs-svc/{mock_random.randint(10**18, 10**19 - 1)}",
                "rolloutState": "IN_PROGRESS"})
        return service


@patch("Counts of a service, its deployments, its task sets and its cluster follow the tasks",
       "AmazonECS/latest/APIReference/API_Service.html")
def counts():
    from moto.ecs.models import EC2ContainerServiceBackend

    @around(EC2ContainerServiceBackend, "describe_services")
    def describe_services(original, self, cluster_str, names):
        services, failures = original(self, cluster_str, names)
        for service in services:
            started_by = [t.started_by for t in running_tasks(self, service.cluster_name)
                          if t.group == f"service:{service.name}"]
            service.running_count, service.pending_count = len(started_by), 0
            for deployment in service.deployments:
                deployment["runningCount"] = started_by.count(deployment["id"])
                deployment["desiredCount"] = service.desired_count if deployment["status"] == "PRIMARY" else 0
                deployment["pendingCount"] = 0
            for task_set in service.task_sets:
                task_set.running_count = task_set.computed_desired_count = started_by.count(task_set.id)
                task_set.pending_count = 0
        return services, failures

    @around(EC2ContainerServiceBackend, "describe_clusters")
    def describe_clusters(original, self, names):
        clusters, failures = original(self, names)
        for cluster in clusters:
            cluster.running_tasks_count, cluster.pending_tasks_count = len(running_tasks(self, cluster.name)), 0
            cluster.active_services_count = len([
                s for s in self.services.values() if s.cluster_name == cluster.name and s.status == "ACTIVE"])
        return clusters, failures


@patch("ListServices lists the services of this cluster alone, and none that were deleted",
       "AmazonECS/latest/APIReference/API_ListServices.html")
def list_services():
    from moto.ecs.models import EC2ContainerServiceBackend

    def listed(self, cluster_str, scheduling_strategy=None, launch_type=None):
        cluster = self._get_cluster(cluster_str)
        return sorted(s.arn for s in self.services.values()
                      if s.cluster_arn == cluster.arn and s.status != "INACTIVE"
                      and scheduling_strategy in (None, s.scheduling_strategy)
                      and launch_type in (None, s.launch_type))

    EC2ContainerServiceBackend.list_services = listed


@patch("DescribeClusters leaves out configuration, settings and tags that were not asked for",
       "AmazonECS/latest/APIReference/API_DescribeClusters.html")
def cluster_includes():
    from copy import copy

    from moto.ecs.responses import EC2ContainerServiceResponse

    optional = {"CONFIGURATIONS": "configuration", "SETTINGS": "settings", "TAGS": "tags"}

    @around(EC2ContainerServiceResponse, "describe_clusters")
    def describe_clusters(original, self):
        answer = original(self)
        asked = self._get_param("include", [])
        clusters = [copy(c) for c in answer.result["clusters"]]
        for cluster in clusters:
            for word, attribute in optional.items():
                if word not in asked:
                    setattr(cluster, attribute, None)
        answer.result["clusters"] = clusters
        return answer


@patch("CreateTaskSet starts no tasks by itself here; a strategy stands in for the launch type",
       "AmazonECS/latest/APIReference/API_TaskSet.html")
def task_sets():
    from moto.ecs.models import EC2ContainerServiceBackend

    @around(EC2ContainerServiceBackend, "create_task_set")
    def create_task_set(original, self, *args, scale=None, capacity_provider_strategy=None, **kwargs):
        task_set = original(self, *args, capacity_provider_strategy=capacity_provider_strategy, **kwargs)
        task_set.scale = scale or {"value": 100.0, "unit": "PERCENT"}
        task_set.stability_status = "STEADY_STATE"
        task_set.started_by = task_set.id
        if capacity_provider_strategy:
            task_set.launch_type = None
        return task_set


@patch("RegisterTaskDefinition stamps the time, DeregisterTaskDefinition another",
       "AmazonECS/latest/APIReference/API_TaskDefinition.html")
def task_definition_times():
    from moto.core.utils import utcnow
    from moto.ecs.models import EC2ContainerServiceBackend

    @around(EC2ContainerServiceBackend, "register_task_definition")
    def register_task_definition(original, self, *args, **kwargs):
        definition = original(self, *args, **kwargs)
        definition.registered_at = utcnow()
        definition.registered_by = f"arn:aws:sts::{self.account_id}:assumed-role/deployer/ci"
        return definition

    @around(EC2ContainerServiceBackend, "deregister_task_definition")
    def deregister_task_definition(original, self, *args, **kwargs):
        definition = original(self, *args, **kwargs)
        definition.deregistered_at = utcnow()
        return definition
