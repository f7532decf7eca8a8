output "bucket_id" {
  description = "The ID of the S3 bucket."
  value       = local.bucket_id
}

output "bucket_arn" {
  description = "The ARN of the S3 bucket."
  value       = local.bucket_arn
}

output "queue_url" {
  description = "The URL of the SQS queue."
  value       = aws_sqs_queue.events.url
}

output "queue_arn" {
  description = "The ARN of the SQS queue."
  value       = aws_sqs_queue.events.arn
}

output "lambda_function_name" {
  description = "The name of the Lambda function."
  value       = local.function_name
}

output "lambda_function_arn" {
  description = "The ARN of the Lambda function."
  value       = local.function_arn
}

output "state_machine_id" {
  description = "The ID of the Step Functions state machine."
  value       = aws_sfn_state_machine.this.id
}

output "state_machine_arn" {
  description = "The ARN of the Step Functions state machine."
  value       = aws_sfn_state_machine.this.arn
}

output "lambda_role_name" {
  description = "Name of the execution role, for example to attach further policies. Null for an existing function."
  value       = one(aws_iam_role.function[*].name)
}

output "lambda_alias_arn" {
  description = "ARN of the `live` alias, which has the provisioned concurrency. Null without provisioned concurrency."
  value       = local.has_alias ? local.invoked_arn : null
}

output "dead_letter_queue_urls" {
  description = "URLs of the dead-letter queues: `event` (EventBridge to the queue), `queue` (never answered), `function` (refused, with cause), `schedule` (executions that did not start)."
  value       = { for key, queue in aws_sqs_queue.dead_letters : key => queue.url }
}

output "dead_letter_queue_arns" {
  description = "ARNs of the dead-letter queues, by the keys of `dead_letter_queue_urls`."
  value       = { for key, queue in aws_sqs_queue.dead_letters : key => queue.arn }
}

output "event_rule_name" {
  description = "Name of the EventBridge rule that sends events of objects to the queue."
  value       = aws_cloudwatch_event_rule.objects.name
}

output "schedule_rule_name" {
  description = "Name of the EventBridge rule that starts the state machine."
  value       = aws_cloudwatch_event_rule.schedule.name
}

output "visibility_timeout_seconds" {
  description = "Visibility timeout of the queue and of received messages, at least as long as a message can be in use."
  value       = local.visibility_timeout
}

output "log_group_names" {
  description = "Names of the log groups: `function` and `state_machine`."
  value       = { function = local.function_log_group, state_machine = aws_cloudwatch_log_group.state_machine.name }
}

output "alarm_arns" {
  description = "ARNs of the alarms by type, for example `function-dead-letters` and `oldest-message`."
  value       = { for name, alarm in aws_cloudwatch_metric_alarm.this : name => alarm.arn }
}

output "alarm_topic_arn" {
  description = "ARN of the SNS topic of the alert mailer. Null without `smtp`."
  value       = one(aws_sns_topic.alarms[*].arn)
}

output "dynatrace_dashboard" {
  description = "Dashboard for Dynatrace as JSON. Null without the integration or `generate_dynatrace_dashboard`."
  value       = local.has_dynatrace_dashboard ? local.dynatrace_dashboard : null
}

output "dynatrace_dashboard_path" {
  description = "Path of the file with the dashboard for Dynatrace. Null without the dashboard."
  value       = local.has_dynatrace_dashboard ? local.dynatrace_dashboard_path : null
}
