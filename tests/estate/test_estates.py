"""The estates themselves, without blastmap: complete, repeatable, and as AWS would show them."""

import pytest
from botocore.exceptions import ClientError

from company_data import PLANTED
from harness import REPOSITORY, Stand
from least_calls import least

RELATIONS = {
    "RUNS", "PART_OF", "HOSTED_ON", "CAPACITY_FROM", "BACKED_BY", "PULLS_FROM", "READS_SECRET", "LOGS_TO", "MOUNTS", "ENCRYPTED_BY",
    "EXECUTION_ROLE", "TASK_ROLE", "ASSUMES", "GRANTED_BY", "BOUNDED_BY", "GRANTED_ON", "IN_VPC", "PLACED_IN", "ATTACHED_TO",
    "PROTECTED_BY", "ALLOWS", "ROUTED_BY", "ROUTES_VIA", "REACHES_AWS_VIA", "REGISTERED_IN", "FORWARDS_TO", "USES_CERTIFICATE", "DISCOVERED_BY",
    "STARTS", "STARTS_IN", "DEAD_LETTERS_TO", "SCALED_BY", "WATCHED_BY", "FILTERED_BY", "MATCHES", "RESOLVES_TO", "CONSUMES",
    "SUBSCRIBED_TO", "USES_TABLE"}
MORE_IN_MANY = {"CONFIGURED_BY", "SHIFTS", "HOOKED_BY", "DEPLOYED_BY", "FRONTS", "CALLS", "LAUNCHES_FROM"}
LIVE = {
    "ECS_TASK", "ECS_SERVICE", "ECS_CLUSTER", "ECS_TASK_DEFINITION", "ECS_CONTAINER_INSTANCE", "ECS_CAPACITY_PROVIDER", "ECS_TASK_SET",
    "IAM_ROLE", "IAM_POLICY", "LOAD_BALANCER", "LISTENER", "LISTENER_RULE", "TARGET_GROUP", "LOG_GROUP", "SSM_PARAMETER", "SECRET", "KMS_KEY",
    "VPC", "SUBNET", "ROUTE_TABLE", "NAT_GATEWAY", "INTERNET_GATEWAY", "VPC_ENDPOINT", "SECURITY_GROUP", "NETWORK_INTERFACE", "ECR_REPOSITORY",
    "AUTO_SCALING_GROUP", "EVENT_RULE", "SCHEDULE", "SCALABLE_TARGET", "SCALING_POLICY", "CLOUD_MAP_NAMESPACE", "CLOUD_MAP_SERVICE",
    "EC2_INSTANCE", "IAM_INSTANCE_PROFILE", "EFS_FILE_SYSTEM", "EFS_ACCESS_POINT", "EFS_MOUNT_TARGET", "ACM_CERTIFICATE", "CLOUDWATCH_ALARM",
    "NETWORK_ACL", "ELASTIC_IP", "HOSTED_ZONE", "DNS_RECORD", "SQS_QUEUE", "SNS_TOPIC", "LAMBDA_FUNCTION", "DYNAMODB_TABLE"}
# which the company does not have
IN_MANY = {
    "WEB_ACL", "CLOUDFRONT_DISTRIBUTION", "API_GATEWAY_VPC_LINK", "VPC_LATTICE_TARGET_GROUP", "STATE_MACHINE", "CODEDEPLOY_GROUP", "DHCP_OPTIONS",
    "TRANSIT_GATEWAY", "VPC_PEERING_CONNECTION", "VPC_ENDPOINT_SERVICE", "ECR_PULL_THROUGH_CACHE_RULE",
    "LAUNCH_TEMPLATE"}
OUTSIDE = {"S3_BUCKET"}


@pytest.mark.parametrize("name", ["company", "many", "few"])
def test_has_every_kind_and_relation(name, request):
    document, _ = request.getfixturevalue(name).oracle()
    relations = {link["relation"] for link in document["links"]}
    assert RELATIONS | (set() if name == "company" else MORE_IN_MANY) == relations
    kinds = {(r["kind"], r["presence"]) for r in document["resources"]}
    live = LIVE | (set() if name == "company" else IN_MANY)
    assert live <= {kind for kind, presence in kinds if presence == "LIVE"}
    assert OUTSIDE <= {kind for kind, presence in kinds if presence == "OUTSIDE"}
    assert {"ECR_REPOSITORY", "LOG_GROUP", "SSM_PARAMETER"} <= {kind for kind, presence in kinds if presence == "MISSING"}
    assert all(r["kind"] for r in document["resources"])


def test_has_the_size_of_a_company(company):
    document, facts = company.oracle()
    assert len(facts["services"]) >= 25
    assert len({t["value"] for s in company_services(company) for t in s["tags"] if t["key"] == "owner"}) >= 10
    assert len(document["links"]) > 1500


def company_services(company):
    ecs = company.aws("ecs")
    for cluster in ecs.list_clusters()["clusterArns"]:
        names = ecs.list_services(cluster=cluster, maxResults=100)["serviceArns"]
        for n in range(0, len(names), 10):
            yield from ecs.describe_services(cluster=cluster, services=names[n:n + 10], include=["TAGS"])["services"]


def test_has_a_hundred_services_and_three_hundred_tasks(many):
    _, facts = many.oracle()
    assert len(facts["services"]) == 100
    assert 280 <= len(facts["tasks"]) <= 330


def test_plants_secrets_where_the_api_shows_them(company):
    ecs = company.aws("ecs")
    shown = str(ecs.describe_task_definition(taskDefinition="admin-portal")) + str(ecs.describe_task_definition(taskDefinition="notifications"))
    shown += str(list(company_services(company))) + str(ecs.describe_tasks(cluster="prod", tasks=ecs.list_tasks(cluster="prod")["taskArns"]))
    shown += str(company.aws("iam").get_role(RoleName="partner-export"))
    shown += str(company.aws("lambda").list_functions()) + str(company.aws("sns").list_subscriptions())
    for zone in company.aws("route53").list_hosted_zones()["HostedZones"]:
        shown += str(company.aws("route53").list_resource_record_sets(HostedZoneId=zone["Id"]))
    assert [name for name, value in PLANTED.items() if value not in shown] == ["stored value"]  # that one lies in secrets and parameters


def test_is_the_same_in_every_run(few):
    again = Stand("--estate", "many", "--services", "30")
    try:
        assert again.oracle()[0] == few.oracle()[0]
    finally:
        again.close()


def test_says_unreadable_of_what_a_denied_call_would_have_shown(few):
    document, _ = few.oracle("ssm:DescribeParameters", "kms:DescribeKey")
    presences = {kind: {r["presence"] for r in document["resources"] if r["kind"] == kind} for kind in ("SSM_PARAMETER", "KMS_KEY", "SECRET")}
    assert presences == {"SSM_PARAMETER": {"UNREADABLE", "OUTSIDE"}, "KMS_KEY": {"UNREADABLE"}, "SECRET": {"LIVE", "MISSING", "OUTSIDE"}}


def test_pages_as_aws_does(many):
    ecs = many.aws("ecs")
    first = ecs.list_services(cluster="fargate-0")
    assert len(first["serviceArns"]) == 10 and first["nextToken"]
    second = ecs.list_services(cluster="fargate-0", nextToken=first["nextToken"])
    assert not set(first["serviceArns"]) & set(second["serviceArns"])
    assert len(many.aws("ssm").describe_parameters(MaxResults=50)["Parameters"]) == 50


@pytest.mark.parametrize("call", [
    lambda aws: aws("ecs").describe_services(cluster="fargate-0", services=["x"] * 11),
    lambda aws: aws("ecs").describe_tasks(cluster="fargate-0", tasks=["x"] * 101),
    lambda aws: aws("ec2").describe_network_interfaces(MaxResults=2000),
    lambda aws: aws("iam").get_account_authorization_details(MaxItems=1001)])
def test_refuses_what_is_over_the_limit(many, call):
    with pytest.raises(ClientError):
        call(many.aws)


def test_knows_the_fewest_calls(many):
    document, facts = many.oracle()
    floor = least(facts, document)
    assert floor["ecs:DescribeServices"] >= 10 and floor["ecs:DescribeTaskDefinition"] >= len(facts["definitions"])
    assert floor["ecs:ListContainerInstances"] == 1  # only one cluster has instances
    assert all(count >= 1 for count in floor.values())


def test_has_what_the_docs_say_is_tested_here(request):
    """Every kind that docs/kinds.md says is tested on moto is there and was read."""
    rows = [line.split(" | ") for line in (REPOSITORY / "docs" / "kinds.md").read_text().splitlines() if line.startswith("| ")]
    tested = {row[1] for row in rows if row[-1].startswith("moto")}
    live = set()
    for name in ("company", "few"):
        document, _ = request.getfixturevalue(name).oracle()
        live |= {r["kind"] for r in document["resources"] if r["presence"] == "LIVE"}
    assert len(tested) > 50
    assert tested <= live
