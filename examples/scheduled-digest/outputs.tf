output "function_name" {
  description = "Name of the function."
  value       = module.digests.lambda_function_name
}

output "secret_arn" {
  description = "ARN of the secret for the service role key."
  value       = aws_secretsmanager_secret.supabase.arn
}

output "schedule_rule_names" {
  description = "Names of the EventBridge rules: `daily`, `weekly`."
  value       = module.digests.schedule_rule_names
}

output "lease_table_name" {
  description = "Name of the table with the digests that were triggered."
  value       = module.digests.lease_table_name
}

output "dead_letter_queue_url" {
  description = "URL of the queue with the events of failed runs."
  value       = module.digests.dead_letter_queue_url
}

output "log_group_name" {
  description = "Name of the function's log group."
  value       = module.digests.log_group_name
}
