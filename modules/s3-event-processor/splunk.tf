# The logs of the function and the state machine, forwarded to Splunk.

locals {
  # The ARN of a forwarder that is created in the same configuration is not known in the plan.
  # Therefore, an explicit switch decides without looking at the ARN.
  has_splunk = coalesce(var.enable_splunk_integration, false) ? true : var.enable_splunk_integration == false ? false : var.splunk_forwarder_lambda_arn != null

  forwarded_logs = {
    states = { log_group = aws_cloudwatch_log_group.state_machine.name, source_type = "aws:states" }
    lambda = { log_group = local.function_log_group, source_type = "aws:lambda" }
  }
}

resource "aws_cloudwatch_log_subscription_filter" "splunk" {
  for_each = { for name, log in local.forwarded_logs : name => log if local.has_splunk }

  # The forwarder reads the index and the source type from the name, which cannot contain a colon.
  name            = "splunk--${urlencode(var.splunk_index_name)}--${urlencode(each.value.source_type)}"
  log_group_name  = each.value.log_group
  filter_pattern  = ""
  destination_arn = var.splunk_forwarder_lambda_arn

  # CloudWatch Logs checks that it may invoke the forwarder.
  depends_on = [aws_lambda_permission.splunk]
}

resource "aws_lambda_permission" "splunk" {
  for_each = { for name, log in local.forwarded_logs : name => log if local.has_splunk }

  statement_id_prefix = "${substr(var.name_prefix, 0, 20)}-${each.key}-"
  action              = "lambda:InvokeFunction"
  function_name       = var.splunk_forwarder_lambda_arn
  principal           = "logs.amazonaws.com"
  source_arn          = "arn:${local.partition}:logs:${local.region}:${local.account_id}:log-group:${each.value.log_group}:*"
}
