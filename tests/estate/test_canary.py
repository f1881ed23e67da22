"""Secrets planted wherever AWS and Terraform let people put them are seen nowhere: not in the store, in an answer, a log at trace level,
the metrics, a report or a recording. Where they have the form of a credential that holds for names and tags, too."""

import json
import os
import signal
import subprocess
import time
import urllib.request

import pytest

from aws import ACCOUNT, REGION
from harness import Stand

PLANTED = []


def canary(place):
    """A value like no other text."""
    value = f"canary-{place}-9f4c27d1"
    PLANTED.append(value)
    return value


def credential(number):
    """In the form of an AWS access key: known for what it is wherever it stands."""
    value = f"AKIA{number:02}CANARYCANARYXX"[:20]
    PLANTED.append(value)
    return value


TRUST = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"Service": "ecs-tasks.amazonaws.com"}, "Action": "sts:AssumeRole",
                                                 "Condition": {"StringEquals": {"sts:ExternalId": canary("external-id")}}}]}


def condition(place):
    return {"StringEquals": {"x:unknown-key": canary(place)}}


def plant(aws):
    """A cluster of its own beside what the estate has."""
    ecs, iam, sqs = aws("ecs"), aws("iam"), aws("sqs")
    account = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "sqs:*", "Resource": "*", "Condition": condition("inline-policy")}]}
    role = iam.create_role(RoleName="canary", AssumeRolePolicyDocument=json.dumps(TRUST), Description=credential(1),
                           Tags=[{"Key": "secret", "Value": credential(2)}])["Role"]["Arn"]
    iam.put_role_policy(RoleName="canary", PolicyName="own", PolicyDocument=json.dumps(account))
    managed = iam.create_policy(PolicyName="canary", PolicyDocument=json.dumps(
        {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*", "Condition": condition("managed-policy")}]}))
    iam.attach_role_policy(RoleName="canary", PolicyArn=managed["Policy"]["Arn"])
    queue = sqs.create_queue(QueueName="canary-jobs")["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    sqs.set_queue_attributes(QueueUrl=queue, Attributes={"Policy": json.dumps({"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Principal": "*", "Action": "sqs:*", "Resource": arn, "Condition": condition("queue-policy")}]})})
    ecs.create_cluster(clusterName="canary", tags=[{"key": "token", "value": credential(3)}])
    definition = ecs.register_task_definition(
        family="canary", networkMode="bridge", taskRoleArn=role, executionRoleArn=role, tags=[{"key": "token", "value": credential(4)}],
        containerDefinitions=[{
            "name": "app", "image": "nginx", "memory": 64, "essential": True,
            "environment": [{"name": "PASSWORD", "value": canary("environment")}, {"name": "QUEUE", "value": queue}],
            "command": ["run", "--password", canary("command")], "entryPoint": ["sh", "-c", canary("entry-point")],
            "healthCheck": {"command": ["CMD-SHELL", canary("health-check")]}, "dockerLabels": {"label": canary("docker-label")},
            "logConfiguration": {"logDriver": "splunk", "options": {"splunk-token": canary("log-option"), "splunk-url": f"https://u:{canary('url')}@example.com"}},
            "extraHosts": [{"hostname": "db", "ipAddress": "10.0.0.1"}],
        }])["taskDefinition"]["taskDefinitionArn"]
    ecs.create_service(cluster="canary", serviceName="canary", taskDefinition=definition, desiredCount=1, tags=[{"key": "k", "value": credential(5)}])
    events = aws("events")
    events.put_rule(Name="canary", ScheduleExpression="rate(1 day)", Description=credential(6))
    events.put_targets(Rule="canary", Targets=[{
        "Id": "t", "Arn": f"arn:aws:ecs:{REGION}:{ACCOUNT}:cluster/canary", "RoleArn": role,
        "Input": json.dumps({"containerOverrides": [{"name": "app", "environment": [{"name": "X", "value": canary("target-input")}]}]}),
        "EcsParameters": {"TaskDefinitionArn": definition, "TaskCount": 1}}])
    aws("scheduler").create_schedule(
        Name="canary", ScheduleExpression="rate(1 day)", FlexibleTimeWindow={"Mode": "OFF"}, Description=credential(7),
        Target={"Arn": f"arn:aws:ecs:{REGION}:{ACCOUNT}:cluster/canary", "RoleArn": role, "Input": json.dumps({"containerOverrides": [
            {"name": "app", "command": [canary("schedule-input")]}]}), "EcsParameters": {"TaskDefinitionArn": definition}})
    aws("ssm").put_parameter(Name="/canary/password", Value=canary("parameter-value"), Type="SecureString", Description=credential(8))
    aws("secretsmanager").create_secret(Name="canary/db", SecretString=canary("secret-value"), Description=credential(9))
    aws("logs").create_log_group(logGroupName=f"/canary/{credential(10)}")


def plan():
    """A plan that names much of it, with and without Terraform's marks."""
    container = [{"name": "app", "image": "nginx", "memory": 64, "environment": [{"name": "PASSWORD", "value": canary("plan-environment")}],
                  "command": [canary("plan-command")], "dockerLabels": {"l": canary("plan-label")}}]
    document = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*", "Condition": condition("plan-policy")}]}

    def entry(kind, after, sensitive=None, provider="aws"):
        return {"address": f"{kind}.canary", "mode": "managed", "type": kind, "name": "canary", "provider_name": f"registry.terraform.io/hashicorp/{provider}",
                "change": {"actions": ["create"], "before": None, "after": after, "after_unknown": {}, "before_sensitive": False,
                           "after_sensitive": sensitive or {}}}

    return {"format_version": "1.2", "terraform_version": "1.9.0", "variables": {"password": {"value": canary("plan-variable")}},
            "resource_changes": [
                entry("aws_ecs_task_definition", {"family": "canary", "container_definitions": json.dumps(container)}),
                entry("aws_ecs_service", {"name": canary("plan-marked-name"), "cluster": "canary", "task_definition": "canary"}, {"name": True}),
                entry("aws_iam_role_policy", {"role": "canary", "name": "own", "policy": json.dumps(document)}),
                entry("aws_ssm_parameter", {"name": "/canary/new", "type": "SecureString", "value": canary("plan-parameter")}),
                entry("aws_secretsmanager_secret_version", {"secret_id": "canary/db", "secret_string": canary("plan-secret")}),
                entry("aws_lambda_function", {"function_name": "canary", "environment": [{"variables": {"TOKEN": canary("plan-function")}}]}),
                entry("aws_cloudwatch_log_group", {"name": f"/canary/{credential(11)}", "tags": {"t": credential(12)}}),
                entry("aws_lambda_function", {"function_name": "canary", "image_config": [{"command": [canary("plan-block")]}]}),
                entry("aws_batch_job_definition", {"container_properties": json.dumps({"environment": [{"name": "A", "value": canary("plan-text")}]})}),
                entry("aws_glue_job", {"name": "canary", "default_arguments": {"--db_password": canary("plan-argument")}}),
                entry("aws_sns_topic_subscription", {"protocol": "https", "endpoint": f"https://example.com/{canary('plan-endpoint')}"}),
                entry("aws_iam_role", {"name": "canary", "assume_role_policy": json.dumps({"Version": "2012-10-17", "statement": [
                    {"Effect": "Allow", "Principal": "*", "Action": "sts:AssumeRole", "condition": condition("plan-lower-case")}]})}),
                entry("random_password", {"result": canary("plan-random"), "length": 16}, provider="random")],
            "output_changes": {"token": {"actions": ["create"], "before": None, "after": canary("plan-output"), "after_unknown": False}},
            "prior_state": {"format_version": "1.0", "values": {"outputs": {"o": {"value": canary("plan-state-output"), "sensitive": False}}, "root_module": {}}}}


@pytest.fixture(scope="module")
def planted():
    stand = Stand("--estate", "many", "--services", "30")
    try:
        plant(stand.aws)
        yield stand
    finally:
        stand.close()


def clean(place, text):
    seen = [value for value in PLANTED if value in text]
    assert not seen, f"{seen} in {place}"


def everything_under(folder):
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            content = path.read_bytes()
            if path.suffix == ".zst":
                content = subprocess.run(["zstd", "-dc"], input=content, capture_output=True, check=True).stdout
            yield path, content.decode(errors="replace")


def test_what_is_planted_is_seen_nowhere(planted, blastmap):
    store, recording = blastmap.home / "store", blastmap.home / "recording"
    crawl = blastmap.crawl(planted.url, "--log", "trace", store=store)
    assert crawl.status == 0, crawl.err
    assert "DEBUG" in crawl.err and '"canary"' in crawl.file.read_text()
    clean("the log of a crawl", crawl.err)
    clean("the summary", crawl.out)
    clean("the snapshot", crawl.file.read_text())
    assert {"ECS_SERVICE", "SQS_QUEUE", "EVENT_RULE", "SCHEDULE", "IAM_ROLE", "LOG_GROUP"} <= {k for k, p in crawl.snapshot()[0].values() if p == "LIVE"}

    recorded = blastmap.crawl(planted.url, "--record", recording, store=blastmap.home / "other")
    assert recorded.status == 0, recorded.err
    files = list(everything_under(recording)) + list(everything_under(store))
    assert len(files) >= 3
    for path, text in files:
        clean(path, text)

    file = blastmap.home / "plan.json"
    file.write_text(json.dumps(plan()))
    for form in ("text", "json", "markdown", "html", "sarif"):
        done = blastmap.run("review", file, "--snapshot", crawl.file, "--format", form, "--log", "trace")
        assert done.returncode == 0, done.stderr
        assert "canary" in done.stdout
        clean(f"a review as {form}", done.stdout)
        clean("the log of a review", done.stderr)


def test_a_server_shows_nothing_of_it(planted, blastmap):
    crawl = blastmap.crawl(planted.url)
    environment = {**{k: v for k, v in os.environ.items() if not k.startswith(("AWS_", "BLASTMAP_"))}, "HOME": str(blastmap.home), "BLASTMAP_LOG": "trace"}
    log = blastmap.home / "log"
    with open(log, "w") as err:
        server = subprocess.Popen([blastmap.program, "serve", "--listen", "127.0.0.1:0", "--snapshot", str(crawl.file)], env=environment,
                                  stdout=subprocess.PIPE, stderr=err, text=True)
        try:
            url = server.stdout.readline().strip()

            def post(path, body, kind="application/json"):
                request = urllib.request.Request(url + path, data=body.encode(), headers={"Content-Type": kind})
                with urllib.request.urlopen(request, timeout=60) as answer:
                    return answer.read().decode()

            def ask(query, **variables):
                return post("/graphql", json.dumps({"query": query, "variables": variables}))

            wait_for(lambda: ask("{coverage{resources}}"))
            everything = ask("{resources(first: 1000) {nodes {id name tags {key value} attributes links(first: 100) {nodes {evidence {api field}}}}}}")
            assert "canary" in everything and "fingerprint:" in everything
            clean("the resources", everything)
            clean("the findings", ask("{findings(first: 500) {nodes {title detail remediation}}}"))
            made = ask("mutation($title: String!, $plan: String!) {createReview(title: $title, change: {terraformPlan: $plan}) {id assessment {"
                       "risk risks {title detail remediation} changes {address attributes {name before after}} impacts {cause}}}}",
                       title="canary", plan=json.dumps(plan()))
            assert "canary" in made and '"errors"' not in made, made
            clean("the answer to a plan", made)
            clean("a search for one", ask("query($text: String!) {search(text: $text, first: 5) {id name}}", text="canary"))
            with urllib.request.urlopen(url + "/metrics", timeout=30) as answer:
                clean("the metrics", answer.read().decode())
        finally:
            server.send_signal(signal.SIGTERM)
            server.wait(30)
    text = log.read_text()
    assert "TRACE" in text or "DEBUG" in text
    clean("the log of a server", text)


def wait_for(done, seconds=30):
    until = time.monotonic() + seconds
    while True:
        try:
            return done()
        except OSError:
            assert time.monotonic() < until, "the server does not answer"
            time.sleep(0.1)
