# Two monitored functions: one with defaults, and one with metrics for each event and a JSON log.

module "watched" {
  source   = "../../.."
  for_each = { plain = false, by-event = true }

  lambda_name      = "watched-${each.key}"
  lambda_role_arn  = aws_iam_role.diva.arn
  event_logic_path = "${path.module}/event_logic.py"

  environment_variables = { SWITCHES = aws_s3_bucket.switches.bucket }

  # An event that takes all the time leaves none for those after it.
  parallelize_events = false
  lambda_timeout_sec = 20

  alarm_actions        = [aws_sns_topic.alarms.arn]
  dead_letter_arn      = aws_sqs_queue.dead_letters.arn
  create_dashboard     = true
  enable_event_metrics = each.value
  lambda_log_format    = each.value ? "JSON" : "Text"
}

resource "aws_iam_role" "diva" {
  name = "watched"
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { Service = "lambda.amazonaws.com" }
      Action    = ["sts:AssumeRole"]
    }]
  })
}

resource "aws_s3_bucket" "switches" {
  bucket        = "watched-switches"
  force_destroy = true
}

resource "aws_sns_topic" "alarms" {
  name = "watched-alarms"
}

resource "aws_sns_topic_subscription" "inbox" {
  topic_arn = aws_sns_topic.alarms.arn
  protocol  = "sqs"
  endpoint  = aws_sqs_queue.inbox.arn
}

resource "aws_sqs_queue" "inbox" {
  name = "watched-inbox"
}

resource "aws_sqs_queue" "dead_letters" {
  name = "watched-dead-letters"
}

resource "aws_sqs_queue_policy" "dead_letters" {
  queue_url = aws_sqs_queue.dead_letters.url
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { Service = "events.amazonaws.com" }
      Action    = ["sqs:SendMessage"]
      Resource  = [aws_sqs_queue.dead_letters.arn]
      Condition = { ArnEquals = { "aws:SourceArn" = [for each in module.watched : each.eventbridge_rule_arn] } }
    }]
  })
}

output "watched" {
  value = module.watched
}

output "inbox_url" {
  value = aws_sqs_queue.inbox.url
}

output "dead_letters_url" {
  value = aws_sqs_queue.dead_letters.url
}
