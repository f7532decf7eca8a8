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

  # The actions that sending to a destination requires, by the service in its ARN.
  destination_actions = {
    sqs    = ["sqs:SendMessage"]
    sns    = ["sns:Publish"]
    lambda = ["lambda:InvokeFunction"]
    events = ["events:PutEvents"]
    s3     = ["s3:PutObject", "s3:ListBucket"]
  }
  destination_statements = [
    for condition, arn in { OnFailure = var.destination_on_failure, OnSuccess = var.destination_on_success } : {
      Sid                             = condition
      Effect                          = "Allow"
      Action                          = local.destination_actions[split(":", arn)[2]]
      Resource                        = split(":", arn)[2] == "s3" ? [arn, "${arn}/*"] : [arn]
    } if arn != null
  ]

  # An access point is allowed by a condition, since its ARN does not contain that of its file system.
  file_system_statements = [{
    Sid       = "FileSystem"
    Effect    = "Allow"
    Action    = ["elasticfilesystem:ClientMount", "elasticfilesystem:ClientWrite"]
    Resource  = ["arn:${data.aws_partition.this.partition}:elasticfilesystem:${data.aws_region.this.id}:${data.aws_caller_identity.this.account_id}:file-system/*"]
    Condition = { StringEquals = { "elasticfilesystem:AccessPointArn" = try(var.file_system_config.arn, null) } }
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
    local.destination_statements,
    [for statement in local.file_system_statements : statement if var.file_system_config != null],
    [for statement in local.vpc_statements : statement if var.vpc_config != null],
    [for statement in local.tracing_statements : statement if var.enable_tracing],
  )
}
