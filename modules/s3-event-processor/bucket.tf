# The bucket, created or existing, and its events.

locals {
  bucket_id  = var.create_bucket ? aws_s3_bucket.this[0].id : var.existing_bucket_id
  bucket_arn = var.create_bucket ? aws_s3_bucket.this[0].arn : coalesce(var.existing_bucket_arn, "arn:${local.partition}:s3:::${var.existing_bucket_id}")

  has_lifecycle = var.create_bucket && var.s3_enable_lifecycle_rules
}

resource "aws_s3_bucket" "this" {
  count = var.create_bucket ? 1 : 0

  # checkov:skip=CKV_AWS_18:Data events in CloudTrail log access without another bucket
  # checkov:skip=CKV_AWS_144:Objects wait here to be processed; a copy in another region would not be
  # checkov:skip=CKV_AWS_145:Encrypted with a key of S3; a bucket with a customer managed key can be given as existing_bucket_id
  # checkov:skip=CKV2_AWS_61:Lifecycle rules are an option, s3_enable_lifecycle_rules
  # checkov:skip=CKV2_AWS_62:aws_s3_bucket_notification.this sends all events to EventBridge
  bucket        = local.names.bucket
  force_destroy = var.s3_force_destroy
  tags          = var.tags
}

resource "aws_s3_bucket_public_access_block" "this" {
  count = var.create_bucket ? 1 : 0

  bucket                  = aws_s3_bucket.this[0].id
  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}

resource "aws_s3_bucket_versioning" "this" {
  count = var.create_bucket && var.s3_enable_versioning ? 1 : 0

  bucket = aws_s3_bucket.this[0].id

  versioning_configuration {
    status = "Enabled"
  }
}

resource "aws_s3_bucket_lifecycle_configuration" "this" {
  count = local.has_lifecycle ? 1 : 0

  bucket = aws_s3_bucket.this[0].id

  rule {
    id     = "expire-noncurrent-versions"
    status = "Enabled"

    filter {}

    noncurrent_version_expiration {
      noncurrent_days = var.s3_noncurrent_version_expiration_days
    }

    abort_incomplete_multipart_upload {
      days_after_initiation = 7
    }
  }

  # Without versioning, the bucket has no noncurrent versions that the rule could apply to.
  depends_on = [aws_s3_bucket_versioning.this]
}

# Replaces all other notifications of the bucket, which is why an existing bucket is left alone.
resource "aws_s3_bucket_notification" "this" {
  count = var.create_bucket || var.manage_bucket_notifications ? 1 : 0

  bucket      = local.bucket_id
  eventbridge = true
}
