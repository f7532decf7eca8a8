output "lambda_function_names" {
  description = "Names of the DIVA functions."
  value = {
    shop     = module.shop.lambda_function_name
    partners = module.partners.lambda_function_name
  }
}

output "eventbridge_rule_names" {
  description = "Names of the rules that start the periods, by function."
  value = {
    shop     = module.shop.eventbridge_rule_name
    partners = module.partners.eventbridge_rule_name
  }
}

output "state_bucket_name" {
  description = "Bucket that holds the shop's state."
  value       = module.shop.state_bucket_name
}

output "state_key" {
  description = "Key of the shop's state object."
  value       = module.shop.state_key
}

output "dynamodb_table_name" {
  description = "Table that holds the partners' state."
  value       = module.partners.dynamodb_table_name
}

output "alert_topic_arn" {
  description = "Topic that alerts and resolutions go to."
  value       = aws_sns_topic.alerts.arn
}
