output "lambda_function_name" {
  description = "Name of the function."
  value       = module.stock.lambda_function_name
}

output "lambda_role_name" {
  description = "Name of the execution role."
  value       = module.stock.lambda_role_name
}

output "cloudwatch_log_group_name" {
  description = "Name of the function's log group."
  value       = module.stock.cloudwatch_log_group_name
}

output "alarm_arns" {
  description = "ARNs of the alarms, by type."
  value       = module.stock.alarm_arns
}

output "sns_topic_arn" {
  description = "ARN of the SNS topic that the alarms notify."
  value       = module.stock.sns_topic_arn
}

output "bucket_name" {
  description = "Name of the bucket for deliveries."
  value       = aws_s3_bucket.deliveries.bucket
}

output "dynamodb_table_name" {
  description = "Name of the table of the stock."
  value       = aws_dynamodb_table.stock.name
}

output "deliver_command" {
  description = "Delivers the sample, which contains two articles."
  value       = "aws s3api copy-object --bucket ${aws_s3_bucket.deliveries.bucket} --copy-source ${aws_s3_bucket.deliveries.bucket}/${aws_s3_object.sample.key} --key deliveries/acme.json"
}

output "break_command" {
  description = "Detaches the policy that allows writing to the table."
  value       = "aws iam detach-role-policy --role-name ${module.stock.lambda_role_name} --policy-arn ${aws_iam_policy.write_stock.arn}"
}

output "repair_command" {
  description = "Attaches the policy again."
  value       = "aws iam attach-role-policy --role-name ${module.stock.lambda_role_name} --policy-arn ${aws_iam_policy.write_stock.arn}"
}
