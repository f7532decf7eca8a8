# The monitored system: a worker that processes orders from a queue and from files in a bucket. It is
# a placeholder for your own system and not part of DIVA.

module "worker" {
  source = "../../modules/lambda-function"

  function_name = "${var.name}-worker"
  role_arn      = aws_iam_role.worker.arn
  handler       = "worker.handler"
  sources       = { "worker.py" = "${path.module}/worker.py" }
  timeout_sec   = 10
}

locals {
  orders_name  = "${var.name}-orders"
  replies_name = "${var.name}-replies"
}

resource "aws_sqs_queue" "orders" {
  name                      = local.orders_name
  message_retention_seconds = 3600
  sqs_managed_sse_enabled   = true
}

resource "aws_sqs_queue" "replies" {
  name                      = local.replies_name
  message_retention_seconds = 3600
  sqs_managed_sse_enabled   = true
}

resource "aws_lambda_event_source_mapping" "orders" {
  function_name    = module.worker.function_arn
  event_source_arn = aws_sqs_queue.orders.arn

  # Lambda rejects the mapping if the function's role does not allow it to read the queue.
  depends_on = [aws_iam_role_policy.worker]
}

resource "aws_s3_bucket" "files" {
  # checkov:skip=CKV_AWS_18:Sample data, whose access is not audited
  # checkov:skip=CKV_AWS_21:Sample data, whose old versions nobody needs
  # checkov:skip=CKV_AWS_144:Sample data, which needs no copy in another region
  # checkov:skip=CKV_AWS_145:Encrypted with a key of S3; examples/vpc-kms shows a customer managed key
  # checkov:skip=CKV2_AWS_61:Sample data, of which only few objects exist
  bucket        = "${var.name}-files-${local.account}-${local.region}"
  force_destroy = true
}

resource "aws_s3_bucket_public_access_block" "files" {
  bucket                  = aws_s3_bucket.files.id
  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}

resource "aws_s3_bucket_notification" "orders" {
  bucket = aws_s3_bucket.files.id

  lambda_function {
    lambda_function_arn = module.worker.function_arn
    events              = ["s3:ObjectCreated:*"]
    filter_prefix       = "orders/"
  }

  # S3 verifies the permission when it creates the notification.
  depends_on = [aws_lambda_permission.files]
}

resource "aws_lambda_permission" "files" {
  statement_id   = "files"
  action         = "lambda:InvokeFunction"
  function_name  = module.worker.function_name
  principal      = "s3.amazonaws.com"
  source_arn     = aws_s3_bucket.files.arn
  source_account = local.account
}

resource "aws_iam_role" "worker" {
  name               = "${var.name}-worker"
  assume_role_policy = local.assumed_by_lambda
}

resource "aws_iam_role_policy" "worker" {
  name = "worker"
  role = aws_iam_role.worker.id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Sid      = "Log"
        Effect   = "Allow"
        Action   = ["logs:CreateLogStream", "logs:PutLogEvents"]
        Resource = ["arn:${local.partition}:logs:${local.region}:${local.account}:log-group:/aws/lambda/${var.name}-worker:*"]
      },
      {
        Sid      = "TakeOrder"
        Effect   = "Allow"
        Action   = ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"]
        Resource = [aws_sqs_queue.orders.arn]
      },
      {
        Sid      = "Reply"
        Effect   = "Allow"
        Action   = ["sqs:SendMessage"]
        Resource = [aws_sqs_queue.replies.arn]
      },
      {
        Sid      = "ReadOrder"
        Effect   = "Allow"
        Action   = ["s3:GetObject"]
        Resource = ["${aws_s3_bucket.files.arn}/orders/*"]
      },
      {
        Sid      = "WriteReceipt"
        Effect   = "Allow"
        Action   = ["s3:PutObject"]
        Resource = ["${aws_s3_bucket.files.arn}/receipts/*"]
      },
    ]
  })
}
