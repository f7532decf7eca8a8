# The dashboard. Its metrics are defined in lambda/diva/metrics.py, and the log lines that it parses in
# lambda/diva/report.py.

locals {
  # Each shard counts its own events. The average times the number of shards is the count of all events,
  # over how long a time it may be taken.
  dashboard_counts = {
    health = [["Healthy", "Minimum"], ["Failing", "Maximum"], ["NotRun", "Maximum"]]
    alerts = [["Alerted", "Maximum"]]
  }
  dashboard_count_metrics = {
    for graph, counts in local.dashboard_counts : graph => concat(
      [for count in counts : ["DIVA", count[0], "FunctionName", var.lambda_name, { stat = count[1] }] if var.shards == 1],
      [for index, count in counts : [{ expression = "${var.shards} * m${index}", label = count[0] }] if var.shards > 1],
      [for index, count in counts : ["DIVA", count[0], "FunctionName", var.lambda_name, { id = "m${index}", stat = "Average", visible = false }] if var.shards > 1],
    )
  }

  # Each metric has the statistic that does not hide a failure when points are aggregated.
  dashboard_graphs = [
    { title = "Health of the events", metrics = local.dashboard_count_metrics.health },
    { title = "Alerts", metrics = concat(local.dashboard_count_metrics.alerts, [
      ["DIVA", "FailedDeliveries", "FunctionName", var.lambda_name, { stat = "Sum" }],
    ]) },
    { title = "Durations in ms (timeout ${var.lambda_timeout_sec * 1000} ms)", metrics = [
      ["DIVA", "Duration", "FunctionName", var.lambda_name, { stat = "Maximum", label = "Period" }],
      ["AWS/Lambda", "Duration", "FunctionName", var.lambda_name, { stat = "Maximum", label = "Whole run" }],
      ["DIVA", "ObservingTimeUsed", "FunctionName", var.lambda_name, { stat = "Maximum", label = "Time for observing used (%)", yAxis = "right" }],
    ] },
  ]

  # From the metrics of each event if they are enabled, otherwise from the log.
  dashboard_failures_graph = { title = "Failures by event", metrics = [[{
    expression = "SEARCH('{DIVA,FunctionName,Event} FunctionName=\"${var.lambda_name}\" MetricName=\"EventFailing\"', 'Maximum')"
  }]] }
  dashboard_failures_table = { title = "Failures by event", view = "table", query = <<-EOT
    SOURCE '${module.function.log_group_name}'
    | parse @message /(Detection|Injection) for event '(?<event>.+?)' failed/
    | filter ispresent(event)
    | stats count(*) as failures by event
    | sort failures desc
  EOT
  }
  dashboard_log = { title = "Latest log lines", view = "table", query = <<-EOT
    SOURCE '${module.function.log_group_name}'
    | fields @timestamp, @message
    | filter @message not like /^(START|END|REPORT|INIT_START) |"_aws":|"platform\./
    | sort @timestamp desc
    | limit 50
  EOT
  }

  dashboard_widgets = concat(
    [for graph in local.dashboard_graphs : merge(local.dashboard_time_series, graph)],
    [for graph in [local.dashboard_failures_graph] : merge(local.dashboard_time_series, graph) if var.enable_event_metrics],
    [for table in [local.dashboard_failures_table] : table if !var.enable_event_metrics],
    [local.dashboard_log],
  )
  dashboard_time_series = { view = "timeSeries", period = 60, yAxis = { left = { min = 0 }, right = { min = 0 } } }
}

resource "aws_cloudwatch_dashboard" "this" {
  count = var.create_dashboard ? 1 : 0

  dashboard_name = var.lambda_name
  dashboard_body = jsonencode({
    # Two widgets in a row. The log has the full width.
    widgets = [
      for index, widget in local.dashboard_widgets : {
        type       = can(widget.query) ? "log" : "metric"
        x          = index % 2 * 12
        y          = floor(index / 2) * 6
        width      = index == length(local.dashboard_widgets) - 1 ? 24 : 12
        height     = 6
        properties = merge(widget, { region = local.region })
      }
    ]
  })
}
