# Signs people in, and ends TLS. It puts what it knows of them into a header that it signs, which blastmap checks (BLASTMAP_AUTH_ALB).
# https://docs.aws.amazon.com/elasticloadbalancing/latest/application/listener-authenticate-users.html

resource "aws_lb" "blastmap" {
  name                       = var.name
  load_balancer_type         = "application"
  internal                   = var.internal
  subnets                    = var.balancer_subnet_ids
  security_groups            = [aws_security_group.balancer.id]
  drop_invalid_header_fields = true
  enable_deletion_protection = var.deletion_protection
  tags                       = var.tags
}

resource "aws_lb_target_group" "blastmap" {
  name        = var.name
  vpc_id      = var.vpc_id
  target_type = "ip"
  protocol    = "HTTP"
  port        = local.port
  # Open pages are told to come back, and the rest has ten seconds.
  deregistration_delay = 15
  tags                 = var.tags

  # Not /readyz: the first crawl of a large estate takes minutes, in which the page says so.
  # The check names the target's own address as its host, which blastmap takes for its own.
  # https://docs.aws.amazon.com/elasticloadbalancing/latest/application/target-group-health-checks.html
  health_check {
    path                = "/healthz"
    matcher             = "200"
    interval            = 15
    timeout             = 5
    healthy_threshold   = 2
    unhealthy_threshold = 3
  }
}

resource "aws_lb_listener" "http" {
  load_balancer_arn = aws_lb.blastmap.arn
  protocol          = "HTTP"
  port              = 80
  tags              = var.tags

  default_action {
    type = "redirect"

    redirect {
      protocol    = "HTTPS"
      port        = "443"
      status_code = "HTTP_301"
    }
  }
}

resource "aws_lb_listener" "https" {
  load_balancer_arn = aws_lb.blastmap.arn
  protocol          = "HTTPS"
  port              = 443
  certificate_arn   = var.certificate_arn
  ssl_policy        = "ELBSecurityPolicy-TLS13-1-2-2021-06"
  tags              = var.tags

  dynamic "default_action" {
    for_each = var.oidc[*]

    content {
      type  = "authenticate-oidc"
      order = 1

      authenticate_oidc {
        issuer                     = default_action.value.issuer
        authorization_endpoint     = default_action.value.authorization_endpoint
        token_endpoint             = default_action.value.token_endpoint
        user_info_endpoint         = default_action.value.user_info_endpoint
        client_id                  = default_action.value.client_id
        client_secret              = var.oidc_client_secret
        scope                      = default_action.value.scope
        session_timeout            = var.session_seconds
        on_unauthenticated_request = "authenticate"
      }
    }
  }

  dynamic "default_action" {
    for_each = var.cognito[*]

    content {
      type  = "authenticate-cognito"
      order = 1

      authenticate_cognito {
        user_pool_arn              = default_action.value.user_pool_arn
        user_pool_client_id        = default_action.value.user_pool_client_id
        user_pool_domain           = default_action.value.user_pool_domain
        scope                      = default_action.value.scope
        session_timeout            = var.session_seconds
        on_unauthenticated_request = "authenticate"
      }
    }
  }

  default_action {
    type             = "forward"
    order            = 2
    target_group_arn = aws_lb_target_group.blastmap.arn
  }
}

# Programs show a token to blastmap itself. A header of the balancer that they bring along is worth nothing without its signature.
# https://docs.aws.amazon.com/elasticloadbalancing/latest/application/rule-condition-types.html
resource "aws_lb_listener_rule" "tokens" {
  count = var.tokens_file == null ? 0 : 1

  listener_arn = aws_lb_listener.https.arn
  priority     = 10
  tags         = var.tags

  condition {
    http_header {
      http_header_name = "Authorization"
      values           = ["Bearer *"]
    }
  }

  action {
    type             = "forward"
    target_group_arn = aws_lb_target_group.blastmap.arn
  }
}

# What the page asks once its session is over is answered by 401: a redirect to the provider's page would be no answer to a script.
# By /session the page learns that it is over. The balancer's own check of /healthz comes by no rule. A rule takes five values.
resource "aws_lb_listener_rule" "api" {
  listener_arn = aws_lb_listener.https.arn
  priority     = 20
  tags         = var.tags

  condition {
    path_pattern {
      values = ["/graphql", "/plans", "/session", "/readyz"]
    }
  }

  dynamic "action" {
    for_each = var.oidc[*]

    content {
      type  = "authenticate-oidc"
      order = 1

      authenticate_oidc {
        issuer                     = action.value.issuer
        authorization_endpoint     = action.value.authorization_endpoint
        token_endpoint             = action.value.token_endpoint
        user_info_endpoint         = action.value.user_info_endpoint
        client_id                  = action.value.client_id
        client_secret              = var.oidc_client_secret
        scope                      = action.value.scope
        session_timeout            = var.session_seconds
        on_unauthenticated_request = "deny"
      }
    }
  }

  dynamic "action" {
    for_each = var.cognito[*]

    content {
      type  = "authenticate-cognito"
      order = 1

      authenticate_cognito {
        user_pool_arn              = action.value.user_pool_arn
        user_pool_client_id        = action.value.user_pool_client_id
        user_pool_domain           = action.value.user_pool_domain
        scope                      = action.value.scope
        session_timeout            = var.session_seconds
        on_unauthenticated_request = "deny"
      }
    }
  }

  action {
    type             = "forward"
    order            = 2
    target_group_arn = aws_lb_target_group.blastmap.arn
  }
}

resource "aws_route53_record" "blastmap" {
  count = var.hosted_zone_id == null ? 0 : 1

  zone_id = var.hosted_zone_id
  name    = var.host_name
  type    = "A"

  alias {
    name                   = aws_lb.blastmap.dns_name
    zone_id                = aws_lb.blastmap.zone_id
    evaluate_target_health = false
  }
}
