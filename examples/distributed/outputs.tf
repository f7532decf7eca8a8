output "lambda_function_names" {
  description = "Names of the DIVA functions, by worker."
  value = {
    detect = module.detect.lambda_function_name
    inject = module.inject.lambda_function_name
  }
}

output "eventbridge_rule_names" {
  description = "Names of the EventBridge rules that start the periods, by worker."
  value = {
    detect = module.detect.eventbridge_rule_name
    inject = module.inject.eventbridge_rule_name
  }
}

output "dynamodb_table_name" {
  description = "Name of the table that stores the state of each event."
  value       = module.detect.dynamodb_table_name
}

output "files_bucket_name" {
  description = "Name of the bucket for jobs and reports."
  value       = aws_s3_bucket.files.bucket
}

output "pipeline_function_name" {
  description = "Name of the pipeline's Lambda function."
  value       = module.pipeline.function_name
}

output "alert_topic_arn" {
  description = "ARN of the SNS topic for alerts and resolutions."
  value       = aws_sns_topic.alerts.arn
}

output "inbox_queue_url" {
  description = "URL of the queue with a copy of each notification."
  value       = aws_sqs_queue.inbox.url
}

output "break_command" {
  description = "Makes the pipeline reject jobs for invoices."
  value       = "aws lambda update-function-configuration --function-name ${local.pipeline_name} --environment '{\"Variables\":{\"KINDS\":\"shipments\"}}'"
}

output "expire_command" {
  description = "Deletes the newest invoice, instead of waiting until it is too old."
  value       = "aws s3api delete-object --bucket ${aws_s3_bucket.files.bucket} --key reports/invoices/probe.json"
}

output "repair_command" {
  description = "Makes the pipeline create invoices again."
  value       = "aws lambda update-function-configuration --function-name ${local.pipeline_name} --environment '{\"Variables\":{\"KINDS\":\"invoices,shipments\"}}'"
}
