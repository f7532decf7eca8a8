# Alarms, which notify alarm_actions and the mailer when they fire and when they clear.

locals {
  alarm_actions = concat(var.alarm_actions, aws_sns_topic.alarms[*].arn)

  sqs      = { namespace = "AWS/SQS", dimension = "QueueName", statistic = "Maximum", threshold = 0 }
  states   = { namespace = "AWS/States", dimension = "StateMachineArn", statistic = "Sum", threshold = 0 }
  function = { namespace = "AWS/Lambda", dimension = "FunctionName", statistic = "Sum", threshold = 0 }

  dead_letter_descriptions = {
    event    = "EventBridge could not send an event to ${local.names.queue}."
    queue    = "A message was received more than ${var.sqs_max_receive_count} times, and neither processed nor buried."
    function = "A message was not processed after ${var.sqs_max_receive_count} receives. Its attribute Cause says why."
    schedule = "EventBridge could not start ${local.names.state_machine} or copy metrics to Dynatrace."
  }

  alarms = merge(
    {
      oldest-message = merge(local.sqs, {
        description = "A message has been waiting for more than ${var.alarm_message_age_seconds} seconds."
        metric_name = "ApproximateAgeOfOldestMessage"
        value       = aws_sqs_queue.events.name
        threshold   = var.alarm_message_age_seconds
      })
      executions-failed = merge(local.states, {
        description = "An execution of the state machine failed."
        metric_name = "ExecutionsFailed"
        value       = aws_sfn_state_machine.this.arn
      })
      executions-timed-out = merge(local.states, {
        description = "An execution of the state machine timed out."
        metric_name = "ExecutionsTimedOut"
        value       = aws_sfn_state_machine.this.arn
      })
      function-errors = merge(local.function, {
        description = "The function failed."
        metric_name = "Errors"
        value       = local.function_name
      })
      function-throttles = merge(local.function, {
        description = "Lambda throttled an invocation of the function."
        metric_name = "Throttles"
        value       = local.function_name
      })
    },
    {
      for key, description in local.dead_letter_descriptions : "${key}-dead-letters" => merge(local.sqs, {
        description = description
        metric_name = "ApproximateNumberOfMessagesVisible"
        value       = aws_sqs_queue.dead_letters[key].name
      })
    },
    {
      for queue in aws_sqs_queue.undelivered_alerts : "undelivered-alerts" => merge(local.sqs, {
        description = "The alert mailer could not send a mail."
        metric_name = "ApproximateNumberOfMessagesVisible"
        value       = queue.name
      })
    },
  )
}

resource "aws_cloudwatch_metric_alarm" "this" {
  for_each = { for name, alarm in local.alarms : name => alarm if var.create_alarms }

  alarm_name          = "${var.name_prefix}-${each.key}"
  alarm_description   = "${var.name_prefix}: ${each.value.description}"
  namespace           = each.value.namespace
  metric_name         = each.value.metric_name
  dimensions          = { (each.value.dimension) = each.value.value }
  statistic           = each.value.statistic
  period              = 60
  evaluation_periods  = 1
  comparison_operator = "GreaterThanThreshold"
  threshold           = each.value.threshold
  treat_missing_data  = "notBreaching"
  alarm_actions       = local.alarm_actions
  ok_actions          = local.alarm_actions
  tags                = var.tags
}
