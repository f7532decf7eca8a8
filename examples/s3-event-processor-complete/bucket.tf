# The existing bucket, as its owner configures it, and the price list in it.

data "aws_caller_identity" "this" {}

data "aws_region" "this" {}

locals {
  prices_key = "config/prices.json"
}

resource "aws_s3_bucket" "uploads" {
  # checkov:skip=CKV_AWS_18:Sample data, whose access is not audited
  # checkov:skip=CKV_AWS_144:Sample data, which needs no copy in another region
  # checkov:skip=CKV_AWS_145:Encrypted with a key of S3; examples/vpc-kms shows a customer managed key
  # checkov:skip=CKV2_AWS_61:Sample data, of which only few objects exist
  bucket        = "${var.name}-${data.aws_caller_identity.this.account_id}-${data.aws_region.this.id}"
  force_destroy = true
}

resource "aws_s3_bucket_public_access_block" "uploads" {
  bucket                  = aws_s3_bucket.uploads.id
  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}

resource "aws_s3_bucket_versioning" "uploads" {
  bucket = aws_s3_bucket.uploads.id

  versioning_configuration {
    status = "Enabled"
  }
}

# All notifications of the bucket. The processor does not change them.
resource "aws_s3_bucket_notification" "uploads" {
  bucket      = aws_s3_bucket.uploads.id
  eventbridge = true
}

# The price list that the function reads, and the original that repair_command restores it from.
resource "aws_s3_object" "prices" {
  for_each = toset([local.prices_key, "samples/prices.json"])

  bucket       = aws_s3_bucket.uploads.id
  key          = each.key
  content      = jsonencode({ bolt = "0.09", nut = "0.04" })
  content_type = "application/json"

  # Objects that are created before have no version.
  depends_on = [aws_s3_bucket_versioning.uploads]
}
