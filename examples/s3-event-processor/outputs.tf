output "bucket" {
  description = "Name of the bucket for CSV files."
  value       = module.summaries.bucket_id
}

output "results_bucket" {
  description = "Name of the bucket with the summaries."
  value       = aws_s3_bucket.results.id
}

output "queue_url" {
  description = "URL of the queue with the events that are not processed yet."
  value       = module.summaries.queue_url
}

output "dead_letter_queue_urls" {
  description = "URLs of the dead-letter queues: `event`, `queue`, `function`, `schedule`."
  value       = module.summaries.dead_letter_queue_urls
}

output "function_name" {
  description = "Name of the function."
  value       = module.summaries.lambda_function_name
}

output "state_machine_arn" {
  description = "ARN of the state machine."
  value       = module.summaries.state_machine_arn
}

output "schedule_rule_name" {
  description = "Name of the EventBridge rule that starts the state machine."
  value       = module.summaries.schedule_rule_name
}

output "break_command" {
  description = "Lets the function write to a bucket that does not exist, so that it fails for every file."
  value       = "aws lambda update-function-configuration --function-name ${module.summaries.lambda_function_name} --environment '${jsonencode({ Variables = { RESULTS_BUCKET = "${aws_s3_bucket.results.id}-missing" } })}'"
}

output "repair_command" {
  description = "Lets the function write to the bucket with the summaries again."
  value       = "aws lambda update-function-configuration --function-name ${module.summaries.lambda_function_name} --environment '${jsonencode({ Variables = { RESULTS_BUCKET = aws_s3_bucket.results.id } })}'"
}
