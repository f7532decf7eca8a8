output "lambda_function_name" {
  description = "Name of the function."
  value       = module.function.function_name
}

output "lambda_function_arn" {
  description = "ARN of the function, without a version or alias."
  value       = module.function.function_arn
}

output "lambda_function_qualified_arn" {
  description = "ARN of the function with its latest version, `$LATEST` if no version is published."
  value       = module.function.qualified_arn
}

output "lambda_function_invoke_arn" {
  description = "ARN for the URI of an API Gateway integration."
  value       = module.function.invoke_arn
}

output "lambda_alias_arn" {
  description = "ARN of the `live` alias, to invoke the function with provisioned concurrency or from a snapshot. Null without provisioned concurrency and SnapStart."
  value       = module.function.alias_arn
}

output "lambda_role_arn" {
  description = "ARN of the execution role."
  value       = local.create_role ? aws_iam_role.this[0].arn : var.lambda_role_arn
}

output "lambda_role_name" {
  description = "Name of the execution role, for example to attach further policies."
  value       = local.create_role ? aws_iam_role.this[0].name : try(reverse(split("/", var.lambda_role_arn))[0], null)
}

output "lambda_policy_json" {
  description = "IAM policy with the permissions that the execution role needs for what the module configures, to attach to a role of your own."
  value       = jsonencode({ Version = "2012-10-17", Statement = local.policy_statements })
}

output "cloudwatch_log_group_name" {
  description = "Name of the function's log group."
  value       = module.function.log_group_name
}

output "cloudwatch_log_group_arn" {
  description = "ARN of the function's log group."
  value       = module.function.log_group_arn
}

output "alarm_arns" {
  description = "ARNs of the alarms by type: `errors-immediate` or `errors-threshold`, `throttles`, `duration`, `memory`."
  value       = module.function.alarm_arns
}

output "error_alarm_arn" {
  description = "ARN of the alarm on failed runs, `errors-immediate` or `errors-threshold`. Null if there is none."
  value       = one([for name, arn in module.function.alarm_arns : arn if startswith(name, "errors-")])
}

output "throttle_alarm_arn" {
  description = "ARN of the alarm on throttled invocations. Null if there is none."
  value       = lookup(module.function.alarm_arns, "throttles", null)
}

output "duration_alarm_arn" {
  description = "ARN of the alarm on the duration of runs. Null if there is none."
  value       = lookup(module.function.alarm_arns, "duration", null)
}

output "memory_alarm_arn" {
  description = "ARN of the alarm on the memory use of runs. Null if there is none."
  value       = lookup(module.function.alarm_arns, "memory", null)
}

output "sns_topic_arn" {
  description = "ARN of the SNS topic that the alarms notify."
  value       = aws_sns_topic.alarms.arn
}
