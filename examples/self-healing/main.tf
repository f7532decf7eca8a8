# DIVA, and the actions that it calls: it restarts the service, and notifies people if that does not help.
# The service is in system.tf.

module "diva" {
  source = "../.."

  lambda_name         = var.name
  lambda_role_arn     = aws_iam_role.diva.arn
  event_logic_path    = "${path.module}/event_logic.py"
  schedule_expression = var.schedule_expression
  # The detection, a restart that takes 30 seconds, and an alert.
  lambda_timeout_sec = 90

  environment_variables = {
    BUCKET                   = aws_s3_bucket.service.bucket
    HEARTBEAT                = local.heartbeat
    HEARTBEAT_MAX_AGE_SEC    = tostring(var.heartbeat_max_age_sec)
    RESTART_SERVICE_FUNCTION = module.incident_actions.function_names["restart_service"]
    NOTIFY_HUMAN_FUNCTION    = module.incident_actions.function_names["notify_human"]
  }
}

module "incident_actions" {
  source = "../../modules/incident-actions"

  function_name_prefix = "${var.name}-"
  emails               = var.emails

  restart_service = {
    targets = {
      api = { cluster = aws_ecs_cluster.this.name, service = aws_ecs_service.api.name }
    }
  }

  notify_human = {}
}

resource "aws_iam_role" "diva" {
  name               = var.name
  assume_role_policy = local.assumed_by["lambda"]
}

resource "aws_iam_role_policy" "engine" {
  name   = "engine"
  role   = aws_iam_role.diva.id
  policy = module.diva.lambda_policy_json
}

resource "aws_iam_role_policy" "callbacks" {
  name = "callbacks"
  role = aws_iam_role.diva.id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Sid      = "ReadHeartbeat"
        Effect   = "Allow"
        Action   = ["s3:GetObject"]
        Resource = ["${aws_s3_bucket.service.arn}/${local.heartbeat}"]
      },
      {
        Sid      = "RestartService"
        Effect   = "Allow"
        Action   = ["lambda:InvokeFunction"]
        Resource = [module.incident_actions.function_arns["restart_service"]]
      },
      {
        Sid      = "NotifyHuman"
        Effect   = "Allow"
        Action   = ["lambda:InvokeFunction"]
        Resource = [module.incident_actions.function_arns["notify_human"]]
      },
    ]
  })
}

data "aws_caller_identity" "this" {}

data "aws_region" "this" {}

locals {
  account = data.aws_caller_identity.this.account_id
  region  = data.aws_region.this.id

  assumed_by = {
    for service in ["lambda", "ecs-tasks"] : service => jsonencode({
      Version = "2012-10-17"
      Statement = [{
        Effect    = "Allow"
        Principal = { Service = "${service}.amazonaws.com" }
        Action    = ["sts:AssumeRole"]
      }]
    })
  }
}
