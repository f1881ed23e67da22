"""The fewest API calls that can give the facts of an estate, action by action.

A page or a batch is as large as AWS's documentation allows. What may be asked for but is not needed for the links
(health of targets, images, metadata of keys, tags that come with no other answer) counts where a crawler asks for it.
"""

from collections import Counter, defaultdict
from math import ceil

from naming import repository


INDEXES = {"application/vnd.oci.image.index.v1+json", "application/vnd.docker.distribution.manifest.list.v2+json"}


def pages(items, size):
    """Calls to list so many items; an empty list costs one call too."""
    return max(1, ceil(items / size))


def batches(items, size):
    return ceil(items / size)


def least(facts, document):
    """Calls by action; facts as reading.read() gives them, document as oracle.oracle() gives it."""
    live = defaultdict(set)
    for resource in document["resources"]:
        live[resource["kind"]].add((resource["id"], resource["presence"]))
    by_cluster = defaultdict(lambda: {"services": 0, "tasks": 0, "instances": 0})
    for kind, field in (("services", "serviceArn"), ("tasks", "taskArn"), ("instances", "containerInstanceArn")):
        for item in facts[kind]:
            by_cluster[item[field].split("/")[1]][kind] += 1
    clusters = [by_cluster[c["clusterName"]] for c in facts["clusters"]]
    asked = {kind: [id for id, presence in live[kind] if presence != "OUTSIDE"] for kind in ("ECS_TASK_DEFINITION", "KMS_KEY")}
    application = {b["LoadBalancerArn"] for b in facts["balancers"] if b["Type"] == "application"}
    roles = [id for id, presence in live["IAM_ROLE"] if presence == "LIVE"]
    return {
        "sts:GetCallerIdentity": 1,
        "ecs:ListClusters": pages(len(clusters), 100), "ecs:DescribeClusters": batches(len(clusters), 100),
        "ecs:DescribeCapacityProviders": pages(len(facts["providers"]), 10),
        "ecs:ListServices": sum(pages(c["services"], 100) for c in clusters),
        "ecs:DescribeServices": sum(batches(c["services"], 10) for c in clusters),
        "ecs:ListTasks": sum(pages(c["tasks"], 100) for c in clusters),
        "ecs:DescribeTasks": sum(batches(c["tasks"], 100) for c in clusters),
        # a cluster says how many instances it has: none, no call
        "ecs:ListContainerInstances": sum(batches(c["instances"], 100) for c in clusters),
        "ecs:DescribeContainerInstances": sum(batches(c["instances"], 100) for c in clusters),
        "ecs:DescribeTaskDefinition": len(asked["ECS_TASK_DEFINITION"]),
        "elasticloadbalancing:DescribeLoadBalancers": pages(len(facts["balancers"]), 400),
        "elasticloadbalancing:DescribeTargetGroups": pages(len(facts["target_groups"]), 400),
        "elasticloadbalancing:DescribeListeners": len(facts["balancers"]),
        "elasticloadbalancing:DescribeRules": sum(item["LoadBalancerArn"] in application for item in facts["listeners"]),
        "elasticloadbalancing:DescribeTargetHealth": len(served(facts)),
        "logs:DescribeLogGroups": pages(len(facts["log_groups"]), 50),
        "ssm:DescribeParameters": pages(len(facts["parameters"]), 50),
        "secretsmanager:ListSecrets": pages(len(facts["secrets"]), 100),
        "kms:ListAliases": pages(len(facts["aliases"]), 100), "kms:DescribeKey": len(asked["KMS_KEY"]),
        "ecr:DescribeRepositories": pages(len(facts["repositories"]), 1000), "ecr:DescribeImages": image_calls(facts),
        "ecr:DescribeRegistry": min(1, len(facts["repositories"])),
        "iam:GetAccountAuthorizationDetails": pages(len(roles) + len(live["IAM_POLICY"]), 1000),
        "tag:GetResources": pages(tagged(facts, live), 100),
        "events:ListEventBuses": 1, "events:ListRules": sum(pages(n, 100) for n in rules_of_buses(facts).values()),
        "events:ListTargetsByRule": len(facts["event_rules"]),
        "scheduler:ListSchedules": pages(len(facts["schedules"]), 100), "scheduler:GetSchedule": len(live["SCHEDULE"]),
        "application-autoscaling:DescribeScalableTargets": pages(len(facts["scalable_targets"]), 50),
        "application-autoscaling:DescribeScalingPolicies": pages(len(facts["scaling_policies"]), 10),
        "application-autoscaling:DescribeScheduledActions": 1,
        "autoscaling:DescribeAutoScalingGroups": batches(len(live["AUTO_SCALING_GROUP"]), 50),
        "sqs:ListQueues": pages(len(facts["queues"]), 1000), "sqs:GetQueueAttributes": sum(p == "LIVE" for _, p in live["SQS_QUEUE"]),
        "sns:ListSubscriptions": pages(len(facts["subscriptions"]), 100), "lambda:ListFunctions": pages(len(facts["functions"]), 50),
        "lambda:ListEventSourceMappings": pages(len(facts["mappings"]), 100),
        "states:ListStateMachines": facts["may_run"] and pages(len(facts["machines"]), 1000),
        "states:DescribeStateMachine": facts["may_run"] and len(facts["machines"]),
        "dynamodb:ListTables": pages(len(facts["tables"]), 100),
        "cloudwatch:DescribeAlarms": pages(len(facts["alarms"]), 100),
        "servicediscovery:ListNamespaces": pages(len(facts["namespaces"]), 100), "servicediscovery:ListServices": len(facts["namespaces"]),
        **{f"ec2:Describe{name}": pages(len(facts[kind]), size) for name, kind, size in [
            ("Vpcs", "vpcs", 1000), ("Subnets", "subnets", 1000), ("RouteTables", "route_tables", 100), ("NatGateways", "nat_gateways", 1000),
            ("InternetGateways", "internet_gateways", 1000), ("VpcEndpoints", "endpoints", 1000), ("SecurityGroups", "groups", 1000),
            ("NetworkInterfaces", "interfaces", 1000)]},
        **policies(facts, document), **files(facts, live), **hosts(facts, live), **network(facts, document), **edges(facts, document),
        **traffic(facts, live),
    }


def rules_of_buses(facts):
    """How many rules each bus has; the default one is always there."""
    return {"default": 0, **Counter(rule["EventBusName"] for rule in facts["event_rules"])}
def policies(facts, document):
    """The policies of what is used: customers' keys, repositories in use, secrets that a definition reads; and platforms of images."""
    read = {link["to"] for link in document["links"] if link["relation"] == "READS_SECRET"}
    secrets = [s for s in facts["secrets"] if s["ARN"] in read and not s.get("DeletedDate")]
    used, several = images_in_use(facts), 0
    for id, names in used.items():
        indexes = [i for i in facts["images"][id] if i.get("imageManifestMediaType") in INDEXES]
        mine = {i["imageDigest"] for i in indexes if names & {i["imageDigest"], *i.get("imageTags", [])}}
        several += batches(len(mine), 100)
    return {"kms:GetKeyPolicy": sum(k["KeyManager"] == "CUSTOMER" for k in facts["keys"]), "ecr:GetRepositoryPolicy": len(used),
            "ecr:BatchGetImage": several, "secretsmanager:GetResourcePolicy": len(secrets)}
def files(facts, live):
    """One list of the region's file systems and one of its access points tell of all; each mount target tells its groups alone."""
    asked = [id for id, presence in live["EFS_FILE_SYSTEM"] if presence != "OUTSIDE"]
    there = [id for id, presence in live["EFS_FILE_SYSTEM"] if presence == "LIVE"]
    return {"elasticfilesystem:DescribeFileSystems": pages(len(facts["file_systems"]), 100) if asked else 0,
            "elasticfilesystem:DescribeAccessPoints": pages(len(facts["access_points"]), 100) if asked else 0,
            "elasticfilesystem:DescribeFileSystemPolicy": len(there), "elasticfilesystem:DescribeMountTargets": len(there),
            "elasticfilesystem:DescribeMountTargetSecurityGroups": len(live["EFS_MOUNT_TARGET"])}
def hosts(facts, live):
    """A filter holds 200 ids; a profile without a role is in no role's details."""
    asked = [id for id, presence in live["EC2_INSTANCE"] if presence != "OUTSIDE"]
    alone = [p for p in facts["profiles"] if not p["Roles"]]
    gone = [id for id, presence in live["IAM_INSTANCE_PROFILE"] if presence == "MISSING"]
    return {"ec2:DescribeInstances": batches(len(asked), 200), "ec2:DescribeInstanceTypes": batches(min(1, len(asked)), 100),
            "iam:GetInstanceProfile": len(alone) + len(gone)}
def traffic(facts, live):
    """Names and certificates: a zone tells 300 records a page, a listener its certificates beside the default one."""
    counts = Counter(zone for zone, _ in facts["records"])
    zones = [zone["Id"].removeprefix("/hostedzone/") for zone in facts["own_zones"]]
    return {"route53:ListHostedZones": pages(len(facts["zones"]), 100),
            "route53:ListResourceRecordSets": sum(pages(counts[zone], 300) for zone in zones),
            "elasticloadbalancing:DescribeListenerCertificates": sum(bool(item.get("Certificates")) for item in facts["listeners"]),
            "acm:DescribeCertificate": sum(presence != "OUTSIDE" for _, presence in live["ACM_CERTIFICATE"]),
            "cloudfront:ListDistributions": pages(len(facts["distributions"]), 100),
            "wafv2:ListWebACLs": pages(len(facts["web_acls"]), 100), "wafv2:ListResourcesForWebACL": len(facts["web_acls"]),
            "apigateway:GET": pages(len(facts["vpc_links"]), 100) + (pages(len(facts["apis"]), 100) + len(facts["apis"]) if facts["vpc_links"] else 0),
            "vpc-lattice:GetTargetGroup": sum(presence != "OUTSIDE" for _, presence in live["VPC_LATTICE_TARGET_GROUP"])}
def network(facts, document):
    """How names are resolved in each VPC with anything in it, one attribute a call."""
    placed = {link["to"].rpartition("/")[2] for link in document["links"] if link["relation"] == "PLACED_IN"}
    vpcs = {s["VpcId"] for s in facts["subnets"] if s["SubnetId"] in placed}
    return {"ec2:DescribeNetworkAcls": pages(len(facts["acls"]), 1000), "ec2:DescribeDhcpOptions": 1, "ec2:DescribeVpcAttribute": 2 * len(vpcs)}


def edges(facts, document):
    """Lists of the edges that something names, and of CodeDeploy where a service says that it is rolled out so."""
    named = {resource["kind"] for resource in document["resources"] if resource["presence"] != "OUTSIDE"}
    for_ecs = {group["applicationName"] for group in facts["deployment_groups"] if group["computePlatform"] == "ECS"}
    applications = len(facts["applications"])
    return {"ec2:DescribeAddresses": int("ELASTIC_IP" in named), "ec2:DescribeManagedPrefixLists": int("PREFIX_LIST" in named),
            "ec2:DescribeVpcPeeringConnections": int("VPC_PEERING_CONNECTION" in named), "ec2:DescribeTransitGateways": int("TRANSIT_GATEWAY" in named),
            "ec2:DescribeVpcEndpointServiceConfigurations": pages(len(facts["endpoint_services"]), 1000),
            "ec2:DescribeLaunchTemplateVersions": sum(r["kind"] == "LAUNCH_TEMPLATE" and r["presence"] != "OUTSIDE" for r in document["resources"]),
            "ecr:DescribePullThroughCacheRules": pages(len(facts["cache_rules"]), 1000),
            "codedeploy:ListApplications": pages(applications, 100) if applications else 0, "codedeploy:BatchGetApplications": batches(applications, 100),
            "codedeploy:ListDeploymentGroups": len(for_ecs), "codedeploy:BatchGetDeploymentGroups": len(for_ecs)}


def served(facts):
    """The target groups there are that a service or a task set names, and those before another balancer: no other holds what ECS registered."""
    balancers = [b for s in facts["services"] for item in [s, *s.get("taskSets", [])] for b in item.get("loadBalancers", [])]
    named = {b.get("targetGroupArn") for b in balancers} | {b.get("advancedConfiguration", {}).get("alternateTargetGroupArn") for b in balancers}
    before_balancers = {g["TargetGroupArn"] for g in facts["target_groups"] if g["TargetType"] == "alb" and g["LoadBalancerArns"]}
    return named & {g["TargetGroupArn"] for g in facts["target_groups"]} | before_balancers


def images_in_use(facts):
    """The tags and digests by which definitions in use name images of each repository."""
    images = defaultdict(set)
    known = {r["repositoryArn"] for r in facts["repositories"]}
    for definition in facts["definitions"]:
        for container in definition["containerDefinitions"]:
            if repository(container["image"]) in known:
                path, _, digest = container["image"].partition("@")
                images[repository(container["image"])].add(digest or path.rpartition(":")[2])
    return images


def image_calls(facts):
    """One call a hundred images of a repository that some definition in use names."""
    return sum(batches(len(names), 100) for names in images_in_use(facts).values())


def tagged(facts, live):
    """What has tags that no Describe answer carries."""
    kinds = ("LOAD_BALANCER", "TARGET_GROUP", "LOG_GROUP", "SSM_PARAMETER", "ECR_REPOSITORY", "KMS_KEY")
    return sum(presence == "LIVE" for kind in kinds for _, presence in live[kind])


def table(calls, floor):
    """Lines that set the calls of a crawl against the least possible."""
    lines = [f"{'action':45} {'least':>6} {'made':>6}"]
    for action in sorted(set(calls) | set(floor)):
        lines.append(f"{action:45} {floor.get(action, 0):6} {calls.get(action, 0):6}")
    return lines + [f"{'total':45} {sum(floor.values()):6} {sum(calls.values()):6}"]

