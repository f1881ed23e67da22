"""The scale estate's rules, schedules, scaling and Cloud Map: every form in which one can name a definition."""

import json

from blocks import arn, awslogs, starts, tracks


def namespaces(site):
    """Two, of either kind."""
    site.namespace("main.internal", "main")
    site.namespace("names")


def registries(site, line):
    """One that is there, in either namespace in turn, and on the first round one that is not."""
    dns = line.round % 2 == 0
    gone = [arn("servicediscovery", f"service/srv-{line.number:017x}")] if line.round == 0 else []
    return [site.discovery("main.internal" if dns else "names", line.name, dns), *gone]


def build(site, lines):
    role = site.role("start-tasks", "events.amazonaws.com", owner="platform")
    fargate = [line for line in lines if not line.ec2 and line.feature not in ("task sets", "retired")]
    network = [site.ids[s] for s in ("private-a", "private-b")], [site.ids[fargate[0].group]]
    cluster = arn("ecs", f"cluster/{fargate[0].cluster}")
    jobs = [alone(site, f"job-{n}") for n in range(max(2, len(lines) // 10))]
    site.aws("events").create_event_bus(Name="jobs")
    site.aws("scheduler").create_schedule_group(Name="jobs")
    forms = [("family", lambda n: arn("ecs", f"task-definition/job-{n}")), ("first", lambda n: jobs[n][0]), ("latest", lambda n: jobs[n][1]),
             ("used", lambda n: site.ids[f"td/{fargate[n % len(fargate)].name}"]),
             ("used-family", lambda n: arn("ecs", f"task-definition/{fargate[n % len(fargate)].name}")),
             ("gone", lambda n: arn("ecs", f"task-definition/gone-{n}")), ("gone-revision", lambda n: arn("ecs", f"task-definition/job-{n}:99"))]
    for n in range(len(jobs)):
        for place, (form, definition) in enumerate(forms):
            told = {"Input": json.dumps({"containerOverrides": [{"name": "main", "command": [f"number {n}"]}]})} if place % 2 else {}
            dead = {"DeadLetterConfig": {"Arn": arn("sqs", "jobs-dead-letters")}} if n % 2 else {}
            target = starts(cluster, definition(n), role, *network, **told, **dead)
            if (n + place) % 2:
                group = {"GroupName": "jobs"} if place % 3 == 0 else {}
                site.schedule(f"{form}-{n}", target, State="DISABLED" if place == 3 else "ENABLED", **group)
            else:
                by_event = {"bus": "jobs", "EventPattern": json.dumps({"source": ["jobs"]})}  # only the default bus has a clock
                site.event_rule(f"{form}-{n}", target, {"Arn": arn("lambda", "function:watch")},
                                **(by_event if place % 3 == 0 else {"ScheduleExpression": "rate(1 day)"}))
    on_hosts = next(line for line in lines if line.feature == "ec2 bridge")
    site.event_rule("on-hosts", starts(arn("ecs", f"cluster/{on_hosts.cluster}"), site.ids[f"td/{on_hosts.name}"], role), ScheduleExpression="rate(1 day)")
    site.event_rule("no-task", {"Arn": arn("lambda", "function:watch")}, EventPattern=json.dumps({"source": ["aws.ecs"]}))
    site.schedule("no-task", {"Arn": arn("lambda", "function:watch"), "RoleArn": role})
    scaling(site, lines)


def alone(site, family):
    """A definition that no service runs, the first of its two revisions retired."""
    main = {"name": "main", "image": "public.ecr.aws/docker/library/busybox:1", "essential": True, "logConfiguration": awslogs("/ecs/shared/agent")}
    made = [site.task_definition(family, [{**main, "cpu": cpu}], requiresCompatibilities=["FARGATE"], networkMode="awsvpc", cpu="256", memory="512",
                                 executionRoleArn=site.ids["role/execution-0"]) for cpu in (64, 128)]
    site.aws("ecs").deregister_task_definition(taskDefinition=made[0])
    return made


def scaling(site, lines):
    """Every balanced service by its load, every second one by the clock too."""
    role = site.service_linked_role("ecs.application-autoscaling.amazonaws.com")
    steps = {"AdjustmentType": "ChangeInCapacity", "StepAdjustments": [{"MetricIntervalLowerBound": 0.0, "ScalingAdjustment": 1}]}
    for n, line in enumerate(line for line in lines if line.balanced):
        policies = [("load", tracks("ECSServiceAverageCPUUtilization", 60.0))]
        if n % 3 == 1:
            policies.append(("steps", {"PolicyType": "StepScaling", "StepScalingPolicyConfiguration": steps}))
        site.scale(line.cluster, line.name, 1, 10, role, policies if n % 4 else [], [("night", "cron(0 23 * * ? *)", 1, 2)] if n % 2 else [])
