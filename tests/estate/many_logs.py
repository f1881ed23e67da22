"""The scale estate's log routers: FireLens with what each of its plugins names, and what names nothing."""

from aws import Here
from blocks import awslogs
from many_data import partner


def containers(line):
    """A router and a container whose logs it sends on, on every third service."""
    if line.number % 3 != 2:
        return []
    group = {"log_group_name": f"/ecs/{line.name}", "auto_create_group": "false"}
    forms = [{"Name": "cloudwatch_logs", "region": Here.region, **group}, {"Name": "cloudwatch", "region": "eu-west-1", **group},
             {"Name": "kinesis_firehose", "region": Here.region, "delivery_stream": f"logs-{line.owner}"},
             {"@type": "kinesis_streams", "region": Here.region, "stream_name": f"logs-{line.owner}"},
             {"Name": "kinesis", "stream": "logs", "role_arn": f"arn:aws:iam::{partner()}:role/logs"},
             {"Name": "s3", "region": Here.region, "bucket": f"{line.owner}-logs", "total_file_size": "1M"},
             {"Name": "cloudwatch", "log_group_name": "/ecs/$(ecs_cluster)"}, {"Name": "datadog", "apikey": "hunter2", "bucket": "none"}]
    file = {"config-file-type": "s3", "config-file-value": f"arn:aws:s3:::{line.owner}-settings/fluent.conf"}
    router = {"type": "fluentbit", "options": {"enable-ecs-log-metadata": "true", **(file if line.number % 2 else {})}}
    return [
        {"name": "router", "image": "public.ecr.aws/aws-observability/aws-for-fluent-bit:3", "cpu": 32, "memory": 64, "essential": True,
         "firelensConfiguration": router, "logConfiguration": awslogs("/ecs/shared/agent")},
        {"name": "routed", "image": "public.ecr.aws/docker/library/busybox:1", "cpu": 32, "memory": 64, "essential": False,
         "logConfiguration": {"logDriver": "awsfirelens", "options": forms[line.number // 3 % len(forms)]}}]
