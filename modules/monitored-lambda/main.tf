# The function. Its permissions are in permissions.tf, the topic of its alarms in alarms.tf.

locals {
  runtime = "python${trimprefix(var.python_version, "python")}"

  default_requirements_file = try("${trimsuffix(var.lambda_source_dir, "/")}/requirements.txt", null)
  requirements_file         = var.requirements_file != null ? var.requirements_file : try(fileexists(local.default_requirements_file), false) ? local.default_requirements_file : null

  create_package = var.create_package != null ? var.create_package : var.package_path == null && var.image_uri == null

  kms_key_arn = var.kms_key_id != null ? var.kms_key_id : var.kms_key_arn

  in_vpc = length(var.lambda_subnet_ids) > 0
}

module "function" {
  source = "../lambda-function"

  function_name         = var.function_name
  description           = var.description
  role_arn              = terraform_data.role_arn.output
  handler               = var.handler
  runtime               = local.runtime
  architecture          = var.architecture
  layers                = concat(var.layers, local.insights_layer_arns)
  memory_mb             = var.memory_size
  ephemeral_storage_mb  = var.ephemeral_storage_mb
  timeout_sec           = var.timeout
  environment_variables = var.environment_variables
  vpc_config            = local.in_vpc ? { subnet_ids = var.lambda_subnet_ids, security_group_ids = var.lambda_security_group_ids } : null
  file_system_config    = var.file_system_config
  enable_tracing        = var.enable_tracing
  dead_letter_arn       = var.dead_letter_arn
  tags                  = var.tags

  reserved_concurrent_executions    = var.reserved_concurrent_executions
  provisioned_concurrent_executions = var.provisioned_concurrent_executions
  snap_start                        = var.snap_start
  maximum_retry_attempts            = var.maximum_retry_attempts
  destination_on_failure            = var.destination_on_failure
  destination_on_success            = var.destination_on_success

  source_dir                 = var.lambda_source_dir
  source_roots               = var.source_roots
  requirements_path          = local.requirements_file
  source_excludes            = var.source_excludes
  create_package             = var.create_package
  package_path               = var.package_path
  image_uri                  = var.image_uri
  store_package_on_s3        = var.store_package_on_s3
  package_s3_bucket          = var.s3_bucket
  package_s3_bucket_variable = "s3_bucket"
  python_executable          = var.python_executable

  code_signing_config_arn = var.code_signing_config_arn

  log_retention_days    = var.cloudwatch_log_retention_days
  log_kms_key_arn       = local.kms_key_arn
  log_format            = var.log_format
  application_log_level = var.application_log_level
  system_log_level      = var.system_log_level

  alarm_actions                        = local.alarm_actions
  enable_error_alarms                  = var.enable_error_alarms
  alert_strategy                       = var.alert_strategy
  error_rate_threshold                 = var.error_rate_threshold
  error_rate_eval_periods              = var.error_rate_evaluation_periods != null ? var.error_rate_evaluation_periods : var.error_rate_eval_periods
  error_rate_datapoints_to_alarm       = var.error_rate_datapoints_to_alarm
  enable_throttle_alarms               = var.enable_throttle_alarms
  duration_threshold_percent           = var.duration_threshold_percent
  memory_utilization_threshold_percent = var.memory_utilization_threshold_percent
  hold_alarms_between_runs             = var.hold_alarms_between_runs
}

# Lambda rejects a function whose role lacks the permissions that its configuration requires, and the
# first run can start immediately. The function therefore waits for the policies. It does so through
# its role, since a depends_on of the module would pass create_before_destroy on from the package in
# the bucket to the attachments.
resource "terraform_data" "role_arn" {
  input      = local.create_role ? aws_iam_role.this[0].arn : var.lambda_role_arn
  depends_on = [aws_iam_role_policy.this, aws_iam_role_policy_attachment.additional]
}
