output "lambda_function_name" {
  description = "Name of the function."
  value       = module.function.function_name
}

output "lambda_function_arn" {
  description = "ARN of the function, without a version."
  value       = module.function.function_arn
}

output "lambda_alias_arn" {
  description = "ARN of the alias `live`, to be invoked where concurrency is provisioned; null without."
  value       = module.function.alias_arn
}

output "lambda_role_arn" {
  description = "ARN of the execution role."
  value       = aws_iam_role.this.arn
}

output "lambda_role_name" {
  description = "Name of the execution role, to attach further policies to."
  value       = aws_iam_role.this.name
}

output "cloudwatch_log_group_name" {
  description = "Name of the log group that the function writes to."
  value       = module.function.log_group_name
}

output "alarm_arns" {
  description = "ARNs of the alarms by what they are about: `errors-immediate` or `errors-threshold`, `throttles`, `duration`, `memory`."
  value       = module.function.alarm_arns
}

output "sns_topic_arn" {
  description = "ARN of the topic that the alarms tell."
  value       = aws_sns_topic.alarms.arn
}
