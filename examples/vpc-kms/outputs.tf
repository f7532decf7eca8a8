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

output "dead_letter_queue_url" {
  description = "URL of the dead-letter queue."
  value       = aws_sqs_queue.dead_letters.url
}

output "alarm_arns" {
  description = "ARNs of the alarms on DIVA itself, by type."
  value       = module.diva.alarm_arns
}

output "dashboard_name" {
  description = "Name of the CloudWatch dashboard."
  value       = module.diva.dashboard_name
}

output "kms_key_arn" {
  description = "ARN of the KMS key."
  value       = aws_kms_key.this.arn
}

output "vpc_id" {
  description = "ID of the VPC, for example to deploy a service to monitor in it."
  value       = aws_vpc.this.id
}

output "security_group_id" {
  description = "ID of the function's security group, for example to allow it in the security group of a service."
  value       = aws_security_group.diva.id
}

output "break_command" {
  description = "Removes the gateway endpoint of DynamoDB from the route table."
  value       = "aws ec2 modify-vpc-endpoint --vpc-endpoint-id ${aws_vpc_endpoint.gateway["dynamodb"].id} --remove-route-table-ids ${aws_route_table.private.id}"
}

output "repair_command" {
  description = "Adds the gateway endpoint of DynamoDB to the route table."
  value       = "aws ec2 modify-vpc-endpoint --vpc-endpoint-id ${aws_vpc_endpoint.gateway["dynamodb"].id} --add-route-table-ids ${aws_route_table.private.id}"
}
