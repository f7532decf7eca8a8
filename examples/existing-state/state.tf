# The existing resources: a bucket and a table that are encrypted with a customer managed key.

data "aws_caller_identity" "this" {}

data "aws_region" "this" {}

resource "aws_kms_key" "state" {
  # checkov:skip=CKV2_AWS_64:The default policy leaves access to IAM policies, such as lambda_policy_json
  description             = "State of ${var.name}"
  enable_key_rotation     = true
  deletion_window_in_days = 7
}

resource "aws_s3_bucket" "state" {
  # checkov:skip=CKV_AWS_18:Data events in CloudTrail log access without another bucket
  # checkov:skip=CKV_AWS_144:Lost state is rebuilt by the next periods
  # checkov:skip=CKV2_AWS_62:Nothing reacts to changes of the state
  bucket        = "${var.name}-state-${data.aws_caller_identity.this.account_id}-${data.aws_region.this.id}"
  force_destroy = true
}

resource "aws_s3_bucket_versioning" "state" {
  bucket = aws_s3_bucket.state.id

  versioning_configuration {
    status = "Enabled"
  }
}

resource "aws_s3_bucket_server_side_encryption_configuration" "state" {
  bucket = aws_s3_bucket.state.id

  rule {
    bucket_key_enabled = true

    apply_server_side_encryption_by_default {
      sse_algorithm     = "aws:kms"
      kms_master_key_id = aws_kms_key.state.arn
    }
  }
}

resource "aws_s3_bucket_public_access_block" "state" {
  bucket                  = aws_s3_bucket.state.id
  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}

resource "aws_dynamodb_table" "state" {
  name         = "${var.name}-state"
  billing_mode = "PAY_PER_REQUEST"
  hash_key     = "event_id"

  attribute {
    name = "event_id"
    type = "S"
  }

  point_in_time_recovery {
    enabled = true
  }

  server_side_encryption {
    enabled     = true
    kms_key_arn = aws_kms_key.state.arn
  }
}
