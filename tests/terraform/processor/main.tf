# The usage of the requirements. What they leave open is below: the functions that forward, and an
# existing bucket.

module "process_images" {
  source = "../../../modules/s3-event-processor"

  name_prefix = "img-proc"

  # Lambda Configuration
  lambda_function_name = "process-image"
  lambda_handler       = "process_image.lambda_handler"
  lambda_runtime       = "python3.12"
  lambda_source_dir    = "${path.module}/functions"

  # Dynatrace Integration
  enable_dynatrace_integration = true
  generate_dynatrace_dashboard = true
  dynatrace_sync_lambda_arn    = module.dynatrace_sync.lambda_arn

  # Splunk Integration
  enable_splunk_integration   = true
  splunk_forwarder_lambda_arn = module.splunk_forwarder.lambda_arn
  splunk_index_name           = "s3_processor"

  # Minimize CloudWatch usage
  create_dashboard = false

  tags = {
    Application = "Image Processor"
    Owner       = "Data Team"
  }
}

module "process_uploads" {
  source = "../../../modules/s3-event-processor"

  name_prefix = "upload-proc"

  # Use existing S3 bucket
  create_bucket       = false
  existing_bucket_id  = "my-existing-bucket"
  existing_bucket_arn = "arn:aws:s3:::my-existing-bucket"

  # Lambda Configuration
  lambda_function_name = "process-upload"
  lambda_handler       = "process_upload.lambda_handler"
  lambda_runtime       = "python3.12"
  lambda_source_dir    = "${path.module}/functions"

  # Lambda environment variables for Dynatrace integration
  lambda_environment_variables = {
    LOG_LEVEL      = "INFO"
    DT_CUSTOM_PROP = "keptn_project=s3-processor,keptn_service=upload-processor"
    DT_CLUSTER_ID  = "s3-processor-cluster"
  }

  # Adjust staggering parameters
  step_functions_max_concurrency = 5

  # Monitoring tools
  enable_dynatrace_integration = true
  enable_splunk_integration    = true
  dynatrace_sync_lambda_arn    = module.dynatrace_sync.lambda_arn
  splunk_forwarder_lambda_arn  = module.splunk_forwarder.lambda_arn
}

module "document_processor" {
  source = "../../../modules/s3-event-processor"

  name_prefix = "doc-proc"

  # S3 Configuration
  s3_enable_versioning                  = true
  s3_enable_lifecycle_rules             = true
  s3_noncurrent_version_expiration_days = 14

  # SQS Configuration
  sqs_queue_name                 = "document-queue"
  sqs_visibility_timeout_seconds = 600
  sqs_max_receive_count          = 5

  # Lambda Configuration
  lambda_function_name = "process-document"
  lambda_handler       = "process_document.lambda_handler"
  lambda_runtime       = "python3.12"
  lambda_memory_size   = 1024
  lambda_timeout       = 600
  lambda_source_dir    = "${path.module}/functions"

  lambda_environment_variables = {
    LOG_LEVEL      = "DEBUG"
    PROCESSOR_MODE = "production"
    # Dynatrace integration environment variables
    DT_CUSTOM_PROP = "keptn_project=doc-processor,keptn_service=document-service"
    DT_CLUSTER_ID  = "processor-cluster"
  }

  # Enable autoscaling
  lambda_provisioned_concurrency_enabled = true
  lambda_provisioned_concurrency         = 10
  lambda_auto_scaling_enabled            = true
  lambda_max_concurrency                 = 200

  # Step Functions Configuration
  step_functions_name                = "process-documents"
  step_functions_max_concurrency     = 10
  step_functions_schedule_expression = "rate(30 seconds)"

  # Additional Lambda permissions
  lambda_additional_policies = [
    {
      Effect = "Allow"
      Action = [
        "dynamodb:PutItem",
        "dynamodb:GetItem"
      ]
      Resource = "arn:aws:dynamodb:*:*:table/documents"
    }
  ]

  # Monitoring Configuration

  # Dynatrace as primary metric monitoring tool
  enable_dynatrace_integration = true
  generate_dynatrace_dashboard = true
  dynatrace_sync_lambda_arn    = aws_lambda_function.dynatrace_sync.arn

  # Splunk for log analytics
  enable_splunk_integration   = true
  splunk_forwarder_lambda_arn = aws_lambda_function.splunk_forwarder.arn
  splunk_index_name           = "document_processor"

  # Minimize CloudWatch usage
  create_dashboard   = false
  create_alarms      = true # Keep critical alarms only
  log_retention_days = 7    # Minimize CloudWatch log storage

  # Actions for critical alarms
  alarm_actions = ["arn:aws:sns:us-east-1:123456789012:notifications"]

  tags = {
    Application = "Document Processor"
    Environment = "Production"
    Owner       = "Content Team"
  }
}

# A processor that waits for nothing, and one of a function that exists.

module "fast" {
  source = "../../../modules/s3-event-processor"

  name_prefix                    = "fast"
  lambda_function_name           = "read"
  lambda_handler                 = "process_image.lambda_handler"
  lambda_source_dir              = "${path.module}/functions"
  s3_key_prefixes                = ["in/"]
  s3_key_suffixes                = [".jpg", ".png"]
  s3_force_destroy               = true
  sqs_retry_delay_seconds        = 0
  sqs_receive_wait_time_seconds  = 0
  step_functions_max_concurrency = 4
  step_functions_log_level       = "ALL"
  stagger_sec                    = 1
  create_dashboard               = true
}

module "adopted" {
  source = "../../../modules/s3-event-processor"

  name_prefix                   = "adopted"
  create_lambda                 = false
  existing_lambda_arn           = module.process_uploads.lambda_function_arn
  create_bucket                 = false
  existing_bucket_id            = aws_s3_bucket.existing.id
  manage_bucket_notifications   = true
  s3_key_prefixes               = ["adopted/"]
  step_functions_lanes          = 2
  stagger_sec                   = 2
  sqs_receive_wait_time_seconds = 0
}

# The functions that forward. They keep what they get, and their ARNs are not known in the plan.

module "dynatrace_sync" {
  source = "./forwarder"

  name     = "dynatrace-sync"
  role_arn = var.role_arn
}

module "splunk_forwarder" {
  source = "./forwarder"

  name     = "splunk-forwarder"
  role_arn = var.role_arn
}

resource "aws_lambda_function" "dynatrace_sync" {
  function_name = "documents-dynatrace-sync"
  role          = var.role_arn
  handler       = "forwarder.handler"
  runtime       = "python3.12"
  filename      = "${path.module}/forwarder.zip"

  # Otherwise, the function could create it first, and leave it behind.
  depends_on = [aws_cloudwatch_log_group.dynatrace_sync]
}

resource "aws_cloudwatch_log_group" "dynatrace_sync" {
  name = "/aws/lambda/documents-dynatrace-sync"
}

resource "aws_lambda_function" "splunk_forwarder" {
  function_name = "documents-splunk-forwarder"
  role          = var.role_arn
  handler       = "forwarder.handler"
  runtime       = "python3.12"
  filename      = "${path.module}/forwarder.zip"

  # Otherwise, the function could create it first, and leave it behind.
  depends_on = [aws_cloudwatch_log_group.splunk_forwarder]
}

resource "aws_cloudwatch_log_group" "splunk_forwarder" {
  name = "/aws/lambda/documents-splunk-forwarder"
}

resource "aws_s3_bucket" "existing" {
  bucket = "my-existing-bucket"
}

variable "role_arn" {
  type = string
}

output "process_images" {
  value = module.process_images
}

output "process_uploads" {
  value = module.process_uploads
}

output "fast" {
  value = module.fast
}

output "adopted" {
  value = module.adopted
}

output "document_processor" {
  value = module.document_processor
}
