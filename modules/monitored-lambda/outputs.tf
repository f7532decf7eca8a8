output "lambda_function_name" {
  description = "Name of the function."
  value       = module.function.function_name
}

output "lambda_function_arn" {
  description = "ARN of the function, without a version or alias."
  value       = module.function.function_arn
}

output "lambda_alias_arn" {
  description = "ARN of the `live` alias, to invoke the function with provisioned concurrency. Null if `provisioned_concurrent_executions` is null."
  value       = module.function.alias_arn
}

output "lambda_role_arn" {
  description = "ARN of the execution role."
  value       = aws_iam_role.this.arn
}

output "lambda_role_name" {
  description = "Name of the execution role, for example to attach further policies."
  value       = aws_iam_role.this.name
}

output "cloudwatch_log_group_name" {
  description = "Name of the function's log group."
  value       = module.function.log_group_name
}

output "alarm_arns" {
  description = "ARNs of the alarms by type: `errors-immediate` or `errors-threshold`, `throttles`, `duration`, `memory`."
  value       = module.function.alarm_arns
}

output "sns_topic_arn" {
  description = "ARN of the SNS topic that the alarms notify."
  value       = aws_sns_topic.alarms.arn
}
