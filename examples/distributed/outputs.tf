output "lambda_function_names" {
  description = "Names of the DIVA functions, by worker."
  value = {
    detect = module.detect.lambda_function_name
    inject = module.inject.lambda_function_name
  }
}

output "eventbridge_rule_names" {
  description = "Names of the rules that start the periods, by worker."
  value = {
    detect = module.detect.eventbridge_rule_name
    inject = module.inject.eventbridge_rule_name
  }
}

output "dynamodb_table_name" {
  description = "Table that holds the state of each event."
  value       = module.detect.dynamodb_table_name
}

output "files_bucket_name" {
  description = "Bucket of the jobs and reports."
  value       = aws_s3_bucket.files.bucket
}

output "pipeline_function_name" {
  description = "Name of the pipeline's function."
  value       = module.pipeline.function_name
}

output "alert_topic_arn" {
  description = "Topic that alerts and resolutions go to."
  value       = aws_sns_topic.alerts.arn
}

output "inbox_queue_url" {
  description = "Queue with a copy of every message of the topic."
  value       = aws_sqs_queue.inbox.url
}

output "break_command" {
  description = "Makes the pipeline refuse invoices."
  value       = "aws lambda update-function-configuration --function-name ${local.pipeline_name} --environment '{\"Variables\":{\"KINDS\":\"shipments\"}}'"
}

output "expire_command" {
  description = "Deletes the probe's invoice, so that nobody has to wait until it is too old."
  value       = "aws s3api delete-object --bucket ${aws_s3_bucket.files.bucket} --key reports/invoices/probe.json"
}

output "repair_command" {
  description = "Lets the pipeline make invoices again."
  value       = "aws lambda update-function-configuration --function-name ${local.pipeline_name} --environment '{\"Variables\":{\"KINDS\":\"invoices,shipments\"}}'"
}
