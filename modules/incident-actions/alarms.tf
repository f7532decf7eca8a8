# The topic that people subscribe to, and the alarms on failed actions, which notify it.

locals {
  # The ARN may be unknown at plan time. Whether the topic is created must not.
  create_topic = var.create_sns_topic != null ? var.create_sns_topic : var.sns_topic_arn == null
  topic_name   = "${var.function_name_prefix}people"
  # Built from names, so that the size of the environment is known at plan time.
  topic_arn = local.create_topic ? "arn:${local.partition}:sns:${local.region}:${local.account_id}:${local.topic_name}" : var.sns_topic_arn

  # The ARN of a topic that exists.
  notified_topic_arn = local.create_topic ? one(aws_sns_topic.people[*].arn) : var.sns_topic_arn
  alarm_actions      = concat([local.notified_topic_arn], var.alarm_topic_arns)

  metric_alarms = {
    for action in local.actions : action => {
      failed = {
        description = "${var.function_name_prefix}${replace(action, "_", "-")}: an action failed. The answer, the log and the audit say why."
        namespace   = var.metrics_namespace
        metric_name = "Failed"
        statistic   = "Sum"
        threshold   = 0
      }
    }
  }
}

resource "aws_sns_topic" "people" {
  # checkov:skip=CKV_AWS_26:A customer managed key is an option, kms_key_arn
  count = local.create_topic ? 1 : 0

  name              = local.topic_name
  kms_master_key_id = var.kms_key_arn
  tags              = var.tags
}

resource "aws_sns_topic_subscription" "emails" {
  for_each = local.create_topic ? toset(var.emails) : []

  topic_arn = aws_sns_topic.people[0].arn
  protocol  = "email"
  endpoint  = each.value
}
