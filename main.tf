data "aws_caller_identity" "this" {}

data "aws_partition" "this" {}

data "aws_region" "this" {}

locals {
  account   = data.aws_caller_identity.this.account_id
  partition = data.aws_partition.this.partition
  region    = data.aws_region.this.id

  name_hash = substr(sha256(var.lambda_name), 0, 8)

  create_package = var.create_package != null ? var.create_package : var.package_path == null

  # A path that does not exist counts as a file, so that the package reports it as missing. fileexists
  # fails for a directory.
  extra_directories = [for path in var.extra_source_paths : path if !try(fileexists(path), false) && length(fileset(path, "**")) > 0]

  source_roots = merge(
    { for path in local.extra_directories : basename(path) => path },
    { diva = "${path.module}/lambda/diva" },
  )
  sources = merge(
    { for path in setsubtract(var.extra_source_paths, local.extra_directories) : basename(path) => path },
    { "event_logic.py" = var.event_logic_path },
  )

  # Two of Python's log levels have other names in Lambda.
  application_log_level = lookup({ WARNING = "WARN", CRITICAL = "FATAL" }, var.lambda_log_level, var.lambda_log_level)

  # Read by lambda/diva/settings.py. A variable whose value is null is not set.
  engine_environment = {
    DIVA_MODE              = var.diva_mode
    DIVA_WORKER_ROLE       = var.worker_role
    DIVA_PARALLELIZE       = tostring(var.parallelize_events)
    DIVA_MAX_WORKERS       = tostring(var.max_workers)
    DIVA_EVENT_TIMEOUT_SEC = var.event_timeout_sec == null ? null : tostring(var.event_timeout_sec)
    DIVA_LOG_LEVEL         = var.lambda_log_level
    DIVA_STATE_BUCKET      = local.monolithic ? local.bucket_name : null
    DIVA_STATE_KEY         = local.monolithic ? local.state_key : null
    DIVA_STATE_TABLE       = local.monolithic ? null : local.table_name
    DIVA_KMS_KEY_ARN       = local.monolithic ? var.kms_key_arn : null
    DIVA_EVENT_METRICS     = var.enable_event_metrics ? "true" : null

    DIVA_MAINTENANCE_WINDOWS = length(var.maintenance_windows) == 0 ? null : jsonencode([
      for window in var.maintenance_windows : { for name, value in window : name => value if value != null }
    ])
  }
}

module "function" {
  source = "./modules/lambda-function"

  function_name = var.lambda_name
  role_arn      = var.lambda_role_arn
  handler       = "diva.handler.handler"
  runtime       = var.lambda_runtime
  architecture  = var.lambda_architecture
  layers        = var.lambda_layers
  memory_mb     = var.lambda_memory_mb
  timeout_sec   = var.lambda_timeout_sec
  vpc_config    = var.lambda_vpc_config
  kms_key_arn   = var.kms_key_arn
  tags          = var.tags

  environment_variables          = merge(var.environment_variables, local.engine_environment)
  reserved_concurrent_executions = var.reserved_concurrent_executions
  enable_tracing                 = var.enable_tracing

  dead_letter_arn = var.dead_letter_arn
  alarm_actions   = var.alarm_actions
  metric_alarms   = local.engine_alarms
  # Periods can be hours apart: an alarm stays on until a run succeeds.
  hold_alarms_between_runs = true
  runs_per_period          = var.shards
  missing_runs_sec         = local.missing_runs_sec
  # The engine stops detections before a run takes that long. The alarm on ObservingTimeUsed tells that
  # it had to.
  duration_threshold_percent = null

  log_format            = var.lambda_log_format
  application_log_level = var.lambda_log_format == "JSON" ? local.application_log_level : null
  log_retention_days    = var.log_retention_days
  log_kms_key_arn       = var.log_kms_key_arn

  source_roots        = local.create_package ? local.source_roots : {}
  sources             = local.create_package ? local.sources : {}
  requirements_path   = var.requirements_path
  create_package      = var.create_package
  package_path        = var.package_path
  store_package_on_s3 = var.store_package_on_s3
  package_s3_bucket   = var.package_s3_bucket
  redeploy_token      = var.redeploy_token
  python_executable   = var.python_executable

  code_signing_config_arn = var.code_signing_config_arn
}
