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

output "dead_letter_queue_url" {
  description = "Queue of the periods that could not begin or failed."
  value       = aws_sqs_queue.dead_letters.url
}

output "alarm_arns" {
  description = "Alarms on DIVA itself."
  value       = module.diva.alarm_arns
}

output "dashboard_name" {
  description = "Name of the dashboard."
  value       = module.diva.dashboard_name
}

output "kms_key_arn" {
  description = "ARN of the key."
  value       = aws_kms_key.this.arn
}

output "vpc_id" {
  description = "The VPC; a service of yours can be in it."
  value       = aws_vpc.this.id
}

output "security_group_id" {
  description = "Security group of the function, to let in where your service is."
  value       = aws_security_group.diva.id
}

output "break_command" {
  description = "Takes the way to DynamoDB out of the VPC."
  value       = "aws ec2 modify-vpc-endpoint --vpc-endpoint-id ${aws_vpc_endpoint.gateway["dynamodb"].id} --remove-route-table-ids ${aws_route_table.private.id}"
}

output "repair_command" {
  description = "Puts the way to DynamoDB back."
  value       = "aws ec2 modify-vpc-endpoint --vpc-endpoint-id ${aws_vpc_endpoint.gateway["dynamodb"].id} --add-route-table-ids ${aws_route_table.private.id}"
}
