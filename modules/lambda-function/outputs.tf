output "function_name" {
  description = "Name of the function."
  value       = aws_lambda_function.this.function_name
}

output "function_arn" {
  description = "ARN of the function, without a version or alias."
  value       = aws_lambda_function.this.arn
}

output "alias_arn" {
  description = "ARN of the `live` alias, to invoke the function with provisioned concurrency. Null if `provisioned_concurrent_executions` is null."
  value       = one(aws_lambda_alias.live[*].arn)
}

output "log_group_name" {
  description = "Name of the function's log group."
  value       = aws_cloudwatch_log_group.this.name
}

output "alarm_arns" {
  description = "ARNs of the alarms by type, for example `errors-immediate` and `throttles`."
  value = merge(
    { for name, alarm in aws_cloudwatch_metric_alarm.this : name => alarm.arn },
    { for alarm in aws_cloudwatch_metric_alarm.errors_threshold : "errors-threshold" => alarm.arn },
  )
}

output "policy_statements" {
  description = "IAM policy statements with the permissions that the execution role needs for the log, dead letters, the VPC and tracing. Permissions for `kms_key_arn` are not included."
  value       = local.policy_statements
}
