# A function that alerts only when many runs fail, since single failures are expected. The topic with
# the readings is in system.tf.

module "readings" {
  source = "../../modules/monitored-lambda"

  function_name     = var.name
  lambda_source_dir = "${path.module}/lambda"
  timeout           = 10

  # More than 10 % of the runs failed, in three of the last five minutes.
  alert_strategy                 = "threshold"
  error_rate_threshold           = 10
  error_rate_eval_periods        = 5
  error_rate_datapoints_to_alarm = 3
  alarm_emails                   = [var.alarm_email]

  dead_letter_arn = aws_sqs_queue.unreadable.arn

  environment_variables = local.environment
}

locals {
  environment = { UNITS = "C,F" }
}

# Unreadable readings, which nobody is notified of individually.
resource "aws_sqs_queue" "unreadable" {
  name                      = "${var.name}-unreadable"
  message_retention_seconds = 1209600 # 14 days, the maximum
  sqs_managed_sse_enabled   = true
}
