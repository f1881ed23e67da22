"""What starts the company's batch work, and what scales its services."""

import json

from blocks import allow, arn, awslogs, lower, starts, tracks
from company_data import PLANTED
from company_network import PRIVATE
from company_services import tags

DEAD_LETTERS = arn("sqs", "batch-dead-letters")


def build(site):
    starters(site)
    settlement(site)
    exports(site)
    reindex(site)
    others(site)
    scaling(site)


def starters(site):
    """The roles with which EventBridge and its scheduler start tasks."""
    for name, service, passed in [("events-start-tasks", "events.amazonaws.com", ["payments-execution", "nightly-settlement", "ecs-task-execution"]),
                                  ("scheduler-start-tasks", "scheduler.amazonaws.com", ["ecs-task-execution", "search-indexer-task", "reports-task"])]:
        site.role(name, service, owner="platform", inline={"start": [
            allow("ecs:RunTask", arn("ecs", "task-definition/*")),
            allow("iam:PassRole", [site.ids[f"role/{own}"] for own in passed])]})


def prod(cluster="prod"):
    return arn("ecs", f"cluster/{cluster}")


def family(name):
    return arn("ecs", f"task-definition/{name}")


def settlement(site):
    """Each night, whatever revision is the latest; what it is told is a secret."""
    told = {"taskRoleArn": site.ids["role/nightly-settlement"],
            "containerOverrides": [{"name": "settle", "command": ["settle", PLANTED["override"]],
                                    "environment": [{"name": "PASSPHRASE", "value": PLANTED["override"]}]}]}
    site.event_rule("nightly-settlement", starts(
        prod(), family("nightly-settlement"), site.ids["role/events-start-tasks"], [site.ids["isolated-c"]], [site.ids["task-settlement"]],
        Input=json.dumps(told), DeadLetterConfig={"Arn": DEAD_LETTERS}, RetryPolicy={"MaximumRetryAttempts": 2, "MaximumEventAgeInSeconds": 3600}),
        ScheduleExpression="cron(0 2 * * ? *)", Description="Settles the day")


def exports(site):
    """Orders start an export by a bus of their own; its schedule names a revision that was retired, and nobody noticed."""
    mine = tags("data", "order-export")
    images = site.repository("data/order-export", ("2026.4.1", "2026.9.1"), **mine)
    site.log_group("/ecs/prod/order-export", retention=30, **mine)
    site.security_group("prod", "task-order-export", "Order export", owner="data")
    revisions = []
    for image in images.values():
        main = {"name": "export", "image": image, "essential": True, "logConfiguration": awslogs("/ecs/prod/order-export")}
        revisions.append(site.task_definition(
            "order-export", [main], requiresCompatibilities=["FARGATE"], networkMode="awsvpc", cpu="512", memory="1024", tags=lower(mine),
            executionRoleArn=site.ids["role/ecs-task-execution"]))
    site.aws("ecs").deregister_task_definition(taskDefinition=revisions[0])
    where = [site.ids[s] for s in PRIVATE], [site.ids["task-order-export"]]
    site.aws("events").create_event_bus(Name="orders")
    site.event_rule("export-large-orders", starts(prod(), revisions[1], site.ids["role/events-start-tasks"], *where), bus="orders",
                    EventPattern=json.dumps({"source": ["larkspur.checkout"], "detail-type": ["Order placed"]}))
    site.schedule("order-export-weekly", starts(prod(), revisions[0], site.ids["role/scheduler-start-tasks"], *where), "cron(0 5 ? * MON *)",
                  ScheduleExpressionTimezone="Europe/Berlin")


def reindex(site):
    """Schedules in a group of their own: of a service's definition, and of one on the EC2 cluster."""
    role = site.ids["role/scheduler-start-tasks"]
    site.aws("scheduler").create_schedule_group(Name="batch")
    site.schedule("search-reindex", starts(prod(), family("search-indexer"), role, [site.ids[s] for s in PRIVATE], [site.ids["svc-search-indexer"]],
                                           Input=json.dumps({"containerOverrides": [{"name": "search-indexer", "command": ["all", PLANTED["override"]]}]})),
                  "cron(30 3 * * ? *)", GroupName="batch")
    site.schedule("reports-monthly", starts(prod("prod-ec2"), site.ids["td/reports"], role, DeadLetterConfig={"Arn": DEAD_LETTERS}),
                  "cron(0 6 1 * ? *)", GroupName="batch", State="DISABLED")
    # its definition was deleted with the service that had it
    site.schedule("wishlist-cleanup", starts(prod(), family("wishlist-cleanup"), role, [site.ids["private-a"]], [site.ids["task-settlement"]]))


def others(site):
    """What starts no task."""
    function = arn("lambda", "function:notify-on-call")
    site.event_rule("task-stopped", {"Arn": function}, EventPattern=json.dumps({"source": ["aws.ecs"]}))
    site.schedule("rotate-banner", {"Arn": function, "RoleArn": site.ids["role/scheduler-start-tasks"]})


def scaling(site):
    """By load, by requests, by steps, and by the clock."""
    made = site.aws("iam").create_service_linked_role(AWSServiceName="ecs.application-autoscaling.amazonaws.com")
    role = made["Role"]["Arn"]
    balancer, group = site.ids["edge"].split("loadbalancer/")[1], site.ids["tg-storefront"].split(":")[5]
    cpu = "ECSServiceAverageCPUUtilization"
    site.scale("prod", "storefront", 4, 40, role, [
        ("cpu", tracks(cpu, 55.0)), ("requests", tracks("ALBRequestCountPerTarget", 900.0, f"{balancer}/{group}"))],
        [("morning", "cron(0 6 * * ? *)", 8, 40), ("night", "cron(0 23 * * ? *)", 4, 12)])
    steps = {"AdjustmentType": "ChangeInCapacity", "Cooldown": 60, "MetricAggregationType": "Average", "StepAdjustments": [
        {"MetricIntervalLowerBound": 0.0, "MetricIntervalUpperBound": 500.0, "ScalingAdjustment": 1},
        {"MetricIntervalLowerBound": 500.0, "ScalingAdjustment": 3}]}
    site.scale("prod", "payments-worker", 2, 10, role, [("queue-depth", {"PolicyType": "StepScaling", "StepScalingPolicyConfiguration": steps})])
    for name, low, high in (("storefront-bff", 3, 20), ("checkout", 4, 24), ("search-api", 3, 12), ("catalog", 3, 12), ("identity", 3, 9)):
        site.scale("prod", name, low, high, role, [("cpu", tracks(cpu, 60.0))])
    site.scale("prod-ec2", "image-resizer", 2, 8, role, [("cpu", tracks(cpu, 70.0))])
