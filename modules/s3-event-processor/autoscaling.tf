# Provisioned concurrency that follows the backlog.

locals {
  has_autoscaling = local.has_alias && var.lambda_auto_scaling_enabled

  # What the state machine can invoke at once.
  usable_concurrency = var.step_functions_lanes * local.batch_size
}

resource "aws_appautoscaling_target" "concurrency" {
  count = local.has_autoscaling ? 1 : 0

  service_namespace  = "lambda"
  scalable_dimension = "lambda:function:ProvisionedConcurrency"
  resource_id        = "function:${local.function_name}:live"
  min_capacity       = var.lambda_provisioned_concurrency
  max_capacity       = var.lambda_max_concurrency
  tags               = var.tags

  # The alias must have provisioned concurrency.
  depends_on = [module.function]
}

resource "aws_appautoscaling_policy" "concurrency" {
  count = local.has_autoscaling ? 1 : 0

  name               = "${local.function_name}-backlog"
  policy_type        = "TargetTrackingScaling"
  service_namespace  = aws_appautoscaling_target.concurrency[0].service_namespace
  scalable_dimension = aws_appautoscaling_target.concurrency[0].scalable_dimension
  resource_id        = aws_appautoscaling_target.concurrency[0].resource_id

  target_tracking_scaling_policy_configuration {
    target_value = var.lambda_auto_scaling_backlog_target

    customized_metric_specification {
      metrics {
        id          = "backlog_per_capacity"
        label       = "Messages for each unit of provisioned concurrency"
        expression  = "backlog / IF(FILL(utilization, 0) > 0, FILL(used, 0) / utilization, ${var.lambda_provisioned_concurrency})"
        return_data = true
      }
      metrics {
        id          = "backlog"
        return_data = false

        metric_stat {
          stat = "Maximum"

          metric {
            namespace   = "AWS/SQS"
            metric_name = "ApproximateNumberOfMessagesVisible"

            dimensions {
              name  = "QueueName"
              value = aws_sqs_queue.events.name
            }
          }
        }
      }

      # Lambda reports how much of the provisioned concurrency is used, not how much there is.
      dynamic "metrics" {
        for_each = { used = "ProvisionedConcurrentExecutions", utilization = "ProvisionedConcurrencyUtilization" }

        content {
          id          = metrics.key
          return_data = false

          metric_stat {
            stat = "Maximum"

            metric {
              namespace   = "AWS/Lambda"
              metric_name = metrics.value

              dimensions {
                name  = "FunctionName"
                value = local.function_name
              }
              dimensions {
                name  = "Resource"
                value = "${local.function_name}:live"
              }
            }
          }
        }
      }
    }
  }
}

check "usable_concurrency" {
  assert {
    condition     = !local.has_autoscaling || var.lambda_max_concurrency <= local.usable_concurrency
    error_message = "lambda_max_concurrency is ${var.lambda_max_concurrency}, but the state machine invokes at most ${local.usable_concurrency} functions at once (step_functions_lanes × step_functions_max_concurrency, at most 10 in a lane). More provisioned concurrency is paid for, but not used."
  }
}

check "map_concurrency" {
  assert {
    condition     = var.step_functions_max_concurrency <= 10
    error_message = "step_functions_max_concurrency is ${var.step_functions_max_concurrency}, but a lane receives at most 10 messages at once. Increase step_functions_lanes instead."
  }
}
