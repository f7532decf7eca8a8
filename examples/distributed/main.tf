# Two workers that share their events and a table, each with the permissions for its own part. The
# monitored system is in system.tf.

module "detect" {
  source = "../.."

  diva_mode           = "distributed"
  worker_role         = "detect"
  lambda_name         = "${var.name}-detect"
  lambda_role_arn     = aws_iam_role.worker["detect"].arn
  event_logic_path    = "${path.module}/event_logic.py"
  schedule_expression = var.schedule_expression

  environment_variables = local.environment_variables
}

module "inject" {
  source = "../.."

  diva_mode           = "distributed"
  worker_role         = "inject"
  dynamodb_table_name = module.detect.dynamodb_table_name
  lambda_name         = "${var.name}-inject"
  lambda_role_arn     = aws_iam_role.worker["inject"].arn
  event_logic_path    = "${path.module}/event_logic.py"
  schedule_expression = var.schedule_expression

  environment_variables = local.environment_variables
}

resource "aws_iam_role" "worker" {
  for_each = toset(["detect", "inject"])

  name               = "${var.name}-${each.key}"
  assume_role_policy = local.assumed_by_lambda
}

resource "aws_iam_role_policy" "engine" {
  for_each = {
    detect = module.detect.lambda_policy_json
    inject = module.inject.lambda_policy_json
  }

  name   = "engine"
  role   = aws_iam_role.worker[each.key].id
  policy = each.value
}

resource "aws_iam_role_policy" "callbacks" {
  for_each = {
    detect = {
      Sid       = "ListReports"
      Effect    = "Allow"
      Action    = ["s3:ListBucket"]
      Resource  = [aws_s3_bucket.files.arn]
      Condition = { StringLike = { "s3:prefix" = "reports/*" } }
    }
    inject = {
      Sid      = "RequestReport"
      Effect   = "Allow"
      Action   = ["s3:PutObject"]
      Resource = ["${aws_s3_bucket.files.arn}/jobs/*/probe.json"]
    }
  }

  name = "callbacks"
  role = aws_iam_role.worker[each.key].id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [each.value, {
      Sid      = "Notify"
      Effect   = "Allow"
      Action   = ["sns:Publish"]
      Resource = [aws_sns_topic.alerts.arn]
    }]
  })
}

# The AWS managed key of SNS allows the function to publish, but not CloudWatch. If alarms use the topic,
# use a key of your own, as examples/vpc-kms does.
resource "aws_sns_topic" "alerts" {
  name              = "${var.name}-alerts"
  kms_master_key_id = "alias/aws/sns"
}

# Receives a copy of each notification, to inspect them. People subscribe to the topic itself.
resource "aws_sqs_queue" "inbox" {
  name                    = local.inbox_name
  sqs_managed_sse_enabled = true
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { Service = "sns.amazonaws.com" }
      Action    = ["sqs:SendMessage"]
      Resource  = ["arn:${local.partition}:sqs:${local.region}:${local.account}:${local.inbox_name}"]
      Condition = { ArnEquals = { "aws:SourceArn" = aws_sns_topic.alerts.arn } }
    }]
  })
}

resource "aws_sns_topic_subscription" "inbox" {
  topic_arn = aws_sns_topic.alerts.arn
  protocol  = "sqs"
  endpoint  = aws_sqs_queue.inbox.arn
}

data "aws_caller_identity" "this" {}

data "aws_partition" "this" {}

data "aws_region" "this" {}

locals {
  account   = data.aws_caller_identity.this.account_id
  partition = data.aws_partition.this.partition
  region    = data.aws_region.this.id

  inbox_name = "${var.name}-inbox"

  environment_variables = {
    ALERT_TOPIC_ARN    = aws_sns_topic.alerts.arn
    FILES_BUCKET       = aws_s3_bucket.files.bucket
    REPORT_MAX_AGE_SEC = tostring(var.report_max_age_sec)
  }

  assumed_by_lambda = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { Service = "lambda.amazonaws.com" }
      Action    = ["sts:AssumeRole"]
    }]
  })
}
