# The topics that the alarms notify: one that the module creates, and existing ones.

locals {
  alarm_topic_arns = concat([aws_sns_topic.alarms.arn], var.alarm_topic_arns)
}

resource "aws_sns_topic" "alarms" {
  name              = coalesce(var.sns_topic_name, "${var.function_name}-alarms")
  kms_master_key_id = var.kms_key_arn
  tags              = var.tags
}

resource "aws_sns_topic_subscription" "alarm_emails" {
  for_each = toset(var.alarm_emails)

  topic_arn = aws_sns_topic.alarms.arn
  protocol  = "email"
  endpoint  = each.value
}
