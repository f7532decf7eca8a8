# DIVA, its execution role and the SNS topic for alerts. The monitored system is in system.tf.

module "diva" {
  source = "../.."

  lambda_name         = var.name
  lambda_role_arn     = aws_iam_role.diva.arn
  event_logic_path    = "${path.module}/event_logic.py"
  schedule_expression = var.schedule_expression

  environment_variables = {
    ALERT_TOPIC_ARN     = aws_sns_topic.alerts.arn
    FILES_BUCKET        = aws_s3_bucket.files.bucket
    RECEIPT_MAX_AGE_SEC = tostring(var.receipt_max_age_sec)
    WEBSITE_URL         = var.website_url

    # Built from names: a reference to the queues would delay the function by half a minute, which the
    # provider takes to create a queue.
    ORDERS_QUEUE_ARN  = "arn:${local.partition}:sqs:${local.region}:${local.account}:${local.orders_name}"
    REPLIES_QUEUE_ARN = "arn:${local.partition}:sqs:${local.region}:${local.account}:${local.replies_name}"
    REPLIES_QUEUE_URL = "https://sqs.${local.region}.${data.aws_partition.this.dns_suffix}/${local.account}/${local.replies_name}"
  }
}

resource "aws_iam_role" "diva" {
  name               = var.name
  assume_role_policy = local.assumed_by_lambda
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
        Sid      = "SendOrder"
        Effect   = "Allow"
        Action   = ["sqs:SendMessage"]
        Resource = [aws_sqs_queue.orders.arn]
      },
      {
        Sid      = "TakeReply"
        Effect   = "Allow"
        Action   = ["sqs:ReceiveMessage", "sqs:DeleteMessage"]
        Resource = [aws_sqs_queue.replies.arn]
      },
      {
        Sid      = "UploadOrder"
        Effect   = "Allow"
        Action   = ["s3:PutObject"]
        Resource = ["${aws_s3_bucket.files.arn}/orders/probe.json"]
      },
      {
        Sid       = "ListReceipts"
        Effect    = "Allow"
        Action    = ["s3:ListBucket"]
        Resource  = [aws_s3_bucket.files.arn]
        Condition = { StringEquals = { "s3:prefix" = "receipts/" } }
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

  assumed_by_lambda = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { Service = "lambda.amazonaws.com" }
      Action    = ["sts:AssumeRole"]
    }]
  })
}
