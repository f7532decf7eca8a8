# The metrics of the queue, the state machine and the function, copied to Dynatrace.

locals {
  has_dynatrace           = coalesce(var.enable_dynatrace_integration, false) ? true : var.enable_dynatrace_integration == false ? false : var.dynatrace_sync_lambda_arn != null
  has_dynatrace_dashboard = local.has_dynatrace && var.generate_dynatrace_dashboard

  sync_minutes = var.dynatrace_sync_interval_minutes
}

resource "aws_cloudwatch_event_rule" "dynatrace" {
  count = local.has_dynatrace ? 1 : 0

  name                = local.names.sync_rule
  description         = "Copies the metrics of ${local.names.state_machine} to Dynatrace."
  schedule_expression = "rate(${local.sync_minutes} minute${local.sync_minutes == 1 ? "" : "s"})"
  tags                = var.tags
}

resource "aws_cloudwatch_event_target" "dynatrace" {
  count = local.has_dynatrace ? 1 : 0

  rule      = aws_cloudwatch_event_rule.dynatrace[0].name
  target_id = "dynatrace-sync"
  arn       = var.dynatrace_sync_lambda_arn

  input_transformer {
    input_paths = { time = "$.time" }
    # Not jsonencode for the time, which would escape its brackets.
    input_template = join("", ["{\"time\": <time>, ", trimprefix(jsonencode({
      interval_sec      = local.sync_minutes * 60
      queue_names       = concat([aws_sqs_queue.events.name], [for queue in aws_sqs_queue.dead_letters : queue.name])
      state_machine_arn = aws_sfn_state_machine.this.arn
      function_name     = local.function_name
      log_group_name    = local.function_log_group
      dimensions        = { processor = var.name_prefix }
    }), "{")])
  }

  dead_letter_config {
    arn = aws_sqs_queue.dead_letters["schedule"].arn
  }

  # The first event can come immediately.
  depends_on = [aws_lambda_permission.dynatrace]
}

resource "aws_lambda_permission" "dynatrace" {
  count = local.has_dynatrace ? 1 : 0

  statement_id_prefix = "${substr(var.name_prefix, 0, 20)}-sync-"
  action              = "lambda:InvokeFunction"
  function_name       = var.dynatrace_sync_lambda_arn
  principal           = "events.amazonaws.com"
  source_arn          = aws_cloudwatch_event_rule.dynatrace[0].arn
}

# The dashboard, a document that Dynatrace imports.

locals {
  metrics      = "s3_event_processor"
  of_processor = "filter: {processor == \"${var.name_prefix}\"}"
  dashboard_tiles = [
    { title = "Messages in the queues", query = "timeseries max(${local.metrics}.queue.messages_visible), by: {queue}, ${local.of_processor}" },
    { title = "Age of the oldest message (seconds)", query = "timeseries max(${local.metrics}.queue.oldest_message_age_sec), by: {queue}, ${local.of_processor}" },
    { title = "Messages sent and deleted", query = "timeseries { sent = sum(${local.metrics}.queue.messages_sent.count), deleted = sum(${local.metrics}.queue.messages_deleted.count) }, by: {queue}, ${local.of_processor}" },
    { title = "Executions", query = "timeseries { started = sum(${local.metrics}.state_machine.executions_started.count), failed = sum(${local.metrics}.state_machine.executions_failed.count), timed_out = sum(${local.metrics}.state_machine.executions_timed_out.count) }, ${local.of_processor}" },
    { title = "Invocations", query = "timeseries { invocations = sum(${local.metrics}.function.invocations.count), errors = sum(${local.metrics}.function.errors.count), throttles = sum(${local.metrics}.function.throttles.count) }, ${local.of_processor}" },
    { title = "Duration of the function (milliseconds)", query = "timeseries { average = avg(${local.metrics}.function.duration_ms), maximum = max(${local.metrics}.function.duration_ms) }, ${local.of_processor}" },
  ]
  dynatrace_dashboard = jsonencode({
    version   = 17
    variables = []
    tiles = {
      for index, tile in local.dashboard_tiles : tostring(index) => {
        type          = "data"
        title         = tile.title
        query         = tile.query
        visualization = "lineChart"
      }
    }
    layouts = {
      for index, tile in local.dashboard_tiles : tostring(index) => { x = index % 2 * 12, y = floor(index / 2) * 6, w = 12, h = 6 }
    }
  })

  dynatrace_dashboard_path = "${path.root}/.build/${var.name_prefix}-dynatrace-dashboard.json"
}

resource "terraform_data" "dynatrace_dashboard" {
  count = local.has_dynatrace_dashboard ? 1 : 0

  triggers_replace = [local.dynatrace_dashboard_path, local.dynatrace_dashboard]

  provisioner "local-exec" {
    interpreter = [startswith(abspath(path.root), "/") ? "python3" : "python", "${path.module}/write_file.py", local.dynatrace_dashboard_path]
    command     = local.dynatrace_dashboard
    quiet       = true
  }
}
