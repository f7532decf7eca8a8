output "lambda_function_name" {
  description = "Name of the DIVA function."
  value       = module.diva.lambda_function_name
}

output "eventbridge_rule_name" {
  description = "Name of the EventBridge rule that starts the periods."
  value       = module.diva.eventbridge_rule_name
}

output "state_bucket_name" {
  description = "Name of the bucket that stores the state."
  value       = module.diva.state_bucket_name
}

output "state_key" {
  description = "Key of the state object."
  value       = module.diva.state_key
}

output "function_names" {
  description = "Names of the functions of the actions."
  value       = module.incident_actions.function_names
}

output "function_prefix" {
  description = "Prefix of these names, for `scripts/incident`."
  value       = "${var.name}-"
}

output "table_name" {
  description = "Name of the table with the attempts and the audit of the actions."
  value       = module.incident_actions.table_name
}

output "kill_switch_parameter_name" {
  description = "Name of the SSM parameter that stops restarts."
  value       = module.incident_actions.kill_switch_parameter_name
}

output "cluster_name" {
  description = "Name of the ECS cluster."
  value       = aws_ecs_cluster.this.name
}

output "service_name" {
  description = "Name of the ECS service."
  value       = aws_ecs_service.api.name
}

output "service_bucket_name" {
  description = "Name of the bucket with the heartbeat."
  value       = aws_s3_bucket.service.bucket
}

output "task_role_name" {
  description = "Name of the role of the service's tasks."
  value       = aws_iam_role.task.name
}

output "hang_command" {
  description = "Makes the running task hang, until it is replaced."
  value       = "aws s3api put-object --bucket ${aws_s3_bucket.service.bucket} --key faults/hang"
}

output "break_command" {
  description = "Makes all tasks fail, also those that are started later."
  value       = "aws s3api put-object --bucket ${aws_s3_bucket.service.bucket} --key faults/broken"
}

output "repair_command" {
  description = "Lets the tasks work again."
  value       = "aws s3api delete-object --bucket ${aws_s3_bucket.service.bucket} --key faults/broken"
}
