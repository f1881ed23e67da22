"""The oracle's alarms, queues, topics, functions and state machines: what belongs to something in the graph."""

import json
import re

import rules_iam
import rules_jobs
from aws import Here, within
from naming import arn, ec2, kind_of, role

ELB = ("AWS/ApplicationELB", "AWS/NetworkELB", "AWS/GatewayELB")


def watched(facts, alarm):
    """Everything that an alarm's dimensions and actions name."""
    services = {(s["clusterArn"].rpartition("/")[2], s["serviceName"]): s["serviceArn"] for s in facts["services"]}
    metrics = [alarm, *(q["MetricStat"]["Metric"] for q in alarm.get("Metrics", []) if "MetricStat" in q)]
    for metric in metrics:
        given = {d["Name"]: d["Value"] for d in metric.get("Dimensions", [])}
        space = metric.get("Namespace")
        if space in ("AWS/ECS", "ECS/ContainerInsights"):
            yield services.get((given.get("ClusterName"), given.get("ServiceName")))
        if space in ELB and "LoadBalancer" in given:
            yield arn("elasticloadbalancing", "loadbalancer/" + given["LoadBalancer"])
        if space in ELB and "TargetGroup" in given:
            yield arn("elasticloadbalancing", given["TargetGroup"])
        if space == "AWS/SQS" and "QueueName" in given:
            yield arn("sqs", given["QueueName"])
    for action in alarm.get("AlarmActions", []):
        if ":scalingPolicy:" in action:
            yield action.partition(":createdBy/")[0]


def composed_of(alarm):
    """The alarms of a rule; the estates write no other forms than STATE(name) and STATE("name")."""
    names = re.findall(r'(?:ALARM|OK|INSUFFICIENT_DATA)\("?([^")]+)"?\)', alarm.get("AlarmRule", ""))
    return [arn("cloudwatch", f"alarm:{name}") for name in names]


def alarms(graph, facts):
    """Alarms are kept for what they watch, for who names them, and for the alarms that they are composed of."""
    there = {a["AlarmArn"]: a for a in facts["alarms"]}
    kept = set()
    while True:
        named = graph.named()
        new = {id for id, a in there.items() if id not in kept and (
            id in named or any(w in graph.live for w in watched(facts, a)) or any(c in kept for c in composed_of(a)))}
        if not new:
            return
        kept |= new
        for id in sorted(new):
            graph.node(id)
            for part in composed_of(there[id]):
                graph.link(id, "WATCHED_BY", part)
            for subject in watched(facts, there[id]):
                if subject in graph.live:
                    graph.link(subject, "WATCHED_BY", id)


def more(graph, places, names):
    """What stays because something else does; says whether anything came to the graph."""
    before = len(graph.live), len(graph.links)
    for scope, (reader, facts) in places.items():
        with within(*scope):
            environments(graph, facts, places)
            queues(graph, reader, facts, names)
            for id in graph.named() & table_arns(facts):
                graph.node(id)
            functions(graph, reader, facts, names, places)
            machines(graph, reader, facts)
            topics(graph, facts)
            alarms(graph, facts)
    return before != (len(graph.live), len(graph.links))


def distinctive(name):
    return len(name) >= 6 and bool(re.search(r"[-_.0-9]", name)) and bool(re.search(r"[a-z]", name))


def queue_arns(facts):
    """The account's queues: ARN -> URL."""
    return {arn("sqs", url.rpartition("/")[2]): url for url in facts["queues"]}


def called(facts, value, places):
    """The queue that a value of an environment is an ARN or a URL of, wherever it is, or a distinctive name of here."""
    for scope, (_, theirs) in places.items():
        with within(*scope):
            id = at(value)
            if id in queue_arns(theirs):
                return id
    id = arn("sqs", value) if distinctive(value) else None
    return id if id in queue_arns(facts) else None


def at(value):
    """What a value is an ARN or a URL of, as a queue of here."""
    hosts = [f"sqs.{Here.region}", f"{Here.region}.queue", *(["queue"] if Here.region == "us-east-1" else [])]
    named = re.fullmatch(rf"https://(?:{'|'.join(re.escape(h) for h in hosts)})\.amazonaws\.com/{Here.account}/([\w.-]+)", value)
    return arn("sqs", named.group(1)) if named else value if value.startswith("arn:") else None


def environments(graph, facts, places):
    """Queues that task definitions name."""
    for definition in facts["definitions"]:
        for container in definition["containerDefinitions"]:
            for variable in container.get("environment", []):
                graph.link(definition["taskDefinitionArn"], "CONSUMES", called(facts, variable["value"], places))
                graph.link(definition["taskDefinitionArn"], "USES_TABLE", table(facts, variable["value"], places))


def table_arns(facts):
    return {arn("dynamodb", f"table/{name}") for name in facts["tables"]}


def table(facts, value, places):
    """The table of which a value is the ARN, wherever it is, or the distinctive name of one of here."""
    for scope, (_, theirs) in places.items():
        with within(*scope):
            if value in table_arns(theirs):
                return value
    id = arn("dynamodb", f"table/{value}") if distinctive(value) else None
    return id if id in table_arns(facts) else None


def queues(graph, reader, facts, names):
    """Queues that something names, and where their dead letters go."""
    there = queue_arns(facts)
    for id in sorted(graph.named() & there.keys() - graph.live.keys()):
        graph.node(id)
        answer = reader.call("sqs", "get_queue_attributes", QueueUrl=there[id], AttributeNames=["All"])
        attributes = answer["Attributes"] if answer else {}
        if attributes.get("RedrivePolicy"):
            graph.link(id, "DEAD_LETTERS_TO", json.loads(attributes["RedrivePolicy"])["deadLetterTargetArn"])
        if attributes.get("KmsMasterKeyId"):
            graph.link(id, "ENCRYPTED_BY", names.key(attributes["KmsMasterKeyId"]))


def started(facts, name, value, places):
    """(relation, id) of what a variable of a function that may start tasks names."""
    for cluster in facts["clusters"]:
        known = value == cluster["clusterArn"] or value == cluster["clusterName"] and (distinctive(value) or "CLUSTER" in name.upper())
        if known:
            yield "STARTS_IN", cluster["clusterArn"]
    hinted = any(word in name.upper() for word in ("TASK", "FAMILY", "DEFINITION"))
    families = {}
    for definition in facts["definitions"]:
        revision = f"{definition['family']}:{definition['revision']}"
        if value == definition["taskDefinitionArn"] or value == revision and (distinctive(value) or hinted):
            yield "STARTS", definition["taskDefinitionArn"]
        families.setdefault(definition["family"], []).append((definition["revision"], definition["taskDefinitionArn"]))
    if value in families and (distinctive(value) or hinted):
        yield "STARTS", max(families[value])[1]
    if called(facts, value, places):
        yield "CONSUMES", called(facts, value, places)


def functions(graph, reader, facts, names, places):
    """Functions that take from a queue in the graph, that may start something of it, or that something names."""
    named, starters = graph.named(), rules_iam.runners(reader, facts)
    for function in facts["functions"]:
        id = function["FunctionArn"]
        sources = [m["EventSourceArn"] for m in facts["mappings"] if m["FunctionArn"] == id and ":sqs:" in m["EventSourceArn"]]
        variables = function.get("Environment", {}).get("Variables", {}) if function["Role"] in starters else {}
        starts = [link for name, value in variables.items() for link in started(facts, name, value, places)]
        if not (id in named or any(s in graph.live for s in sources) or any(t in graph.live for _, t in starts)):
            continue
        graph.node(id)
        graph.link(id, "ASSUMES", role(function["Role"]))
        for subnet in function.get("VpcConfig", {}).get("SubnetIds", []):
            graph.link(id, "PLACED_IN", ec2("subnet", subnet))
        for group in function.get("VpcConfig", {}).get("SecurityGroupIds", []):
            graph.link(id, "PROTECTED_BY", ec2("security-group", group))
        graph.link(id, "ENCRYPTED_BY", names.key(function["KMSKeyArn"]) if function.get("KMSKeyArn") else None)
        dead = function.get("DeadLetterConfig", {}).get("TargetArn", "")
        graph.link(id, "DEAD_LETTERS_TO", dead if ":sqs:" in dead else None)
        for source in sources:
            graph.link(id, "CONSUMES", source)
        for relation, target in starts:
            graph.link(id, relation, target)


def topics(graph, facts):
    """Topics to which a queue or a function of the graph is subscribed."""
    for subscription in facts["subscriptions"]:
        if subscription["Endpoint"] in graph.live and kind_of(subscription["Endpoint"]) in ("SQS_QUEUE", "LAMBDA_FUNCTION"):
            graph.link(subscription["Endpoint"], "SUBSCRIBED_TO", graph.node(subscription["TopicArn"]))


def machines(graph, reader, facts):
    """State machines that run tasks, where some role of theirs may."""
    facts["may_run"] = any('"states.' in trust for trust in rules_iam.runners(reader, facts).values())
    for machine in facts["machines"] if facts["may_run"] else []:
        own = reader.call("stepfunctions", "describe_state_machine", stateMachineArn=machine["stateMachineArn"])
        runs = list(states(json.loads(own["definition"]))) if own else []
        if not runs:
            continue
        id = graph.node(machine["stateMachineArn"])
        graph.link(id, "ASSUMES", role(own["roleArn"]))
        for given in runs:
            cluster, definition = given.get("Cluster"), given.get("TaskDefinition")
            graph.link(id, "STARTS_IN", cluster if not cluster or cluster.startswith("arn:") else arn("ecs", f"cluster/{cluster}"))
            if definition:
                named = definition if definition.startswith("arn:") else arn("ecs", f"task-definition/{definition}")
                graph.link(id, "STARTS", rules_jobs.definition(reader, facts, named))


def states(value):
    """The arguments of each state that runs a task, however deep."""
    for member in value.values() if isinstance(value, dict) else value if isinstance(value, list) else []:
        yield from states(member)
    if isinstance(value, dict) and "ecs:runTask" in str(value.get("Resource")):
        yield value.get("Parameters", {})
