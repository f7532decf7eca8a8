# A function that mails what the alarms report, by an SMTP server.

locals {
  has_mailer = var.smtp != null
}

resource "aws_sns_topic" "alarms" {
  count = local.has_mailer ? 1 : 0

  # checkov:skip=CKV_AWS_26:CloudWatch alarms cannot publish to a topic with the AWS managed key, and contain no data of objects
  name = "${local.names.mailer}-alarms"
  tags = var.tags
}

resource "aws_sns_topic_subscription" "mailer" {
  count = local.has_mailer ? 1 : 0

  topic_arn = aws_sns_topic.alarms[0].arn
  protocol  = "lambda"
  endpoint  = module.mailer[0].function_arn

  # SNS could not invoke the function before.
  depends_on = [aws_lambda_permission.mailer]
}

resource "aws_lambda_permission" "mailer" {
  count = local.has_mailer ? 1 : 0

  statement_id  = "alarms"
  action        = "lambda:InvokeFunction"
  function_name = module.mailer[0].function_name
  principal     = "sns.amazonaws.com"
  source_arn    = aws_sns_topic.alarms[0].arn
}

module "mailer" {
  source = "../lambda-function"
  count  = local.has_mailer ? 1 : 0

  function_name = local.names.mailer
  role_arn      = terraform_data.mailer_role[0].output
  handler       = "alert_mailer.handler.handler"
  source_roots = {
    for name in ["alert_mailer", "diva_common"] : name => "${path.module}/../../lambda/${name}"
  }
  timeout_sec = 180 # an SMTP server may take 15 seconds for each of its responses
  log_format  = "JSON"
  environment_variables = {
    SMTP_HOST           = var.smtp.host
    SMTP_PORT           = var.smtp.port
    SMTP_FROM           = var.smtp.from
    SMTP_TO             = jsonencode(var.smtp.to)
    SMTP_SECRET_ARN     = var.smtp.secret_arn
    SMTP_STARTTLS       = var.smtp.starttls
    CA_CERTIFICATES_PEM = var.smtp.ca_certificates_pem
  }
  vpc_config             = length(var.smtp.subnet_ids) == 0 ? null : { subnet_ids = var.smtp.subnet_ids, security_group_ids = var.smtp.security_group_ids }
  maximum_retry_attempts = 2
  dead_letter_arn        = aws_sqs_queue.undelivered_alerts[0].arn
  log_retention_days     = var.log_retention_days
  tags                   = var.tags
}

resource "aws_sqs_queue" "undelivered_alerts" {
  count = local.has_mailer ? 1 : 0

  name                      = "${local.names.mailer}-dlq"
  message_retention_seconds = local.dead_letter_retention_seconds
  sqs_managed_sse_enabled   = true
  tags                      = var.tags
}

# Lambda rejects a function whose role cannot send to its dead-letter queue.
resource "terraform_data" "mailer_role" {
  count = local.has_mailer ? 1 : 0

  input      = aws_iam_role.mailer[0].arn
  depends_on = [aws_iam_role_policy.mailer]
}

resource "aws_iam_role" "mailer" {
  count = local.has_mailer ? 1 : 0

  name               = local.names.mailer_role
  assume_role_policy = local.assume_role_policies["lambda"]
  tags               = var.tags
}

resource "aws_iam_role_policy" "mailer" {
  count = local.has_mailer ? 1 : 0

  name = "mailer"
  role = aws_iam_role.mailer[0].id

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = concat(module.mailer[0].policy_statements, [
      for arn in [var.smtp.secret_arn] : {
        Sid      = "Secret"
        Effect   = "Allow"
        Action   = ["secretsmanager:GetSecretValue"]
        Resource = [arn]
      } if arn != null
    ])
  })
}
