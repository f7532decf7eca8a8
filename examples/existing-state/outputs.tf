output "lambda_function_names" {
  description = "Names of the DIVA functions, by what they monitor."
  value = {
    shop     = module.shop.lambda_function_name
    partners = module.partners.lambda_function_name
  }
}

output "eventbridge_rule_names" {
  description = "Names of the EventBridge rules that start the periods, by function."
  value = {
    shop     = module.shop.eventbridge_rule_name
    partners = module.partners.eventbridge_rule_name
  }
}

output "state_bucket_name" {
  description = "Name of the bucket that stores the state of the shop's events."
  value       = module.shop.state_bucket_name
}

output "state_key" {
  description = "Key of the state object of the shop's events."
  value       = module.shop.state_key
}

output "dynamodb_table_name" {
  description = "Name of the table that stores the state of the partners' events."
  value       = module.partners.dynamodb_table_name
}

output "alert_topic_arn" {
  description = "ARN of the SNS topic for alerts and resolutions."
  value       = aws_sns_topic.alerts.arn
}
