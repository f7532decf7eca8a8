# A detect worker with all options and an inject worker, which share a table.

module "detect" {
  source = "../../.."

  lambda_name      = "options-detect"
  lambda_role_arn  = aws_iam_role.worker.arn
  event_logic_path = "${path.module}/event_logic.py"

  diva_mode           = "distributed"
  worker_role         = "detect"
  schedule_expression = "cron(0/5 8-18 ? * MON-FRI *)"
  schedule_enabled    = false
  parallelize_events  = false
  max_workers         = 2
  event_timeout_sec   = 2.5

  maintenance_windows = [{ start = "22:30", duration_min = 60, days = ["Sat"] }]

  lambda_memory_mb               = 256
  lambda_timeout_sec             = 90
  lambda_runtime                 = "python3.12"
  lambda_architecture            = "x86_64"
  lambda_log_level               = "WARNING"
  lambda_log_format              = "JSON"
  log_retention_days             = 30
  log_kms_key_arn                = aws_kms_key.this.arn
  kms_key_arn                    = aws_kms_key.this.arn
  enable_tracing                 = true
  reserved_concurrent_executions = 1
  environment_variables          = { TARGET = "staging", TOKEN = sensitive("secret") }
  tags                           = { owner = "tests" }

  lambda_vpc_config = {
    subnet_ids         = [aws_subnet.this.id]
    security_group_ids = [aws_security_group.this.id]
  }

  extra_source_paths = ["${path.module}/../checks"]
  package_s3_bucket  = aws_s3_bucket.packages.bucket

  code_signing_config_arn = "arn:aws:lambda:us-east-1:123456789012:code-signing-config:csc-0123456789abcdef0"
}

module "inject" {
  source = "../../.."

  lambda_name      = "options-inject"
  lambda_role_arn  = aws_iam_role.worker.arn
  event_logic_path = "${path.module}/event_logic.py"

  diva_mode           = "distributed"
  worker_role         = "inject"
  dynamodb_table_name = module.detect.dynamodb_table_name
  extra_source_paths  = ["${path.module}/../checks"]
}

# The policies can be attached in the same configuration, since they do not depend on the functions.
resource "aws_iam_role_policy" "worker" {
  for_each = { detect = module.detect.lambda_policy_json, inject = module.inject.lambda_policy_json }

  name   = each.key
  role   = aws_iam_role.worker.id
  policy = each.value
}

resource "aws_iam_role" "worker" {
  name = "options"
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { Service = "lambda.amazonaws.com" }
      Action    = ["sts:AssumeRole"]
    }]
  })
}

resource "aws_kms_key" "this" {}

resource "aws_s3_bucket" "packages" {
  bucket = "options-packages"
}

resource "aws_vpc" "this" {
  cidr_block = "10.0.0.0/24"
}

resource "aws_subnet" "this" {
  vpc_id     = aws_vpc.this.id
  cidr_block = "10.0.0.0/26"
}

resource "aws_security_group" "this" {
  vpc_id = aws_vpc.this.id
}

output "detect" {
  value = module.detect
}

output "inject" {
  value = module.inject
}

output "kms_key_arn" {
  value = aws_kms_key.this.arn
}
