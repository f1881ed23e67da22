output "url" {
  description = "Where people find it."
  value       = "https://${var.host_name}"
}

output "load_balancer_arn" {
  description = "The balancer, whose signature blastmap checks."
  value       = aws_lb.blastmap.arn
}

output "load_balancer_dns_name" {
  description = "What the host's record leads to, where it is made elsewhere."
  value       = aws_lb.blastmap.dns_name
}

output "load_balancer_zone_id" {
  description = "The zone of the balancer's name, for an alias record."
  value       = aws_lb.blastmap.zone_id
}

output "task_role_arn" {
  description = "Whom the roles of other accounts trust: the `trusted_role_arn` of member-role."
  value       = aws_iam_role.task.arn
}

output "store" {
  description = "The store, as --store takes it."
  value       = "s3://${aws_s3_bucket.store.bucket}/${local.store_prefix}"
}

output "log_group_name" {
  description = "Where the log is."
  value       = aws_cloudwatch_log_group.blastmap.name
}

output "task_security_group_id" {
  description = "The task's security group."
  value       = aws_security_group.task.id
}
