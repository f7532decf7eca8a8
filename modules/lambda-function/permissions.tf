# The permissions that the execution role needs. All ARNs are built from names, so that a policy can be
# attached before the function exists: Lambda checks some of the permissions when it creates the
# function.

data "aws_caller_identity" "this" {}

data "aws_partition" "this" {}

data "aws_region" "this" {}

locals {
  log_group_arn = "arn:${data.aws_partition.this.partition}:logs:${data.aws_region.this.id}:${data.aws_caller_identity.this.account_id}:log-group:/aws/lambda/${var.function_name}"

  log_statements = [{
    Sid      = "Log"
    Effect   = "Allow"
    Action   = ["logs:CreateLogStream", "logs:PutLogEvents"]
    Resource = ["${local.log_group_arn}:*"]
  }]

  dead_letter_statements = [{
    Sid      = "DeadLetters"
    Effect   = "Allow"
    Action   = [strcontains(coalesce(var.dead_letter_arn, "-"), ":sns:") ? "sns:Publish" : "sqs:SendMessage"]
    Resource = [var.dead_letter_arn]
  }]

  # EC2 and X-Ray do not support resource-level permissions for these actions.
  vpc_statements = [{
    Sid      = "NetworkInterfaces"
    Effect   = "Allow"
    Action   = ["ec2:CreateNetworkInterface", "ec2:DescribeNetworkInterfaces", "ec2:DeleteNetworkInterface"]
    Resource = ["*"]
  }]

  tracing_statements = [{
    Sid      = "Trace"
    Effect   = "Allow"
    Action   = ["xray:PutTraceSegments", "xray:PutTelemetryRecords"]
    Resource = ["*"]
  }]

  policy_statements = concat(
    local.log_statements,
    [for statement in local.dead_letter_statements : statement if var.dead_letter_arn != null],
    [for statement in local.vpc_statements : statement if var.vpc_config != null],
    [for statement in local.tracing_statements : statement if var.enable_tracing],
  )
}
