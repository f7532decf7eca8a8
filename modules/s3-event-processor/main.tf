# Names, and the function. The way of an object: bucket.tf, events.tf, queues.tf, schedule.tf,
# state_machine.tf. What watches it: alarms.tf, dashboard.tf, splunk.tf, dynatrace.tf, smtp.tf.

data "aws_caller_identity" "this" {}

data "aws_partition" "this" {}

data "aws_region" "this" {}

locals {
  account_id = data.aws_caller_identity.this.account_id
  partition  = data.aws_partition.this.partition
  region     = data.aws_region.this.id

  # Names that would be too long for AWS are cut and end with a hash.
  full_names = {
    bucket             = { name = lower(replace("${var.name_prefix}-${local.account_id}-${local.region}", "_", "-")), length = 63 }
    queue              = { name = "${var.name_prefix}-${var.sqs_queue_name}", length = 76 }
    function           = { name = "${var.name_prefix}-${local.function_name_after_prefix}", length = 60 }
    state_machine      = { name = "${var.name_prefix}-${var.step_functions_name}", length = 80 }
    event_rule         = { name = "${var.name_prefix}-object-created", length = 60 }
    schedule_rule      = { name = "${var.name_prefix}-schedule", length = 60 }
    sync_rule          = { name = "${var.name_prefix}-dynatrace-sync", length = 64 }
    mailer             = { name = "${var.name_prefix}-alert-mailer", length = 60 }
    function_role      = { name = "${var.name_prefix}-function-${local.region}", length = 64 }
    state_machine_role = { name = "${var.name_prefix}-state-machine-${local.region}", length = 64 }
    schedule_role      = { name = "${var.name_prefix}-schedule-${local.region}", length = 64 }
    mailer_role        = { name = "${var.name_prefix}-alert-mailer-${local.region}", length = 64 }
  }
  names = {
    for key, full in local.full_names : key => (
      length(full.name) <= full.length ? full.name : "${substr(full.name, 0, full.length - 9)}-${substr(sha256(full.name), 0, 8)}"
    )
  }

  has_alias     = var.create_lambda && var.lambda_provisioned_concurrency_enabled
  function_name = var.create_lambda ? local.names.function : split(":", var.existing_lambda_arn)[6]
  function_arn  = var.create_lambda ? module.function[0].function_arn : var.existing_lambda_arn
  invoked_arn   = local.has_alias ? module.function[0].alias_arn : local.function_arn

  function_log_group = var.create_lambda ? module.function[0].log_group_name : "/aws/lambda/${local.function_name}"

  requirements_file = "${trimsuffix(coalesce(var.lambda_source_dir, "."), "/")}/requirements.txt"
}

module "function" {
  source = "../lambda-function"
  count  = var.create_lambda ? 1 : 0

  function_name         = local.names.function
  role_arn              = terraform_data.function_role[0].output
  handler               = var.lambda_handler
  runtime               = var.lambda_runtime
  source_dir            = var.lambda_source_dir
  requirements_path     = fileexists(local.requirements_file) ? local.requirements_file : null
  memory_mb             = var.lambda_memory_size
  timeout_sec           = var.lambda_timeout
  environment_variables = var.lambda_environment_variables
  log_retention_days    = var.log_retention_days
  tags                  = var.tags

  provisioned_concurrent_executions      = local.has_alias ? var.lambda_provisioned_concurrency : null
  ignore_provisioned_concurrency_changes = local.has_autoscaling
}

# The function can be invoked as soon as it exists, so it waits for the permissions of its role.
resource "terraform_data" "function_role" {
  count = var.create_lambda ? 1 : 0

  input      = aws_iam_role.function[0].arn
  depends_on = [aws_iam_role_policy.function]
}

resource "aws_iam_role" "function" {
  count = var.create_lambda ? 1 : 0

  name               = local.names.function_role
  assume_role_policy = local.assume_role_policies["lambda"]
  tags               = var.tags
}

resource "aws_iam_role_policy" "function" {
  count = var.create_lambda ? 1 : 0

  name = "function"
  role = aws_iam_role.function[0].id

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = concat(
      module.function[0].policy_statements,
      [
        {
          Sid      = "Read"
          Effect   = "Allow"
          Action   = ["s3:GetObject", "s3:GetObjectVersion"]
          Resource = ["${local.bucket_arn}/*"]
        },
        {
          # Without this permission, S3 denies access to an object that does not exist.
          Sid      = "List"
          Effect   = "Allow"
          Action   = ["s3:ListBucket"]
          Resource = [local.bucket_arn]
        },
      ],
      var.lambda_additional_policies,
    )
  })
}

locals {
  assume_role_policies = {
    for service in ["lambda", "states", "events"] : service => jsonencode({
      Version = "2012-10-17"
      Statement = [merge(
        {
          Effect    = "Allow"
          Action    = "sts:AssumeRole"
          Principal = { Service = "${service}.amazonaws.com" }
        },
        # Lambda does not send the account.
        [{}, { Condition = { StringEquals = { "aws:SourceAccount" = local.account_id } } }][service == "lambda" ? 0 : 1],
      )]
    })
  }
}
