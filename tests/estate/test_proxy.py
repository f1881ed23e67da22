"""The proxy counts what passes, and what it makes fail, fails as at AWS."""

import pytest
from botocore.config import Config
from botocore.exceptions import ClientError, ConnectionError, HTTPClientError, PaginationError

import boto3
from proxy import Proxy

CALLS = {
    "ecs:ListClusters": lambda aws: aws("ecs").list_clusters(), "ec2:DescribeVpcs": lambda aws: aws("ec2").describe_vpcs(),
    "iam:ListRoles": lambda aws: aws("iam").list_roles(), "ssm:DescribeParameters": lambda aws: aws("ssm").describe_parameters(),
    "elasticloadbalancing:DescribeLoadBalancers": lambda aws: aws("elbv2").describe_load_balancers(),
    "tag:GetResources": lambda aws: aws("resourcegroupstaggingapi").get_resources()}


@pytest.fixture
def proxy(few):
    made = Proxy(few.url)
    yield made
    made.close()


def through(proxy, attempts=1):
    """Clients that go through the proxy."""
    made = {}

    def client(service):
        if service not in made:
            made[service] = boto3.client(service, region_name="us-east-1", endpoint_url=proxy.url, aws_access_key_id="test",
                                         aws_secret_access_key="test", config=Config(retries={"total_max_attempts": attempts}))
        return made[service]

    return client


def test_counts_calls_by_the_name_that_policies_use(proxy):
    aws = through(proxy)
    for call in CALLS.values():
        call(aws)
    CALLS["ecs:ListClusters"](aws)
    assert proxy.calls == {**dict.fromkeys(CALLS, 1), "ecs:ListClusters": 2}


@pytest.mark.parametrize("action", CALLS)
@pytest.mark.parametrize("kind, codes", [
    ("deny", {"AccessDeniedException", "AccessDenied", "UnauthorizedOperation"}), ("error", {"InternalFailure"}),
    ("throttle", {"ThrottlingException", "Throttling", "RequestLimitExceeded"})])
def test_fails_in_the_protocol_of_the_service(action, kind, codes, proxy):
    proxy.faults = [{"match": action, "kind": kind}]
    with pytest.raises(ClientError) as raised:
        CALLS[action](through(proxy))
    assert raised.value.response["Error"]["Code"] in codes
    assert proxy.failures[action] == 1


def test_closes_the_connection(proxy):
    proxy.faults = [{"match": "ecs:*", "kind": "reset"}]
    with pytest.raises((ConnectionError, HTTPClientError)):
        CALLS["ecs:ListClusters"](through(proxy))


def test_fails_so_many_times_and_counts_the_retries(proxy):
    proxy.faults = [{"match": "ecs:ListClusters", "kind": "error", "times": 1}]
    CALLS["ecs:ListClusters"](through(proxy, attempts=2))
    assert (proxy.calls["ecs:ListClusters"], proxy.retries["ecs:ListClusters"]) == (2, 1)


def test_fails_after_so_many_and_only_where_the_text_is(proxy, few):
    names = few.aws("ecs").list_clusters()["clusterArns"]
    proxy.faults = [{"match": "ecs:DescribeClusters", "kind": "deny", "contains": names[0], "after": 1}]
    ecs = through(proxy)("ecs")
    ecs.describe_clusters(clusters=names[:1])
    ecs.describe_clusters(clusters=names[1:2])
    with pytest.raises(ClientError):
        ecs.describe_clusters(clusters=names[:1])


@pytest.mark.parametrize("service, action, operation", [
    ("ecs", "ecs:ListClusters", "list_clusters"), ("ec2", "ec2:DescribeSubnets", "describe_subnets"), ("kms", "kms:ListAliases", "list_aliases"),
    ("elbv2", "elasticloadbalancing:DescribeTargetGroups", "describe_target_groups"), ("ssm", "ssm:DescribeParameters", "describe_parameters"),
    ("iam", "iam:GetAccountAuthorizationDetails", "get_account_authorization_details")])
def test_repeats_a_token(service, action, operation, proxy):
    """Either boto3 sees that the token is the one before, or the loop would never end."""
    proxy.faults = [{"match": action, "kind": "repeat"}]
    with pytest.raises(PaginationError):
        for _ in through(proxy)(service).get_paginator(operation).paginate():
            assert proxy.calls[action] < 10
    assert proxy.calls[action] >= 2
