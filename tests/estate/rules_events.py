"""The oracle's alarms: those that watch something there is, and those that belong to them."""

import re

from naming import arn

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
