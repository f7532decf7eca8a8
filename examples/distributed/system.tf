# The monitored system: a pipeline that creates a report for each job file. It is a placeholder for your
# own system and not part of DIVA.

module "pipeline" {
  source = "../../modules/lambda-function"

  function_name         = local.pipeline_name
  role_arn              = aws_iam_role.pipeline.arn
  handler               = "pipeline.handler"
  sources               = { "pipeline.py" = "${path.module}/pipeline.py" }
  timeout_sec           = 10
  environment_variables = { KINDS = "invoices,shipments" }
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

resource "aws_s3_bucket_notification" "jobs" {
  bucket = aws_s3_bucket.files.id

  lambda_function {
    lambda_function_arn = module.pipeline.function_arn
    events              = ["s3:ObjectCreated:*"]
    filter_prefix       = "jobs/"
  }

  # S3 verifies the permission when it creates the notification.
  depends_on = [aws_lambda_permission.files]
}

resource "aws_lambda_permission" "files" {
  statement_id   = "files"
  action         = "lambda:InvokeFunction"
  function_name  = module.pipeline.function_name
  principal      = "s3.amazonaws.com"
  source_arn     = aws_s3_bucket.files.arn
  source_account = local.account
}

resource "aws_iam_role" "pipeline" {
  name               = local.pipeline_name
  assume_role_policy = local.assumed_by_lambda
}

resource "aws_iam_role_policy" "pipeline" {
  name = "pipeline"
  role = aws_iam_role.pipeline.id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Sid      = "Log"
        Effect   = "Allow"
        Action   = ["logs:CreateLogStream", "logs:PutLogEvents"]
        Resource = ["arn:${local.partition}:logs:${local.region}:${local.account}:log-group:/aws/lambda/${local.pipeline_name}:*"]
      },
      {
        Sid      = "ReadJob"
        Effect   = "Allow"
        Action   = ["s3:GetObject"]
        Resource = ["${aws_s3_bucket.files.arn}/jobs/*"]
      },
      {
        Sid      = "WriteReport"
        Effect   = "Allow"
        Action   = ["s3:PutObject"]
        Resource = ["${aws_s3_bucket.files.arn}/reports/*"]
      },
    ]
  })
}

locals {
  pipeline_name = "${var.name}-pipeline"
}
