# By number: ids of subnets that the same configuration makes are not known when it is planned, and how many there are is.
data "aws_subnet" "balancer" {
  count = length(var.balancer_subnet_ids)

  id = var.balancer_subnet_ids[count.index]
}

data "aws_subnet" "task" {
  count = length(var.task_subnet_ids)

  id = var.task_subnet_ids[count.index]
}

resource "aws_security_group" "balancer" {
  name_prefix = "${var.name}-balancer-"
  description = "The balancer before blastmap"
  vpc_id      = var.vpc_id
  tags        = merge(var.tags, { Name = "${var.name}-balancer" })

  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_vpc_security_group_ingress_rule" "people" {
  for_each = { for pair in setproduct(var.allowed_cidrs, [80, 443]) : "${pair[0]} ${pair[1]}" => { cidr = pair[0], port = pair[1] } }

  security_group_id = aws_security_group.balancer.id
  description       = each.value.port == 443 ? "People" : "People, to be sent to HTTPS"
  cidr_ipv4         = each.value.cidr
  ip_protocol       = "tcp"
  from_port         = each.value.port
  to_port           = each.value.port
  tags              = var.tags
}

resource "aws_vpc_security_group_egress_rule" "to_task" {
  security_group_id            = aws_security_group.balancer.id
  description                  = "blastmap"
  referenced_security_group_id = aws_security_group.task.id
  ip_protocol                  = "tcp"
  from_port                    = local.port
  to_port                      = local.port
  tags                         = var.tags
}

# The balancer itself asks the provider who somebody is. An internal one needs a NAT gateway for that.
resource "aws_vpc_security_group_egress_rule" "to_provider" {
  security_group_id = aws_security_group.balancer.id
  description       = "The provider of sign-in"
  cidr_ipv4         = "0.0.0.0/0"
  ip_protocol       = "tcp"
  from_port         = 443
  to_port           = 443
  tags              = var.tags
}

resource "aws_security_group" "task" {
  name_prefix = "${var.name}-task-"
  description = "blastmap"
  vpc_id      = var.vpc_id
  tags        = merge(var.tags, { Name = "${var.name}-task" })

  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_vpc_security_group_ingress_rule" "from_balancer" {
  security_group_id            = aws_security_group.task.id
  description                  = "The balancer"
  referenced_security_group_id = aws_security_group.balancer.id
  ip_protocol                  = "tcp"
  from_port                    = local.port
  to_port                      = local.port
  tags                         = var.tags
}

resource "aws_vpc_security_group_ingress_rule" "from_metrics" {
  count = var.metrics_security_group_id == null ? 0 : 1

  security_group_id            = aws_security_group.task.id
  description                  = "Whoever collects metrics"
  referenced_security_group_id = var.metrics_security_group_id
  ip_protocol                  = "tcp"
  from_port                    = local.port
  to_port                      = local.port
  tags                         = var.tags
}

resource "aws_vpc_security_group_egress_rule" "to_aws" {
  security_group_id = aws_security_group.task.id
  description       = "The APIs of AWS, and the keys by which the balancer signs"
  cidr_ipv4         = "0.0.0.0/0"
  ip_protocol       = "tcp"
  from_port         = 443
  to_port           = 443
  tags              = var.tags
}
