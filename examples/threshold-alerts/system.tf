# The SNS topic that the sensors publish to, and the subscription of the function.

# The AWS managed key of SNS allows all IAM identities of the account that may publish, but no other AWS
# service. If a service publishes the readings, use a key of your own, as examples/vpc-kms does.
resource "aws_sns_topic" "readings" {
  name              = "${var.name}-incoming"
  kms_master_key_id = "alias/aws/sns"
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
