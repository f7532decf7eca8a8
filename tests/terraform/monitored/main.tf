# A function with all options, and one with only the required variables.

variable "dead_letter_arn" {
  type = string
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
  lambda_source_dir = "${path.module}/lambda_with_errors"
  alarm_emails      = ["first@example.com", "second@example.com"]
  sns_topic_name    = "renamed"
  s3_bucket         = var.packages_bucket
  tags              = { team = "reports" }

  cloudwatch_log_retention_days = 30
  kms_key_arn                   = aws_kms_key.logs.arn

  additional_iam_policy_arns = aws_iam_policy.additional[*].arn
  lambda_subnet_ids          = [aws_subnet.inside.id]
  lambda_security_group_ids  = [aws_security_group.inside.id]

  dead_letter_arn                   = var.dead_letter_arn
  maximum_retry_attempts            = 1
  reserved_concurrent_executions    = 2
  provisioned_concurrent_executions = 1

  enable_tracing            = true
  lambda_insights_layer_arn = var.layer_arn
  code_signing_config_arn   = "arn:aws:lambda:us-east-1:123456789012:code-signing-config:csc-0123456789abcdef0"
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
