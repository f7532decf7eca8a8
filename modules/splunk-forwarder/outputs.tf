output "lambda_arn" {
  description = "ARN of the function. It is known at plan time."
  value       = "arn:${data.aws_partition.this.partition}:lambda:${data.aws_region.this.id}:${data.aws_caller_identity.this.account_id}:function:${var.function_name}"

  # Built from names, the ARN alone would not make its users wait for the function.
  depends_on = [module.function]
}

output "lambda_function_name" {
  description = "Name of the function."
  value       = module.function.lambda_function_name
}

output "dead_letter_queue_url" {
  description = "URL of the queue with the log events that could not be forwarded."
  value       = aws_sqs_queue.dead_letters.url
}

output "log_group_name" {
  description = "Name of the function's own log group. Do not forward it: each run would cause the next one."
  value       = module.function.cloudwatch_log_group_name
}

output "sns_topic_arn" {
  description = "ARN of the SNS topic that the alarms notify."
  value       = module.function.sns_topic_arn
}
