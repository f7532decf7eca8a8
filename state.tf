locals {
  monolithic = var.diva_mode == "monolithic"

  create_bucket = local.monolithic && var.s3_bucket_name == null
  create_table  = !local.monolithic && var.dynamodb_table_name == null

  # Buckets share one name space between all regions and accounts, so theirs end with both. The
  # function's name may have characters that a bucket's may not, and be too long: 63 characters
  # are the limit. Then a hash keeps names apart that would come out alike.
  bucket_suffix = "-${local.account}-${local.region}"
  bucket_slug   = replace(lower(var.lambda_name), "_", "-")
  bucket_room   = 63 - length("diva-${local.bucket_suffix}")
  bucket_stem   = local.bucket_slug == var.lambda_name && length(local.bucket_slug) <= local.bucket_room ? local.bucket_slug : "${substr(local.bucket_slug, 0, local.bucket_room - 9)}-${local.name_hash}"

  bucket_name = coalesce(var.s3_bucket_name, "diva-${local.bucket_stem}${local.bucket_suffix}")
  state_key   = coalesce(var.state_key, "diva/${var.lambda_name}/state.json")
  table_name  = coalesce(var.dynamodb_table_name, "${var.lambda_name}-state")
}

resource "aws_s3_bucket" "state" {
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

  # S3 takes a rule about old versions only where there are versions.
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
      Sid       = "RefusePlainHttp"
      Effect    = "Deny"
      Principal = "*"
      Action    = "s3:*"
      Resource  = [aws_s3_bucket.state[0].arn, "${aws_s3_bucket.state[0].arn}/*"]
      Condition = { Bool = { "aws:SecureTransport" = "false" } }
    }]
  })

  # S3 refuses two changes of one bucket's access at a time.
  depends_on = [aws_s3_bucket_public_access_block.state]
}

resource "aws_dynamodb_table" "state" {
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
