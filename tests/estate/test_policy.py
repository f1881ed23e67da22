"""`blastmap policy` is what a crawl needs, no more and no less: shown with the stand-in's permission checks turned on."""

import copy
import json
import urllib.request

import pytest

from aws import Aws
from compare import differences, less, same
from harness import Stand

SIGNED_AS = {"tag": "tagging", "cloudwatch": "monitoring"}  # the stand-in checks the name that a service signs as
# IAM has one action for all that API Gateway reads; the stand-in checks the names of the operations
# https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonapigatewaymanagement.html
BY_OPERATION = {"apigateway:GET": ["apigateway:GetVpcLinks", "apigateway:GetApis", "apigateway:GetIntegrations"]}
# Lists of kinds of which nothing else is concluded: without one, the graph is the whole less these kinds.
ALONE = {"ssm:DescribeParameters", "secretsmanager:ListSecrets", "logs:DescribeLogGroups", "ecr:DescribeRepositories", "cloudwatch:DescribeAlarms"}
FREE = {"sts:GetCallerIdentity"}  # https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html
POLICY = "blastmap"


class Guarded:
    """A stand-in that checks permissions, and a user whose policy can be set."""

    def __init__(self):
        self.stand = Stand("--estate", "many", "--services", "30")
        self.right = self.stand.oracle()[0]
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


def test_no_action_is_superfluous(guarded, proxies, blastmap):
    """Each action that is taken away becomes one blind spot, and the graph is the same less what that action gives, or it is the
    same by another way; and each action is called."""
    proxy, actions = proxies(guarded.stand), actions_of(blastmap)
    called, wrong = set(), []
    for taken in sorted(actions - FREE):
        proxy.reset()
        guarded.grant(actions - {taken})
        crawl = guarded.crawl(blastmap, proxy)
        called |= set(proxy.calls)
        blind = {s["api"] for s in crawl.blind_spots() if s["reason"] == "ACCESS_DENIED"}
        if crawl.status != 0:
            wrong.append(f"{taken}: exit status {crawl.status}: {crawl.err}")
        elif blind - {taken}:
            wrong.append(f"{taken}: blind for {sorted(blind)}")
        elif blind:
            spots = crawl.blind_spots()
            kinds = {kind for spot in spots for kind in spot["kinds"]}
            if taken in ALONE:
                wrong += [f"{taken}: {line}" for line in less(crawl.snapshot(), guarded.right, kinds)[:5]]
            wrong += [f"{taken}: {len(spots)} blind spots in one account and region"] * (len({(s["account"], s["region"]) for s in spots}) < len(spots))
        elif differences(crawl.snapshot(), guarded.right):
            wrong.append(f"{taken}: no blind spot, and another graph: {differences(crawl.snapshot(), guarded.right)[:3]}")
    assert not wrong, "\n".join(wrong)
    assert called - FREE == actions - FREE


def test_roles_one_by_one_need_each_of_their_actions(guarded, proxies, blastmap):
    """Where the account's details may not be read at once, what is taken from the other way is a blind spot."""
    proxy, actions = proxies(guarded.stand), actions_of(blastmap)
    whole = "iam:GetAccountAuthorizationDetails"
    wrong = []
    for taken in sorted(a for a in actions - {whole} if a.startswith("iam:")):
        guarded.grant(actions - {whole, taken})
        crawl = guarded.crawl(blastmap, proxy)
        blind = {s["api"] for s in crawl.blind_spots()}
        if crawl.status != 0 or taken not in blind or blind - {taken, whole}:
            wrong.append(f"{taken}: exit status {crawl.status}, blind for {sorted(blind)}")
        missing = [id for id, (kind, presence) in crawl.snapshot()[0].items() if presence == "MISSING" and kind.startswith("IAM") and ":role/gone" not in id]
        wrong += [f"{taken}: {id} is said to be missing" for id in missing]
    assert not wrong, "\n".join(wrong)
