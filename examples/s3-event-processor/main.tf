# Turns each CSV file that is put into a bucket into a JSON summary in another bucket, which is in
# results.tf.

module "summaries" {
  source = "../../modules/s3-event-processor"

  name_prefix = var.name

  lambda_function_name = "summarize"
  lambda_handler       = "summarize.lambda_handler"
  lambda_source_dir    = "${path.module}/functions"
  lambda_timeout       = 30

  lambda_environment_variables = {
    RESULTS_BUCKET = aws_s3_bucket.results.id
  }
  lambda_additional_policies = [
    {
      Sid      = "Results"
      Effect   = "Allow"
      Action   = ["s3:PutObject"]
      Resource = "${aws_s3_bucket.results.arn}/*"
    }
  ]

  # Only CSV files, four at once, one second apart.
  s3_key_suffixes                = [".csv"]
  step_functions_max_concurrency = 4
  stagger_sec                    = 1

  # A file that cannot be summarized is tried three times: at least ten seconds apart, at the next look at
  # the queue.
  sqs_max_receive_count   = 3
  sqs_retry_delay_seconds = 10

  s3_force_destroy = true # the example is destroyed together with its files
  alarm_actions    = [aws_sns_topic.on_call.arn]
}

resource "aws_sns_topic" "on_call" {
  # checkov:skip=CKV_AWS_26:The alarms contain no data of files
  name = "${var.name}-on-call"
}
