"""The templates are right by CloudFormation's own specification, and make what the Terraform modules make."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
import templates
from policies import CLOUDFORMATION
from program import DEPLOY, REPOSITORY

TEMPLATE = templates.load(CLOUDFORMATION[0])


@pytest.mark.parametrize("path", CLOUDFORMATION, ids=lambda path: path.name)
def test_the_linter_finds_nothing(path):
    # Without the network: the specification comes with the linter.
    linter = Path(sys.executable).with_name("cfn-lint")
    done = subprocess.run([linter, path], capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stdout + done.stderr


def container():
    [task] = templates.of_type(TEMPLATE, "AWS::ECS::TaskDefinition")
    [own] = task["Properties"]["ContainerDefinitions"]
    return own


def variables():
    """The container's variables, those under a condition included."""
    plain = [own["Fn::If"][1] if "Fn::If" in own else own for own in container()["Environment"]]
    return {own["Name"] for own in plain}


def test_both_ways_set_the_same_variables():
    text = (DEPLOY / "terraform/service.tf").read_text()
    assert variables() == set(re.findall(r"\b(AWS_REGION|BLASTMAP_\w+)\s+=", text))


def environment(**parameters):
    """The container's variables with these parameters."""
    return {own["Name"]: own["Value"] for own in templates.given(TEMPLATE, container()["Environment"], **parameters)}


def test_both_ways_say_who_is_what():
    """Not at all where nothing is given: an empty value would be a group that nobody is in."""
    roles = {"BLASTMAP_AUTH_VIEWER", "BLASTMAP_AUTH_OPERATOR", "BLASTMAP_AUTH_ROLE_CLAIM"}
    assert roles <= variables() and not roles & set(environment())
    said = environment(AuthViewers="engineering, support", AuthOperators="platform", AuthRoleClaim="realm.groups")
    assert {name: said[name] for name in roles} == {
        "BLASTMAP_AUTH_VIEWER": "engineering,support", "BLASTMAP_AUTH_OPERATOR": "platform", "BLASTMAP_AUTH_ROLE_CLAIM": "realm.groups",
    }
    text = (DEPLOY / "terraform/service.tf").read_text()
    for name, variable in [("VIEWER", "auth_viewers"), ("OPERATOR", "auth_operators")]:
        assert f'length(var.{variable}) == 0 ? {{}} : {{ BLASTMAP_AUTH_{name} = join(",", var.{variable}) }},' in text
    assert "var.auth_role_claim == null ? {} : { BLASTMAP_AUTH_ROLE_CLAIM = var.auth_role_claim }," in text
    for page in ["README.md", "terraform/README.md"]:
        assert "openid email groups" in (DEPLOY / page).read_text()


def test_a_list_may_have_white_space():
    """The server does not take ` 10.0.2.0/24` for a network, nor ` us-east-1` for a region."""
    roles = "arn:aws:iam::111122223333:role/blastmap, arn:aws:iam::222233334444:role/blastmap"
    said = environment(BalancerCidrs="10.0.1.0/24, 10.0.2.0/24", Regions="eu-west-1, us-east-1 ", RoleArns=roles)
    assert said["BLASTMAP_TRUSTED_PROXY"] == "10.0.1.0/24,10.0.2.0/24"
    assert said["BLASTMAP_REGION"] == "eu-west-1,us-east-1"
    assert said["BLASTMAP_ROLE_ARN"] == roles.replace(" ", "")
    assert "BLASTMAP_REGION" not in environment() and environment(Regions="all")["BLASTMAP_REGION"] == "all"
    for regions, is_all in [("all", True), ("eu-west-1", False), ("", False)]:
        assert templates.given(TEMPLATE, {"Condition": "CrawlsAllRegions"}, Regions=regions) == is_all
    assert "all callers count as one" in TEMPLATE["Parameters"]["BalancerCidrs"]["Description"]


def test_the_task_is_locked_down():
    own = container()
    assert (own["User"], own["ReadonlyRootFilesystem"], own["LinuxParameters"]) == ("65532:65532", True, {"Capabilities": {"Drop": ["ALL"]}})
    [service] = templates.of_type(TEMPLATE, "AWS::ECS::Service")
    assert (service["Properties"]["DesiredCount"], service["Properties"]["DeploymentConfiguration"]["MaximumPercent"]) == (1, 100)
    assert "BLASTMAP_INSECURE_NO_AUTH" not in variables()


def test_both_ways_sign_people_in_before_they_forward():
    """Every way through the balancer's listener signs in first, but the one for tokens."""
    listeners = [own for own in templates.of_type(TEMPLATE, "AWS::ElasticLoadBalancingV2::Listener") if own["Properties"]["Protocol"] == "HTTPS"]
    rules = templates.of_type(TEMPLATE, "AWS::ElasticLoadBalancingV2::ListenerRule")
    ways = [own["Properties"]["DefaultActions"] for own in listeners] + [own["Properties"]["Actions"] for own in rules]
    unsigned = [actions for actions in ways if actions[0]["Type"] != "authenticate-oidc"]
    assert len(ways) == 3 and len(unsigned) == 1
    assert rules[0]["Condition"] == "TakesTokens" and rules[0]["Properties"]["Actions"] == unsigned[0]


def secrets(**parameters):
    """What each way through the balancer that signs in takes for the client's secret."""
    found = [action["AuthenticateOidcConfig"]["ClientSecret"]
             for own in TEMPLATE["Resources"].values()
             for action in own["Properties"].get("DefaultActions", []) + own["Properties"].get("Actions", [])
             if action["Type"] == "authenticate-oidc"]
    return [templates.given(TEMPLATE, own, OidcClientSecret="blastmap", **parameters) for own in found]


def test_another_version_of_the_secret_is_another_text():
    """An update reads a secret again where the text that refers to it changed.

    https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/dynamic-references-secretsmanager.html
    """
    assert secrets() == ["{{resolve:secretsmanager:blastmap:SecretString}}"] * 2
    version = "01234567-89ab-cdef-0123-456789abcdef"
    assert secrets(OidcClientSecretVersion=version) == [f"{{{{resolve:secretsmanager:blastmap:SecretString:::{version}}}}}"] * 2
    parameter = TEMPLATE["Parameters"]["OidcClientSecretVersion"]
    assert parameter["Default"] == ""
    for text, is_taken in [("", True), (version, True), ("AWSCURRENT", False), (f"{version}:x", False)]:
        assert bool(re.match(parameter["AllowedPattern"], text)) == is_taken
    assert "`OidcClientSecretVersion`" in (REPOSITORY / "docs/operating.md").read_text()


def test_both_ways_tell_of_crawls_that_fail():
    """Each failed crawl is one error: with the interval that the alarm speaks of, two have to fall into what it looks at."""
    [filtered] = templates.of_type(TEMPLATE, "AWS::Logs::MetricFilter")
    [alarm] = [own["Properties"] for own in templates.of_type(TEMPLATE, "AWS::CloudWatch::Alarm") if own["Properties"]["Namespace"] == "Blastmap"]
    assert alarm["MetricName"] == filtered["Properties"]["MetricTransformations"][0]["MetricName"]
    [ours] = re.findall(r'"aws_cloudwatch_metric_alarm" "errors" \{(.*?)^\}', (DEPLOY / "terraform/alarms.tf").read_text(), re.M | re.S)
    settings = dict(re.findall(r'^  (\w+) += "?([^"\n]*)"?$', ours, re.M))
    found = [
        (int(settings["period"]), int(settings["evaluation_periods"]), int(settings["datapoints_to_alarm"]), settings["alarm_description"]),
        (alarm["Period"], alarm["EvaluationPeriods"], alarm["DatapointsToAlarm"], alarm["AlarmDescription"]),
    ]
    assert found[0] == found[1]
    period, periods, needed, description = found[0]
    [minutes] = re.findall(r"intervals up to (\d+) minutes", description)
    # The first error may be old by a whole period less than it seems.
    assert needed == 2 and (periods - 1) * period >= 60 * int(minutes) > 10 * 60
    assert f"more than {minutes} minutes" in (REPOSITORY / "docs/operating.md").read_text()


def test_both_ways_answer_what_the_page_asks_once_its_session_is_over():
    """Whatever its scripts ask is answered by 401: a redirect to the provider is none to them, and the page says nothing."""
    text = "".join(path.read_text() for path in (REPOSITORY / "web/src/api").glob("*.ts") if ".test." not in path.name)
    asked = set(re.findall(r'(?:\bfetch|\breach)\("(/\w+)"', text)) | set(re.findall(r'^const PATH = "(/\w+)";$', text, re.M))
    assert asked == {"/graphql", "/plans", "/readyz", "/session"}
    [rule] = [own["Properties"] for own in templates.of_type(TEMPLATE, "AWS::ElasticLoadBalancingV2::ListenerRule") if "Condition" not in own]
    assert rule["Actions"][0]["AuthenticateOidcConfig"]["OnUnauthenticatedRequest"] == "deny"
    [condition] = rule["Conditions"]
    [values] = re.findall(r'path_pattern \{\s+values = (\[.*\])', (DEPLOY / "terraform/balancer.tf").read_text())
    assert json.loads(values) == condition["PathPatternConfig"]["Values"]
    assert set(json.loads(values)) == asked and len(asked) <= 5
    [group] = templates.of_type(TEMPLATE, "AWS::ElasticLoadBalancingV2::TargetGroup")
    assert group["Properties"]["HealthCheckPath"] not in asked


def test_it_says_which_zones_the_task_needs():
    assert "in zones in which the balancer has a subnet" in TEMPLATE["Parameters"]["TaskSubnetIds"]["Description"]
    [variable] = re.findall(r'"task_subnet_ids" \{\s+description = "(.*)"', (DEPLOY / "terraform/variables.tf").read_text())
    assert "in zones in which the balancer has a subnet" in variable


def test_a_create_that_fails_can_be_rolled_back():
    """And nothing that is in use goes with the stack."""
    [balancer] = templates.of_type(TEMPLATE, "AWS::ElasticLoadBalancingV2::LoadBalancer")
    for parameters, expected in [({}, "true"), ({"DeletionProtection": "false"}, "false")]:
        attributes = templates.given(TEMPLATE, balancer["Properties"]["LoadBalancerAttributes"], **parameters)
        assert {"Key": "deletion_protection.enabled", "Value": expected} in attributes
    assert "false for the first create" in TEMPLATE["Parameters"]["DeletionProtection"]["Description"]
    kept = {own["Type"]: (own["DeletionPolicy"], own["UpdateReplacePolicy"]) for own in TEMPLATE["Resources"].values() if "DeletionPolicy" in own}
    assert kept == dict.fromkeys(["AWS::S3::Bucket", "AWS::Logs::LogGroup"], ("RetainExceptOnCreate", "Retain"))


def test_both_ways_start_the_task_with_all_that_it_is_allowed():
    """A reference puts what may not be made before the service; the policies of the roles themselves are made with those."""
    service = TEMPLATE["Resources"]["Service"]
    for parameters, is_named in [({}, False), ({"RoleArns": "arn:aws:iam::111122223333:role/blastmap"}, True), ({"Regions": "all"}, True)]:
        assert ({"Ref": "ReachPolicy"} in templates.given(TEMPLATE, service["Metadata"], **parameters).values()) == is_named
    assert {name for name, own in TEMPLATE["Resources"].items() if own["Type"] == "AWS::IAM::RolePolicy"} == {"ReachPolicy"}
    text = (DEPLOY / "terraform/service.tf").read_text()
    [waited] = re.findall(r"  depends_on = \[(.*?)\]", text, re.S)
    made = re.findall(r'^resource "aws_iam_role_policy" "(\w+)"', (DEPLOY / "terraform/roles.tf").read_text(), re.M)
    assert set(re.findall(r"aws_iam_role_policy\.(\w+)", waited)) == set(made)


def test_the_bucket_is_closed():
    [bucket] = templates.of_type(TEMPLATE, "AWS::S3::Bucket")
    properties = bucket["Properties"]
    assert set(properties["PublicAccessBlockConfiguration"].values()) == {True}
    assert properties["VersioningConfiguration"] == {"Status": "Enabled"}
    assert properties["BucketEncryption"]
    [policy] = templates.of_type(TEMPLATE, "AWS::S3::BucketPolicy")
    [statement] = policy["Properties"]["PolicyDocument"]["Statement"]
    assert (statement["Effect"], statement["Condition"]) == ("Deny", {"Bool": {"aws:SecureTransport": "false"}})
