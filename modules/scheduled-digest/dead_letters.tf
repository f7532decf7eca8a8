# The events of runs that failed, and those that EventBridge could not deliver.

locals {
  alarm_actions = concat([module.function.sns_topic_arn], var.alarm_topic_arns)
}

resource "aws_sqs_queue" "dead_letters" {
  name                      = "${var.function_name}-dlq"
  message_retention_seconds = 1209600 # two weeks, the maximum
  sqs_managed_sse_enabled   = true
  tags                      = var.tags

  # An argument, since the provider waits half a minute for each resource of SQS. Lambda sends with the
  # execution role.
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Sid       = "EventBridge"
      Effect    = "Allow"
      Action    = "sqs:SendMessage"
      Resource  = "arn:${local.partition}:sqs:${local.region}:${local.account_id}:${var.function_name}-dlq"
      Principal = { Service = "events.amazonaws.com" }
      Condition = { ArnEquals = { "aws:SourceArn" = [for frequency in keys(local.schedules) : "arn:${local.partition}:events:${local.region}:${local.account_id}:rule/${local.rule_prefix}-${frequency}"] } }
    }]
  })
}

resource "aws_cloudwatch_metric_alarm" "dead_letters" {
  alarm_name          = "${var.function_name}-dead-letters"
  alarm_description   = "${var.function_name}: digests or the cleanup failed three times. The events of the runs are in the queue ${aws_sqs_queue.dead_letters.name}."
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
