# The SNS topic that the sensors publish to, and the subscription of the function.

resource "aws_sns_topic" "readings" {
  name = "${var.name}-incoming"
}

resource "aws_sns_topic_subscription" "readings" {
  topic_arn = aws_sns_topic.readings.arn
  protocol  = "lambda"
  endpoint  = module.readings.lambda_function_arn
}

resource "aws_lambda_permission" "readings" {
  statement_id  = "readings"
  action        = "lambda:InvokeFunction"
  function_name = module.readings.lambda_function_name
  principal     = "sns.amazonaws.com"
  source_arn    = aws_sns_topic.readings.arn
}
