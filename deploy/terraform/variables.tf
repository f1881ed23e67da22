variable "name" {
  description = "The name of everything that is made here."
  type        = string
  default     = "blastmap"

  validation {
    # Balancers and target groups have names of at most 32 letters, digits and hyphens.
    condition     = can(regex("^[a-z][a-z0-9-]{1,22}[a-z0-9]$", var.name))
    error_message = "Give 3 to 24 small letters, digits and hyphens, with a letter first."
  }
}

variable "tags" {
  description = "Tags of everything that is made here."
  type        = map(string)
  default     = {}
}

# The image

variable "image" {
  description = "The image, with a tag or, better, a digest: ACCOUNT.dkr.ecr.REGION.amazonaws.com/blastmap@sha256:..."
  type        = string
}

variable "image_repository_arn" {
  description = "The ARN of the ECR repository that the image lies in; null where it can be pulled without AWS credentials."
  type        = string
  default     = null
}

variable "architecture" {
  description = "ARM64 or X86_64, as the image was built."
  type        = string
  default     = "ARM64"

  validation {
    condition     = contains(["ARM64", "X86_64"], var.architecture)
    error_message = "Give ARM64 or X86_64."
  }
}

variable "cpu" {
  description = "CPU units of the task. CPU and memory must be a pair that Fargate has."
  type        = number
  default     = 1024
}

variable "memory" {
  description = "Memory of the task in MiB; docs/operating.md says how much it needs."
  type        = number
  default     = 2048
}

# The network

variable "vpc_id" {
  description = "The VPC of balancer and task."
  type        = string
}

variable "balancer_subnet_ids" {
  description = "At least two subnets for the balancer: public ones, or private ones where `internal` is true."
  type        = list(string)

  validation {
    condition     = length(var.balancer_subnet_ids) >= 2
    error_message = "A balancer needs subnets in two availability zones."
  }
}

variable "task_subnet_ids" {
  description = "Subnets for the task, with a way to AWS's APIs by HTTPS: a NAT gateway, or endpoints and a NAT gateway for what has none; in zones in which the balancer has a subnet."
  type        = list(string)
}

variable "assign_public_ip" {
  description = "True where the task's subnets are public ones without a NAT gateway."
  type        = bool
  default     = false
}

variable "internal" {
  description = "True: the balancer has private addresses only."
  type        = bool
  default     = true
}

variable "allowed_cidrs" {
  description = "Who may reach the balancer."
  type        = list(string)
}

variable "metrics_security_group_id" {
  description = "A security group, Prometheus's for one, that may reach the task's port past the balancer. Null: nobody."
  type        = string
  default     = null
}

variable "host_name" {
  description = "The host that people type: blastmap.example.com."
  type        = string
}

variable "certificate_arn" {
  description = "A certificate of ACM for the host."
  type        = string
}

variable "hosted_zone_id" {
  description = "The Route 53 zone in which the host's record is made. Null: the record is made elsewhere."
  type        = string
  default     = null
}

variable "deletion_protection" {
  description = "Whether the balancer can be deleted only once this is false."
  type        = bool
  default     = true
}

# Sign-in: one of the two.

variable "oidc" {
  description = "Sign-in by an OpenID Connect provider. Its application allows https://HOST/oauth2/idpresponse as a redirect."
  type = object({
    issuer                 = string
    authorization_endpoint = string
    token_endpoint         = string
    user_info_endpoint     = string
    client_id              = string
    scope                  = optional(string, "openid email")
  })
  default = null
}

variable "oidc_client_secret" {
  description = "The client's secret at the provider. It is kept in Terraform's state: guard that."
  type        = string
  default     = null
  sensitive   = true

  validation {
    condition     = var.oidc == null || var.oidc_client_secret != null
    error_message = "Give `oidc_client_secret` with `oidc`."
  }
}

variable "cognito" {
  description = "Sign-in by a user pool of Cognito, whose client has a secret and the code grant."
  type = object({
    user_pool_arn       = string
    user_pool_client_id = string
    user_pool_domain    = string
    scope               = optional(string, "openid email")
  })
  default = null

  validation {
    condition     = (var.cognito == null) != (var.oidc == null)
    error_message = "Give one of `oidc` and `cognito`: without sign-in everybody who reaches the balancer could read the estate."
  }
}

variable "auth_viewers" {
  description = "Groups, or other values of `auth_role_claim`, that make a viewer. Empty: whoever the provider signs in is one."
  type        = list(string)
  default     = []

  validation {
    condition     = !strcontains(join("", var.auth_viewers), ",")
    error_message = "Give values without commas: blastmap takes those apart."
  }
}

variable "auth_operators" {
  description = "Values of `auth_role_claim` that make an operator, who may start crawls, too. Empty: nobody is one by signing in."
  type        = list(string)
  default     = []

  validation {
    condition     = !strcontains(join("", var.auth_operators), ",")
    error_message = "Give values without commas: blastmap takes those apart."
  }
}

variable "auth_role_claim" {
  description = "The claim of the provider's userinfo that both are about; with dots, a path. Null: groups; email for addresses of people."
  type        = string
  default     = null
}

variable "session_seconds" {
  description = "After how long people sign in again."
  type        = number
  default     = 43200
}

variable "tokens_file" {
  description = "The path in the image of a file of tokens (`blastmap token`), for programs: requests with `Authorization: Bearer` then pass the balancer and are checked by blastmap. Null: nobody gets in without the balancer's sign-in."
  type        = string
  default     = null
}

# What is crawled

variable "regions" {
  description = "The regions that are crawled, or [\"all\"]. Empty: this one."
  type        = list(string)
  default     = []
}

variable "role_arns" {
  description = "Roles that are taken on, one an account; `member-role` makes one. Empty: this account."
  type        = list(string)
  default     = []
}

variable "organization_role_name" {
  description = "The name of the role in each account of the organization; from its management account or a delegated administrator. Null: no organization."
  type        = string
  default     = null

  validation {
    condition     = var.organization_role_name == null || length(var.role_arns) == 0
    error_message = "Give `role_arns` or `organization_role_name`, not both."
  }
}

variable "interval" {
  description = "Time between two crawls."
  type        = string
  default     = "5m"
}

variable "environment" {
  description = "More BLASTMAP_ variables, such as BLASTMAP_OWNER_TAG."
  type        = map(string)
  default     = {}
}

# What is kept

variable "bucket_name" {
  description = "The name of the store's bucket. Null: made of the name, the account and the region."
  type        = string
  default     = null
}

variable "kms_key_arn" {
  description = "The key that the bucket and the log group are encrypted with; its policy has to let CloudWatch Logs use it. Null: AWS's own keys."
  type        = string
  default     = null
}

variable "deleted_versions_days" {
  description = "For how many days what was deleted or replaced in the store can be brought back."
  type        = number
  default     = 30
}

variable "log_retention_days" {
  description = "For how many days log lines are kept."
  type        = number
  default     = 90
}

variable "alarm_topic_arns" {
  description = "SNS topics that are told when blastmap logs errors twice within an hour, or answers no more. Empty: no alarms are made."
  type        = list(string)
  default     = []
}

variable "cluster_arn" {
  description = "The ECS cluster to run in. Null: one is made."
  type        = string
  default     = null
}
