output "function_name" {
  description = "Name of the function."
  value       = aws_lambda_function.this.function_name
}

output "function_arn" {
  description = "ARN of the function, without a version."
  value       = aws_lambda_function.this.arn
}

output "alias_arn" {
  description = "ARN of the alias `live`, to be invoked where concurrency is provisioned; null without."
  value       = one(aws_lambda_alias.live[*].arn)
}

output "log_group_name" {
  description = "Name of the log group that the function writes to."
  value       = aws_cloudwatch_log_group.this.name
}

output "alarm_arns" {
  description = "ARNs of the alarms by what they are about, such as `errors-immediate` and `throttles`."
  value = merge(
    { for name, alarm in aws_cloudwatch_metric_alarm.this : name => alarm.arn },
    { for alarm in aws_cloudwatch_metric_alarm.errors_threshold : "errors-threshold" => alarm.arn },
  )
}

output "policy_statements" {
  description = "Statements of an IAM policy: what the role must be allowed for the log, dead letters, network and tracing. Not for `kms_key_arn`."
  value       = local.policy_statements
}
