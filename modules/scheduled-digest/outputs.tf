output "lambda_arn" {
  description = "ARN of the function."
  value       = module.function.lambda_function_arn
}

output "lambda_function_name" {
  description = "Name of the function."
  value       = module.function.lambda_function_name
}

output "lambda_role_name" {
  description = "Name of the execution role."
  value       = module.function.lambda_role_name
}

output "schedule_rule_names" {
  description = "Names of the EventBridge rules: `daily`, `weekly`."
  value       = { for frequency, rule in aws_cloudwatch_event_rule.this : frequency => rule.name }
}

output "lease_table_name" {
  description = "Name of the DynamoDB table with the digests that were triggered."
  value       = aws_dynamodb_table.leases.name
}

output "dead_letter_queue_url" {
  description = "URL of the queue with the events of failed runs."
  value       = aws_sqs_queue.dead_letters.url
}

output "log_group_name" {
  description = "Name of the function's log group."
  value       = module.function.cloudwatch_log_group_name
}

output "sns_topic_arn" {
  description = "ARN of the SNS topic that the alarms notify."
  value       = module.function.sns_topic_arn
}
