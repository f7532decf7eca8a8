# The functions that forward logs to Splunk and metrics to Dynatrace, and the secrets. One forwarder of
# each kind serves all processors of an account and region.

module "splunk_forwarder" {
  source = "../../modules/splunk-forwarder"

  function_name       = "${var.name}-splunk-forwarder"
  hec_url             = var.hec_url
  token_secret_arn    = aws_secretsmanager_secret.this["splunk"].arn
  ca_certificates_pem = var.ca_certificates_pem
  alarm_emails        = [var.alarm_email]
  alarm_topic_arns    = [module.invoices.alarm_topic_arn]
}

module "dynatrace_sync" {
  source = "../../modules/dynatrace-sync"

  function_name       = "${var.name}-dynatrace-sync"
  dynatrace_url       = var.dynatrace_url
  token_secret_arn    = aws_secretsmanager_secret.this["dynatrace"].arn
  ca_certificates_pem = var.ca_certificates_pem
  alarm_emails        = [var.alarm_email]
  alarm_topic_arns    = [module.invoices.alarm_topic_arn]
  log_group_names     = ["/aws/lambda/${var.name}-*"]
}

# Their values are not set here, since Terraform would store them in its state.
resource "aws_secretsmanager_secret" "this" {
  # checkov:skip=CKV_AWS_149:Encrypted with a key of Secrets Manager; the forwarders accept a customer managed key
  # checkov:skip=CKV2_AWS_57:The owners of the systems rotate these credentials
  for_each = toset(["splunk", "dynatrace", "smtp"])

  name                    = "${var.name}-${each.key}"
  recovery_window_in_days = 0 # the example can be applied again after a destroy
}
