# Turns the orders that are uploaded to an existing bucket into invoices. The bucket is in bucket.tf, the
# functions that forward logs and metrics are in forwarders.tf.

module "invoices" {
  source = "../../modules/s3-event-processor"

  name_prefix = var.name

  # The owner of the bucket turns EventBridge on. The invoices go to the same bucket, so the prefix
  # excludes them.
  create_bucket       = false
  existing_bucket_id  = aws_s3_bucket.uploads.id
  existing_bucket_arn = aws_s3_bucket.uploads.arn
  s3_key_prefixes     = ["orders/"]
  s3_key_suffixes     = [".json"]

  lambda_function_name = "invoice"
  lambda_handler       = "invoice.lambda_handler"
  lambda_source_dir    = "${path.module}/functions"
  lambda_timeout       = 30

  lambda_environment_variables = {
    LOG_LEVEL      = "INFO"
    PRICES_KEY     = local.prices_key
    DT_CUSTOM_PROP = "keptn_project=orders,keptn_service=invoice"
    DT_CLUSTER_ID  = var.name
  }
  lambda_additional_policies = [
    {
      Sid      = "Invoices"
      Effect   = "Allow"
      Action   = ["s3:PutObject"]
      Resource = "${aws_s3_bucket.uploads.arn}/invoices/*"
    }
  ]

  # One function is always initialized. With a backlog, up to four are: as many as can be invoked at once.
  lambda_provisioned_concurrency_enabled = true
  lambda_provisioned_concurrency         = 1
  lambda_auto_scaling_enabled            = true
  lambda_max_concurrency                 = 4
  step_functions_max_concurrency         = 4

  # An order for which the function fails is tried three times: at least ten seconds apart, at the next look
  # at the queue.
  sqs_max_receive_count   = 3
  sqs_retry_delay_seconds = 10

  enable_splunk_integration   = true
  splunk_forwarder_lambda_arn = module.splunk_forwarder.lambda_arn
  splunk_index_name           = var.splunk_index_name

  enable_dynatrace_integration = true
  dynatrace_sync_lambda_arn    = module.dynatrace_sync.lambda_arn

  smtp = {
    host                = var.smtp_host
    port                = var.smtp_port
    from                = var.smtp_from
    to                  = [var.alarm_email]
    secret_arn          = aws_secretsmanager_secret.this["smtp"].arn
    ca_certificates_pem = var.ca_certificates_pem
  }

  # A second way for alarms, which does not depend on the SMTP server.
  alarm_actions = [aws_sns_topic.on_call.arn]

  create_dashboard   = true
  log_retention_days = 7 # Splunk keeps them
}

resource "aws_sns_topic" "on_call" {
  # checkov:skip=CKV_AWS_26:The alarms contain no data of orders
  name = "${var.name}-on-call"
}

resource "aws_sns_topic_subscription" "on_call" {
  topic_arn = aws_sns_topic.on_call.arn
  protocol  = "email"
  endpoint  = var.alarm_email
}
