output "lambda_function_name" {
  description = "Name of the DIVA Lambda function."
  value       = module.function.function_name
}

output "lambda_function_arn" {
  description = "ARN of the DIVA Lambda function."
  value       = module.function.function_arn
}

output "lambda_execution_role_arn" {
  description = "ARN of the IAM role that was given."
  value       = var.lambda_role_arn
}

output "lambda_policy_json" {
  description = "Policy with exactly what the role must be allowed for this configuration."
  value       = local.lambda_policy_json
}

output "eventbridge_rule_name" {
  description = "Name of the EventBridge rule that starts the periods."
  value       = aws_cloudwatch_event_rule.schedule.name
}

output "eventbridge_rule_arn" {
  description = "ARN of the EventBridge rule that starts the periods."
  value       = aws_cloudwatch_event_rule.schedule.arn
}

output "state_bucket_name" {
  description = "Bucket that holds the state; null in distributed mode."
  value       = local.create_bucket ? aws_s3_bucket.state[0].bucket : var.s3_bucket_name
}

output "state_key" {
  description = "Key of the state object in the bucket; null in distributed mode."
  value       = local.monolithic ? local.state_key : null
}

output "dynamodb_table_name" {
  description = "Table that holds the state of each event; null in monolithic mode."
  value       = local.create_table ? aws_dynamodb_table.state[0].name : var.dynamodb_table_name
}

output "alarm_arns" {
  description = "ARNs of the alarms by what they are about: `errors-immediate`, `throttles`, `duration`, `missing-runs`."
  value       = module.function.alarm_arns
}

output "dashboard_name" {
  description = "Name of the CloudWatch dashboard; null without one."
  value       = one(aws_cloudwatch_dashboard.this[*].dashboard_name)
}
