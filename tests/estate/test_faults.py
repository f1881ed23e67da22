"""A call that fails is a blind spot: the crawl goes on, and calls nothing missing that it could not look for."""

import pytest

from compare import same

def spot(crawl, action):
    """The blind spot of an action."""
    spots = [s for s in crawl.blind_spots() if s["api"] == action]
    assert spots, f"no blind spot for {action} among {crawl.blind_spots()}; {crawl.err}"
    return spots[0]


def missing(crawl, kind):
    return [id for id, (k, presence) in crawl.snapshot()[0].items() if (k, presence) == (kind, "MISSING")]


@pytest.mark.parametrize("kind, reason", [("throttle", "THROTTLED"), ("error", "ERROR"), ("html", "UNSUPPORTED"), ("reset", None)])
def test_an_api_that_is_out_of_order(kind, reason, few, proxies, blastmap):
    proxy = proxies(few)
    proxy.faults = [{"match": "secretsmanager:ListSecrets", "kind": kind}]
    crawl = blastmap.crawl(proxy.url)
    assert crawl.status == 0, crawl.err
    found = spot(crawl, "secretsmanager:ListSecrets")["reason"]
    assert found == reason if reason else found in ("ERROR", "TIMEOUT")
    assert missing(crawl, "SECRET") == []
    assert 1 < proxy.calls["secretsmanager:ListSecrets"] <= 10, "tried again, but not for ever"


@pytest.mark.parametrize("kind", ["throttle", "error", "reset"])
def test_an_api_that_stumbles(kind, few, proxies, blastmap):
    proxy = proxies(few)
    proxy.faults = [{"match": "ecs:DescribeServices", "kind": kind, "times": 2}, {"match": "ec2:DescribeSubnets", "kind": kind, "times": 1}]
    crawl = blastmap.crawl(proxy.url)
    assert crawl.status == 0, crawl.err
    assert crawl.blind_spots() == []
    same(crawl, few.oracle()[0])


@pytest.mark.parametrize("action, kind", [
    ("ssm:DescribeParameters", "SSM_PARAMETER"), ("ecr:DescribeRepositories", "ECR_REPOSITORY"), ("ec2:DescribeSubnets", "SUBNET"),
    ("elasticloadbalancing:DescribeTargetGroups", "TARGET_GROUP"), ("iam:GetAccountAuthorizationDetails", "IAM_ROLE"),
    ("ecs:ListTasks", "ECS_TASK")])
def test_a_token_that_repeats(action, kind, few, proxies, blastmap):
    """The list ends there, incomplete: what was not on it is not therefore missing."""
    proxy = proxies(few)
    proxy.faults = [{"match": action, "kind": "repeat"}]
    crawl = blastmap.crawl(proxy.url)
    assert crawl.status == 0, crawl.err
    spot(crawl, action)
    assert missing(crawl, kind) == [] or kind == "IAM_ROLE"  # a role may be asked for by name instead
    assert proxy.calls[action] <= 20
