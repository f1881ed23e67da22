"""The oracle's links of ECS, and of what a task definition names."""

from naming import arn, ec2, repository, role


def provider(name):
    return name if name.startswith("arn:") else arn("ecs", f"capacity-provider/{name}")


def clusters(graph, facts, names):
    for cluster in facts["clusters"]:
        id = graph.node(cluster["clusterArn"])
        for name in cluster.get("capacityProviders", []):
            graph.link(id, "CAPACITY_FROM", provider(name))
        configuration = cluster.get("configuration", {})
        execute, storage = configuration.get("executeCommandConfiguration", {}), configuration.get("managedStorageConfiguration", {})
        logging = execute.get("logConfiguration", {})
        if logging.get("cloudWatchLogGroupName"):
            graph.link(id, "LOGS_TO", arn("logs", "log-group:" + logging["cloudWatchLogGroupName"]))
        if logging.get("s3BucketName"):
            graph.link(id, "LOGS_TO", "arn:aws:s3:::" + logging["s3BucketName"])
        for key in (execute.get("kmsKeyId"), storage.get("kmsKeyId"), storage.get("fargateEphemeralStorageKmsKeyId")):
            if key:
                graph.link(id, "ENCRYPTED_BY", names.key(key))
    for item in facts["providers"]:
        id = graph.node(item["capacityProviderArn"])
        graph.link(id, "BACKED_BY", item.get("autoScalingGroupProvider", {}).get("autoScalingGroupArn"))


def services(graph, facts):
    for service in facts["services"]:
        id = graph.node(service["serviceArn"])
        graph.link(id, "PART_OF", service["clusterArn"])
        graph.link(id, "RUNS", service.get("taskDefinition"))
        for deployment in service.get("deployments", []):
            graph.link(id, "RUNS", deployment.get("taskDefinition"))
            for lattice in deployment.get("vpcLatticeConfigurations", []):
                graph.link(id, "REGISTERED_IN", lattice["targetGroupArn"])
                graph.link(id, "ASSUMES", lattice["roleArn"])
        graph.link(id, "ASSUMES", service.get("roleArn"))
        alarms = service.get("deploymentConfiguration", {}).get("alarms", {})
        for name in alarms.get("alarmNames", []) if alarms.get("enable") else []:
            graph.link(id, "WATCHED_BY", arn("cloudwatch", f"alarm:{name}"))
        for registry in service.get("serviceRegistries", []):
            graph.link(id, "DISCOVERED_BY", registry.get("registryArn"))
        backed(graph, id, service)
        network = service.get("networkConfiguration", {}).get("awsvpcConfiguration", {})
        for subnet in network.get("subnets", []):
            graph.link(id, "PLACED_IN", ec2("subnet", subnet))
        for group in network.get("securityGroups", []):
            graph.link(id, "PROTECTED_BY", ec2("security-group", group))
        for task_set in service.get("taskSets", []):
            set_id = graph.node(task_set["taskSetArn"])
            graph.link(set_id, "PART_OF", id)
            graph.link(set_id, "RUNS", task_set.get("taskDefinition"))
            backed(graph, set_id, task_set)


def backed(graph, id, item):
    """What services and task sets have alike."""
    for strategy in item.get("capacityProviderStrategy", []):
        graph.link(id, "CAPACITY_FROM", provider(strategy["capacityProvider"]))
    for balancer in item.get("loadBalancers", []):
        graph.link(id, "REGISTERED_IN", balancer.get("targetGroupArn"))


def instances(graph, facts):
    """Returns the EC2 instance of each container instance."""
    hosts = {}
    for instance in facts["instances"]:
        id = graph.node(instance["containerInstanceArn"])
        cluster = id.split("/")[1]
        graph.link(id, "PART_OF", arn("ecs", f"cluster/{cluster}"))
        hosts[id] = instance.get("ec2InstanceId", "")
        if hosts[id].startswith("i-"):
            graph.link(id, "HOSTED_ON", ec2("instance", hosts[id]))
    return hosts


def tasks(graph, facts, hosts):
    interfaces = {i["NetworkInterfaceId"]: i for i in facts["interfaces"]}
    vpcs = {s["SubnetId"]: s["VpcId"] for s in facts["subnets"]}
    by_address, by_port = {}, {}
    for task in facts["tasks"]:
        id = graph.node(task["taskArn"])
        kind, _, name = task.get("group", "").partition(":")
        cluster = task["clusterArn"]
        graph.link(id, "PART_OF", cluster.replace(":cluster/", ":service/") + "/" + name if kind == "service" else cluster)
        graph.link(id, "RUNS", task["taskDefinitionArn"])
        graph.link(id, "HOSTED_ON", task.get("containerInstanceArn"))
        if task.get("capacityProviderName"):
            graph.link(id, "CAPACITY_FROM", provider(task["capacityProviderName"]))
        for attachment in task.get("attachments", []):
            details = {d["name"]: d.get("value") for d in attachment.get("details", [])}
            if details.get("subnetId"):
                graph.link(id, "PLACED_IN", ec2("subnet", details["subnetId"]))
                by_address.setdefault((vpcs.get(details["subnetId"]), details.get("privateIPv4Address")), set()).add(id)
            if details.get("networkInterfaceId"):
                graph.link(id, "ATTACHED_TO", ec2("network-interface", details["networkInterfaceId"]))
                for group in interfaces.get(details["networkInterfaceId"], {}).get("Groups", []):
                    graph.link(id, "PROTECTED_BY", ec2("security-group", group["GroupId"]))
        for container in task.get("containers", []):
            for binding in container.get("networkBindings", []):
                by_port.setdefault((hosts.get(task.get("containerInstanceArn")), binding.get("hostPort")), set()).add(id)
    for group in facts["target_groups"]:
        for description in facts["health"].get(group["TargetGroupArn"], []):
            target = description["Target"]
            if group["TargetType"] == "instance":
                found = by_port.get((target["Id"], target.get("Port")), ())
            else:
                found = by_address.get((group.get("VpcId"), target["Id"]), ())
            for id in found:
                graph.link(id, "REGISTERED_IN", group["TargetGroupArn"])


def registered(graph, reader, facts):
    """Where the health of groups may not be read, ECS's own word counts: its services say where it registers their tasks."""
    if not {"elasticloadbalancing:DescribeTargetHealth", "elasticloadbalancing:DescribeTargetGroups"} & set(reader.refusals):
        return
    services = {s["serviceArn"]: s for s in facts["services"]}
    for task, relation, service in list(graph.links):
        if relation == "PART_OF" and ":task/" in task and service in services:
            for balancer in services[service].get("loadBalancers", []):
                graph.link(task, "REGISTERED_IN", balancer.get("targetGroupArn"))


def task_definition(graph, definition, names):
    id = graph.node(definition["taskDefinitionArn"])
    if definition.get("executionRoleArn"):
        graph.link(id, "EXECUTION_ROLE", role(definition["executionRoleArn"]))
    if definition.get("taskRoleArn"):
        graph.link(id, "TASK_ROLE", role(definition["taskRoleArn"]))
    for container in definition["containerDefinitions"]:
        graph.link(id, "PULLS_FROM", repository(container["image"]))
        logging = container.get("logConfiguration", {})
        for secret in container.get("secrets", []) + logging.get("secretOptions", []):
            graph.link(id, "READS_SECRET", names.value_from(secret["valueFrom"]))
        credentials = container.get("repositoryCredentials", {}).get("credentialsParameter")
        if credentials:
            graph.link(id, "READS_SECRET", names.secret_by_name_or_id(credentials))
        for file in container.get("environmentFiles", []):
            bucket, _, key = file["value"].partition("/")
            if bucket.startswith("arn:aws:s3:::") and key:
                graph.link(id, "READS_SECRET", bucket)
        options = logging.get("options", {})
        if logging.get("logDriver") == "awslogs" and options.get("awslogs-group"):
            region = options.get("awslogs-region") or id.split(":")[3]
            graph.link(id, "LOGS_TO", arn("logs", "log-group:" + options["awslogs-group"], region))
        routed(graph, id, container, options if logging.get("logDriver") == "awsfirelens" else {})
    for volume in definition.get("volumes", []):
        efs = volume.get("efsVolumeConfiguration", {})
        if efs.get("fileSystemId"):
            graph.link(id, "MOUNTS", arn("elasticfilesystem", "file-system/" + efs["fileSystemId"]))
        if efs.get("authorizationConfig", {}).get("accessPointId"):
            graph.link(id, "MOUNTS", arn("elasticfilesystem", "access-point/" + efs["authorizationConfig"]["accessPointId"]))


def routed(graph, id, container, options):
    """Where FireLens sends what a container logs, and where its router's own configuration lies."""
    router = container.get("firelensConfiguration", {}).get("options", {})
    if router.get("config-file-type") == "s3":
        graph.link(id, "READS_SECRET", router["config-file-value"].partition("/")[0])
    given = {name.lower(): value for name, value in options.items()}
    plugin, region = given.get("name", given.get("@type")), given.get("region")
    account = given["role_arn"].split(":")[4] if "role_arn" in given else None
    if plugin in ("cloudwatch", "cloudwatch_logs") and "$" not in given["log_group_name"]:
        graph.link(id, "LOGS_TO", arn("logs", "log-group:" + given["log_group_name"], region, account))
    if plugin in ("firehose", "kinesis_firehose"):
        graph.link(id, "LOGS_TO", arn("firehose", "deliverystream/" + given["delivery_stream"], region, account))
    if plugin in ("kinesis", "kinesis_streams"):
        graph.link(id, "LOGS_TO", arn("kinesis", "stream/" + given.get("stream", given.get("stream_name", "")), region, account))
    if plugin == "s3":
        graph.link(id, "LOGS_TO", "arn:aws:s3:::" + given["bucket"])
