output "lambda_function_name" {
  description = "Name of the DIVA Lambda function."
  value       = module.function.function_name
}

output "lambda_function_arn" {
  description = "ARN of the DIVA Lambda function."
  value       = module.function.function_arn
}

output "lambda_execution_role_arn" {
  description = "ARN of the function's execution role, as given in `lambda_role_arn`."
  value       = var.lambda_role_arn
}

output "lambda_policy_json" {
  description = "IAM policy document with the permissions that the execution role needs in this configuration, and no others."
  value       = local.lambda_policy_json
}

output "eventbridge_rule_name" {
  description = "Name of the EventBridge rule that starts the periods. With more than five shards, that of the first five."
  value       = aws_cloudwatch_event_rule.schedule.name
}

output "eventbridge_rule_arn" {
  description = "ARN of the EventBridge rule that starts the periods. With more than five shards, that of the first five."
  value       = aws_cloudwatch_event_rule.schedule.arn
}

output "eventbridge_rule_names" {
  description = "Names of all EventBridge rules that start the periods, one for each five shards."
  value       = concat([aws_cloudwatch_event_rule.schedule.name], [for number in range(2, ceil(var.shards / local.targets_per_rule) + 1) : aws_cloudwatch_event_rule.shards[tostring(number)].name])
}

output "state_bucket_name" {
  description = "Name of the bucket that stores the state. Null in distributed mode."
  value       = local.create_bucket ? aws_s3_bucket.state[0].bucket : var.s3_bucket_name
}

output "state_key" {
  description = "Key of the state object in the bucket. Null in distributed mode."
  value       = local.monolithic ? local.state_key : null
}

output "dynamodb_table_name" {
  description = "Name of the table that stores the state of each event. Null in monolithic mode."
  value       = local.create_table ? aws_dynamodb_table.state[0].name : var.dynamodb_table_name
}

output "alarm_arns" {
  description = "ARNs of the alarms by type: `errors-immediate`, `throttles`, `duration`, `failed-deliveries`, `not-run`, `missing-runs`."
  value       = module.function.alarm_arns
}

output "dashboard_name" {
  description = "Name of the CloudWatch dashboard. Null if `create_dashboard` is false."
  value       = one(aws_cloudwatch_dashboard.this[*].dashboard_name)
}
