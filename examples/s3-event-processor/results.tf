# The bucket with the summaries. A bucket of its own, so that the function does not receive events for its
# own output.

data "aws_caller_identity" "this" {}

data "aws_region" "this" {}

resource "aws_s3_bucket" "results" {
  bucket        = "${var.name}-results-${data.aws_caller_identity.this.account_id}-${data.aws_region.this.id}"
  force_destroy = true
}

resource "aws_s3_bucket_public_access_block" "results" {
  bucket                  = aws_s3_bucket.results.id
  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}
