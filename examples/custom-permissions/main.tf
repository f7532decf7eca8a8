# A function that reads from a bucket and writes to a table, with an IAM policy for each. The bucket and
# the table are in system.tf.

module "stock" {
  source = "../../modules/monitored-lambda"

  function_name     = var.name
  lambda_source_dir = "${path.module}/lambda"
  timeout           = 30

  alarm_emails = [var.alarm_email]

  environment_variables = { TABLE = aws_dynamodb_table.stock.name }

  additional_iam_policy_arns = [
    aws_iam_policy.read_deliveries.arn,
    aws_iam_policy.write_stock.arn,
  ]
}

resource "aws_iam_policy" "read_deliveries" {
  name        = "${var.name}-read-deliveries"
  description = "Read the deliveries of suppliers"
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Sid      = "ReadDeliveries"
      Effect   = "Allow"
      Action   = ["s3:GetObject"]
      Resource = ["${aws_s3_bucket.deliveries.arn}/deliveries/*"]
    }]
  })
}

resource "aws_iam_policy" "write_stock" {
  name        = "${var.name}-write-stock"
  description = "Write the stock"
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Sid      = "WriteStock"
      Effect   = "Allow"
      Action   = ["dynamodb:PutItem"]
      Resource = [aws_dynamodb_table.stock.arn]
    }]
  })
}
