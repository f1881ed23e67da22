# The role of another account that blastmap takes on to crawl it. It reads metadata and nothing else.

terraform {
  required_version = ">= 1.5"

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 5.40"
    }
  }
}

variable "trusted_role_arn" {
  description = "The role that blastmap runs with: the output `task_role_arn` of the module beside this one."
  type        = string
}

variable "name" {
  description = "The role's name; the same in every account where `organization_role_name` is used."
  type        = string
  default     = "blastmap"
}

variable "every_region" {
  description = "True where blastmap crawls all regions that the account has enabled."
  type        = bool
  default     = false
}

variable "tags" {
  description = "Tags of the role."
  type        = map(string)
  default     = {}
}

data "aws_iam_policy_document" "trust" {
  statement {
    actions = ["sts:AssumeRole"]

    principals {
      type        = "AWS"
      identifiers = [var.trusted_role_arn]
    }
  }
}

data "aws_iam_policy_document" "regions" {
  statement {
    sid       = "BlastmapFindsRegions"
    actions   = ["ec2:DescribeRegions"]
    resources = ["*"]
  }
}

resource "aws_iam_role" "blastmap" {
  name               = var.name
  description        = "blastmap reads this account's metadata"
  assume_role_policy = data.aws_iam_policy_document.trust.json
  tags               = var.tags
}

# In policy.tf, as `blastmap policy --format terraform` prints it.
resource "aws_iam_role_policy" "crawl" {
  name   = "crawl"
  role   = aws_iam_role.blastmap.id
  policy = data.aws_iam_policy_document.blastmap.json
}

resource "aws_iam_role_policy" "regions" {
  count = var.every_region ? 1 : 0

  name   = "regions"
  role   = aws_iam_role.blastmap.id
  policy = data.aws_iam_policy_document.regions.json
}

output "role_arn" {
  description = "One of the `role_arns` of the module beside this one."
  value       = aws_iam_role.blastmap.arn
}
