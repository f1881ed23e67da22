# blastmap in one account, crawling that and another. Read it, then make it your own.

terraform {
  required_version = ">= 1.9"

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 5.40"
    }
  }
}

provider "aws" {
  region = "eu-west-1"
}

provider "aws" {
  alias  = "production"
  region = "eu-west-1"

  assume_role {
    role_arn = "arn:aws:iam::222233334444:role/terraform"
  }
}

variable "oidc_client_secret" {
  description = "The client's secret at the identity provider: TF_VAR_oidc_client_secret."
  type        = string
  sensitive   = true
}

module "blastmap" {
  source = "../"

  image                = "111122223333.dkr.ecr.eu-west-1.amazonaws.com/blastmap:0.1.0"
  image_repository_arn = "arn:aws:ecr:eu-west-1:111122223333:repository/blastmap"
  architecture         = "ARM64"

  vpc_id              = "vpc-0a1b2c3d4e5f60718"
  balancer_subnet_ids = ["subnet-0a1b2c3d4e5f60711", "subnet-0a1b2c3d4e5f60712"]
  task_subnet_ids     = ["subnet-0a1b2c3d4e5f60713", "subnet-0a1b2c3d4e5f60714"]
  allowed_cidrs       = ["10.0.0.0/8"]

  host_name       = "blastmap.example.com"
  certificate_arn = "arn:aws:acm:eu-west-1:111122223333:certificate/12345678-1234-1234-1234-123456789012"
  hosted_zone_id  = "Z0123456789ABCDEFGHIJ"

  oidc = {
    issuer                 = "https://login.example.com"
    authorization_endpoint = "https://login.example.com/authorize"
    token_endpoint         = "https://login.example.com/token"
    user_info_endpoint     = "https://login.example.com/userinfo"
    client_id              = "blastmap"
    # For this provider the scope that brings groups.
    scope = "openid email groups"
  }
  oidc_client_secret = var.oidc_client_secret
  auth_viewers       = ["engineering"]
  auth_operators     = ["platform"]

  regions = ["eu-west-1", "us-east-1"]
  # By name, not by the output of `production`: its role trusts ours, which has to be there first.
  role_arns = [
    "arn:aws:iam::111122223333:role/blastmap",
    "arn:aws:iam::222233334444:role/blastmap",
  ]
}

# With `role_arns`, this account is crawled by a role, too.
module "here" {
  source = "../member-role"

  trusted_role_arn = module.blastmap.task_role_arn
}

module "production" {
  source = "../member-role"

  providers = {
    aws = aws.production
  }

  trusted_role_arn = module.blastmap.task_role_arn
}

output "url" {
  value = module.blastmap.url
}
