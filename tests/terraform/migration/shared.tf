resource "aws_iam_policy" "read_orders" {
  name = "read-orders"
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = ["s3:GetObject"], Resource = ["*"] }]
  })
}
