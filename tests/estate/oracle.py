"""What the graph of an estate must be, worked out from what boto3 reads, independently of blastmap.

    python tests/estate/oracle.py http://127.0.0.1:5555 ORACLE.json
"""

import argparse
import json
from collections import Counter

import rules_around
import rules_ecs
import rules_events
import rules_jobs
import rules_network
import rules_traffic
from aws import Aws, isolate, within
from graph import Graph
import naming
from naming import Names, arn, crawled, ec2, kind_of, scope_of
from reading import read

# Kinds whose nodes come from one listing, and that listing.
LISTINGS = {
    "VPC": ("ec2", "describe_vpcs"), "SUBNET": ("ec2", "describe_subnets"), "ROUTE_TABLE": ("ec2", "describe_route_tables"),
    "NAT_GATEWAY": ("ec2", "describe_nat_gateways"), "INTERNET_GATEWAY": ("ec2", "describe_internet_gateways"),
    "VPC_ENDPOINT": ("ec2", "describe_vpc_endpoints"), "SECURITY_GROUP": ("ec2", "describe_security_groups"),
    "NETWORK_INTERFACE": ("ec2", "describe_network_interfaces"), "TARGET_GROUP": ("elasticloadbalancing", "describe_target_groups"),
    "LOAD_BALANCER": ("elasticloadbalancing", "describe_load_balancers"), "LOG_GROUP": ("logs", "describe_log_groups"),
    "SSM_PARAMETER": ("ssm", "describe_parameters"), "SECRET": ("secretsmanager", "list_secrets"),
    "ECR_REPOSITORY": ("ecr", "describe_repositories"), "ELASTIC_IP": ("ec2", "describe_addresses"),
    "PREFIX_LIST": ("ec2", "describe_managed_prefix_lists"), "TRANSIT_GATEWAY": ("ec2", "describe_transit_gateways"),
    "VPC_PEERING_CONNECTION": ("ec2", "describe_vpc_peering_connections"), "AUTO_SCALING_GROUP": ("autoscaling", "describe_auto_scaling_groups"),
    "CLOUDWATCH_ALARM": ("monitoring", "describe_alarms"), "SQS_QUEUE": ("sqs", "list_queues"), "DYNAMODB_TABLE": ("dynamodb", "list_tables"), "LAMBDA_FUNCTION": ("lambda", "list_functions"),
    "CLOUD_MAP_SERVICE": ("servicediscovery", "list_services"), "CLOUD_MAP_NAMESPACE": ("servicediscovery", "list_namespaces")}


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


def role(graph, reader, names, id):
    name = id.rpartition("/")[2]
    found = reader.call("iam", "get_role", RoleName=name)
    if not found or found["Role"]["Arn"] != id:
        return False
    graph.node(id)
    documents = [reader.call("iam", "get_role_policy", RoleName=name, PolicyName=policy)["PolicyDocument"]
                 for policy in reader.pages("iam", "list_role_policies", "PolicyNames", RoleName=name)]
    for attached in reader.pages("iam", "list_attached_role_policies", "AttachedPolicies", RoleName=name):
        graph.link(id, "GRANTED_BY", attached["PolicyArn"])
        version = reader.call("iam", "get_policy", PolicyArn=attached["PolicyArn"])["Policy"]["DefaultVersionId"]
        documents.append(reader.call("iam", "get_policy_version", PolicyArn=attached["PolicyArn"], VersionId=version)["PolicyVersion"]["Document"])
    graph.link(id, "BOUNDED_BY", found["Role"].get("PermissionsBoundary", {}).get("PermissionsBoundaryArn"))
    for document in documents:
        for resource in allowed(document):
            graph.link(id, "GRANTED_ON", names.granted(resource))
    return True


def allowed(document):
    """The resources that a policy's Allow statements name."""
    statements = document["Statement"] if isinstance(document["Statement"], list) else [document["Statement"]]
    for statement in statements:
        if statement["Effect"] == "Allow":
            resources = statement.get("Resource", [])
            yield from [resources] if isinstance(resources, str) else resources


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
        return role(graph, reader, names, id)
    if kind == "IAM_POLICY":
        return bool(reader.call("iam", "get_policy", PolicyArn=id) and graph.node(id))
    if kind == "KMS_KEY" and ":key/" in id:
        answer = reader.call("kms", "describe_key", KeyId=id)
        if answer:
            facts["keys"].append(answer["KeyMetadata"])
        return bool(answer and graph.node(id))
    if kind == "EC2_INSTANCE":
        return instance(graph, reader, id)
    if kind == "LAUNCH_TEMPLATE":
        return rules_jobs.template(graph, reader, facts, id)
    if kind == "IAM_INSTANCE_PROFILE":
        return profile(graph, reader, facts, id)
    if kind == "VPC_LATTICE_TARGET_GROUP":
        answer = reader.call("vpc-lattice", "get_target_group", targetGroupIdentifier=id.rpartition("/")[2])
        if answer:
            graph.link(graph.node(id), "IN_VPC", ec2("vpc", answer["config"]["vpcIdentifier"]))
        return bool(answer)
    if kind == "ACM_CERTIFICATE":
        return bool(reader.call("acm", "describe_certificate", CertificateArn=id) and graph.node(id))
    if kind in ("EFS_FILE_SYSTEM", "EFS_ACCESS_POINT"):
        return files(graph, reader, names, id)
    return True


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


def profile(graph, reader, facts, id):
    found = reader.call("iam", "get_instance_profile", InstanceProfileName=id.rpartition("/")[2])
    if found:
        facts["profiles"].append(found["InstanceProfile"])
        graph.node(id)
        for own in found["InstanceProfile"]["Roles"]:
            graph.link(id, "ASSUMES", own["Arn"])
    return bool(found)


def files(graph, reader, names, id):
    """A file system with its mount targets and access points, or one access point."""
    name = id.rpartition("/")[2]
    for own in reader.pages("efs", "describe_access_points", "AccessPoints"):
        if name in (own["AccessPointId"], own["FileSystemId"]):
            point = graph.node(own["AccessPointArn"])
            graph.link(point, "PART_OF", arn("elasticfilesystem", "file-system/" + own["FileSystemId"]))
    for own in reader.pages("efs", "describe_file_systems", "FileSystems"):
        if own["FileSystemId"] == name:
            graph.node(id)
            graph.link(id, "ENCRYPTED_BY", names.key(own["KmsKeyId"]) if own.get("KmsKeyId") else None)
            for target in reader.pages("efs", "describe_mount_targets", "MountTargets", FileSystemId=name):
                mount_target(graph, reader, id, target)
    return id in graph.live


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


def oracle(aws):
    """The graph of one account and region as {"resources": [...], "links": [...]}, and the facts it was worked out from."""
    document, facts = whole(aws, [(aws.account, aws.region)])
    return document, facts[aws.account, aws.region]


def whole(aws, scopes):
    """The one graph of all these (account, region), and the facts of each."""
    naming.SCOPES.update(scopes)
    names, graph, places = Names(), Graph(), {}
    for scope in scopes:
        with within(*scope):
            places[scope] = read(aws.member(*scope))
            names.add(places[scope][1]["secrets"], places[scope][1]["aliases"])
    for scope, (reader, facts) in places.items():
        with within(*scope):
            listed(graph, reader, facts, names)
    rules_traffic.names(graph, {scope: facts for scope, (_, facts) in places.items()})
    follow(graph, places, names)
    for scope, (_, facts) in places.items():
        with within(*scope):
            rules_around.last(graph, facts)
            rules_traffic.calls(graph, facts)
    unlisted = {(scope, kind) for scope, (reader, _) in places.items() for kind, listing in LISTINGS.items() if listing in reader.refusals}
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
    rules_events.machines(graph, reader, facts, names)
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
    document, _ = oracle(Aws(options.endpoint))
    with open(options.out, "w") as file:
        json.dump(document, file, indent=1)
    print("\n".join(summary(document)))


if __name__ == "__main__":
    main()
