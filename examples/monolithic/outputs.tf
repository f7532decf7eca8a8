output "lambda_function_name" {
  description = "Name of the DIVA function."
  value       = module.diva.lambda_function_name
}

output "eventbridge_rule_name" {
  description = "Name of the rule that starts the periods."
  value       = module.diva.eventbridge_rule_name
}

output "state_bucket_name" {
  description = "Bucket that holds the state."
  value       = module.diva.state_bucket_name
}

output "state_key" {
  description = "Key of the state object."
  value       = module.diva.state_key
}

output "alert_topic_arn" {
  description = "Topic that alerts and resolutions go to."
  value       = aws_sns_topic.alerts.arn
}

output "inbox_queue_url" {
  description = "Queue with a copy of every message of the topic."
  value       = aws_sqs_queue.inbox.url
}

output "event_source_mapping_uuid" {
  description = "What brings orders from the queue to the worker."
  value       = aws_lambda_event_source_mapping.orders.uuid
}

output "break_command" {
  description = "Stops the worker taking orders from the queue."
  value       = "aws lambda update-event-source-mapping --uuid ${aws_lambda_event_source_mapping.orders.uuid} --no-enabled"
}

output "repair_command" {
  description = "Lets the worker take orders again."
  value       = "aws lambda update-event-source-mapping --uuid ${aws_lambda_event_source_mapping.orders.uuid} --enabled"
}
