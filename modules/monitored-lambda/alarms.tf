# What the alarms notify: the topic that the module creates, and the caller's topics and actions.

locals {
  alarm_actions = concat([aws_sns_topic.alarms.arn], var.alarm_topic_arns, var.alarm_actions)
}

check "create_sns_topic" {
  assert {
    condition     = var.create_sns_topic
    error_message = "create_sns_topic is false, but ${var.function_name} has an SNS topic, since alarm_emails requires it. Remove create_sns_topic."
  }
}

resource "aws_sns_topic" "alarms" {
  name              = coalesce(var.sns_topic_name, "${var.function_name}-alarms")
  kms_master_key_id = local.kms_key_arn
  tags              = var.tags
}

resource "aws_sns_topic_subscription" "alarm_emails" {
  for_each = toset(var.alarm_emails)

  topic_arn = aws_sns_topic.alarms.arn
  protocol  = "email"
  endpoint  = each.value
}
