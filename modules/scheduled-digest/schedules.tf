# EventBridge starts the runs.

locals {
  schedules = {
    daily = {
      description         = "Triggers the daily digests, and purges deleted monitors."
      schedule_expression = var.daily_schedule_expression
      cleanup             = true
    }
    weekly = {
      description         = "Triggers the weekly digests."
      schedule_expression = var.weekly_schedule_expression
      cleanup             = false
    }
  }

  # Names of rules have at most 64 characters. A hash distinguishes names that would be cut to the same one.
  rule_prefix_max_length = 64 - length("-weekly")
  rule_prefix            = length(var.function_name) <= local.rule_prefix_max_length ? var.function_name : "${substr(var.function_name, 0, local.rule_prefix_max_length - 9)}-${substr(sha256(var.function_name), 0, 8)}"
}

resource "aws_cloudwatch_event_rule" "this" {
  for_each = local.schedules

  name                = "${local.rule_prefix}-${each.key}"
  description         = each.value.description
  schedule_expression = each.value.schedule_expression
  tags                = var.tags
}

resource "aws_cloudwatch_event_target" "this" {
  for_each = local.schedules

  rule      = aws_cloudwatch_event_rule.this[each.key].name
  target_id = "function"
  arn       = module.function.lambda_function_arn

  # With the time of the schedule, an event that is delivered late or twice belongs to the same period.
  input_transformer {
    input_paths    = { time = "$.time" }
    input_template = "{\"frequency\": \"${each.key}\", \"cleanup\": ${each.value.cleanup}, \"time\": <time>}"
  }

  dead_letter_config {
    arn = aws_sqs_queue.dead_letters.arn
  }

  # The first event can come immediately.
  depends_on = [aws_lambda_permission.schedules]
}

resource "aws_lambda_permission" "schedules" {
  for_each = local.schedules

  statement_id  = each.key
  action        = "lambda:InvokeFunction"
  function_name = module.function.lambda_function_name
  principal     = "events.amazonaws.com"
  source_arn    = aws_cloudwatch_event_rule.this[each.key].arn
}
