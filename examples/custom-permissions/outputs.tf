output "lambda_function_name" {
  description = "Name of the function."
  value       = module.stock.lambda_function_name
}

output "lambda_role_name" {
  description = "Name of the execution role."
  value       = module.stock.lambda_role_name
}

output "cloudwatch_log_group_name" {
  description = "Log group of the function."
  value       = module.stock.cloudwatch_log_group_name
}

output "alarm_arns" {
  description = "Alarms by what they are about."
  value       = module.stock.alarm_arns
}

output "sns_topic_arn" {
  description = "Topic that the alarms tell."
  value       = module.stock.sns_topic_arn
}

output "bucket_name" {
  description = "Bucket of the deliveries."
  value       = aws_s3_bucket.deliveries.bucket
}

output "dynamodb_table_name" {
  description = "Table of what is in stock."
  value       = aws_dynamodb_table.stock.name
}

output "deliver_command" {
  description = "Delivers the sample."
  value       = "aws s3api copy-object --bucket ${aws_s3_bucket.deliveries.bucket} --copy-source ${aws_s3_bucket.deliveries.bucket}/${aws_s3_object.sample.key} --key deliveries/acme.json"
}

output "break_command" {
  description = "Takes the permission to write to the table away."
  value       = "aws iam detach-role-policy --role-name ${module.stock.lambda_role_name} --policy-arn ${aws_iam_policy.write_stock.arn}"
}

output "repair_command" {
  description = "Gives the permission back."
  value       = "aws iam attach-role-policy --role-name ${module.stock.lambda_role_name} --policy-arn ${aws_iam_policy.write_stock.arn}"
}
