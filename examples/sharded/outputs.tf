output "lambda_function_name" {
  description = "Name of the DIVA function."
  value       = module.diva.lambda_function_name
}

output "eventbridge_rule_names" {
  description = "Names of the EventBridge rules that start the shards, five each."
  value       = module.diva.eventbridge_rule_names
}

output "dynamodb_table_name" {
  description = "Name of the table that stores the state of each event."
  value       = module.diva.dynamodb_table_name
}

output "alert_topic_arn" {
  description = "ARN of the SNS topic for alerts and resolutions."
  value       = aws_sns_topic.alerts.arn
}

output "alarm_topic_arn" {
  description = "ARN of the SNS topic for alarms on DIVA itself."
  value       = aws_sns_topic.alarms.arn
}

output "inbox_queue_url" {
  description = "URL of the queue with a copy of each alert and resolution."
  value       = aws_sqs_queue.inbox.url
}

output "faults_table_name" {
  description = "Name of the table in which sensors report their faults."
  value       = aws_dynamodb_table.faults.name
}

output "break_command" {
  description = "Reports a fault of a sensor."
  value       = "aws dynamodb put-item --table-name ${aws_dynamodb_table.faults.name} --item '{\"sensor\":{\"S\":\"sensor-00007\"}}'"
}

output "repair_command" {
  description = "Deletes the fault of the sensor."
  value       = "aws dynamodb delete-item --table-name ${aws_dynamodb_table.faults.name} --key '{\"sensor\":{\"S\":\"sensor-00007\"}}'"
}
