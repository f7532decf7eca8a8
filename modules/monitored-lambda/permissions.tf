# The execution role: what the function's own configuration takes, and the caller's policies.

data "aws_caller_identity" "this" {}

data "aws_partition" "this" {}

data "aws_region" "this" {}

locals {
  region = data.aws_region.this.id

  # Roles are the account's, not the region's, and their names have 64 characters at most.
  role_suffix = "-${local.region}"
  role_room   = 64 - length(local.role_suffix)
  role_stem   = length(var.function_name) <= local.role_room ? var.function_name : "${substr(var.function_name, 0, local.role_room - 9)}-${substr(sha256(var.function_name), 0, 8)}"

  # All functions of an account share this group, and the first of them makes it.
  insights_group_arn = "arn:${data.aws_partition.this.partition}:logs:${local.region}:${data.aws_caller_identity.this.account_id}:log-group:/aws/lambda-insights"
  insights_statements = [{
    Sid      = "Insights"
    Effect   = "Allow"
    Action   = ["logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents"]
    Resource = [local.insights_group_arn, "${local.insights_group_arn}:*"]
  }]
}

resource "aws_iam_role" "this" {
  name = "${local.role_stem}${local.role_suffix}"
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

# Attachments have numbers, since the ARNs of policies made in the same plan are not known yet. A
# list that has changed is detached as a whole before it is attached: a policy that has moved to
# another number could otherwise be attached first and detached then.
resource "terraform_data" "additional" {
  triggers_replace = var.additional_iam_policy_arns
}

resource "aws_iam_role_policy_attachment" "additional" {
  count = length(var.additional_iam_policy_arns)

  role       = aws_iam_role.this.name
  policy_arn = var.additional_iam_policy_arns[count.index]

  # Detaches before, and attaches after the list has changed.
  depends_on = [terraform_data.additional]

  lifecycle {
    replace_triggered_by = [terraform_data.additional]
  }
}
