# The CloudWatch dashboard.

locals {
  dead_letter_names = [for queue in aws_sqs_queue.dead_letters : queue.name]

  widgets = [
    {
      title = "Messages in the queue"
      stat  = "Maximum"
      metrics = [
        ["AWS/SQS", "ApproximateNumberOfMessagesVisible", "QueueName", aws_sqs_queue.events.name, { label = "waiting" }],
        ["AWS/SQS", "ApproximateNumberOfMessagesNotVisible", "QueueName", aws_sqs_queue.events.name, { label = "in process" }],
      ]
    },
    {
      title   = "Age of the oldest message (seconds)"
      stat    = "Maximum"
      metrics = [["AWS/SQS", "ApproximateAgeOfOldestMessage", "QueueName", aws_sqs_queue.events.name]]
    },
    {
      title   = "Dead letters"
      stat    = "Maximum"
      metrics = [for name in local.dead_letter_names : ["AWS/SQS", "ApproximateNumberOfMessagesVisible", "QueueName", name]]
    },
    {
      title   = "Executions"
      stat    = "Sum"
      metrics = [for name in ["ExecutionsSucceeded", "ExecutionsFailed", "ExecutionsTimedOut"] : ["AWS/States", name, "StateMachineArn", aws_sfn_state_machine.this.arn]]
    },
    {
      title   = "Invocations"
      stat    = "Sum"
      metrics = [for name in ["Invocations", "Errors", "Throttles"] : ["AWS/Lambda", name, "FunctionName", local.function_name]]
    },
    {
      title   = "Duration (milliseconds)"
      stat    = "p90"
      metrics = [["AWS/Lambda", "Duration", "FunctionName", local.function_name]]
    },
  ]
}

resource "aws_cloudwatch_dashboard" "this" {
  count = var.create_dashboard ? 1 : 0

  dashboard_name = var.name_prefix

  dashboard_body = jsonencode({
    widgets = [
      for index, widget in local.widgets : {
        type   = "metric"
        x      = index % 2 * 12
        y      = floor(index / 2) * 6
        width  = 12
        height = 6
        properties = {
          title   = widget.title
          metrics = widget.metrics
          stat    = widget.stat
          period  = 60
          region  = local.region
          view    = "timeSeries"
        }
      }
    ]
  })
}
