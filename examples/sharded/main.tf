# A DIVA function that runs its events in shards, and its role. The monitored system is in system.tf.

module "diva" {
  source = "../.."

  diva_mode           = "distributed"
  shards              = var.shards
  lambda_name         = var.name
  lambda_role_arn     = aws_iam_role.diva.arn
  event_logic_path    = "${path.module}/event_logic.py"
  schedule_expression = var.schedule_expression
  alarm_actions       = [aws_sns_topic.alarms.arn]
  lambda_log_level    = var.log_level
  # More memory comes with more CPU, which the calls of boto3 need.
  lambda_memory_mb = 512

  environment_variables = {
    ALERT_TOPIC_ARN = aws_sns_topic.alerts.arn
    FAULTS_TABLE    = aws_dynamodb_table.faults.name
    SENSORS         = tostring(var.sensors)
  }
}

resource "aws_iam_role" "diva" {
  name = var.name
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { Service = "lambda.amazonaws.com" }
      Action    = ["sts:AssumeRole"]
    }]
  })
}

resource "aws_iam_role_policy" "engine" {
  name   = "engine"
  role   = aws_iam_role.diva.id
  policy = module.diva.lambda_policy_json
}

resource "aws_iam_role_policy" "callbacks" {
  name = "callbacks"
  role = aws_iam_role.diva.id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Sid      = "LookForFaults"
        Effect   = "Allow"
        Action   = ["dynamodb:GetItem"]
        Resource = [aws_dynamodb_table.faults.arn]
      },
      {
        Sid      = "Notify"
        Effect   = "Allow"
        Action   = ["sns:Publish"]
        Resource = [aws_sns_topic.alerts.arn]
      },
    ]
  })
}

# The AWS managed key of SNS allows the function to publish.
resource "aws_sns_topic" "alerts" {
  name              = "${var.name}-alerts"
  kms_master_key_id = "alias/aws/sns"
}

# The AWS managed key does not allow CloudWatch to publish, so this topic has none. Alarms contain no
# secrets. examples/vpc-kms shows a customer managed key.
resource "aws_sns_topic" "alarms" {
  # checkov:skip=CKV_AWS_26:CloudWatch could not publish with the AWS managed key
  name = "${var.name}-alarms"
}

# Receives a copy of each alert and resolution, to inspect them. People subscribe to the topic itself.
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
}
