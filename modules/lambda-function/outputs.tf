output "function_name" {
  description = "Name of the function."
  value       = aws_lambda_function.this.function_name
}

output "function_arn" {
  description = "ARN of the function, without a version or alias."
  value       = aws_lambda_function.this.arn
}

output "qualified_arn" {
  description = "ARN of the function with its latest version, `$LATEST` if no version is published."
  value       = aws_lambda_function.this.qualified_arn
}

output "invoke_arn" {
  description = "ARN for the URI of an API Gateway integration."
  value       = aws_lambda_function.this.invoke_arn
}

output "alias_arn" {
  description = "ARN of the `live` alias, to invoke the function with provisioned concurrency or from a snapshot. Null without provisioned concurrency and SnapStart."
  value       = one(aws_lambda_alias.live[*].arn)
}

output "log_group_name" {
  description = "Name of the function's log group."
  value       = aws_cloudwatch_log_group.this.name
}

output "log_group_arn" {
  description = "ARN of the function's log group."
  value       = aws_cloudwatch_log_group.this.arn
}

output "alarm_arns" {
  description = "ARNs of the alarms by type, for example `errors-immediate` and `throttles`."
  value = merge(
    { for name, alarm in aws_cloudwatch_metric_alarm.this : name => alarm.arn },
    { for alarm in aws_cloudwatch_metric_alarm.errors_threshold : "errors-threshold" => alarm.arn },
  )
}

output "policy_statements" {
  description = "IAM policy statements with the permissions that the execution role needs for the log, dead letters, destinations, the file system, the VPC and tracing. Permissions for `kms_key_arn` are not included."
  value       = local.policy_statements
}
