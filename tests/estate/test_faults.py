"""A call that fails is a blind spot: the crawl goes on, and calls nothing missing that it could not look for."""

import pytest

from compare import differences, same
from harness import Blastmap, side_by_side

def spot(crawl, action):
    """The blind spot of an action."""
    spots = [s for s in crawl.blind_spots() if s["api"] == action]
    assert spots, f"no blind spot for {action} among {crawl.blind_spots()}; {crawl.err}"
    return spots[0]


def missing(crawl, kind):
    return [id for id, (k, presence) in crawl.snapshot()[0].items() if (k, presence) == (kind, "MISSING")]


ALONE = "secretsmanager:ListSecrets"
OUT_OF_ORDER = {"throttle": {"THROTTLED"}, "error": {"ERROR"}, "html": {"UNSUPPORTED"}, "reset": {"ERROR", "TIMEOUT"}}
STUMBLING = ["throttle", "error", "reset"]


@pytest.fixture(scope="module")
def broken(few, tmp_path_factory):
    """Crawls that mostly wait between two attempts, all of them at once: by what is out of order."""
    cases = {f"alone {kind}": [{"match": ALONE, "kind": kind}] for kind in OUT_OF_ORDER}
    cases |= {f"stumbles {kind}": [{"match": "ecs:DescribeServices", "kind": kind, "times": 2}, {"match": "ec2:DescribeSubnets", "kind": kind, "times": 1}]
              for kind in STUMBLING}
    cases |= {f"{name} {kind}": [{"match": action, "kind": kind} for action in actions]
              for kind in OUT_OF_ORDER if kind != "throttle" for name, actions in SMALL.items()}
    runs = side_by_side(few, Blastmap(tmp_path_factory.mktemp("broken")), cases.values(), at_once=len(cases))
    return dict(zip(cases, runs, strict=True))


@pytest.mark.parametrize("kind", OUT_OF_ORDER)
def test_an_api_that_is_out_of_order(kind, broken):
    run = broken[f"alone {kind}"]
    assert run.crawl.status == 0, run.crawl.err
    assert spot(run.crawl, ALONE)["reason"] in OUT_OF_ORDER[kind]
    assert missing(run.crawl, "SECRET") == []
    assert 1 < run.calls[ALONE] <= 10, "tried again, but not for ever"


@pytest.mark.parametrize("kind", STUMBLING)
def test_an_api_that_stumbles(kind, few, broken):
    crawl = broken[f"stumbles {kind}"].crawl
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


# What names and what surrounds services is read by many small APIs: several are out of order in one crawl. In each line, none keeps
# another from being called.
LISTS = [
    "acm:DescribeCertificate", "apigateway:GET", "application-autoscaling:DescribeScalableTargets", "cloudfront:ListDistributions",
    "cloudwatch:DescribeAlarms", "codedeploy:ListApplications", "ec2:DescribeAddresses", "ec2:DescribeDhcpOptions", "ec2:DescribeManagedPrefixLists",
    "ec2:DescribeNetworkAcls", "ec2:DescribeTransitGateways", "ec2:DescribeVpcEndpointServiceConfigurations", "ec2:DescribeVpcPeeringConnections",
    "ecr:DescribePullThroughCacheRules", "events:ListEventBuses", "lambda:ListFunctions", "route53:ListHostedZones", "scheduler:ListSchedules",
    "sns:ListSubscriptions", "sqs:ListQueues", "states:ListStateMachines", "vpc-lattice:GetTargetGroup", "wafv2:ListWebACLs"]
DETAILS = [
    "application-autoscaling:DescribeScalingPolicies", "application-autoscaling:DescribeScheduledActions", "codedeploy:ListDeploymentGroups",
    "events:ListRules", "lambda:ListEventSourceMappings", "route53:ListResourceRecordSets", "scheduler:GetSchedule", "sqs:GetQueueAttributes",
    "states:DescribeStateMachine", "wafv2:ListResourcesForWebACL"]
PARTS = ["codedeploy:BatchGetDeploymentGroups", "events:ListTargetsByRule"]
SMALL = {"lists": LISTS, "details": DETAILS, "parts": PARTS}
ONE_PAGE = {"acm:DescribeCertificate", "codedeploy:BatchGetDeploymentGroups", "ec2:DescribeAddresses", "scheduler:GetSchedule", "sqs:GetQueueAttributes",
            "states:DescribeStateMachine", "vpc-lattice:GetTargetGroup", "wafv2:ListResourcesForWebACL"}


def one_each(run, reasons):
    """Lines, none if each API that is out of order is one blind spot, and the crawl went on."""
    actions, spots = [fault["match"] for fault in run.faults], run.crawl.blind_spots()
    lines = [f"exit status {run.crawl.status}: {run.crawl.err}"] * (run.crawl.status != 0)
    lines += [f"{action} was not called" for action in actions if not run.calls[action]]
    lines += [f"{spot['api']} is blind for {spot['reason']}" for spot in spots if spot["reason"] not in reasons]
    seen = sorted(spot["api"] for spot in spots)
    return lines + ([f"blind for {seen}"] if seen != sorted(actions) else [])


@pytest.mark.parametrize("kind", [kind for kind in OUT_OF_ORDER if kind != "throttle"])
@pytest.mark.parametrize("name", SMALL)
def test_many_small_apis_that_are_out_of_order(name, kind, few, broken):
    """The graph is exactly what is left: that of a crawl that may not call them."""
    run = broken[f"{name} {kind}"]
    lines = one_each(run, OUT_OF_ORDER[kind]) + differences(run.crawl.snapshot(), few.oracle(*SMALL[name])[0])
    assert not lines, "\n".join(lines)


def test_many_small_apis_whose_tokens_repeat(few, blastmap):
    """Each list ends there, incomplete: nothing that was not on it is missing, and nothing is said that is not so."""
    cases = [[{"match": action, "kind": "repeat"} for action in actions if action not in ONE_PAGE] for actions in SMALL.values()]
    right = few.oracle()[0]
    presences = {r["id"]: r["presence"] for r in right["resources"]}
    right_links = {(link["from"], link["relation"], link["to"]) for link in right["links"]}
    lines = []
    for run in side_by_side(few, blastmap, cases):
        resources, links, _ = run.crawl.snapshot()
        lines += one_each(run, {"ERROR"})
        lines += [f"{id} is {presence}, and not {presences.get(id)}" for id, (_, presence) in resources.items()
                  if presence in ("LIVE", "MISSING") and presences.get(id) != presence]
        lines += [f"{' '.join(link)} is new" for link in links - right_links]
        lines += [f"{fault['match']} was called {run.calls[fault['match']]} times" for fault in run.faults if run.calls[fault["match"]] > 40]
    assert not lines, "\n".join(lines)
