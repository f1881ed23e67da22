data "aws_iam_policy_document" "trust" {
  statement {
    actions = ["sts:AssumeRole"]

    principals {
      type        = "Service"
      identifiers = ["ecs-tasks.amazonaws.com"]
    }

    # https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-iam-roles.html
    condition {
      test     = "StringEquals"
      variable = "aws:SourceAccount"
      values   = [local.account]
    }

    condition {
      test     = "ArnLike"
      variable = "aws:SourceArn"
      values   = ["arn:${local.partition}:ecs:${local.region}:${local.account}:*"]
    }
  }
}

# What blastmap is allowed

resource "aws_iam_role" "task" {
  name_prefix        = "${var.name}-task-"
  description        = "blastmap: reads metadata, and keeps its store"
  assume_role_policy = data.aws_iam_policy_document.trust.json
  tags               = var.tags
}

# In policy.tf, as `blastmap policy --format terraform` prints it.
resource "aws_iam_role_policy" "crawl" {
  name   = "crawl"
  role   = aws_iam_role.task.id
  policy = data.aws_iam_policy_document.blastmap.json
}

# What `blastmap policy` adds with --region all, --organization and --role-arn.
data "aws_iam_policy_document" "reach" {
  dynamic "statement" {
    for_each = contains(var.regions, "all") ? [1] : []

    content {
      sid       = "BlastmapFindsRegions"
      actions   = ["ec2:DescribeRegions"]
      resources = ["*"]
    }
  }

  dynamic "statement" {
    for_each = var.organization_role_name[*]

    content {
      sid       = "BlastmapListsAccounts"
      actions   = ["organizations:ListAccounts"]
      resources = ["*"]
    }
  }

  dynamic "statement" {
    for_each = length(local.assumed_roles) == 0 ? [] : [1]

    content {
      sid       = "BlastmapAssumesRoles"
      actions   = ["sts:AssumeRole"]
      resources = local.assumed_roles
    }
  }
}

locals {
  assumed_roles = concat(
    var.role_arns,
    [for name in var.organization_role_name[*] : "arn:${local.partition}:iam::*:role/${name}"],
  )
  reaches_further = contains(var.regions, "all") || length(local.assumed_roles) > 0
}

resource "aws_iam_role_policy" "reach" {
  count = local.reaches_further ? 1 : 0

  name   = "reach"
  role   = aws_iam_role.task.id
  policy = data.aws_iam_policy_document.reach.json
}

# The calls of backend/store/src/bucket.rs. Listing has no condition on a prefix: without leave to list, S3 answers 403 for what is not
# there, and the store needs to hear 404.
# https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html
data "aws_iam_policy_document" "store" {
  statement {
    sid       = "StoreLists"
    actions   = ["s3:ListBucket"]
    resources = [aws_s3_bucket.store.arn]
  }

  statement {
    sid       = "StoreReadsAndWrites"
    actions   = ["s3:DeleteObject", "s3:GetObject", "s3:PutObject"]
    resources = ["${aws_s3_bucket.store.arn}/${local.store_prefix}/*"]
  }

  dynamic "statement" {
    for_each = var.kms_key_arn[*]

    content {
      sid       = "StoreEncrypts"
      actions   = ["kms:Decrypt", "kms:GenerateDataKey"]
      resources = [statement.value]

      condition {
        test     = "StringEquals"
        variable = "kms:ViaService"
        values   = ["s3.${local.region}.${data.aws_partition.here.dns_suffix}"]
      }
    }
  }
}

resource "aws_iam_role_policy" "store" {
  name   = "store"
  role   = aws_iam_role.task.id
  policy = data.aws_iam_policy_document.store.json
}

# What ECS is allowed to start it

resource "aws_iam_role" "execution" {
  name_prefix        = "${var.name}-start-"
  description        = "ECS: pulls blastmap's image, and writes its log"
  assume_role_policy = data.aws_iam_policy_document.trust.json
  tags               = var.tags
}

# https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_execution_IAM_role.html
data "aws_iam_policy_document" "execution" {
  statement {
    sid       = "Logs"
    actions   = ["logs:CreateLogStream", "logs:PutLogEvents"]
    resources = ["${aws_cloudwatch_log_group.blastmap.arn}:*"]
  }

  dynamic "statement" {
    for_each = var.image_repository_arn[*]

    content {
      sid       = "Pulls"
      actions   = ["ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"]
      resources = [statement.value]
    }
  }

  dynamic "statement" {
    for_each = var.image_repository_arn[*]

    content {
      sid       = "SignsInToPull"
      actions   = ["ecr:GetAuthorizationToken"]
      resources = ["*"]
    }
  }
}

resource "aws_iam_role_policy" "execution" {
  name   = "start"
  role   = aws_iam_role.execution.id
  policy = data.aws_iam_policy_document.execution.json
}
