# DIVA with its execution role, and a topic for alerts.

terraform {
  required_version = ">= 1.9"

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 5.51, < 7.0"
    }
  }
}

variable "name" {
  description = "Name of the function, and prefix of the names of all other resources."
  type        = string
  default     = "first-diva"
  nullable    = false
}

variable "alert_email" {
  description = "Address that alerts are sent to. AWS asks it for confirmation. Null sends no mail."
  type        = string
  default     = null
}

module "diva" {
  source = "../../../.."

  lambda_name         = var.name
  lambda_role_arn     = aws_iam_role.diva.arn
  event_logic_path    = "${path.module}/event_logic.py"
  schedule_expression = "rate(5 minutes)"

  environment_variables = {
    ALERT_TOPIC_ARN = aws_sns_topic.alerts.arn
  }
}

resource "aws_iam_role" "diva" {
  name = var.name
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { Service = "lambda.amazonaws.com" }
      Action    = "sts:AssumeRole"
    }]
  })
}

# What DIVA itself needs.
resource "aws_iam_role_policy" "engine" {
  name   = "engine"
  role   = aws_iam_role.diva.id
  policy = module.diva.lambda_policy_json
}

# What the events need. `scripts/diva policy event_logic.py` prints it.
resource "aws_iam_role_policy" "events" {
  name = "events"
  role = aws_iam_role.diva.id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect   = "Allow"
      Action   = ["sns:Publish"]
      Resource = [aws_sns_topic.alerts.arn]
    }]
  })
}

resource "aws_sns_topic" "alerts" {
  name              = "${var.name}-alerts"
  kms_master_key_id = "alias/aws/sns"
}

resource "aws_sns_topic_subscription" "email" {
  count = var.alert_email == null ? 0 : 1

  topic_arn = aws_sns_topic.alerts.arn
  protocol  = "email"
  endpoint  = var.alert_email
}

output "lambda_function_name" {
  description = "Name of the function."
  value       = module.diva.lambda_function_name
}

output "eventbridge_rule_name" {
  description = "Name of the rule that starts the periods."
  value       = module.diva.eventbridge_rule_name
}

output "state_bucket_name" {
  description = "Name of the bucket that stores the state."
  value       = module.diva.state_bucket_name
}

output "state_key" {
  description = "Key of the state object."
  value       = module.diva.state_key
}

output "alert_topic_arn" {
  description = "ARN of the topic for alerts and resolutions."
  value       = aws_sns_topic.alerts.arn
}
