# The queue of events, and a dead-letter queue for each step.

locals {
  queue_name       = aws_sqs_queue.events.name
  queue_url        = aws_sqs_queue.events.url
  queue_arn        = aws_sqs_queue.events.arn
  function_dlq_url = aws_sqs_queue.dead_letters["function"].url

  # Two weeks, the maximum. A message that SQS moves to a dead-letter queue keeps the time at which it was
  # sent.
  dead_letter_retention_seconds = 1209600

  dead_letter_queues = {
    event    = "${local.names.event_rule}-dlq"
    queue    = "${local.names.queue}-dlq"
    function = "${local.names.function}-dlq"
    schedule = "${local.names.schedule_rule}-dlq"
  }

  # EventBridge sends what it cannot deliver by itself.
  sending_rules = {
    events   = [aws_cloudwatch_event_rule.objects.arn]
    event    = [aws_cloudwatch_event_rule.objects.arn]
    schedule = concat([aws_cloudwatch_event_rule.schedule.arn], aws_cloudwatch_event_rule.dynatrace[*].arn)
  }

  queue_policies = {
    for key, rules in local.sending_rules : key => jsonencode({
      Version = "2012-10-17"
      Statement = [{
        Sid       = "EventBridge"
        Effect    = "Allow"
        Action    = "sqs:SendMessage"
        Resource  = "arn:${local.partition}:sqs:${local.region}:${local.account_id}:${merge(local.dead_letter_queues, { events = local.names.queue })[key]}"
        Principal = { Service = "events.amazonaws.com" }
        Condition = { ArnEquals = { "aws:SourceArn" = rules } }
      }]
    })
  }
}

# Policies are arguments of the queues, since the provider waits half a minute for each resource of SQS.

resource "aws_sqs_queue" "events" {
  name                       = local.names.queue
  visibility_timeout_seconds = local.visibility_timeout
  message_retention_seconds  = var.sqs_message_retention_seconds
  receive_wait_time_seconds  = var.sqs_receive_wait_time_seconds
  sqs_managed_sse_enabled    = true
  policy                     = local.queue_policies["events"]
  tags                       = var.tags

  # The state machine buries messages that the function refuses. This redrive is for messages that it
  # could not even bury.
  redrive_policy = jsonencode({
    deadLetterTargetArn = aws_sqs_queue.dead_letters["queue"].arn
    maxReceiveCount     = var.sqs_max_receive_count + 1
  })
}

resource "aws_sqs_queue" "dead_letters" {
  for_each = local.dead_letter_queues

  name                      = each.value
  message_retention_seconds = local.dead_letter_retention_seconds
  sqs_managed_sse_enabled   = true
  policy                    = lookup(local.queue_policies, each.key, null)
  tags                      = var.tags
}

check "visibility_timeout" {
  assert {
    condition     = var.sqs_visibility_timeout_seconds == null || try(var.sqs_visibility_timeout_seconds >= local.visibility_timeout, false)
    error_message = "sqs_visibility_timeout_seconds is ${coalesce(var.sqs_visibility_timeout_seconds, 0)}, but a message can be in use for ${local.required_visibility_timeout} seconds (batch, stagger, and ${1 + var.lambda_invoke_retries} invocations of ${var.lambda_timeout} seconds). The visibility timeout is ${local.visibility_timeout} seconds instead."
  }
}

# SQS deletes messages that are older, whether they have been processed or not.
locals {
  longest_time_in_queue = (var.sqs_max_receive_count + 1) * (local.visibility_timeout + var.sqs_retry_delay_seconds)
}

check "message_retention" {
  assert {
    condition     = var.sqs_message_retention_seconds >= local.longest_time_in_queue
    error_message = "sqs_message_retention_seconds is ${var.sqs_message_retention_seconds}, but a message can be received ${var.sqs_max_receive_count + 1} times within ${local.longest_time_in_queue} seconds before it is in a dead-letter queue (visibility timeout and sqs_retry_delay_seconds). SQS would delete it before, and the object would be lost."
  }
  assert {
    condition     = var.sqs_message_retention_seconds < local.dead_letter_retention_seconds
    error_message = "sqs_message_retention_seconds is ${var.sqs_message_retention_seconds}, as long as messages are kept in dead-letter queues. A message that SQS moves to the dead-letter queue of the queue keeps its age, and can be deleted there immediately."
  }
}
