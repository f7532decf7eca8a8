output "lambda_function_name" {
  description = "Name of the function."
  value       = module.readings.lambda_function_name
}

output "cloudwatch_log_group_name" {
  description = "Log group of the function."
  value       = module.readings.cloudwatch_log_group_name
}

output "alarm_arns" {
  description = "Alarms by what they are about."
  value       = module.readings.alarm_arns
}

output "sns_topic_arn" {
  description = "Topic that the alarms tell."
  value       = module.readings.sns_topic_arn
}

output "readings_topic_arn" {
  description = "Topic that the sensors publish to."
  value       = aws_sns_topic.readings.arn
}

output "dead_letter_queue_url" {
  description = "Queue of the readings that could not be understood."
  value       = aws_sqs_queue.unreadable.url
}

output "reading_command" {
  description = "Publishes a reading that the function understands."
  value       = "aws sns publish --topic-arn ${aws_sns_topic.readings.arn} --message '${jsonencode({ sensor = "roof", value = 21.5, unit = "C" })}'"
}

output "bad_reading_command" {
  description = "Publishes what a sensor sends whose battery is low, which is unreadable in any case."
  value       = "aws sns publish --topic-arn ${aws_sns_topic.readings.arn} --message '${jsonencode({ sensor = "cellar", value = null, unit = "" })}'"
}

output "break_command" {
  description = "Lets the function forget Celsius, so that most readings fail."
  value       = "aws lambda update-function-configuration --function-name ${module.readings.lambda_function_name} --environment '${jsonencode({ Variables = { UNITS = "F" } })}'"
}

output "repair_command" {
  description = "Lets the function know Celsius again."
  value       = "aws lambda update-function-configuration --function-name ${module.readings.lambda_function_name} --environment '${jsonencode({ Variables = local.environment })}'"
}
