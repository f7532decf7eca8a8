# The function, and the queue for log events that could not be forwarded.

data "aws_caller_identity" "this" {}

data "aws_partition" "this" {}

data "aws_region" "this" {}

locals {
  alarm_actions = concat([module.function.sns_topic_arn], var.alarm_topic_arns)

  secret_statements = [{
    Sid      = "Token"
    Effect   = "Allow"
    Action   = ["secretsmanager:GetSecretValue"]
    Resource = [var.token_secret_arn]
  }]

  key_statements = [{
    Sid      = "TokenKey"
    Effect   = "Allow"
    Action   = ["kms:Decrypt"]
    Resource = [var.token_kms_key_arn]
  }]
}

module "function" {
  source = "../monitored-lambda"

  function_name = var.function_name
  description   = "Forwards log events to the HTTP Event Collector of Splunk."
  handler       = "splunk_forwarder.handler.handler"
  source_roots  = { for name in ["diva_common", "splunk_forwarder"] : name => "${path.module}/../../lambda/${name}" }
  timeout       = var.timeout_sec
  memory_size   = var.memory_mb
  log_format    = "JSON"
  tags          = var.tags

  environment_variables = {
    SPLUNK_HEC_URL               = var.hec_url
    SPLUNK_TOKEN_SECRET_ARN      = var.token_secret_arn
    SPLUNK_MAX_BATCH_BYTES       = tostring(var.max_batch_bytes)
    SPLUNK_DEAD_LETTER_QUEUE_URL = aws_sqs_queue.dead_letters.url
    CA_CERTIFICATES_PEM          = var.ca_certificates_pem
  }

  policy_json = jsonencode({
    Version = "2012-10-17"
    Statement = concat(
      local.secret_statements,
      [for statement in local.key_statements : statement if var.token_kms_key_arn != null],
    )
  })

  # CloudWatch Logs invokes the function asynchronously and does not repeat what failed.
  maximum_retry_attempts = 2
  dead_letter_arn        = aws_sqs_queue.dead_letters.arn

  alarm_emails                  = var.alarm_emails
  alarm_topic_arns              = var.alarm_topic_arns
  cloudwatch_log_retention_days = var.log_retention_days

  lambda_subnet_ids         = var.subnet_ids
  lambda_security_group_ids = var.security_group_ids
  python_executable         = var.python_executable
}

resource "aws_sqs_queue" "dead_letters" {
  name                      = "${var.function_name}-dlq"
  message_retention_seconds = 1209600
  sqs_managed_sse_enabled   = true
  tags                      = var.tags
}

resource "aws_cloudwatch_metric_alarm" "dead_letters" {
  alarm_name          = "${var.function_name}-dead-letters"
  alarm_description   = "Log events were not forwarded to Splunk. They are in the queue ${aws_sqs_queue.dead_letters.name}."
  namespace           = "AWS/SQS"
  metric_name         = "ApproximateNumberOfMessagesVisible"
  dimensions          = { QueueName = aws_sqs_queue.dead_letters.name }
  statistic           = "Maximum"
  period              = 60
  evaluation_periods  = 1
  comparison_operator = "GreaterThanThreshold"
  threshold           = 0
  treat_missing_data  = "notBreaching"
  alarm_actions       = local.alarm_actions
  ok_actions          = local.alarm_actions
  tags                = var.tags
}
