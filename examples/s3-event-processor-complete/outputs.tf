output "bucket_id" {
  description = "Name of the bucket."
  value       = aws_s3_bucket.uploads.id
}

output "queue_url" {
  description = "URL of the queue with the events that are not processed yet."
  value       = module.invoices.queue_url
}

output "dead_letter_queue_urls" {
  description = "URLs of the dead-letter queues: `event`, `queue`, `function`, `schedule`."
  value       = module.invoices.dead_letter_queue_urls
}

output "lambda_function_name" {
  description = "Name of the function."
  value       = module.invoices.lambda_function_name
}

output "state_machine_arn" {
  description = "ARN of the state machine."
  value       = module.invoices.state_machine_arn
}

output "schedule_rule_name" {
  description = "Name of the EventBridge rule that starts the state machine."
  value       = module.invoices.schedule_rule_name
}

output "log_group_names" {
  description = "Names of the log groups: `function` and `state_machine`."
  value       = module.invoices.log_group_names
}

output "alarm_topic_arn" {
  description = "ARN of the SNS topic of the alert mailer."
  value       = module.invoices.alarm_topic_arn
}

output "dynatrace_dashboard_path" {
  description = "Path of the file with the dashboard for Dynatrace."
  value       = module.invoices.dynatrace_dashboard_path
}

output "secret_arns" {
  description = "ARNs of the secrets, whose values you have to set: `splunk`, `dynatrace` and `smtp`."
  value       = { for name, secret in aws_secretsmanager_secret.this : name => secret.arn }
}

output "break_command" {
  description = "Deletes the price list."
  value       = "aws s3api delete-object --bucket ${aws_s3_bucket.uploads.id} --key ${local.prices_key}"
}

output "repair_command" {
  description = "Restores the price list."
  value       = "aws s3api copy-object --bucket ${aws_s3_bucket.uploads.id} --copy-source ${aws_s3_bucket.uploads.id}/samples/prices.json --key ${local.prices_key}"
}

output "redrive_command" {
  description = "Replays the orders that the function has refused."
  value       = "scripts/redrive ${module.invoices.dead_letter_queue_arns["function"]} ${module.invoices.queue_arn}"
}
