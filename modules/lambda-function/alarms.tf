# The alarms notify `alarm_actions` when they fire and when they clear. Lambda publishes data for each
# run, including an Errors value of 0, and none for minutes without runs. Missing data therefore
# counts as not breaching, or, with hold_alarms_between_runs, leaves the alarm in its state.

locals {
  treat_missing_runs = var.hold_alarms_between_runs ? "ignore" : "notBreaching"

  # About ten short periods instead of one long one: CloudWatch waits for two more periods in case
  # that data arrives late.
  missing_runs_period_sec = var.runs_per_period > 1 ? local.half_sec : max(60, floor(coalesce(var.missing_runs_sec, 0) / 600) * 60)
  missing_runs_periods    = var.runs_per_period > 1 ? 2 : max(1, ceil(coalesce(var.missing_runs_sec, 0) / local.missing_runs_period_sec))

  # Runs that are started together can begin in different minutes. Half of missing_runs_sec contains
  # one of each, however CloudWatch shifts it.
  half_sec        = max(60, floor(coalesce(var.missing_runs_sec, 0) / 120) * 60)
  run_period_sec  = var.hold_alarms_between_runs && var.runs_per_period > 1 ? local.half_sec : 60
  no_run_in_words = "no run has started for ${local.missing_runs_periods * local.missing_runs_period_sec / 60} minutes"
  too_few_runs    = "fewer than ${var.runs_per_period} runs have started in each of two periods of ${local.half_sec / 60} minutes"

  alarm_defaults = {
    namespace           = "AWS/Lambda"
    dimension           = "FunctionName"
    statistic           = "Sum"
    comparison_operator = "GreaterThanThreshold"
    threshold           = 0
    period              = 60
    evaluation_periods  = 1
    treat_missing_data  = "notBreaching"
    enabled             = true
  }

  alarms = {
    errors-immediate = {
      description        = "${var.function_name}: a run failed."
      metric_name        = "Errors"
      period             = local.run_period_sec
      treat_missing_data = local.treat_missing_runs
      enabled            = var.enable_error_alarms && var.alert_strategy == "immediate"
    }
    throttles = {
      description = "${var.function_name}: Lambda throttled an invocation because too many runs were in progress."
      metric_name = "Throttles"
      enabled     = var.enable_throttle_alarms
    }
    duration = {
      description        = "${var.function_name}: a run took more than ${coalesce(var.duration_threshold_percent, 0)} % of the timeout (${var.timeout_sec} s)."
      metric_name        = "Duration"
      statistic          = "Maximum"
      threshold          = var.timeout_sec * 10 * coalesce(var.duration_threshold_percent, 0) # milliseconds
      period             = local.run_period_sec
      treat_missing_data = local.treat_missing_runs
      enabled            = var.duration_threshold_percent != null
    }
    memory = {
      description        = "${var.function_name}: a run used more than ${coalesce(var.memory_utilization_threshold_percent, 0)} % of the memory (${var.memory_mb} MB)."
      namespace          = "LambdaInsights"
      dimension          = "function_name"
      metric_name        = "memory_utilization"
      statistic          = "Maximum"
      threshold          = coalesce(var.memory_utilization_threshold_percent, 0)
      period             = local.run_period_sec
      treat_missing_data = local.treat_missing_runs
      enabled            = var.memory_utilization_threshold_percent != null
    }
    missing-runs = {
      description         = "${var.function_name}: ${var.runs_per_period > 1 ? local.too_few_runs : local.no_run_in_words}."
      metric_name         = "Invocations"
      comparison_operator = "LessThanThreshold"
      threshold           = var.runs_per_period
      period              = local.missing_runs_period_sec
      evaluation_periods  = local.missing_runs_periods
      treat_missing_data  = "breaching"
      enabled             = var.missing_runs_sec != null
    }
  }

  own_alarms = {
    for name, alarm in local.alarms : name => merge(local.alarm_defaults, alarm)
    if merge(local.alarm_defaults, alarm).enabled
  }
  own_alarm_names = concat(keys(local.own_alarms), ["errors-threshold"])

  further_alarms = {
    for name, alarm in var.metric_alarms :
    name => merge(local.alarm_defaults, alarm, { treat_missing_data = local.treat_missing_runs, period = local.run_period_sec })
  }
}

resource "aws_cloudwatch_metric_alarm" "this" {
  for_each = {
    for name, alarm in merge(local.own_alarms, local.further_alarms) : name => alarm
    if length(var.alarm_actions) > 0
  }

  alarm_name          = "${var.function_name}-${each.key}"
  alarm_description   = each.value.description
  namespace           = each.value.namespace
  metric_name         = each.value.metric_name
  dimensions          = { (each.value.dimension) = aws_lambda_function.this.function_name }
  statistic           = each.value.statistic
  period              = each.value.period
  evaluation_periods  = each.value.evaluation_periods
  comparison_operator = each.value.comparison_operator
  threshold           = each.value.threshold
  treat_missing_data  = each.value.treat_missing_data
  alarm_actions       = var.alarm_actions
  ok_actions          = var.alarm_actions
  tags                = var.tags
}

resource "aws_cloudwatch_metric_alarm" "errors_threshold" {
  count = length(var.alarm_actions) > 0 && var.enable_error_alarms && var.alert_strategy == "threshold" ? 1 : 0

  alarm_name          = "${var.function_name}-errors-threshold"
  alarm_description   = "${var.function_name}: more than ${var.error_rate_threshold} % of the runs failed in ${coalesce(var.error_rate_datapoints_to_alarm, var.error_rate_eval_periods)} of ${var.error_rate_eval_periods} minutes."
  evaluation_periods  = var.error_rate_eval_periods
  datapoints_to_alarm = var.error_rate_datapoints_to_alarm
  comparison_operator = "GreaterThanThreshold"
  threshold           = var.error_rate_threshold
  treat_missing_data  = local.treat_missing_runs
  alarm_actions       = var.alarm_actions
  ok_actions          = var.alarm_actions
  tags                = var.tags

  metric_query {
    id          = "rate"
    label       = "Error rate (%)"
    expression  = "IF(runs > 0, 100 * errors / runs, 0)"
    return_data = true
  }

  dynamic "metric_query" {
    for_each = { errors = "Errors", runs = "Invocations" }

    content {
      id = metric_query.key

      metric {
        namespace   = "AWS/Lambda"
        metric_name = metric_query.value
        dimensions  = { FunctionName = aws_lambda_function.this.function_name }
        stat        = "Sum"
        period      = 60
      }
    }
  }
}
