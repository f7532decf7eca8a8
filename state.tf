locals {
  monolithic = var.diva_mode == "monolithic"

  # The names may be unknown at plan time. Whether something is created must not.
  create_bucket = local.monolithic && (var.create_s3_bucket != null ? var.create_s3_bucket : var.s3_bucket_name == null)
  create_table  = !local.monolithic && (var.create_dynamodb_table != null ? var.create_dynamodb_table : var.dynamodb_table_name == null)

  # Bucket names are unique across accounts and regions, so the name contains both. It has at most 63
  # characters, and fewer characters are allowed than in a function name. A hash distinguishes
  # function names that would give the same bucket name.
  bucket_suffix          = "-${local.account}-${local.region}"
  bucket_slug            = replace(lower(var.lambda_name), "_", "-")
  bucket_slug_max_length = 63 - length("diva-${local.bucket_suffix}")
  bucket_unique_slug     = local.bucket_slug == var.lambda_name && length(local.bucket_slug) <= local.bucket_slug_max_length ? local.bucket_slug : "${substr(local.bucket_slug, 0, local.bucket_slug_max_length - 9)}-${local.name_hash}"

  bucket_name = coalesce(var.s3_bucket_name, "diva-${local.bucket_unique_slug}${local.bucket_suffix}")
  state_key   = coalesce(var.state_key, "diva/${var.lambda_name}/state.json")
  table_name  = coalesce(var.dynamodb_table_name, "${var.lambda_name}-state")
}

resource "aws_s3_bucket" "state" {
  # checkov:skip=CKV_AWS_18:Data events in CloudTrail log access without another bucket
  # checkov:skip=CKV_AWS_144:Lost state is rebuilt by the next periods
  # checkov:skip=CKV2_AWS_62:Nothing reacts to changes of the state
  count = local.create_bucket ? 1 : 0

  bucket        = local.bucket_name
  force_destroy = var.state_force_destroy
  tags          = var.tags
}

resource "aws_s3_bucket_versioning" "state" {
  count = local.create_bucket ? 1 : 0

  bucket = aws_s3_bucket.state[0].id

  versioning_configuration {
    status = "Enabled"
  }
}

resource "aws_s3_bucket_lifecycle_configuration" "state" {
  count = local.create_bucket && var.state_version_retention_days != null ? 1 : 0

  bucket = aws_s3_bucket.state[0].id

  rule {
    id     = "old-versions"
    status = "Enabled"

    filter {}

    noncurrent_version_expiration {
      noncurrent_days = var.state_version_retention_days
    }
  }

  # DIVA uploads state in one part. This is for what others upload to the bucket.
  rule {
    id     = "unfinished-uploads"
    status = "Enabled"

    filter {}

    abort_incomplete_multipart_upload {
      days_after_initiation = 7
    }
  }

  # A rule on noncurrent versions requires versioning.
  depends_on = [aws_s3_bucket_versioning.state]
}

resource "aws_s3_bucket_server_side_encryption_configuration" "state" {
  count = local.create_bucket ? 1 : 0

  bucket = aws_s3_bucket.state[0].id

  rule {
    bucket_key_enabled = var.kms_key_arn != null

    apply_server_side_encryption_by_default {
      sse_algorithm     = var.kms_key_arn == null ? "AES256" : "aws:kms"
      kms_master_key_id = var.kms_key_arn
    }
  }
}

resource "aws_s3_bucket_public_access_block" "state" {
  count = local.create_bucket ? 1 : 0

  bucket                  = aws_s3_bucket.state[0].id
  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}

resource "aws_s3_bucket_policy" "state" {
  count = local.create_bucket ? 1 : 0

  bucket = aws_s3_bucket.state[0].id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Sid       = "DenyInsecureTransport"
      Effect    = "Deny"
      Principal = "*"
      Action    = "s3:*"
      Resource  = [aws_s3_bucket.state[0].arn, "${aws_s3_bucket.state[0].arn}/*"]
      Condition = { Bool = { "aws:SecureTransport" = "false" } }
    }]
  })

  # S3 rejects concurrent changes to the access settings of a bucket.
  depends_on = [aws_s3_bucket_public_access_block.state]
}

resource "aws_dynamodb_table" "state" {
  # checkov:skip=CKV_AWS_119:A customer managed key is an option, kms_key_arn
  count = local.create_table ? 1 : 0

  name         = local.table_name
  billing_mode = "PAY_PER_REQUEST"
  hash_key     = "event_id"
  tags         = var.tags

  attribute {
    name = "event_id"
    type = "S"
  }

  point_in_time_recovery {
    enabled = true
  }

  server_side_encryption {
    enabled     = var.kms_key_arn != null
    kms_key_arn = var.kms_key_arn
  }
}
