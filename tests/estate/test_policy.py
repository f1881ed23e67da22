"""`blastmap policy` is what a crawl needs, no more and no less: shown with the stand-in's permission checks turned on."""

import copy
import json
import urllib.request

import pytest

from answers import Answers
from aws import Aws
from compare import same
from harness import Stand
from oracle import oracle

SIGNED_AS = {"tag": "tagging", "cloudwatch": "monitoring"}  # the stand-in checks the name that a service signs as
# IAM has one action for all that API Gateway reads; the stand-in checks the names of the operations
# https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonapigatewaymanagement.html
BY_OPERATION = {"apigateway:GET": ["apigateway:GetVpcLinks", "apigateway:GetApis", "apigateway:GetIntegrations"]}
FREE = {"sts:GetCallerIdentity"}  # https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html
POLICY = "blastmap"


class Guarded:
    """A stand-in that checks permissions, and a user whose policy can be set."""

    def __init__(self):
        self.stand = Stand("--estate", "many", "--services", "30")
        self.right = self.stand.oracle()[0]
        self.stand.memory = None  # answers depend on who asks
        everything = json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]})
        iam = self.stand.aws("iam")
        self.keys = {}
        for name in ("administrator", "auditor"):
            iam.create_user(UserName=name)
            self.keys[name] = iam.create_access_key(UserName=name)["AccessKey"]
        iam.put_user_policy(UserName="administrator", PolicyName="all", PolicyDocument=everything)
        administrator = self.keys["administrator"]
        self.iam = Aws(self.stand.url, key=administrator["AccessKeyId"], secret=administrator["SecretAccessKey"])("iam")
        request = urllib.request.Request(f"{self.stand.url}/moto-api/reset-auth", data=b"0", headers={"Content-Type": "text/plain"}, method="POST")
        urllib.request.urlopen(request, timeout=30).read()

    def grant(self, actions):
        """Gives the auditor exactly these actions. Resources are left open: the stand-in does not match them."""
        signed = sorted(f"{SIGNED_AS.get(a.split(':')[0], a.split(':')[0])}:{a.split(':')[1]}" for own in actions for a in BY_OPERATION.get(own, [own]))
        document = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": signed, "Resource": "*"}]}
        self.iam.put_user_policy(UserName="auditor", PolicyName=POLICY, PolicyDocument=json.dumps(document))

    def without(self, actions):
        """The right graph without these."""
        administrator = self.keys["administrator"]
        aws = Aws(self.stand.url, key=administrator["AccessKeyId"], secret=administrator["SecretAccessKey"])
        return oracle(Answers(aws, actions, self.stand.answers.kept))[0]

    def crawl(self, blastmap, proxy):
        auditor = self.keys["auditor"]
        return blastmap.crawl(proxy.url, key=auditor["AccessKeyId"], secret=auditor["SecretAccessKey"])


@pytest.fixture(scope="module")
def guarded():
    made = Guarded()
    yield made
    made.stand.close()


def actions_of(blastmap):
    """The actions that `blastmap policy` prints."""
    done = blastmap.run("policy", "--format", "json")
    assert done.returncode == 0, done.stderr
    actions = set()
    for statement in json.loads(done.stdout)["Statement"]:
        assert statement["Effect"] == "Allow"
        actions |= set(copy.copy([statement["Action"]] if isinstance(statement["Action"], str) else statement["Action"]))
    assert not [a for a in actions if "*" in a]
    return actions


def test_without_permissions_nothing_is_read(guarded, proxies, blastmap):
    """The checks do check: what follows would be worth nothing otherwise."""
    guarded.grant({"sts:GetCallerIdentity"})
    crawl = guarded.crawl(blastmap, proxies(guarded.stand))
    assert crawl.status == 0, crawl.err
    assert {s["reason"] for s in crawl.blind_spots()} == {"ACCESS_DENIED"}


def test_the_policy_suffices(guarded, proxies, blastmap):
    guarded.grant(actions_of(blastmap))
    crawl = guarded.crawl(blastmap, proxies(guarded.stand))
    assert crawl.status == 0, crawl.err
    assert crawl.blind_spots() == []
    same(crawl, guarded.right)


def test_what_is_not_granted_is_what_is_denied(guarded, proxies, blastmap):
    """The permission checks take away what a denied call does: of each protocol one. test_denied.py takes each action in turn."""
    taken = ["apigateway:GET", "cloudwatch:DescribeAlarms", "ec2:DescribeVpcEndpoints", "elasticloadbalancing:DescribeRules", "lambda:ListFunctions",
             "route53:ListResourceRecordSets", "ssm:DescribeParameters"]
    guarded.grant(actions_of(blastmap) - set(taken))
    crawl = guarded.crawl(blastmap, proxies(guarded.stand))
    assert crawl.status == 0, crawl.err
    assert sorted(s["api"] for s in crawl.blind_spots()) == taken
    same(crawl, guarded.without(taken))
