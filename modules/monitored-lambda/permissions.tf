# The execution role: a policy for what the module configures, and the caller's policies. With a role of
# the caller, none of this exists.

data "aws_caller_identity" "this" {}

data "aws_partition" "this" {}

data "aws_region" "this" {}

locals {
  region = data.aws_region.this.id

  create_role = var.create_role != null ? var.create_role : var.lambda_role_arn == null

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

  policy_statements = concat(
    module.function.policy_statements,
    [for statement in local.insights_statements : statement if length(local.insights_layer_arns) > 0],
  )

  # The statements of the caller, one of which does not need a list. They are added to the policy instead
  # of being a policy of their own, which could not be counted while they are not known.
  given_statements = try(flatten([jsondecode(var.policy_json).Statement]), [])
  repeated_sids    = setintersection(local.policy_statements[*].Sid, [for statement in local.given_statements : try(statement.Sid, "")])
}

resource "aws_iam_role" "this" {
  count = local.create_role ? 1 : 0

  name = coalesce(var.role_name, "${local.role_prefix}${local.role_suffix}")
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
  count = local.create_role ? 1 : 0

  name = "function"
  role = aws_iam_role.this[0].id

  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = concat(local.policy_statements, local.given_statements)
  })

  lifecycle {
    precondition {
      condition     = length(local.repeated_sids) == 0
      error_message = "policy_json must have statements with other Sids than those of the module, but has ${join(", ", [for sid in local.repeated_sids : "\"${sid}\""])}."
    }
  }
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

  role       = aws_iam_role.this[0].name
  policy_arn = var.additional_iam_policy_arns[count.index]

  # Orders detaching before attaching.
  depends_on = [terraform_data.additional]

  lifecycle {
    replace_triggered_by = [terraform_data.additional]
  }
}
