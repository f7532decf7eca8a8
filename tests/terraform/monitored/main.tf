# A function with all options that can be combined, one with a role and a configuration of asynchronous
# runs of its own, and one with only the required variables.

variable "dead_letter_arn" {
  type = string
}

variable "destination_arns" {
  type = object({ failures = string, successes = string })
}

variable "layer_arn" {
  type = string
}

variable "packages_bucket" {
  type = string
}

module "full" {
  source = "../../../modules/monitored-lambda"

  function_name     = "full"
  description       = "All options"
  lambda_source_dir = "${path.module}/lambda_with_errors"
  alarm_emails      = ["first@example.com", "second@example.com"]
  sns_topic_name    = "renamed"
  s3_bucket         = var.packages_bucket
  tags              = { team = "reports" }

  cloudwatch_log_retention_days = 30
  kms_key_id                    = aws_kms_key.logs.arn

  additional_iam_policy_arns = aws_iam_policy.additional[*].arn
  lambda_subnet_ids          = [aws_subnet.inside.id]
  lambda_security_group_ids  = [aws_security_group.inside.id]
  policy_json                = terraform_data.unknown.output.policy_json

  ephemeral_storage_mb = 1024
  file_system_config   = { arn = terraform_data.unknown.output.access_point_arn, local_mount_path = "/mnt/files" }
  layers               = [terraform_data.unknown.output.layer_arn]

  dead_letter_arn                   = var.dead_letter_arn
  destination_on_failure            = terraform_data.unknown.output.destination_arns.failures
  destination_on_success            = terraform_data.unknown.output.destination_arns.successes
  maximum_retry_attempts            = 1
  reserved_concurrent_executions    = 2
  provisioned_concurrent_executions = 1

  enable_tracing            = true
  lambda_insights_layer_arn = var.layer_arn
  code_signing_config_arn   = "arn:aws:lambda:us-east-1:123456789012:code-signing-config:csc-0123456789abcdef0"
}

module "own" {
  source = "../../../modules/monitored-lambda"

  function_name     = "own"
  lambda_source_dir = "${path.module}/lambda_with_errors"
  alarm_emails      = ["first@example.com"]
  s3_bucket         = var.packages_bucket

  create_role     = false
  lambda_role_arn = aws_iam_role.own.arn

  log_format            = "JSON"
  application_log_level = "WARN"
  system_log_level      = "DEBUG"

  maximum_retry_attempts = null
  snap_start             = true
}

resource "aws_iam_role" "own" {
  name = "own"
  path = "/functions/"

  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "lambda.amazonaws.com" } }]
  })
}

resource "aws_iam_role_policy" "own" {
  role   = aws_iam_role.own.id
  policy = module.own.lambda_policy_json
}

resource "aws_lambda_function_event_invoke_config" "own" {
  function_name                = module.own.lambda_function_name
  maximum_event_age_in_seconds = 60
  maximum_retry_attempts       = 1
}

module "bare" {
  source = "../../../modules/monitored-lambda"

  function_name     = "a-function-whose-name-takes-all-of-the-64-characters-that-it-may"
  lambda_source_dir = "${path.module}/lambda_with_errors"
  alarm_emails      = ["first@example.com"]
}

# The ARNs of the policies and of the key are unknown until the apply.
resource "aws_iam_policy" "additional" {
  count = 2

  name = "additional-${count.index}"
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = ["s3:ListAllMyBuckets"], Resource = ["*"] }]
  })
}

# Its output is unknown until the apply, as are the ARNs of resources of the same configuration.
resource "terraform_data" "unknown" {
  input = {
    access_point_arn = "arn:aws:elasticfilesystem:us-east-1:123456789012:access-point/fsap-0123456789abcdef0"
    destination_arns = var.destination_arns
    layer_arn        = var.layer_arn
    policy_json = jsonencode({
      Version   = "2012-10-17"
      Statement = { Sid = "List", Effect = "Allow", Action = "s3:ListAllMyBuckets", Resource = "*" }
    })
  }
}

resource "aws_kms_key" "logs" {
  deletion_window_in_days = 7
}

resource "aws_vpc" "inside" {
  cidr_block = "10.0.0.0/24"
}

resource "aws_subnet" "inside" {
  vpc_id     = aws_vpc.inside.id
  cidr_block = "10.0.0.0/28"
}

resource "aws_security_group" "inside" {
  vpc_id = aws_vpc.inside.id
}

output "full" {
  value = module.full
}

output "own" {
  value = module.own
}

output "bare" {
  value = module.bare
}

output "made" {
  value = {
    key_arn           = aws_kms_key.logs.arn
    policy_arns       = aws_iam_policy.additional[*].arn
    subnet_id         = aws_subnet.inside.id
    security_group_id = aws_security_group.inside.id
  }
}
