# A function that forwards logs or metrics, as modules/splunk-forwarder and modules/dynatrace-sync do.

variable "name" {
  type = string
}

variable "role_arn" {
  type = string
}

resource "aws_lambda_function" "this" {
  function_name = var.name
  role          = var.role_arn
  handler       = "forwarder.handler"
  runtime       = "python3.12"
  filename      = "${path.root}/forwarder.zip"

  # Otherwise, the function could create it first.
  depends_on = [aws_cloudwatch_log_group.this]
}

resource "aws_cloudwatch_log_group" "this" {
  name = "/aws/lambda/${var.name}"
}

output "lambda_arn" {
  value = aws_lambda_function.this.arn
}
