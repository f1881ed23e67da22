terraform {
  # Validations speak of other variables.
  required_version = ">= 1.9"

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 5.40"
    }
  }
}

data "aws_region" "here" {}

data "aws_caller_identity" "here" {}

data "aws_partition" "here" {}

locals {
  account   = data.aws_caller_identity.here.account_id
  partition = data.aws_partition.here.partition
  # The id is the region's name in versions 5 and 6 of the provider alike; the attribute `name` is not.
  region = data.aws_region.here.id
}
