# Both forwarders, and a log group whose subscription exists if the ARN of the forwarder is known.

variable "hec_url" {
  type = string
}

variable "dynatrace_url" {
  type = string
}

variable "ca_certificates_pem" {
  type = string
}

variable "tokens" {
  type = map(string)
}

module "splunk" {
  source = "../../../modules/splunk-forwarder"

  hec_url             = var.hec_url
  token_secret_arn    = aws_secretsmanager_secret.tokens["hec"].arn
  alarm_emails        = ["on-call@example.com"]
  ca_certificates_pem = var.ca_certificates_pem
}

module "dynatrace" {
  source = "../../../modules/dynatrace-sync"

  dynatrace_url       = var.dynatrace_url
  token_secret_arn    = aws_secretsmanager_secret.tokens["dynatrace"].arn
  token_kms_key_arn   = aws_kms_key.tokens.arn
  alarm_emails        = ["on-call@example.com"]
  ca_certificates_pem = var.ca_certificates_pem
}

resource "aws_kms_key" "tokens" {
  deletion_window_in_days = 7
}

resource "aws_secretsmanager_secret" "tokens" {
  for_each = var.tokens

  name                    = each.key
  kms_key_id              = each.key == "dynatrace" ? aws_kms_key.tokens.arn : null
  recovery_window_in_days = 0
}

resource "aws_secretsmanager_secret_version" "tokens" {
  for_each = var.tokens

  secret_id     = aws_secretsmanager_secret.tokens[each.key].id
  secret_string = each.value
}

resource "aws_cloudwatch_log_group" "source" {
  name = "/aws/lambda/source"
}

resource "aws_lambda_permission" "logs" {
  count = module.splunk.lambda_arn == null ? 0 : 1

  action        = "lambda:InvokeFunction"
  function_name = module.splunk.lambda_arn
  principal     = "logs.amazonaws.com"
  source_arn    = "${aws_cloudwatch_log_group.source.arn}:*"
}

resource "aws_cloudwatch_log_subscription_filter" "splunk" {
  count = module.splunk.lambda_arn == null ? 0 : 1

  name            = "splunk--main--${urlencode("aws:lambda")}"
  log_group_name  = aws_cloudwatch_log_group.source.name
  filter_pattern  = ""
  destination_arn = module.splunk.lambda_arn

  depends_on = [aws_lambda_permission.logs]
}

output "splunk" {
  value = module.splunk
}

output "dynatrace" {
  value = module.dynatrace
}
