# Without Prometheus: what the log and the balancer tell.

locals {
  alarms = length(var.alarm_topic_arns) == 0 ? 0 : 1
}

# A crawl that failed and a snapshot that cannot be kept are errors in the log, one for each crawl.
# https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntax.html
resource "aws_cloudwatch_log_metric_filter" "errors" {
  count = local.alarms

  name           = "${var.name}-errors"
  log_group_name = aws_cloudwatch_log_group.blastmap.name
  pattern        = "{ $.level = \"ERROR\" }"

  metric_transformation {
    namespace     = "Blastmap"
    name          = "${var.name}-errors"
    value         = "1"
    default_value = "0"
  }
}

# Two in an hour: one may be chance, and an hour has two crawls where the interval and a crawl take no longer than about 50 minutes.
resource "aws_cloudwatch_metric_alarm" "errors" {
  count = local.alarms

  alarm_name          = "${var.name}-errors"
  alarm_description   = "blastmap logged errors twice within an hour: docs/operating.md says what to do. A crawl that fails each time is told with intervals up to 45 minutes"
  namespace           = "Blastmap"
  metric_name         = aws_cloudwatch_log_metric_filter.errors[0].metric_transformation[0].name
  statistic           = "Sum"
  period              = 300
  evaluation_periods  = 12
  datapoints_to_alarm = 2
  threshold           = 0
  comparison_operator = "GreaterThanThreshold"
  treat_missing_data  = "notBreaching"
  alarm_actions       = var.alarm_topic_arns
  ok_actions          = var.alarm_topic_arns
  tags                = var.tags
}

# https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-cloudwatch-metrics.html
resource "aws_cloudwatch_metric_alarm" "answers" {
  count = local.alarms

  alarm_name          = "${var.name}-answers"
  alarm_description   = "No task of blastmap answers the balancer"
  namespace           = "AWS/ApplicationELB"
  metric_name         = "HealthyHostCount"
  statistic           = "Minimum"
  period              = 60
  evaluation_periods  = 5
  threshold           = 1
  comparison_operator = "LessThanThreshold"
  treat_missing_data  = "breaching"
  alarm_actions       = var.alarm_topic_arns
  ok_actions          = var.alarm_topic_arns
  tags                = var.tags

  dimensions = {
    LoadBalancer = aws_lb.blastmap.arn_suffix
    TargetGroup  = aws_lb_target_group.blastmap.arn_suffix
  }
}
