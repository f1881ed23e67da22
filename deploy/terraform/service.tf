# One task. Uploaded plans, and sessions by token, are in its memory, and marks of a review are written by one server at a time: a
# second task would need sticky targets, and reviewers who do not work on the same review.

locals {
  port = 8080

  environment = merge(
    {
      AWS_REGION          = local.region
      BLASTMAP_LISTEN     = "0.0.0.0:${local.port}"
      BLASTMAP_PUBLIC_URL = "https://${var.host_name}"
      BLASTMAP_AUTH_ALB   = aws_lb.blastmap.arn
      BLASTMAP_STORE      = "s3://${aws_s3_bucket.store.bucket}/${local.store_prefix}"
      BLASTMAP_INTERVAL   = var.interval
      BLASTMAP_LOG_JSON   = "true"
    },
    # For whom the balancer says a request is: failed sign-ins are counted by caller.
    { BLASTMAP_TRUSTED_PROXY = join(",", sort(data.aws_subnet.balancer[*].cidr_block)) },
    length(var.regions) == 0 ? {} : { BLASTMAP_REGION = join(",", var.regions) },
    length(var.role_arns) == 0 ? {} : { BLASTMAP_ROLE_ARN = join(",", var.role_arns) },
    var.organization_role_name == null ? {} : { BLASTMAP_ORGANIZATION = var.organization_role_name },
    length(var.auth_viewers) == 0 ? {} : { BLASTMAP_AUTH_VIEWER = join(",", var.auth_viewers) },
    length(var.auth_operators) == 0 ? {} : { BLASTMAP_AUTH_OPERATOR = join(",", var.auth_operators) },
    var.auth_role_claim == null ? {} : { BLASTMAP_AUTH_ROLE_CLAIM = var.auth_role_claim },
    var.tokens_file == null ? {} : { BLASTMAP_AUTH_TOKENS = var.tokens_file },
    var.environment,
  )
}

resource "aws_ecs_cluster" "blastmap" {
  count = var.cluster_arn == null ? 1 : 0

  name = var.name
  tags = var.tags

  setting {
    name  = "containerInsights"
    value = "enabled"
  }
}

resource "aws_cloudwatch_log_group" "blastmap" {
  name              = "/blastmap/${var.name}"
  retention_in_days = var.log_retention_days
  kms_key_id        = var.kms_key_arn
  tags              = var.tags
}

# https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_definition_parameters.html
resource "aws_ecs_task_definition" "blastmap" {
  family                   = var.name
  requires_compatibilities = ["FARGATE"]
  network_mode             = "awsvpc"
  cpu                      = var.cpu
  memory                   = var.memory
  execution_role_arn       = aws_iam_role.execution.arn
  task_role_arn            = aws_iam_role.task.arn
  tags                     = var.tags

  runtime_platform {
    operating_system_family = "LINUX"
    cpu_architecture        = var.architecture
  }

  container_definitions = jsonencode([{
    name                   = "blastmap"
    image                  = var.image
    essential              = true
    command                = ["serve"]
    environment            = [for key in sort(keys(local.environment)) : { name = key, value = local.environment[key] }]
    user                   = "65532:65532"
    readonlyRootFilesystem = true
    # Requests under way have ten seconds to end; then it stops by itself.
    stopTimeout     = 30
    linuxParameters = { capabilities = { drop = ["ALL"] } }
    portMappings    = [{ containerPort = local.port, protocol = "tcp" }]
    logConfiguration = {
      logDriver = "awslogs"
      options = {
        "awslogs-group"         = aws_cloudwatch_log_group.blastmap.name
        "awslogs-region"        = local.region
        "awslogs-stream-prefix" = "blastmap"
      }
    }
  }])
}

resource "aws_ecs_service" "blastmap" {
  name            = var.name
  cluster         = var.cluster_arn == null ? aws_ecs_cluster.blastmap[0].arn : var.cluster_arn
  task_definition = aws_ecs_task_definition.blastmap.arn
  launch_type     = "FARGATE"
  desired_count   = 1
  propagate_tags  = "SERVICE"
  tags            = var.tags

  # Never two at a time: a deployment stops the old task first, and answers stay away until the new one is there.
  # https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DeploymentConfiguration.html
  deployment_minimum_healthy_percent = 0
  deployment_maximum_percent         = 100
  health_check_grace_period_seconds  = 120

  deployment_circuit_breaker {
    enable   = true
    rollback = true
  }

  network_configuration {
    subnets          = var.task_subnet_ids
    security_groups  = [aws_security_group.task.id]
    assign_public_ip = var.assign_public_ip
  }

  load_balancer {
    target_group_arn = aws_lb_target_group.blastmap.arn
    container_name   = "blastmap"
    container_port   = local.port
  }

  lifecycle {
    precondition {
      condition     = alltrue([for zone in data.aws_subnet.task[*].availability_zone : contains(data.aws_subnet.balancer[*].availability_zone, zone)])
      error_message = "Give the balancer a subnet in each availability zone of `task_subnet_ids`: it sends nothing to a task in another, and answers 503."
    }
  }

  # A target group must hang on a listener before a service takes it; and a task without its policies would log nothing but refusals.
  depends_on = [
    aws_lb_listener.https,
    aws_iam_role_policy.crawl,
    aws_iam_role_policy.reach,
    aws_iam_role_policy.store,
    aws_iam_role_policy.execution,
  ]
}
