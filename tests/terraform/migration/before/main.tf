# A function that is deployed from a bucket, with its role, log group and topic.

variable "function_name" {
  type = string
}

variable "alert_strategy" {
  type    = string
  default = "immediate"
}

variable "layer_arn" {
  type    = string
  default = null
}

variable "additional_iam_policy_arns" {
  type = list(string)
}

variable "package_path" {
  type = string
}

resource "aws_lambda_function" "this" {
  function_name    = var.function_name
  description      = "Before the migration"
  role             = aws_iam_role.lambda.arn
  handler          = "main.lambda_handler"
  runtime          = "python3.12"
  architectures    = ["x86_64"]
  timeout          = 60
  layers           = var.layer_arn == null ? null : [var.layer_arn]
  s3_bucket        = aws_s3_object.lambda_package.bucket
  s3_key           = aws_s3_object.lambda_package.key
  source_code_hash = filebase64sha256(var.package_path)

  depends_on = [aws_iam_role_policy.lambda_logging, aws_cloudwatch_log_group.lambda]
}

resource "aws_lambda_function_event_invoke_config" "this" {
  function_name          = aws_lambda_function.this.function_name
  maximum_retry_attempts = 0
}

resource "aws_cloudwatch_log_group" "lambda" {
  name              = "/aws/lambda/${var.function_name}"
  retention_in_days = 365
}

resource "aws_s3_object" "lambda_package" {
  bucket = module.lambda_bucket.name
  key    = "${var.function_name}/package.zip"
  source = var.package_path
}

module "lambda_bucket" {
  source = "./bucket"

  name = "${var.function_name}-lambda-packages"
}

resource "aws_iam_role" "lambda" {
  name_prefix = "${var.function_name}-"

  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "lambda.amazonaws.com" } }]
  })
}

resource "aws_iam_role_policy" "lambda_logging" {
  name = "${var.function_name}-logging"
  role = aws_iam_role.lambda.id
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = ["logs:CreateLogStream", "logs:PutLogEvents"], Resource = ["${aws_cloudwatch_log_group.lambda.arn}:*"] }]
  })
}

resource "aws_iam_role_policy_attachment" "additional" {
  count = length(var.additional_iam_policy_arns)

  role       = aws_iam_role.lambda.name
  policy_arn = var.additional_iam_policy_arns[count.index]
}

resource "aws_sns_topic" "alarms" {
  name = "${var.function_name}-alarms"
}

resource "aws_sns_topic_subscription" "alarm_emails" {
  for_each = toset(["on-call@example.com"])

  topic_arn = aws_sns_topic.alarms.arn
  protocol  = "email"
  endpoint  = each.value
}

output "lambda_role_name" {
  value = aws_iam_role.lambda.name
}
