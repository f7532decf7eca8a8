# The function, its permissions, and the table of its leases.

data "aws_caller_identity" "this" {}

data "aws_partition" "this" {}

data "aws_region" "this" {}

locals {
  partition  = data.aws_partition.this.partition
  region     = data.aws_region.this.id
  account_id = data.aws_caller_identity.this.account_id

  # Built from names, so that they are known before anything exists.
  lambda_arn      = "arn:${local.partition}:lambda:${local.region}:${local.account_id}:function:${var.function_name}"
  lease_table     = "${var.function_name}-leases"
  lease_table_arn = "arn:${local.partition}:dynamodb:${local.region}:${local.account_id}:table/${local.lease_table}"

  # The image may be unknown at plan time. Whether a package is built must not.
  create_package = var.create_package != null ? var.create_package : var.image_uri == null

  key_actions = {
    secretsmanager = "secretsmanager:GetSecretValue"
    ssm            = "ssm:GetParameter"
  }

  statements = [
    {
      Sid      = "Key"
      Effect   = "Allow"
      Action   = [local.key_actions[split(":", var.supabase_service_role_key_arn)[2]]]
      Resource = [var.supabase_service_role_key_arn]
    },
    {
      Sid      = "Leases"
      Effect   = "Allow"
      Action   = ["dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:UpdateItem"]
      Resource = [local.lease_table_arn]
    },
    {
      Sid      = "Continue"
      Effect   = "Allow"
      Action   = ["lambda:InvokeFunction"]
      Resource = [local.lambda_arn]
    },
  ]

  decrypt_statements = [{
    Sid      = "DecryptKey"
    Effect   = "Allow"
    Action   = ["kms:Decrypt"]
    Resource = [var.supabase_service_role_key_kms_key_arn]
  }]
}

module "function" {
  source = "../monitored-lambda"

  function_name = var.function_name
  description   = "Triggers the digests of monitors in Supabase, and purges deleted monitors."
  timeout       = var.timeout_sec
  memory_size   = var.memory_mb
  architecture  = var.architecture
  tags          = var.tags

  handler           = "scheduled_digest.lambda_function.lambda_handler"
  python_version    = var.python_version
  python_executable = var.python_executable
  source_roots      = { for name in ["diva_common", "scheduled_digest"] : name => "${path.module}/../../lambda/${name}" if local.create_package }
  source_excludes   = local.create_package ? ["*.json", "*.md", "*.sh", "*.txt", "Dockerfile*"] : []
  create_package    = local.create_package
  image_uri         = var.image_uri

  environment_variables = {
    SUPABASE_URL                  = var.supabase_url
    SUPABASE_SERVICE_ROLE_KEY_ARN = var.supabase_service_role_key_arn
    BACKEND_DIGEST_ENDPOINT       = var.backend_digest_endpoint
    LEASE_TABLE                   = local.lease_table
    RETENTION_DAYS                = tostring(var.retention_days)
    CLEANUP_LIMIT                 = tostring(var.cleanup_limit)
    CLEANUP_DRY_RUN               = tostring(var.cleanup_dry_run)
    MAX_CONCURRENCY               = tostring(var.max_concurrency)
    LOG_LEVEL                     = var.log_level
    CA_CERTIFICATES_PEM           = var.ca_certificates_pem
  }

  policy_json = jsonencode({
    Version = "2012-10-17"
    Statement = concat(
      local.statements,
      [for statement in local.decrypt_statements : statement if var.supabase_service_role_key_kms_key_arn != null],
    )
  })

  # A further run of a period triggers only the digests that are left.
  maximum_retry_attempts         = 2
  dead_letter_arn                = aws_sqs_queue.dead_letters.arn
  reserved_concurrent_executions = var.reserved_concurrent_executions

  alarm_emails     = var.alarm_emails
  alarm_topic_arns = var.alarm_topic_arns
  # Otherwise, the alarm on a failed run would clear within minutes, although nothing was repaired.
  hold_alarms_between_runs      = true
  cloudwatch_log_retention_days = var.log_retention_days

  lambda_subnet_ids         = var.subnet_ids
  lambda_security_group_ids = var.security_group_ids
}

resource "aws_dynamodb_table" "leases" {
  # checkov:skip=CKV_AWS_28:Leases are of the current period. The backend recognizes repeated requests by their key
  # checkov:skip=CKV_AWS_119:Leases contain no secrets: IDs of monitors, periods and times
  name         = local.lease_table
  billing_mode = "PAY_PER_REQUEST"
  hash_key     = "id"
  tags         = var.tags

  attribute {
    name = "id"
    type = "S"
  }

  ttl {
    enabled        = true
    attribute_name = "expires_at"
  }
}
