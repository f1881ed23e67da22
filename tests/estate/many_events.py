"""The scale estate's alarms, queues, topics, functions and state machines: every form in which one can belong to a task, and some that do not."""

import io
import json
import zipfile

from aws import Here
from blocks import allow, arn, document
from many_data import TEAMS

METRIC = {"Period": 60, "EvaluationPeriods": 1, "Threshold": 5.0, "ComparisonOperator": "GreaterThanThreshold", "Statistic": "Sum"}


def code():
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr(zipfile.ZipInfo("main.py"), "def run(event, context):\n    return event\n")
    return file.getvalue()


CODE = code()


def dimensions(**values):
    return [{"Name": name, "Value": value} for name, value in values.items()]


def build(site, lines):
    queues(site, lines)
    tables(site, lines)
    topics(site)
    functions(site, lines)
    machines(site, lines)
    watch(site, [line for line in lines if not line.ec2 and line.feature != "task sets"], [line for line in lines if line.balanced])


def alarm(site, name, namespace, metric, **fields):
    site.aws("cloudwatch").put_metric_alarm(AlarmName=name, Namespace=namespace, MetricName=metric, **{**METRIC, **fields})


def composite(site, name, rule):
    site.aws("cloudwatch").put_composite_alarm(AlarmName=name, AlarmRule=rule)


def watch(site, lines, balanced):
    """Alarms on one service, balancer and target group in ten, and those that a deployment asks."""
    for n, line in enumerate(lines[::10]):
        service = dimensions(ClusterName=line.cluster, ServiceName=line.name)
        alarm(site, f"cpu of {line.name}", "AWS/ECS", "CPUUtilization", Dimensions=service, TreatMissingData="notBreaching")
        alarm(site, f"mine-{line.name}", "Mine", "Errors", Dimensions=service)
        alarm(site, f"deploy-{n}", "Mine", "Errors")
        watched = {"alarmNames": [f"deploy-{n}", f"both-{n}", f"gone-{n}"][:2 + n % 2], "enable": n % 3 != 2, "rollback": True}
        site.aws("ecs").update_service(cluster=line.cluster, service=line.name, deploymentConfiguration={"alarms": watched})
        alarm(site, f"part-{n}", "Mine", "Errors")
        composite(site, f"both-{n}", f'ALARM("part-{n}") AND (ALARM(other) OR NOT OK("cpu of {line.name}"))')
    alarm(site, "other", "Mine", "Errors")
    composite(site, "of nobody", "ALARM(unseen)")
    alarm(site, "unseen", "AWS/ECS", "CPUUtilization", Dimensions=dimensions(ClusterName=lines[0].cluster))
    alarm(site, "elsewhere", "AWS/ECS", "CPUUtilization", Dimensions=dimensions(ClusterName="gone", ServiceName=lines[0].name))
    for line in balanced[::10]:
        group = site.ids[line.target_group]
        balancers = site.aws("elbv2").describe_target_groups(TargetGroupArns=[group])["TargetGroups"][0]["LoadBalancerArns"]
        balancer = balancers[0].partition(":loadbalancer/")[2] if balancers else "app/gone/1"
        both = dimensions(LoadBalancer=balancer, TargetGroup=group.rpartition(":")[2])
        kind = "AWS/NetworkELB" if balancer.startswith("net/") else "AWS/ApplicationELB"
        alarm(site, f"hosts-{line.target_group}", kind, "UnHealthyHostCount", Dimensions=both)
        stat = {"Metric": {"Namespace": kind, "MetricName": "HTTPCode_Target_5XX_Count", "Dimensions": both}, "Period": 60, "Stat": "Sum"}
        queries = [{"Id": "rate", "Expression": "errors / 60", "ReturnData": True}, {"Id": "errors", "MetricStat": stat, "ReturnData": False}]
        site.aws("cloudwatch").put_metric_alarm(AlarmName=f"rate-{line.target_group}", Metrics=queries, EvaluationPeriods=1, Threshold=1.0,
                                                ComparisonOperator="GreaterThanThreshold")
    steps = site.aws("application-autoscaling").describe_scaling_policies(ServiceNamespace="ecs")["ScalingPolicies"]
    for n, policy in enumerate(p for p in steps if p["PolicyType"] == "StepScaling"):
        alarm(site, f"steps-{n}", "Mine", "Backlog", AlarmActions=[arn("sns", "pager"), policy["PolicyARN"]])


def queue_of(line):
    """The queue that a service's definition names in its environment: one a team."""
    return f"work-{line.owner}"


def environment(line):
    """The team's queue or table in each form in which a variable can name one; then what names none."""
    name = queue_of(line)
    domain, account = f"{Here.region}.amazonaws.com", Here.account
    forms = [f"https://sqs.{domain}/{account}/{name}", arn("sqs", name), name, f"https://queue.amazonaws.com/{account}/{name}",
             f"https://sqs.ap-south-1.amazonaws.com/{account}/{name}", "jobs", arn("sqs", "gone")]
    tables = [f"carts-{line.owner}", arn("dynamodb", f"table/carts-{line.owner}"), "carts", arn("dynamodb", f"table/carts-{line.owner}", "ap-south-1")]
    if line.number % 3 == 1:
        return [{"name": "TABLE", "value": tables[line.number // 3 % len(tables)]}]
    return [{"name": "QUEUE", "value": forms[line.number % len(forms)]}] if line.number % 3 == 0 else []


def tables(site, lines):
    """A table that definitions name, for most teams; one called by a plain word; some that roles name; and those that nobody does."""
    names = ["carts", *TEAMS[::2], *(f"carts-{owner}" for owner in TEAMS[:8]), *(f"unrelated-{n:04d}" for n in range(len(lines) // 10))]
    for name in names:
        site.aws("dynamodb").create_table(
            TableName=name, KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}], BillingMode="PAY_PER_REQUEST",
            AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}])


def queues(site, lines):
    """Queues with dead letters, keys and policies, those that only roles and rules name, and those that nobody does."""
    sqs = site.aws("sqs")
    sqs.create_queue(QueueName="jobs")
    sqs.create_queue(QueueName="jobs-dead-letters")
    for n, owner in enumerate(TEAMS[:8]):
        name = f"work-{owner}"
        sqs.create_queue(QueueName=f"{name}-dead")
        redrive = json.dumps({"deadLetterTargetArn": arn("sqs", f"{name}-dead"), "maxReceiveCount": 5})
        more = {"KmsMasterKeyId": site.keys[n % len(site.keys)] if n % 2 else f"alias/shared-{n % len(site.keys)}"} if n % 3 else {}
        policy = document(allow("sqs:SendMessage", arn("sqs", name), Principal={"Service": "sns.amazonaws.com"}))
        sqs.create_queue(QueueName=name, Attributes={"RedrivePolicy": redrive, **({"Policy": policy} if n % 2 else {}), **more})
        sqs.create_queue(QueueName=f"{owner}-jobs")
    for n in range(max(2, len(lines) // 10)):
        sqs.create_queue(QueueName=f"unrelated-{n:04d}")
    sqs.create_queue(QueueName="unrelated.fifo", Attributes={"FifoQueue": "true"})
    alarm(site, "depth", "AWS/SQS", "ApproximateNumberOfMessagesVisible", Dimensions=dimensions(QueueName="work-billing"))
    alarm(site, "depth of nobody's", "AWS/SQS", "ApproximateNumberOfMessagesVisible", Dimensions=dimensions(QueueName="unrelated-0000"))


def topics(site):
    sns = site.aws("sns")
    for n, (topic, protocol, endpoint) in enumerate([
            ("orders", "sqs", arn("sqs", "work-billing")), ("orders", "sqs", arn("sqs", "unrelated-0000")), ("orders", "email", "somebody@example.com"),
            ("stray", "sqs", arn("sqs", "unrelated-0001")), ("people", "email", "somebody@example.com"),
            ("events", "lambda", arn("lambda", "function:worker"))]):
        made = sns.create_topic(Name=topic)["TopicArn"]
        sns.subscribe(TopicArn=made, Protocol=protocol, Endpoint=endpoint)


def functions(site, lines):
    """Functions that start tasks, one that works off a queue, and those that do neither."""
    line = next(line for line in lines if line.feature == "balanced")
    definition = site.ids[f"td/{line.name}"]
    role = site.role("function-starts-tasks", "lambda.amazonaws.com", inline={"run": [allow("ecs:Run*"), allow("iam:PassRole")]})
    managed = site.policy("run-tasks", allow(["ecs:StartTask"], arn("ecs", "task-definition/*")))
    by_policy = site.role("function-starts-too", "lambda.amazonaws.com", attached=[managed])
    plain = site.role("function-plain", "lambda.amazonaws.com", inline={"look": [allow("ecs:Describe*")]})
    within = {"SubnetIds": [site.ids["private-a"], site.ids["private-b"]], "SecurityGroupIds": [site.ids[line.group]]}
    dead = {"TargetArn": arn("sqs", "jobs-dead-letters")}
    made = [("starts-by-name", role, {"CLUSTER": line.cluster, "TASK_FAMILY": line.name, "TOKEN": "hunter2"}, {"VpcConfig": within, "KMSKeyArn": site.keys[0]}),
            ("starts-by-arn", by_policy, {"WHERE": arn("ecs", f"cluster/{line.cluster}"), "WHAT": definition}, {"DeadLetterConfig": dead}),
            ("starts-and-sends", role, {"TARGET": arn("sqs", "work-catalog"), "REVISION": definition.rpartition("/")[2]}, {}),
            ("starts-what-nobody-knows", role, {"CLUSTER": "gone", "TASK": "gone"}, {}),
            ("looks-only", plain, {"CLUSTER": line.cluster}, {}), ("worker", plain, {}, {}), ("bystander", plain, {"MODE": "x"}, {}),
            (f"{lines[0].owner}-hook", plain, {}, {})]
    client = site.aws("lambda")
    for name, own, variables, more in made:
        client.create_function(FunctionName=name, Runtime="python3.12", Handler="main.run", Role=own, Code={"ZipFile": CODE},
                               **({"Environment": {"Variables": variables}} if variables else {}), **more)
    for function, queue in [("worker", "work-billing"), ("worker", "work-catalog"), ("bystander", "unrelated-0000")]:
        client.create_event_source_mapping(FunctionName=function, EventSourceArn=arn("sqs", queue))


def machines(site, lines):
    """State machines that run tasks, in each form in which a definition can say so, and one that does not."""
    line = next(line for line in lines if line.feature == "balanced")
    role = site.role("machine-runs-tasks", "states.amazonaws.com", inline={"run": [allow("ecs:RunTask", arn("ecs", "task-definition/*"))]})
    cluster, definition = arn("ecs", f"cluster/{line.cluster}"), site.ids[f"td/{line.name}"]

    def run(resource="arn:aws:states:::ecs:runTask.sync", **arguments):
        return {"Type": "Task", "Resource": resource, "Parameters": {"LaunchType": "FARGATE", **arguments}, "End": True}

    forms = {
        "by-arn": {"a": run(Cluster=cluster, TaskDefinition=definition)},
        "by-name": {"a": {"Type": "Parallel", "End": True, "Branches": [{"StartAt": "b", "States": {"b": run(Cluster=line.cluster, TaskDefinition="job-0")}}]}},
        "by-input": {"a": run("arn:aws:states:::aws-sdk:ecs:runTask", **{"Cluster.$": "$.cluster", "TaskDefinition.$": "$.definition"})},
        "runs-nothing": {"a": {"Type": "Pass", "Result": {"TOKEN": "hunter2"}, "End": True}}}
    for name, states in forms.items():
        site.aws("stepfunctions").create_state_machine(name=name, roleArn=role, definition=json.dumps({"StartAt": "a", "States": states}))
