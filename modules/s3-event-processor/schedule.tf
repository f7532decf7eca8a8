# EventBridge starts the state machine.

resource "aws_sfn_state_machine" "this" {
  # checkov:skip=CKV_AWS_284:Tracing costs for each execution, and step_functions_log_level shows the same
  # checkov:skip=CKV_AWS_285:The log has no input and output, which can contain what the function returns
  name       = local.names.state_machine
  type       = "STANDARD"
  role_arn   = aws_iam_role.state_machine.arn
  definition = jsonencode(local.definition)
  tags       = var.tags

  logging_configuration {
    level                  = var.step_functions_log_level
    include_execution_data = false
    log_destination        = "${aws_cloudwatch_log_group.state_machine.arn}:*"
  }

  # Step Functions checks that it may write the log.
  depends_on = [aws_iam_role_policy.state_machine]
}

resource "aws_cloudwatch_log_group" "state_machine" {
  # checkov:skip=CKV_AWS_158:Without data of executions; encrypted with a key of CloudWatch Logs
  # checkov:skip=CKV_AWS_338:The retention is an option, log_retention_days
  # With this prefix, the policies of log groups do not have to name every state machine.
  name              = "/aws/vendedlogs/states/${local.names.state_machine}"
  retention_in_days = var.log_retention_days
  tags              = var.tags
}

resource "aws_iam_role" "state_machine" {
  name               = local.names.state_machine_role
  assume_role_policy = local.assume_role_policies["states"]
  tags               = var.tags
}

resource "aws_iam_role_policy" "state_machine" {
  name = "state-machine"
  role = aws_iam_role.state_machine.id

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Sid      = "Queue"
        Effect   = "Allow"
        Action   = ["sqs:GetQueueAttributes", "sqs:ReceiveMessage", "sqs:ChangeMessageVisibility", "sqs:DeleteMessage"]
        Resource = [aws_sqs_queue.events.arn]
      },
      {
        Sid      = "Bury"
        Effect   = "Allow"
        Action   = ["sqs:SendMessage"]
        Resource = [aws_sqs_queue.dead_letters["function"].arn]
      },
      {
        Sid      = "Invoke"
        Effect   = "Allow"
        Action   = ["lambda:InvokeFunction"]
        Resource = [local.invoked_arn]
      },
      {
        Sid      = "Executions"
        Effect   = "Allow"
        Action   = ["states:ListExecutions"]
        Resource = ["arn:${local.partition}:states:${local.region}:${local.account_id}:stateMachine:${local.names.state_machine}"]
      },
      {
        # CloudWatch Logs does not support resource-level permissions for these actions.
        Sid    = "Log"
        Effect = "Allow"
        Action = [
          "logs:CreateLogDelivery",
          "logs:DeleteLogDelivery",
          "logs:DescribeLogGroups",
          "logs:DescribeResourcePolicies",
          "logs:GetLogDelivery",
          "logs:ListLogDeliveries",
          "logs:PutResourcePolicy",
          "logs:UpdateLogDelivery",
        ]
        Resource = ["*"]
      },
    ]
  })
}

resource "aws_cloudwatch_event_rule" "schedule" {
  name                = local.names.schedule_rule
  description         = "Starts ${local.names.state_machine}."
  schedule_expression = local.schedule_expression
  tags                = var.tags
}

resource "aws_cloudwatch_event_target" "schedule" {
  rule      = aws_cloudwatch_event_rule.schedule.name
  target_id = "state-machine"
  arn       = aws_sfn_state_machine.this.arn
  role_arn  = aws_iam_role.schedule.arn
  input     = "{}"

  dead_letter_config {
    arn = aws_sqs_queue.dead_letters["schedule"].arn
  }

  # The first event can come immediately.
  depends_on = [aws_iam_role_policy.schedule]
}

resource "aws_iam_role" "schedule" {
  name               = local.names.schedule_role
  assume_role_policy = local.assume_role_policies["events"]
  tags               = var.tags
}

resource "aws_iam_role_policy" "schedule" {
  name = "schedule"
  role = aws_iam_role.schedule.id

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Sid      = "Start"
      Effect   = "Allow"
      Action   = ["states:StartExecution"]
      Resource = [aws_sfn_state_machine.this.arn]
    }]
  })
}
