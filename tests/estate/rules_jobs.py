"""The oracle's links of what starts tasks, scales services and names them to others."""

import rules_iam
from naming import arn, ec2, role


def is_cluster(id):
    return id.startswith("arn:") and id.split(":")[2] == "ecs" and id.split(":")[5].startswith("cluster/")


def jobs(graph, reader, facts):
    """Event rules and schedules with a cluster for a target."""
    facts["families"], facts["started"] = {}, set()
    for rule in facts["event_rules"]:
        targets = [t for t in rule["Targets"] if is_cluster(t["Arn"])]
        if targets:
            id = graph.node(rule["Arn"])
            graph.link(id, "ASSUMES", role(rule["RoleArn"]) if rule.get("RoleArn") else None)
            for target in targets:
                starts(graph, reader, facts, id, target)
    for schedule in facts["schedules"]:
        if is_cluster(schedule["Target"]["Arn"]):
            id = graph.node(schedule["Arn"])
            starts(graph, reader, facts, id, schedule["Target"])


def starts(graph, reader, facts, id, target):
    graph.link(id, "STARTS_IN", target["Arn"])
    graph.link(id, "ASSUMES", role(target["RoleArn"]) if target.get("RoleArn") else None)
    graph.link(id, "DEAD_LETTERS_TO", target.get("DeadLetterConfig", {}).get("Arn"))
    parameters = target["EcsParameters"]
    graph.link(id, "STARTS", definition(reader, facts, parameters["TaskDefinitionArn"]))
    network = parameters.get("NetworkConfiguration", {}).get("awsvpcConfiguration", {})
    for subnet in network.get("Subnets", []):
        graph.link(id, "PLACED_IN", ec2("subnet", subnet))
    for group in network.get("SecurityGroups", []):
        graph.link(id, "PROTECTED_BY", ec2("security-group", group))


def definition(reader, facts, named):
    """A family stands for its latest active revision, or for itself if it has none."""
    if ":" in named.rpartition("/")[2]:
        facts["started"].add(named)
        return named
    if named not in facts["families"]:
        answer = reader.call("ecs", "describe_task_definition", taskDefinition=named.rpartition("/")[2])
        facts["families"][named] = answer["taskDefinition"]["taskDefinitionArn"] if answer else None
    return facts["families"][named] or named


def asked_again(facts):
    """The definitions that every crawl asks for: families, and revisions whose status only rules and schedules care about."""
    run = {item["taskDefinitionArn"] for item in facts["tasks"]}
    for service in facts["services"]:
        for item in [service, *service.get("deployments", []), *service.get("taskSets", [])]:
            run.add(item.get("taskDefinition"))
    return set(facts["families"]) | facts["started"] - run - set(facts["families"].values())


def scaling(graph, facts):
    """What sets a service's size: who scales what is said by the same name."""
    services = {f"service/{s['clusterArn'].rpartition('/')[2]}/{s['serviceName']}": s["serviceArn"] for s in facts["services"]}
    for target in facts["scalable_targets"]:
        id = graph.node(target["ScalableTargetARN"])
        graph.link(id, "ASSUMES", target.get("RoleARN"))
        if target["ResourceId"] in services:
            graph.link(services[target["ResourceId"]], "SCALED_BY", id)
        for policy in facts["scaling_policies"]:
            if (policy["ResourceId"], policy["ScalableDimension"]) == (target["ResourceId"], target["ScalableDimension"]):
                graph.link(id, "SCALED_BY", policy["PolicyARN"])
    for policy in facts["scaling_policies"]:
        id = graph.node(policy["PolicyARN"])
        for alarm in policy.get("Alarms", []):
            graph.link(id, "WATCHED_BY", alarm["AlarmARN"])


def groups(graph, facts):
    """The Auto Scaling groups that capacity providers name."""
    named = {p.get("autoScalingGroupProvider", {}).get("autoScalingGroupArn") for p in facts["providers"]}
    for group in facts["auto_scaling_groups"]:
        if group["AutoScalingGroupARN"] in named:
            id = graph.node(group["AutoScalingGroupARN"])
            for instance in group.get("Instances", []):
                graph.link(id, "BACKED_BY", ec2("instance", instance["InstanceId"]))
            for subnet in group.get("VPCZoneIdentifier", "").split(","):
                graph.link(id, "PLACED_IN", ec2("subnet", subnet) if subnet else None)
            for template in launched(group):
                graph.link(id, "LAUNCHES_FROM", ec2("launch-template", template["LaunchTemplateId"]))


def launched(group):
    """The templates that a group starts instances from."""
    mixed = group.get("MixedInstancesPolicy", {}).get("LaunchTemplate", {})
    overrides = [own["LaunchTemplateSpecification"] for own in mixed.get("Overrides", []) if "LaunchTemplateSpecification" in own]
    return [own for own in [group.get("LaunchTemplate"), mixed.get("LaunchTemplateSpecification"), *overrides] if own]


def template(graph, reader, facts, id):
    """A launch template, in the versions that groups in the graph name."""
    name = id.rpartition("/")[2]
    own = [t for g in facts["auto_scaling_groups"] if g["AutoScalingGroupARN"] in graph.live for t in launched(g)]
    versions = sorted({t.get("Version", "$Default") for t in own if t["LaunchTemplateId"] == name})
    answer = reader.call("ec2", "describe_launch_template_versions", LaunchTemplateId=name, Versions=versions)
    for version in answer["LaunchTemplateVersions"] if answer else []:
        graph.node(id)
        data = version["LaunchTemplateData"]
        profile = data.get("IamInstanceProfile", {}).get("Name")
        graph.link(id, "ASSUMES", rules_iam.profile_of_name(reader, facts, profile) if profile else None)
        for interface in data.get("NetworkInterfaces", []):
            graph.link(id, "PLACED_IN", ec2("subnet", interface["SubnetId"]))
        for sg in data.get("SecurityGroupIds", []) + [sg for interface in data.get("NetworkInterfaces", []) for sg in interface["Groups"]]:
            graph.link(id, "PROTECTED_BY", ec2("security-group", sg))
    return bool(answer)


def discovery(graph, facts):
    """The Cloud Map services that ECS services are registered in, and their namespaces."""
    named = graph.named()
    namespaces = {n["Id"]: n["Arn"] for n in facts["namespaces"]}
    for service in facts["discovery"]:
        if service["Arn"] in named:
            id = graph.node(service["Arn"])
            graph.link(id, "PART_OF", arn("servicediscovery", "namespace/" + service["NamespaceId"]))
            if service["NamespaceId"] in namespaces:
                graph.node(namespaces[service["NamespaceId"]])
