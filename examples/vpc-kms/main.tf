# DIVA in a VPC without internet access, with all data at rest encrypted with one KMS key. The network
# is in network.tf, the key in key.tf, and the dead-letter queue in watch.tf.

module "diva" {
  source = "../.."

  lambda_name         = var.name
  lambda_role_arn     = terraform_data.role_arn.output
  event_logic_path    = "${path.module}/event_logic.py"
  schedule_expression = var.schedule_expression

  lambda_vpc_config = {
    subnet_ids         = aws_subnet.private[*].id
    security_group_ids = [aws_security_group.diva.id]
  }

  kms_key_arn     = aws_kms_key.this.arn
  log_kms_key_arn = aws_kms_key.this.arn

  alarm_actions    = [aws_sns_topic.alerts.arn]
  dead_letter_arn  = aws_sqs_queue.dead_letters.arn
  create_dashboard = true

  environment_variables = {
    ALERT_TOPIC_ARN = aws_sns_topic.alerts.arn
    SERVICE_URL     = var.service_url
  }
}

resource "aws_iam_role" "diva" {
  name = var.name
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { Service = "lambda.amazonaws.com" }
      Action    = ["sts:AssumeRole"]
    }]
  })
}

resource "aws_iam_role_policy" "engine" {
  name   = "engine"
  role   = aws_iam_role.diva.id
  policy = module.diva.lambda_policy_json
}

# Lambda creates and deletes the function's network interfaces with the permissions of the role. The
# role must have them before the function exists, and until it has been deleted.
resource "terraform_data" "role_arn" {
  input      = aws_iam_role.diva.arn
  depends_on = [aws_iam_role_policy.engine]
}

# The permission for the topic's key is in the policy of the engine, which uses the same key.
resource "aws_iam_role_policy" "callbacks" {
  name = "callbacks"
  role = aws_iam_role.diva.id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Sid      = "Notify"
      Effect   = "Allow"
      Action   = ["sns:Publish"]
      Resource = [aws_sns_topic.alerts.arn]
    }]
  })
}

resource "aws_sns_topic" "alerts" {
  name              = "${var.name}-alerts"
  kms_master_key_id = aws_kms_key.this.arn
}
