"""Many accounts and regions make one graph; what one of them hides is a blind spot of it alone."""

import json
import subprocess
import time
import urllib.error
import urllib.request

import boto3
import pytest

from aws import ACCOUNT, REGION, Aws
from harness import Stand

OTHER = "eu-west-1"
ROLE = "blastmap"
TRUST = json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:root"}, "Action": "sts:AssumeRole"}]})


class Organization:
    """A management account and two members; each has a cluster in two regions."""

    def __init__(self):
        self.stand = Stand()
        organizations = self.stand.aws("organizations")
        organizations.create_organization(FeatureSet="ALL")
        self.members = [organizations.create_account(AccountName=name, Email=f"{name}@example.com")["CreateAccountStatus"]["AccountId"] for name in ("shop", "data")]
        for account in (ACCOUNT, *self.members):
            self.client(account, "iam").create_role(RoleName=ROLE, AssumeRolePolicyDocument=TRUST)
            for region in (REGION, OTHER):
                self.client(account, "ecs", region).create_cluster(clusterName=f"of-{account}")

    def client(self, account, service, region=REGION):
        if account == ACCOUNT:
            return Aws(self.stand.url, region)(service)
        keys = self.stand.aws("sts").assume_role(RoleArn=role(account), RoleSessionName="test")["Credentials"]
        return boto3.client(
            service, region_name=region, endpoint_url=self.stand.url, aws_access_key_id=keys["AccessKeyId"],
            aws_secret_access_key=keys["SecretAccessKey"], aws_session_token=keys["SessionToken"])


def role(account):
    return f"arn:aws:iam::{account}:role/{ROLE}"


@pytest.fixture(scope="module")
def organization():
    made = Organization()
    yield made
    made.stand.close()


def clusters(crawl):
    resources, _, _ = crawl.snapshot()
    return {id for id, (kind, presence) in resources.items() if kind == "ECS_CLUSTER" and presence == "LIVE"}


def cluster(account, region):
    return f"arn:aws:ecs:{region}:{account}:cluster/of-{account}"


def scopes(crawl):
    lines = map(json.loads, crawl.file.read_text().splitlines())
    return {(s["account"], s["region"]): "crawledAt" in s for s in (line["scope"] for line in lines if "scope" in line)}


def test_an_organization_is_one_graph(organization, blastmap, proxies):
    proxy = proxies(organization.stand)
    crawl = blastmap.crawl(proxy.url, "--region", OTHER, "--organization", ROLE)
    assert crawl.status == 0, crawl.err
    accounts = (ACCOUNT, *organization.members)
    assert clusters(crawl) == {cluster(account, region) for account in accounts for region in (REGION, OTHER)}
    assert scopes(crawl) == {(account, region): True for account in accounts for region in (REGION, OTHER, "global")}
    assert crawl.blind_spots() == []
    assert proxy.calls["organizations:ListAccounts"] == 1


def test_roles_are_named_one_by_one(organization, blastmap):
    shop, data = organization.members
    crawl = blastmap.crawl(organization.stand.url, "--role-arn", role(shop), "--role-arn", role(data))
    assert crawl.status == 0, crawl.err
    assert clusters(crawl) == {cluster(account, REGION) for account in organization.members}


def test_an_account_that_lets_nobody_in_is_a_blind_spot_of_it_alone(organization, blastmap, proxies):
    shop, data = organization.members
    proxy = proxies(organization.stand)
    proxy.faults = [{"match": "sts:AssumeRole", "contains": data, "kind": "deny"}]
    crawl = blastmap.crawl(proxy.url, "--organization", ROLE)
    assert crawl.status == 0, crawl.err
    assert clusters(crawl) == {cluster(account, REGION) for account in (ACCOUNT, shop)}
    assert {(s["account"], s["region"], s["api"], s["reason"]) for s in crawl.blind_spots()} == {
        (data, REGION, "sts:AssumeRole", "ACCESS_DENIED"), (data, "global", "sts:AssumeRole", "ACCESS_DENIED")}
    assert "ECS_SERVICE" in crawl.blind_spots()[0]["kinds"]
    assert not scopes(crawl)[data, REGION]


def test_a_server_whom_no_role_lets_in_yet_answers_and_tries_again(organization, blastmap, proxies):
    """The roles may need the server's own to be there first."""
    shop, _ = organization.members
    proxy = proxies(organization.stand)
    proxy.faults = [{"match": "sts:AssumeRole", "kind": "deny"}]
    command = [blastmap.program, "serve", "--listen", "127.0.0.1:0", "--interval", "1s", "--role-arn", role(shop), "--store", blastmap.home / "store"]
    with open(blastmap.home / "log", "w+") as log:
        server = subprocess.Popen(command, env=blastmap.environment(proxy.url), stdout=subprocess.PIPE, stderr=log, text=True)
        try:
            url = server.stdout.readline().strip()
            assert url, (blastmap.home / "log").read_text()
            assert status(f"{url}/healthz") == 200
            assert status(f"{url}/readyz") == 503
            assert "nothing to show yet" in (blastmap.home / "log").read_text()
            proxy.faults = []
            deadline = time.monotonic() + 60
            while status(f"{url}/readyz") != 200:
                assert time.monotonic() < deadline, (blastmap.home / "log").read_text()
                time.sleep(0.2)
        finally:
            server.terminate()
            server.wait(30)


def status(url):
    try:
        with urllib.request.urlopen(url, timeout=30) as answer:
            return answer.status
    except urllib.error.HTTPError as error:
        return error.code


def test_who_may_not_list_the_accounts_is_told_what_to_do(organization, blastmap, proxies):
    proxy = proxies(organization.stand)
    proxy.faults = [{"match": "organizations:ListAccounts", "kind": "deny"}]
    crawl = blastmap.crawl(proxy.url, "--organization", ROLE)
    assert crawl.status != 0
    assert "--role-arn" in crawl.err


def test_all_regions_are_those_that_the_account_has_enabled(organization, blastmap, proxies):
    proxy = proxies(organization.stand)
    done = blastmap.run("crawl", "--region", "all", "--out", blastmap.home / "all.jsonl", url=proxy.url)
    assert done.returncode == 0, done.stderr
    enabled = {r["RegionName"] for r in organization.stand.aws("ec2").describe_regions()["Regions"]}
    lines = map(json.loads, (blastmap.home / "all.jsonl").read_text().splitlines())
    seen = {line["scope"]["region"] for line in lines if "scope" in line}
    assert seen == enabled | {"global"} and len(enabled) > 10
    assert proxy.calls["ec2:DescribeRegions"] == 1


def test_where_the_regions_may_not_be_listed_one_is_crawled_and_the_rest_is_a_blind_spot(organization, blastmap, proxies):
    proxy = proxies(organization.stand)
    proxy.faults = [{"match": "ec2:DescribeRegions", "kind": "deny"}]
    file = blastmap.home / "one.jsonl"
    done = blastmap.run("crawl", "--region", "all", "--out", file, url=proxy.url)
    assert done.returncode == 0, done.stderr
    lines = [json.loads(line) for line in file.read_text().splitlines()]
    assert {line["scope"]["region"] for line in lines if "scope" in line} == {REGION, "global"}
    assert [line["blindSpot"]["api"] for line in lines if "blindSpot" in line] == ["ec2:DescribeRegions"]


@pytest.mark.parametrize(("arguments", "more"), [
    ((), set()),
    (("--region", "all"), {"ec2:DescribeRegions"}),
    (("--organization", ROLE), {"organizations:ListAccounts", "sts:AssumeRole"}),
    (("--role-arn", role("111122223333")), {"sts:AssumeRole"}),
])
def test_the_policy_has_what_it_takes_to_get_there(blastmap, arguments, more):
    def actions(*arguments):
        done = blastmap.run("policy", *arguments)
        assert done.returncode == 0, done.stderr
        statements = json.loads(done.stdout)["Statement"]
        return {a for s in statements for a in ([s["Action"]] if isinstance(s["Action"], str) else s["Action"])}

    assert actions(*arguments) - actions() == more
