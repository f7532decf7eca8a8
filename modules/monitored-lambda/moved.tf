# Resources of infrahouse/lambda-monitored/aws, so that a change of `source` updates them. See MIGRATING.md.

moved {
  from = aws_lambda_function.this
  to   = module.function.aws_lambda_function.this
}

moved {
  from = aws_lambda_function_event_invoke_config.this
  to   = module.function.aws_lambda_function_event_invoke_config.this
}

moved {
  from = aws_cloudwatch_log_group.lambda
  to   = module.function.aws_cloudwatch_log_group.this
}

moved {
  from = aws_cloudwatch_metric_alarm.errors_immediate[0]
  to   = module.function.aws_cloudwatch_metric_alarm.this["errors-immediate"]
}

moved {
  from = aws_cloudwatch_metric_alarm.errors_threshold[0]
  to   = module.function.aws_cloudwatch_metric_alarm.errors_threshold[0]
}

moved {
  from = aws_cloudwatch_metric_alarm.throttles[0]
  to   = module.function.aws_cloudwatch_metric_alarm.this["throttles"]
}

moved {
  from = aws_cloudwatch_metric_alarm.duration[0]
  to   = module.function.aws_cloudwatch_metric_alarm.this["duration"]
}

moved {
  from = aws_cloudwatch_metric_alarm.memory[0]
  to   = module.function.aws_cloudwatch_metric_alarm.this["memory"]
}

moved {
  from = aws_iam_role.lambda
  to   = aws_iam_role.this[0]
}
