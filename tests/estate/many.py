"""The estate for scale: as many services as wanted and three times as many tasks, of every form that a crawl must know.

Each service has one of FEATURES, in turn, so that thirty services hold them all; the rest (sizes, secrets,
permissions, who calls whom) is drawn from a seeded generator. Equal arguments give equal estates.
"""

import random

import many_around
import many_data
import many_ec2
import many_events
import many_jobs
import many_logs
import many_network
import many_traffic
from blocks import Site, allow, arn, awslogs, awsvpc, document, lower, registry
from many_data import TEAMS, partner

FEATURES = [
    "plain", "balanced", "balanced", "weighted", "network balanced", "spot", "default strategy", "isolated", "public", "old vpc",
    "task sets", "rolling", "retired", "no log group", "logs elsewhere", "private registry", "files", "discovered", "no repository",
    "image elsewhere", "role by name", "no role", "role elsewhere", "stale secret",
    "ec2 bridge", "ec2 host", "ec2 awsvpc", "ec2 provider", "ec2 old role", "ec2 daemon"]
PER_CLUSTER = 25


def build(aws, services=100, seed=7, tail=""):
    site, chance = Site(aws, tail), random.Random(seed)
    lines = [Line(number, chance) for number in range(services)]
    many_network.build(site)
    many_around.network(site)
    many_data.build(site, services)
    many_around.registry(site)
    many_ec2.clusters(site, lines)
    many_jobs.namespaces(site)
    for line in lines:
        many_traffic.addresses(line, lines)
    many_network.groups(site, lines, chance)
    many_network.balancers(site, lines)
    for line in lines:
        many_data.of_service(site, line, chance)
        if line.ec2:
            many_ec2.service(site, line, register)
        else:
            service(site, line)
    alone(site, lines)
    strangers(site, lines)
    many_jobs.build(site, lines)
    many_around.services(site, lines)
    many_traffic.build(site, lines)
    many_events.build(site, lines)
    return site


class Line:
    """One service to be built."""

    def __init__(self, number, chance):
        self.number, self.feature = number, FEATURES[number % len(FEATURES)]
        self.round = number // len(FEATURES)
        self.ec2 = self.feature.startswith("ec2")
        self.owner = TEAMS[number % len(TEAMS)]
        self.name = f"{self.owner}-{chance.choice(['api', 'worker', 'gateway', 'indexer', 'sync'])}-{number:04d}"
        self.count = (3, 2, 4)[number % 3]
        self.cluster = f"{'ec2' if self.ec2 else 'fargate'}-{number // PER_CLUSTER // (4 if self.ec2 else 1)}"
        self.vpc = "old" if self.feature == "old vpc" else "main"
        self.balanced = self.feature in ("balanced", "weighted", "network balanced", "ec2 bridge", "ec2 host", "ec2 old role", "task sets")
        self.network = self.feature in ("network balanced", "ec2 host", "ec2 old role")
        self.group = f"svc-{self.name}"
        self.target_group = f"tg-{number:04d}"
        self.ports = [{"containerPort": 8080, "protocol": "tcp"}]

    @property
    def subnets(self):
        kind = {"isolated": "isolated", "public": "public", "old vpc": "old"}.get(self.feature, "private")
        return [f"{kind}-{zone}" for zone in ("ab" if kind == "old" else "abc")]

    @property
    def tags(self):
        return {"owner": self.owner, "service": self.name, "tier": str(self.number % 3)}


def containers(site, line, images):
    """The container definitions; a sidecar on every third."""
    feature, group = line.feature, f"/ecs/{line.name}"
    first = {"name": "main", "image": images[0], "cpu": 128, "memory": 256, "essential": True,
             "environment": [{"name": "MODE", "value": f"mode-{line.number}"}, *line.addresses, *many_events.environment(line)],
             "secrets": [{"name": f"S{n}", "valueFrom": value} for n, value in enumerate(line.secrets)], "logConfiguration": awslogs(group)}
    if feature == "logs elsewhere":
        first["logConfiguration"] = awslogs(group, region="eu-west-1")
    if line.number % 7 == 3:  # the definition's own region holds where none is given
        del first["logConfiguration"]["options"]["awslogs-region"]
    if feature == "private registry":
        first.update(image="registry.example.com/tools/relay:1", repositoryCredentials={"credentialsParameter": site.ids["secret/registry"]})
        first["logConfiguration"] = {"logDriver": "splunk", "options": {"splunk-url": "https://splunk.example.com"},
                                     "secretOptions": [{"name": "splunk-token", "valueFrom": site.ids["secret/splunk"]}]}
    if feature == "files":
        first["mountPoints"] = [{"sourceVolume": "shared", "containerPath": "/data"}]
    if feature in ("no repository", "image elsewhere"):
        account = partner() if feature == "image elsewhere" else site.aws.account
        first["image"] = f"{registry(account)}/gone/{line.name}:v1"
    first["portMappings"] = line.ports
    if line.number % 3 == 1:
        sidecar = {"name": "agent", "image": f"{registry()}/shared/agent:v1", "cpu": 32, "memory": 64, "essential": False,
                   "logConfiguration": awslogs("/ecs/shared/agent")}
        return [first, sidecar]
    return [first, *many_logs.containers(line)]


def register(site, line, images, **fields):
    """Registers the definition with the roles that the feature calls for."""
    role = {"role by name": line.name + site.tail, "no role": arn("iam", f"role/gone-{line.name}"),
            "role elsewhere": arn("iam", f"role/{line.name}", account=partner())}.get(line.feature) or site.ids[f"role/{line.name}"]
    execution = {} if line.feature == "ec2 daemon" else {"executionRoleArn": site.ids[f"role/execution-{line.number // 10}"]}
    given = {"volumes": volumes(site, line)} if line.feature == "files" else {}
    return site.task_definition(line.name, containers(site, line, images), taskRoleArn=role, tags=lower(line.tags), **execution, **given, **fields)


def volumes(site, line):
    """A file system with and without an access point, each third one gone; a first volume whose access point is gone."""
    name, group, private = f"files-{line.number}", f"efs-{line.number}", [f"private-{zone}" for zone in "abc"]
    site.security_group("main", group, f"Mount targets of {name}", (2049, line.group))
    if line.round % 3 < 2:
        key = site.keys[line.number % len(site.keys)] if line.round % 2 == 0 else None
        policy = document(allow("elasticfilesystem:ClientMount", Principal={"AWS": "*"})) if line.round % 2 == 0 else None
        site.file_system(name, private[:3 - line.round % 2], [group], key, policy, **line.tags)
        site.access_point(name, f"{name}-in-use", "/in-use")
        site.access_point(name, f"{name}-spare", "/spare")
    file_system = site.ids.get(f"fs/{name}", f"fs-{line.number:017x}")
    gone = f"fsap-{line.number:017x}"
    point = {"authorizationConfig": {"accessPointId": site.ids.get(f"fsap/{name}-in-use", gone)}} if line.round % 2 == 0 else {}
    stale = {"authorizationConfig": {"accessPointId": gone}}
    return [{"name": volume, "efsVolumeConfiguration": {"fileSystemId": file_system, "transitEncryption": "ENABLED", **by}}
            for volume, by in (("shared", point), ("stale", stale))]


def fargate(site, line, images):
    return register(site, line, images, requiresCompatibilities=["FARGATE"], networkMode="awsvpc", cpu="256", memory="512")


def service(site, line):
    """A service on Fargate and its tasks."""
    if line.feature == "task sets":
        return task_sets(site, line)
    definition = fargate(site, line, line.images)
    network = awsvpc([site.ids[s] for s in line.subnets], [site.ids[line.group]], line.feature == "public")
    strategies = {"spot": [{"capacityProvider": "FARGATE", "base": 1, "weight": 1}, {"capacityProvider": "FARGATE_SPOT", "weight": 2}]}
    strategy = strategies.get(line.feature)
    where = {"capacityProviderStrategy": strategy} if strategy else {} if line.feature == "default strategy" else {"launchType": "FARGATE"}
    given = {}
    if line.balanced:
        given["loadBalancers"] = [{"targetGroupArn": site.ids[line.target_group], "containerName": "main", "containerPort": 8080}]
    if line.feature == "weighted":
        given |= many_around.blue_green(site, line, given["loadBalancers"][0])
    given.update(many_traffic.of_service(site, line))
    if line.feature == "discovered":
        given["serviceRegistries"] = [{"registryArn": registry} for registry in many_jobs.registries(site, line)]
    made = site.service(line.cluster, line.name, taskDefinition=definition, desiredCount=line.count, networkConfiguration=network,
                        tags=lower(line.tags), **where, **given)
    for n in range(line.count):
        placed = {"capacityProviderStrategy": [strategy[min(n, 1)]]} if strategy else where
        task = launch(site, line, definition, made["deployments"][0]["id"], n, **placed)
        if line.balanced:
            site.register_ip(line.target_group, task, 8080)
    if line.feature == "rolling":
        after = fargate(site, line, [line.images[1]])
        moving = site.aws("ecs").update_service(cluster=line.cluster, service=line.name, taskDefinition=after)["service"]
        launch(site, line, after, moving["deployments"][0]["id"], 0, launchType="FARGATE")
    if line.feature == "retired":
        site.aws("ecs").deregister_task_definition(taskDefinition=definition)


def launch(site, line, definition, started_by, n, **placed):
    subnet = site.ids[line.subnets[n % len(line.subnets)]]
    network = awsvpc([subnet], [site.ids[line.group]], line.feature == "public")
    return site.run(line.cluster, definition, network, started_by, f"service:{line.name}", tags=lower(line.tags), **placed)


def task_sets(site, line):
    """A service with two task sets: CodeDeploy rolls it out, or somebody else outside ECS."""
    revisions = [fargate(site, line, [image]) for image in line.images]
    controller = "EXTERNAL" if line.round % 2 else "CODE_DEPLOY"
    site.service(line.cluster, line.name, desiredCount=line.count, deploymentController={"type": controller}, tags=lower(line.tags))
    if controller == "CODE_DEPLOY":
        many_around.code_deploy(site, line)
    network = awsvpc([site.ids[s] for s in line.subnets], [site.ids[line.group]])
    for n, revision in enumerate(revisions):
        where = {"capacityProviderStrategy": [{"capacityProvider": "FARGATE_SPOT", "weight": 1}]} if n else {"launchType": "FARGATE"}
        group = line.target_group + ("-b" if n else "")
        made = site.aws("ecs").create_task_set(
            cluster=line.cluster, service=line.name, taskDefinition=revision, networkConfiguration=network, scale={"value": 50.0, "unit": "PERCENT"},
            loadBalancers=[{"targetGroupArn": site.ids[group], "containerName": "main", "containerPort": 8080}], **where)["taskSet"]
        for k in range(line.count // 2):
            site.register_ip(group, launch(site, line, revision, made["id"], k, **where), 8080)


def alone(site, lines):
    """Tasks without a service: one in twenty, of definitions that a service runs too."""
    for line in lines[::20]:
        if not line.ec2 and line.feature != "task sets":
            network = awsvpc([site.ids[line.subnets[0]]], [site.ids[line.group]])
            site.run(line.cluster, site.ids[f"td/{line.name}"], network, f"events-rule/nightly-{line.number}", launchType="FARGATE")


def strangers(site, lines):
    """A target group of the main VPC holds addresses that tasks of the old one have too: they are not its targets."""
    group = next(line.target_group for line in lines if line.feature == "balanced")
    for line in lines:
        if line.vpc == "old":
            ecs = site.aws("ecs")
            names = ecs.list_tasks(cluster=line.cluster, serviceName=line.name)["taskArns"]
            for task in ecs.describe_tasks(cluster=line.cluster, tasks=names)["tasks"]:
                site.register_ip(group, task, 8080)
