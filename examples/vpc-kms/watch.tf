# Where DIVA's own trouble goes: its alarms to the topic of the alerts, what could not be run here.

resource "aws_sqs_queue" "dead_letters" {
  name                      = "${var.name}-dead-letters"
  message_retention_seconds = 1209600 # two weeks, the longest there is
  sqs_managed_sse_enabled   = true    # encrypted without asking anything of EventBridge
}

# Lambda puts its dead letters there in the role's name; EventBridge has none, and asks the queue.
resource "aws_sqs_queue_policy" "dead_letters" {
  queue_url = aws_sqs_queue.dead_letters.url
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Sid       = "UndeliverableSchedule"
      Effect    = "Allow"
      Principal = { Service = "events.amazonaws.com" }
      Action    = ["sqs:SendMessage"]
      Resource  = [aws_sqs_queue.dead_letters.arn]
      Condition = { ArnEquals = { "aws:SourceArn" = module.diva.eventbridge_rule_arn } }
    }]
  })
}
