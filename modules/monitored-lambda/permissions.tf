# The execution role: a policy for what the module configures, and the caller's policies.

data "aws_caller_identity" "this" {}

data "aws_partition" "this" {}

data "aws_region" "this" {}

locals {
  region = data.aws_region.this.id

  # IAM is global, so the name contains the region. It has at most 64 characters.
  role_suffix            = "-${local.region}"
  role_prefix_max_length = 64 - length(local.role_suffix)
  role_prefix            = length(var.function_name) <= local.role_prefix_max_length ? var.function_name : "${substr(var.function_name, 0, local.role_prefix_max_length - 9)}-${substr(sha256(var.function_name), 0, 8)}"

  # All functions of an account and region share this log group. The first one creates it.
  insights_group_arn = "arn:${data.aws_partition.this.partition}:logs:${local.region}:${data.aws_caller_identity.this.account_id}:log-group:/aws/lambda-insights"
  insights_statements = [{
    Sid      = "Insights"
    Effect   = "Allow"
    Action   = ["logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents"]
    Resource = [local.insights_group_arn, "${local.insights_group_arn}:*"]
  }]
}

resource "aws_iam_role" "this" {
  name = "${local.role_prefix}${local.role_suffix}"
  tags = var.tags

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { Service = "lambda.amazonaws.com" }
    }]
  })
}

resource "aws_iam_role_policy" "this" {
  name = "function"
  role = aws_iam_role.this.id

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = concat(
      module.function.policy_statements,
      [for statement in local.insights_statements : statement if var.lambda_insights_layer_arn != null],
    )
  })
}

# Attachments are counted, since the ARNs of policies that are created in the same plan are not known.
# When the list changes, all policies are detached before the new ones are attached. Otherwise, a
# policy that moves to another index could be attached at its new index and then detached at its old
# one.
resource "terraform_data" "additional" {
  triggers_replace = var.additional_iam_policy_arns
}

resource "aws_iam_role_policy_attachment" "additional" {
  count = length(var.additional_iam_policy_arns)

  role       = aws_iam_role.this.name
  policy_arn = var.additional_iam_policy_arns[count.index]

  # Orders detaching before attaching.
  depends_on = [terraform_data.additional]

  lifecycle {
    replace_triggered_by = [terraform_data.additional]
  }
}
