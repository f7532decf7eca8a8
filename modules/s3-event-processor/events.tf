# EventBridge routes the events of the bucket to the queue.

locals {
  # EventBridge applies alternatives to a key, not several conditions. Prefix and suffix together are
  # therefore a wildcard, in which a backslash quotes "*" and "\".
  quoted_prefixes = [for prefix in var.s3_key_prefixes : replace(replace(prefix, "\\", "\\\\"), "*", "\\*")]
  quoted_suffixes = [for suffix in var.s3_key_suffixes : replace(replace(suffix, "\\", "\\\\"), "*", "\\*")]
  key_filters = (
    length(var.s3_key_suffixes) == 0 ? [for prefix in var.s3_key_prefixes : { prefix = prefix }] :
    length(var.s3_key_prefixes) == 0 ? [for suffix in var.s3_key_suffixes : { suffix = suffix }] :
    [for pair in setproduct(local.quoted_prefixes, local.quoted_suffixes) : { wildcard = "${pair[0]}*${pair[1]}" }]
  )
}

resource "aws_cloudwatch_event_rule" "objects" {
  name        = local.names.event_rule
  description = "Sends the events of new objects to ${local.names.queue}."
  tags        = var.tags

  event_pattern = jsonencode({
    source      = ["aws.s3"]
    detail-type = ["Object Created"]
    detail = merge(
      { bucket = { name = [local.bucket_id] } },
      length(local.key_filters) == 0 ? {} : { object = { key = local.key_filters } },
    )
  })
}

resource "aws_cloudwatch_event_target" "objects" {
  rule      = aws_cloudwatch_event_rule.objects.name
  target_id = "queue"
  arn       = aws_sqs_queue.events.arn

  dead_letter_config {
    arn = aws_sqs_queue.dead_letters["event"].arn
  }
}

# Objects that the function writes to the bucket would be processed as well.
check "output_to_the_same_bucket" {
  assert {
    condition     = length(local.key_filters) > 0 || !local.may_write
    error_message = "The function may write to the bucket, and every object in it is processed. Exclude what the function writes with s3_key_prefixes or s3_key_suffixes, or the function will process its own output in a loop."
  }
}

locals {
  # NotAction and NotResource can allow anything. The bucket of a resource may have wildcards.
  additional_actions = flatten([
    for statement in var.lambda_additional_policies : [
      for resource in flatten([try(statement.Resource, "*")]) : flatten([try(statement.Action, "*")])
      if statement.Effect == "Allow" && can(regex("^${replace(replace(replace(split("/", resource)[0], ".", "\\."), "*", ".*"), "?", ".")}$", local.bucket_arn))
    ]
  ])
  may_write = anytrue([for action in local.additional_actions : can(regex("^(\\*|s3:(\\*|Put(\\*|Object\\*?)))$", action))])
}
