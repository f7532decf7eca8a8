# The bucket for deliveries, and the table of the stock.

data "aws_caller_identity" "this" {}

data "aws_region" "this" {}

locals {
  account = data.aws_caller_identity.this.account_id
  region  = data.aws_region.this.id
}

resource "aws_s3_bucket" "deliveries" {
  # checkov:skip=CKV_AWS_18:Sample data, whose access is not audited
  # checkov:skip=CKV_AWS_21:Sample data, whose old versions nobody needs
  # checkov:skip=CKV_AWS_144:Sample data, which needs no copy in another region
  # checkov:skip=CKV_AWS_145:Encrypted with a key of S3; examples/vpc-kms shows a customer managed key
  # checkov:skip=CKV2_AWS_61:Sample data, of which only few objects exist
  bucket        = "${var.name}-${local.account}-${local.region}"
  force_destroy = true
}

resource "aws_s3_bucket_public_access_block" "deliveries" {
  bucket                  = aws_s3_bucket.deliveries.id
  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}

resource "aws_s3_bucket_notification" "deliveries" {
  bucket = aws_s3_bucket.deliveries.id

  lambda_function {
    lambda_function_arn = module.stock.lambda_function_arn
    events              = ["s3:ObjectCreated:*"]
    filter_prefix       = "deliveries/"
  }

  # S3 verifies the permission when it creates the notification.
  depends_on = [aws_lambda_permission.deliveries]
}

resource "aws_lambda_permission" "deliveries" {
  statement_id   = "deliveries"
  action         = "lambda:InvokeFunction"
  function_name  = module.stock.lambda_function_name
  principal      = "s3.amazonaws.com"
  source_arn     = aws_s3_bucket.deliveries.arn
  source_account = local.account
}

# Outside of deliveries/, so that it is not imported until deliver_command copies it there.
resource "aws_s3_object" "sample" {
  bucket = aws_s3_bucket.deliveries.bucket
  key    = "samples/acme.json"
  content = jsonencode({
    articles = [
      { article = "bolt-m6", quantity = 1200, price = "0.09" },
      { article = "nut-m6", quantity = 800, price = "0.04" },
    ]
  })
}

resource "aws_dynamodb_table" "stock" {
  # checkov:skip=CKV_AWS_119:Encrypted with a key of DynamoDB; examples/existing-state shows a customer managed key
  name         = var.name
  billing_mode = "PAY_PER_REQUEST"
  hash_key     = "supplier"
  range_key    = "article"

  attribute {
    name = "supplier"
    type = "S"
  }

  attribute {
    name = "article"
    type = "S"
  }

  point_in_time_recovery {
    enabled = true
  }
}
