output "lambda_function_name" {
  description = "Name of the function."
  value       = module.invoices.lambda_function_name
}

output "eventbridge_rule_name" {
  description = "Name of the EventBridge rule that starts the runs."
  value       = aws_cloudwatch_event_rule.invoices.name
}

output "cloudwatch_log_group_name" {
  description = "Name of the function's log group."
  value       = module.invoices.cloudwatch_log_group_name
}

output "alarm_arns" {
  description = "ARNs of the alarms, by type."
  value       = module.invoices.alarm_arns
}

output "sns_topic_arn" {
  description = "ARN of the SNS topic that the alarms notify."
  value       = module.invoices.sns_topic_arn
}

output "bucket_name" {
  description = "Name of the bucket for orders and invoices."
  value       = aws_s3_bucket.books.bucket
}

output "order_command" {
  description = "Places an order."
  value       = "aws s3api copy-object --bucket ${aws_s3_bucket.books.bucket} --copy-source ${aws_s3_bucket.books.bucket}/${aws_s3_object.sample.key} --key orders/4711.json"
}

output "break_command" {
  description = "Sets a tax rate with a decimal comma, which the function cannot read."
  value       = "aws lambda update-function-configuration --function-name ${module.invoices.lambda_function_name} --environment '${jsonencode({ Variables = merge(local.environment, { VAT_PERCENT = "20,0" }) })}'"
}

output "repair_command" {
  description = "Sets the configured tax rate again."
  value       = "aws lambda update-function-configuration --function-name ${module.invoices.lambda_function_name} --environment '${jsonencode({ Variables = local.environment })}'"
}
