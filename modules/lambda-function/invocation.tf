# Retries of asynchronous invocations, and provisioned concurrency.

locals {
  has_alias = var.provisioned_concurrent_executions != null
}

resource "aws_lambda_function_event_invoke_config" "this" {
  function_name          = aws_lambda_function.this.function_name
  maximum_retry_attempts = var.maximum_retry_attempts
}

# Provisioned concurrency requires a published version. The alias gives callers an ARN that stays
# the same from version to version.
resource "aws_lambda_alias" "live" {
  count = local.has_alias ? 1 : 0

  name             = "live"
  function_name    = aws_lambda_function.this.function_name
  function_version = aws_lambda_function.this.version
}

resource "aws_lambda_provisioned_concurrency_config" "live" {
  count = local.has_alias && !var.ignore_provisioned_concurrency_changes ? 1 : 0

  function_name                     = aws_lambda_function.this.function_name
  qualifier                         = aws_lambda_alias.live[0].name
  provisioned_concurrent_executions = var.provisioned_concurrent_executions
}

# A resource of its own, since ignore_changes cannot depend on a variable.
resource "aws_lambda_provisioned_concurrency_config" "scaled" {
  count = local.has_alias && var.ignore_provisioned_concurrency_changes ? 1 : 0

  function_name                     = aws_lambda_function.this.function_name
  qualifier                         = aws_lambda_alias.live[0].name
  provisioned_concurrent_executions = var.provisioned_concurrent_executions

  lifecycle {
    ignore_changes = [provisioned_concurrent_executions]
  }
}

# The configuration of the function does not apply to its alias.
resource "aws_lambda_function_event_invoke_config" "live" {
  count = local.has_alias ? 1 : 0

  function_name          = aws_lambda_function.this.function_name
  qualifier              = aws_lambda_alias.live[0].name
  maximum_retry_attempts = var.maximum_retry_attempts
}
