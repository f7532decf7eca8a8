output "function_arns" {
  description = "ARNs of the functions by action, for the configuration of a backend: `restart_service`, `scale_up`, `clear_cache` and `notify_human`, as far as they exist."
  value       = { for action, function in module.function : action => function.function_arn }
}

output "function_names" {
  description = "Names of the functions by action."
  value       = { for action, function in module.function : action => function.function_name }
}

output "log_group_names" {
  description = "Names of the functions' log groups by action."
  value       = { for action, function in module.function : action => function.log_group_name }
}

output "role_names" {
  description = "Names of the execution roles by action."
  value       = { for action, role in aws_iam_role.this : action => role.name }
}

output "alarm_arns" {
  description = "ARNs of the alarms by action, and then by type: `failed`, `errors-immediate` and `throttles`."
  value       = { for action, function in module.function : action => function.alarm_arns }
}

output "sns_topic_arn" {
  description = "ARN of the SNS topic that `notify_human` and the alarms notify."
  value       = local.notified_topic_arn
}

output "table_name" {
  description = "Name of the DynamoDB table with the attempts and the audit."
  value       = aws_dynamodb_table.this.name
}

output "kill_switch_parameter_name" {
  description = "Name of the SSM parameter that enables and disables all actions."
  value       = aws_ssm_parameter.kill_switch.name
}
