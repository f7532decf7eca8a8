# A function that alerts on every failed run. Its data and its schedule are in system.tf.

module "invoices" {
  source = "../../modules/monitored-lambda"

  function_name     = var.name
  lambda_source_dir = "${path.module}/lambda"
  timeout           = 30

  alert_strategy = "immediate"
  alarm_emails   = [var.alarm_email]

  environment_variables      = local.environment
  additional_iam_policy_arns = [aws_iam_policy.invoices.arn]
}

locals {
  environment = {
    BUCKET      = aws_s3_bucket.books.bucket
    VAT_PERCENT = tostring(var.vat_percent)
  }
}

resource "aws_iam_policy" "invoices" {
  name = var.name
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Sid       = "ListOrders"
        Effect    = "Allow"
        Action    = ["s3:ListBucket"]
        Resource  = [aws_s3_bucket.books.arn]
        Condition = { StringEquals = { "s3:prefix" = "orders/" } }
      },
      {
        Sid      = "TakeOrders"
        Effect   = "Allow"
        Action   = ["s3:GetObject", "s3:DeleteObject"]
        Resource = ["${aws_s3_bucket.books.arn}/orders/*"]
      },
      {
        Sid      = "WriteInvoices"
        Effect   = "Allow"
        Action   = ["s3:PutObject"]
        Resource = ["${aws_s3_bucket.books.arn}/invoices/*"]
      },
    ]
  })
}
