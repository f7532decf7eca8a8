# The schedule of the periods, with a target for each shard, and the threshold of the alarm on missing runs that follows from it.

locals {
  rate = try(regex("^rate\\((?P<count>[0-9]+) (?P<unit>minute|hour|day)s?\\)$", var.schedule_expression), null)
  cron = try(regex("^cron\\((?P<minutes>[^ ]+) (?P<hours>[^ ]+) (?P<days>[^ ]+) (?P<months>[^ ]+) (?P<weekdays>[^ ]+) (?P<years>[^ ]+)\\)$", var.schedule_expression), null)

  # The alarm fires when two runs are missing. CloudWatch evaluates at most the last week.
  rate_sec         = try(tonumber(local.rate.count) * { minute = 60, hour = 3600, day = 86400 }[local.rate.unit], null)
  rate_missing_sec = try(local.rate_sec <= 6 * 86400 ? min(2 * local.rate_sec, 7 * 86400) : null, null)

  # A cron expression has no interval. The threshold is twice the longest gap that expressions of its
  # form can have, and null (no alarm) where that can exceed a week.
  cron_missing_sec = local.cron == null ? null : (
    local.cron.months != "*" || local.cron.years != "*" || !contains(["*", "?"], local.cron.days) ? null :
    contains(["MON-FRI", "2-6"], upper(local.cron.weekdays)) ? 4 * 86400 :
    !contains(["*", "?"], local.cron.weekdays) ? null :
    local.cron.hours != "*" ? 2 * 86400 :
    can(regex("^[*0]/([1-9]|[1-5][0-9])$", local.cron.minutes)) ? 120 * tonumber(split("/", local.cron.minutes)[1]) :
    local.cron.minutes == "*" ? 120 : 2 * 3600
  )

  # A rule has at most five targets. The first shards are those of the rule that exists without shards,
  # too; the other rules have the numbers from 2.
  targets_per_rule = 5
  further_rules    = toset([for number in range(2, ceil(var.shards / local.targets_per_rule) + 1) : tostring(number)])
  further_shards   = { for index in range(1, var.shards) : tostring(index) => tostring(floor(index / local.targets_per_rule) + 1) }
  inputs           = [for index in range(var.shards) : var.shards == 1 ? null : jsonencode({ shard = { index = index, count = var.shards } })]

  # 13 characters are left for "-schedule-" and the number.
  further_rules_prefix = "${length(var.lambda_name) <= 51 ? var.lambda_name : "${substr(var.lambda_name, 0, 42)}-${local.name_hash}"}-schedule-"

  missing_runs_sec = !var.schedule_enabled ? null : local.rate != null ? local.rate_missing_sec : local.cron_missing_sec
}

resource "aws_cloudwatch_event_rule" "schedule" {
  # Rules and functions have the same limit of 64 characters, so a long name must be cut.
  name                = length(var.lambda_name) <= 55 ? "${var.lambda_name}-schedule" : "${substr(var.lambda_name, 0, 46)}-${local.name_hash}-schedule"
  description         = "Schedule of the DIVA function ${var.lambda_name}"
  schedule_expression = var.schedule_expression
  state               = var.schedule_enabled ? "ENABLED" : "DISABLED"
  tags                = var.tags
}

resource "aws_cloudwatch_event_target" "schedule" {
  rule      = aws_cloudwatch_event_rule.schedule.name
  target_id = "function"
  arn       = module.function.function_arn
  input     = local.inputs[0]

  dynamic "dead_letter_config" {
    for_each = var.dead_letter_arn == null ? [] : [var.dead_letter_arn]

    content {
      arn = dead_letter_config.value
    }
  }

  # Events must only be sent while the permission and the state exist.
  depends_on = [aws_lambda_permission.schedule, aws_s3_bucket.state, aws_dynamodb_table.state]
}

resource "aws_lambda_permission" "schedule" {
  statement_id  = "schedule"
  action        = "lambda:InvokeFunction"
  function_name = module.function.function_name
  principal     = "events.amazonaws.com"
  source_arn    = aws_cloudwatch_event_rule.schedule.arn
}

resource "aws_cloudwatch_event_rule" "shards" {
  for_each = local.further_rules

  name                = "${local.further_rules_prefix}${each.key}"
  description         = "Schedule of further shards of the DIVA function ${var.lambda_name}"
  schedule_expression = var.schedule_expression
  state               = var.schedule_enabled ? "ENABLED" : "DISABLED"
  tags                = var.tags
}

resource "aws_cloudwatch_event_target" "shards" {
  for_each = local.further_shards

  rule      = each.value == "1" ? aws_cloudwatch_event_rule.schedule.name : aws_cloudwatch_event_rule.shards[each.value].name
  target_id = "shard-${each.key}"
  arn       = module.function.function_arn
  input     = local.inputs[tonumber(each.key)]

  dynamic "dead_letter_config" {
    for_each = var.dead_letter_arn == null ? [] : [var.dead_letter_arn]

    content {
      arn = dead_letter_config.value
    }
  }

  # As for the first target.
  depends_on = [aws_lambda_permission.schedule, aws_lambda_permission.shards, aws_dynamodb_table.state]
}

# One statement for all further rules, since the size of a function's policy is limited.
resource "aws_lambda_permission" "shards" {
  count = length(local.further_rules) > 0 ? 1 : 0

  statement_id  = "shards"
  action        = "lambda:InvokeFunction"
  function_name = module.function.function_name
  principal     = "events.amazonaws.com"
  source_arn    = "arn:${local.partition}:events:${local.region}:${local.account}:rule/${local.further_rules_prefix}*"
}
