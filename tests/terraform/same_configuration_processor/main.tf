# modules/s3-event-processor and what it is connected to, with values that the first plan does not know.

locals {
  names = ["process", "orders/", ".csv", "processor", "queue", "machine", "forwarder", "sync", "index", "host"]
}

resource "terraform_data" "name" {
  for_each = toset(local.names)

  input = each.key
}

resource "terraform_data" "secret_arn" {
  input = "arn:aws:secretsmanager:us-east-1:123456789012:secret:token"
}

resource "terraform_data" "key_arn" {
  input = "arn:aws:kms:us-east-1:123456789012:key/1"
}

resource "aws_s3_bucket" "this" {
  bucket = "same-configuration-processor"
}

resource "aws_sns_topic" "this" {
  name = "same-configuration-processor"
}

module "processor" {
  source = "../../../modules/s3-event-processor"

  name_prefix = terraform_data.name["processor"].output
  tags        = { bucket = aws_s3_bucket.this.arn }

  create_bucket       = false
  existing_bucket_id  = aws_s3_bucket.this.id
  existing_bucket_arn = aws_s3_bucket.this.arn
  s3_key_prefixes     = [terraform_data.name["orders/"].output]
  s3_key_suffixes     = [terraform_data.name[".csv"].output]

  lambda_function_name         = terraform_data.name["process"].output
  lambda_handler               = "event_logic.handler"
  lambda_source_dir            = "${path.module}/../same_configuration"
  lambda_environment_variables = { TOPIC_ARN = aws_sns_topic.this.arn }
  lambda_additional_policies = [
    { Effect = "Allow", Action = ["sns:Publish"], Resource = aws_sns_topic.this.arn },
  ]

  lambda_provisioned_concurrency_enabled = true
  lambda_auto_scaling_enabled            = true

  sqs_queue_name      = terraform_data.name["queue"].output
  step_functions_name = terraform_data.name["machine"].output

  alarm_actions    = [aws_sns_topic.this.arn]
  create_dashboard = true

  smtp = {
    host                = terraform_data.name["host"].output
    from                = "alarms@example.com"
    to                  = ["on-call@example.com"]
    secret_arn          = terraform_data.secret_arn.output
    ca_certificates_pem = null
    subnet_ids          = [terraform_data.name["host"].output]
    security_group_ids  = [terraform_data.name["host"].output]
  }

  enable_splunk_integration   = true
  splunk_forwarder_lambda_arn = module.forwarder.lambda_arn
  splunk_index_name           = terraform_data.name["index"].output

  enable_dynatrace_integration = true
  dynatrace_sync_lambda_arn    = module.sync.lambda_arn
}

module "existing" {
  source = "../../../modules/s3-event-processor"

  name_prefix         = "existing"
  create_lambda       = false
  existing_lambda_arn = module.processor.lambda_function_arn
}

module "forwarder" {
  source = "../../../modules/splunk-forwarder"

  hec_url             = "https://${terraform_data.name["host"].output}"
  token_secret_arn    = terraform_data.secret_arn.output
  token_kms_key_arn   = terraform_data.key_arn.output
  alarm_emails        = ["on-call@example.com"]
  alarm_topic_arns    = [aws_sns_topic.this.arn]
  function_name       = terraform_data.name["forwarder"].output
  ca_certificates_pem = terraform_data.name["host"].output
  subnet_ids          = [terraform_data.name["host"].output]
  security_group_ids  = [terraform_data.name["host"].output]
  tags                = { topic = aws_sns_topic.this.arn }
}

module "sync" {
  source = "../../../modules/dynatrace-sync"

  dynatrace_url       = "https://${terraform_data.name["host"].output}"
  token_secret_arn    = terraform_data.secret_arn.output
  token_kms_key_arn   = terraform_data.key_arn.output
  alarm_emails        = ["on-call@example.com"]
  alarm_topic_arns    = [aws_sns_topic.this.arn]
  function_name       = terraform_data.name["sync"].output
  ca_certificates_pem = terraform_data.name["host"].output
  log_group_names     = [terraform_data.name["index"].output]
  subnet_ids          = [terraform_data.name["host"].output]
  security_group_ids  = [terraform_data.name["host"].output]
  tags                = { topic = aws_sns_topic.this.arn }
}
