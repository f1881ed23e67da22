"""The scale estate's alarms: every form in which one can watch something, and some that watch nothing of ours."""

from blocks import arn

METRIC = {"Period": 60, "EvaluationPeriods": 1, "Threshold": 5.0, "ComparisonOperator": "GreaterThanThreshold", "Statistic": "Sum"}


def dimensions(**values):
    return [{"Name": name, "Value": value} for name, value in values.items()]


def build(site, lines):
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
