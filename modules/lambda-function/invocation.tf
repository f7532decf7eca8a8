# Asynchronous runs, and the alias for provisioned concurrency and SnapStart.

locals {
  has_alias = var.provisioned_concurrent_executions != null || var.snap_start

  # The configuration of the function does not apply to its alias.
  async_qualifiers = var.maximum_retry_attempts == null ? [] : local.has_alias ? ["$LATEST", "live"] : ["$LATEST"]
}

resource "aws_lambda_function_event_invoke_config" "this" {
  for_each = toset(local.async_qualifiers)

  function_name          = aws_lambda_function.this.function_name
  qualifier              = each.key == "$LATEST" ? null : aws_lambda_alias.live[0].name
  maximum_retry_attempts = var.maximum_retry_attempts

  dynamic "destination_config" {
    for_each = var.destination_on_failure == null && var.destination_on_success == null ? [] : ["this"]

    content {
      dynamic "on_failure" {
        for_each = var.destination_on_failure == null ? [] : [var.destination_on_failure]

        content {
          destination = on_failure.value
        }
      }

      dynamic "on_success" {
        for_each = var.destination_on_success == null ? [] : [var.destination_on_success]

        content {
          destination = on_success.value
        }
      }
    }
  }
}

# Provisioned concurrency and SnapStart require a published version. The alias gives callers an ARN that
# stays the same from version to version.
resource "aws_lambda_alias" "live" {
  count = local.has_alias ? 1 : 0

  name             = "live"
  function_name    = aws_lambda_function.this.function_name
  function_version = aws_lambda_function.this.version
}

resource "aws_lambda_provisioned_concurrency_config" "live" {
  count = var.provisioned_concurrent_executions != null && !var.ignore_provisioned_concurrency_changes ? 1 : 0

  function_name                     = aws_lambda_function.this.function_name
  qualifier                         = aws_lambda_alias.live[0].name
  provisioned_concurrent_executions = var.provisioned_concurrent_executions
}

# A resource of its own, since ignore_changes cannot depend on a variable.
resource "aws_lambda_provisioned_concurrency_config" "scaled" {
  count = var.provisioned_concurrent_executions != null && var.ignore_provisioned_concurrency_changes ? 1 : 0

  function_name                     = aws_lambda_function.this.function_name
  qualifier                         = aws_lambda_alias.live[0].name
  provisioned_concurrent_executions = var.provisioned_concurrent_executions

  lifecycle {
    ignore_changes = [provisioned_concurrent_executions]
  }
}

moved {
  from = aws_lambda_function_event_invoke_config.this
  to   = aws_lambda_function_event_invoke_config.this["$LATEST"]
}

moved {
  from = aws_lambda_function_event_invoke_config.live[0]
  to   = aws_lambda_function_event_invoke_config.this["live"]
}
