"""What the graph of an estate must be, worked out from what boto3 reads, independently of blastmap.

    python tests/estate/oracle.py http://127.0.0.1:5555 ORACLE.json
"""

import argparse
import json
from collections import Counter

import rules_around
import rules_ecs
import rules_events
import rules_iam
import rules_jobs
import rules_network
import rules_traffic
from answers import Answers
from aws import Aws, isolate, within
from graph import Graph
import naming
from naming import Names, arn, crawled, ec2, kind_of, scope_of
from reading import read

ELB = "elasticloadbalancing:Describe"
CLUSTERS = {"ecs:ListClusters"}
# The actions that list a kind: where one was not allowed, what was not found may be there all the same.
LISTINGS = {
    **{kind: {f"ec2:Describe{name}"} for kind, name in {
        "VPC": "Vpcs", "SUBNET": "Subnets", "ROUTE_TABLE": "RouteTables", "NAT_GATEWAY": "NatGateways", "INTERNET_GATEWAY": "InternetGateways",
        "VPC_ENDPOINT": "VpcEndpoints", "SECURITY_GROUP": "SecurityGroups", "NETWORK_INTERFACE": "NetworkInterfaces", "ELASTIC_IP": "Addresses",
        "PREFIX_LIST": "ManagedPrefixLists", "TRANSIT_GATEWAY": "TransitGateways", "VPC_PEERING_CONNECTION": "VpcPeeringConnections"}.items()},
    "ECS_CLUSTER": CLUSTERS | {"ecs:DescribeClusters"}, "ECS_CAPACITY_PROVIDER": {"ecs:DescribeCapacityProviders"},
    "ECS_SERVICE": CLUSTERS | {"ecs:ListServices", "ecs:DescribeServices"},
    "ECS_CONTAINER_INSTANCE": CLUSTERS | {"ecs:ListContainerInstances", "ecs:DescribeContainerInstances"},
    "TARGET_GROUP": {ELB + "TargetGroups"}, "LOAD_BALANCER": {ELB + "LoadBalancers"},
    # those of a balancer are asked for where a group of its is in use
    "LISTENER": CLUSTERS | {ELB + "LoadBalancers", ELB + "TargetGroups", ELB + "Listeners", "ecs:ListServices", "ecs:DescribeServices"},
    "LISTENER_RULE": CLUSTERS | {ELB + "LoadBalancers", ELB + "TargetGroups", ELB + "Listeners", ELB + "Rules", "ecs:ListServices", "ecs:DescribeServices"},
    "LOG_GROUP": {"logs:DescribeLogGroups"}, "SSM_PARAMETER": {"ssm:DescribeParameters"}, "SECRET": {"secretsmanager:ListSecrets"},
    "ECR_REPOSITORY": {"ecr:DescribeRepositories"}, "AUTO_SCALING_GROUP": {"autoscaling:DescribeAutoScalingGroups"},
    "CLOUDWATCH_ALARM": {"cloudwatch:DescribeAlarms"}, "SQS_QUEUE": {"sqs:ListQueues"}, "DYNAMODB_TABLE": {"dynamodb:ListTables"}, "LAMBDA_FUNCTION": {"lambda:ListFunctions"},
    "SCALING_POLICY": {"application-autoscaling:DescribeScalingPolicies"},
    "CLOUD_MAP_NAMESPACE": {"servicediscovery:ListNamespaces"}, "CLOUD_MAP_SERVICE": {"servicediscovery:ListNamespaces", "servicediscovery:ListServices"}}


def data(graph, facts, names):
    """Parameters, secrets, log groups and repositories, and the keys that lock them."""
    for parameter in facts["parameters"]:
        id = graph.node(parameter["ARN"])
        if parameter["Type"] == "SecureString":
            graph.link(id, "ENCRYPTED_BY", names.key(parameter["KeyId"]))
    for secret in facts["secrets"]:
        id = graph.node(secret["ARN"])
        graph.link(id, "ENCRYPTED_BY", names.key(secret["KmsKeyId"]) if secret.get("KmsKeyId") else None)
    for group in facts["log_groups"]:
        id = graph.node(group["arn"].removesuffix(":*"))
        graph.link(id, "ENCRYPTED_BY", names.key(group["kmsKeyId"]) if group.get("kmsKeyId") else None)
    for repository in facts["repositories"]:
        id = graph.node(repository["repositoryArn"])
        key = repository.get("encryptionConfiguration", {}).get("kmsKey")
        graph.link(id, "ENCRYPTED_BY", names.key(key) if key else None)


def look_up(graph, reader, facts, names, id):
    """Reads what is kept only because it is named; says whether it is there."""
    kind = kind_of(id)
    if kind == "ECS_TASK_DEFINITION":
        answer = reader.call("ecs", "describe_task_definition", taskDefinition=id)
        if answer:
            facts["definitions"].append(answer["taskDefinition"])
            rules_ecs.task_definition(graph, answer["taskDefinition"], names)
        return bool(answer)
    if kind == "IAM_ROLE":
        return rules_iam.role(graph, reader, facts, names, id)
    if kind == "IAM_POLICY":
        return bool(rules_iam.policy(reader, facts, id) and graph.node(id))
    if kind == "KMS_KEY":
        return key(graph, reader, facts, id)
    if kind == "EC2_INSTANCE":
        return instance(graph, reader, id)
    if kind == "LAUNCH_TEMPLATE":
        return rules_jobs.template(graph, reader, facts, id)
    if kind == "IAM_INSTANCE_PROFILE":
        return rules_iam.profile(graph, reader, facts, id)
    if kind == "VPC_LATTICE_TARGET_GROUP":
        answer = reader.call("vpc-lattice", "get_target_group", targetGroupIdentifier=id.rpartition("/")[2])
        if answer:
            graph.link(graph.node(id), "IN_VPC", ec2("vpc", answer["config"]["vpcIdentifier"]))
        return bool(answer)
    if kind == "ACM_CERTIFICATE":
        return bool(reader.call("acm", "describe_certificate", CertificateArn=id) and graph.node(id))
    if kind == "EFS_FILE_SYSTEM":
        return file_system(graph, reader, names, id)
    if kind == "EFS_ACCESS_POINT":
        return access_point(graph, reader, id)
    return True


def key(graph, reader, facts, id):
    """A key; KMS tells it by an alias too, which the list of aliases spares where it may be read."""
    if ":alias/" in id and "kms:ListAliases" not in reader.refusals:
        return False
    answer = reader.call("kms", "describe_key", KeyId=id)
    if answer:
        facts["keys"].append(answer["KeyMetadata"])
        graph.rename(id, graph.node(answer["KeyMetadata"]["Arn"]))
    return bool(answer)


def instance(graph, reader, id):
    """An EC2 instance that a container instance names."""
    mine = [{"Name": "instance-id", "Values": [id.rpartition("/")[2]]}]
    found = [own for reservation in reader.pages("ec2", "describe_instances", "Reservations", Filters=mine) for own in reservation["Instances"]]
    for own in found:
        graph.node(id)
        graph.link(id, "PLACED_IN", ec2("subnet", own["SubnetId"]) if own.get("SubnetId") else None)
        for group in own.get("SecurityGroups", []):
            graph.link(id, "PROTECTED_BY", ec2("security-group", group["GroupId"]))
        graph.link(id, "ASSUMES", own.get("IamInstanceProfile", {}).get("Arn"))
    return bool(found)


def file_system(graph, reader, names, id):
    """A file system with its mount targets and access points."""
    name = id.rpartition("/")[2]
    for own in reader.pages("efs", "describe_file_systems", "FileSystems"):
        if own["FileSystemId"] == name:
            graph.node(id)
            graph.link(id, "ENCRYPTED_BY", names.key(own["KmsKeyId"]) if own.get("KmsKeyId") else None)
            for target in reader.pages("efs", "describe_mount_targets", "MountTargets", FileSystemId=name):
                mount_target(graph, reader, id, target)
            access_points(graph, [own for own in points(reader) if own["FileSystemId"] == name])
    return id in graph.live


def access_point(graph, reader, id):
    """One that a volume names."""
    access_points(graph, [own for own in points(reader) if own["AccessPointArn"] == id])
    return id in graph.live


def points(reader):
    return reader.pages("efs", "describe_access_points", "AccessPoints")


def access_points(graph, some):
    for own in some:
        graph.link(graph.node(own["AccessPointArn"]), "PART_OF", arn("elasticfilesystem", "file-system/" + own["FileSystemId"]))


def mount_target(graph, reader, file_system, target):
    id = graph.node(target["MountTargetId"])
    graph.link(id, "PART_OF", file_system)
    graph.link(id, "PLACED_IN", ec2("subnet", target["SubnetId"]))
    answer = reader.call("efs", "describe_mount_target_security_groups", MountTargetId=id)
    for group in answer["SecurityGroups"] if answer else []:
        graph.link(id, "PROTECTED_BY", ec2("security-group", group))


def follow(graph, places, names):
    """Looks up what the links name, each where it lies, until nothing new is named."""
    seen = set()
    for _, facts in places.values():
        facts["definitions"], facts["keys"], facts["profiles"] = [], [], []
    while True:
        new = {id for id in graph.named() - seen if crawled(id) and id not in graph.live}
        if not new and not rules_events.more(graph, places, names):
            return
        seen |= new
        for id in sorted(new):
            scope = scope_of(id)
            reader, facts = places[scope]
            refused = len(reader.refusals)
            with within(*scope):
                if not look_up(graph, reader, facts, names, id) and len(reader.refusals) > refused:
                    graph.unreadable.add(id)


def oracle(answers):
    """The graph of one account and region as {"resources": [...], "links": [...]}, and the facts it was worked out from."""
    here = answers.aws.account, answers.aws.region
    document, facts = whole(answers, [here])
    return document, facts[here]


def whole(answers, scopes):
    """The one graph of all these (account, region), and the facts of each."""
    naming.SCOPES.update(scopes)
    names, graph, places = Names(), Graph(), {}
    for scope in scopes:
        with within(*scope):
            places[scope] = read(answers.member(*scope))
            names.add(places[scope][1]["secrets"], places[scope][1]["aliases"])
    for scope, (reader, facts) in places.items():
        with within(*scope):
            listed(graph, reader, facts, names)
    rules_traffic.names(graph, {scope: facts for scope, (_, facts) in places.items()})
    follow(graph, places, names)
    for scope, (_, facts) in places.items():
        with within(*scope):
            rules_around.last(graph, facts)
            rules_ecs.registered(graph, reader, facts)
            rules_traffic.calls(graph, facts)
    unlisted = {(scope, kind) for scope, (reader, _) in places.items() for kind, listing in LISTINGS.items() if listing & set(reader.refusals)}
    document = graph.document(unlisted)
    naming.SCOPES.clear()
    return document, {scope: facts for scope, (_, facts) in places.items()}


def listed(graph, reader, facts, names):
    """What the lists of one account and region tell."""
    rules_network.network(graph, facts)
    rules_network.routes(graph, facts)
    rules_network.balancing(graph, facts)
    rules_ecs.clusters(graph, facts, names)
    rules_ecs.services(graph, facts)
    rules_ecs.tasks(graph, facts, rules_ecs.instances(graph, facts))
    rules_network.interfaces(graph, facts)
    rules_jobs.jobs(graph, reader, facts)
    rules_jobs.scaling(graph, facts)
    rules_jobs.groups(graph, facts)
    rules_jobs.discovery(graph, facts)
    rules_around.edges(graph, facts)
    rules_traffic.edge(graph, facts)
    data(graph, facts, names)


def summary(document):
    """Counts by kind and presence, and by relation, as lines."""
    kinds = Counter((r["kind"], r["presence"]) for r in document["resources"])
    relations = Counter(link["relation"] for link in document["links"])
    lines = [f"{count:6} {kind} {presence}" for (kind, presence), count in sorted(kinds.items())]
    lines += [f"{count:6} {relation}" for relation, count in sorted(relations.items())]
    return lines + [f"{len(document['resources'])} resources, {len(document['links'])} links"]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("endpoint")
    parser.add_argument("out")
    options = parser.parse_args()
    isolate()
    document, _ = oracle(Answers(Aws(options.endpoint)))
    with open(options.out, "w") as file:
        json.dump(document, file, indent=1)
    print("\n".join(summary(document)))


if __name__ == "__main__":
    main()
