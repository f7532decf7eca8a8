locals {
  # Callers can set a variable conditionally by making its value null. Omitting the key instead could
  # make the keys of the map unknown at plan time.
  environment = { for name, value in var.environment_variables : name => value if value != null }

  # What an image contains and zips do not: Lambda rejects these arguments for functions from an image.
  is_image = var.image_uri != null
}

resource "aws_cloudwatch_log_group" "this" {
  name              = "/aws/lambda/${var.function_name}"
  retention_in_days = var.log_retention_days
  kms_key_id        = var.log_kms_key_arn
  tags              = var.tags
}

resource "aws_lambda_function" "this" {
  function_name = var.function_name
  description   = var.description
  role          = var.role_arn
  package_type  = local.is_image ? "Image" : "Zip"
  image_uri     = var.image_uri
  handler       = local.is_image ? null : var.handler
  runtime       = local.is_image ? null : var.runtime
  architectures = [var.architecture]
  layers        = var.layers
  memory_size   = var.memory_mb
  timeout       = var.timeout_sec
  kms_key_arn   = var.kms_key_arn
  tags          = var.tags

  reserved_concurrent_executions = var.reserved_concurrent_executions
  publish                        = local.has_alias

  filename         = local.is_image || local.package_on_s3 ? null : local.package_path
  s3_bucket        = one(aws_s3_object.package[*].bucket)
  s3_key           = one(aws_s3_object.package[*].key)
  source_code_hash = local.is_image ? null : local.package_hash

  code_signing_config_arn = var.code_signing_config_arn

  dynamic "environment" {
    # Not the map itself, which can be sensitive: for_each does not accept sensitive values.
    for_each = length(var.environment_variables) == 0 ? [] : ["this"]

    content {
      variables = local.environment
    }
  }

  dynamic "vpc_config" {
    for_each = var.vpc_config == null ? [] : [var.vpc_config]

    content {
      subnet_ids         = vpc_config.value.subnet_ids
      security_group_ids = vpc_config.value.security_group_ids
    }
  }

  dynamic "dead_letter_config" {
    for_each = var.dead_letter_arn == null ? [] : [var.dead_letter_arn]

    content {
      target_arn = dead_letter_config.value
    }
  }

  dynamic "file_system_config" {
    for_each = var.file_system_config == null ? [] : [var.file_system_config]

    content {
      arn              = file_system_config.value.arn
      local_mount_path = file_system_config.value.local_mount_path
    }
  }

  dynamic "snap_start" {
    for_each = var.snap_start ? ["this"] : []

    content {
      apply_on = "PublishedVersions"
    }
  }

  ephemeral_storage {
    size = var.ephemeral_storage_mb
  }

  tracing_config {
    mode = var.enable_tracing ? "Active" : "PassThrough"
  }

  logging_config {
    log_group             = aws_cloudwatch_log_group.this.name
    log_format            = var.log_format
    application_log_level = var.application_log_level
    system_log_level      = var.system_log_level
  }

  lifecycle {
    precondition {
      condition     = local.is_image || local.package_hash != ""
      error_message = "The package \"${coalesce(var.package_path, "-")}\" of ${var.function_name} does not exist. Relative paths are resolved against ${abspath(".")}."
    }
  }

  # `filename` is a path, which does not make Terraform wait for the zip to be built.
  depends_on = [terraform_data.package]
}
