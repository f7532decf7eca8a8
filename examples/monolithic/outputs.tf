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

output "alert_topic_arn" {
  description = "ARN of the SNS topic for alerts and resolutions."
  value       = aws_sns_topic.alerts.arn
}

output "inbox_queue_url" {
  description = "URL of the queue with a copy of each notification."
  value       = aws_sqs_queue.inbox.url
}

output "event_source_mapping_uuid" {
  description = "UUID of the event source mapping between the queue and the worker."
  value       = aws_lambda_event_source_mapping.orders.uuid
}

output "break_command" {
  description = "Disables the event source mapping, so that the worker does not receive orders from the queue."
  value       = "aws lambda update-event-source-mapping --uuid ${aws_lambda_event_source_mapping.orders.uuid} --no-enabled"
}

output "repair_command" {
  description = "Enables the event source mapping again."
  value       = "aws lambda update-event-source-mapping --uuid ${aws_lambda_event_source_mapping.orders.uuid} --enabled"
}
