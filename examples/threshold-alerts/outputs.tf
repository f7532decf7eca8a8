output "lambda_function_name" {
  description = "Name of the function."
  value       = module.readings.lambda_function_name
}

output "cloudwatch_log_group_name" {
  description = "Name of the function's log group."
  value       = module.readings.cloudwatch_log_group_name
}

output "alarm_arns" {
  description = "ARNs of the alarms, by type."
  value       = module.readings.alarm_arns
}

output "sns_topic_arn" {
  description = "ARN of the SNS topic that the alarms notify."
  value       = module.readings.sns_topic_arn
}

output "readings_topic_arn" {
  description = "ARN of the SNS topic that the sensors publish to."
  value       = aws_sns_topic.readings.arn
}

output "dead_letter_queue_url" {
  description = "URL of the dead-letter queue, which contains the unreadable readings."
  value       = aws_sqs_queue.unreadable.url
}

output "reading_command" {
  description = "Publishes a valid reading."
  value       = "aws sns publish --topic-arn ${aws_sns_topic.readings.arn} --message '${jsonencode({ sensor = "roof", value = 21.5, unit = "C" })}'"
}

output "bad_reading_command" {
  description = "Publishes the reading of a sensor whose battery is low, which is never readable."
  value       = "aws sns publish --topic-arn ${aws_sns_topic.readings.arn} --message '${jsonencode({ sensor = "cellar", value = null, unit = "" })}'"
}

output "break_command" {
  description = "Removes Celsius from the units that the function reads, so that most readings fail."
  value       = "aws lambda update-function-configuration --function-name ${module.readings.lambda_function_name} --environment '${jsonencode({ Variables = { UNITS = "F" } })}'"
}

output "repair_command" {
  description = "Adds Celsius to the units again."
  value       = "aws lambda update-function-configuration --function-name ${module.readings.lambda_function_name} --environment '${jsonencode({ Variables = local.environment })}'"
}
