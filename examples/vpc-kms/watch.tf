# The queue for schedule events that could not be delivered or whose run failed.

resource "aws_sqs_queue" "dead_letters" {
  name                      = "${var.name}-dead-letters"
  message_retention_seconds = 1209600 # 14 days, the maximum
  sqs_managed_sse_enabled   = true    # requires no permission for EventBridge, unlike a KMS key
}

# Lambda sends failed runs with the execution role. EventBridge sends undeliverable events itself, so
# the queue policy must allow it.
resource "aws_sqs_queue_policy" "dead_letters" {
  queue_url = aws_sqs_queue.dead_letters.url
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Sid       = "AllowEventBridge"
      Effect    = "Allow"
      Principal = { Service = "events.amazonaws.com" }
      Action    = ["sqs:SendMessage"]
      Resource  = [aws_sqs_queue.dead_letters.arn]
      Condition = { ArnEquals = { "aws:SourceArn" = module.diva.eventbridge_rule_arn } }
    }]
  })
}
