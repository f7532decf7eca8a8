# The function. Its permissions are in permissions.tf, the topic of its alarms in alarms.tf.

locals {
  runtime = "python${trimprefix(var.python_version, "python")}"

  default_requirements_file = try("${trimsuffix(var.lambda_source_dir, "/")}/requirements.txt", null)
  requirements_file         = var.requirements_file != null ? var.requirements_file : try(fileexists(local.default_requirements_file), false) ? local.default_requirements_file : null

  in_vpc = length(var.lambda_subnet_ids) > 0
}

module "function" {
  source = "../lambda-function"

  function_name         = var.function_name
  role_arn              = terraform_data.role_arn.output
  handler               = var.handler
  runtime               = local.runtime
  architecture          = var.architecture
  layers                = compact([var.lambda_insights_layer_arn])
  memory_mb             = var.memory_size
  timeout_sec           = var.timeout
  environment_variables = var.environment_variables
  vpc_config            = local.in_vpc ? { subnet_ids = var.lambda_subnet_ids, security_group_ids = var.lambda_security_group_ids } : null
  enable_tracing        = var.enable_tracing
  dead_letter_arn       = var.dead_letter_arn
  tags                  = var.tags

  reserved_concurrent_executions    = var.reserved_concurrent_executions
  provisioned_concurrent_executions = var.provisioned_concurrent_executions
  maximum_retry_attempts            = var.maximum_retry_attempts

  source_dir                 = var.lambda_source_dir
  source_roots               = var.source_roots
  requirements_path          = local.requirements_file
  source_excludes            = var.source_excludes
  package_path               = var.package_path
  package_s3_bucket          = var.s3_bucket
  package_s3_bucket_variable = "s3_bucket"
  python_executable          = var.python_executable

  log_retention_days = var.cloudwatch_log_retention_days
  log_kms_key_arn    = var.kms_key_arn

  alarm_actions                        = local.alarm_topic_arns
  enable_error_alarms                  = var.enable_error_alarms
  alert_strategy                       = var.alert_strategy
  error_rate_threshold                 = var.error_rate_threshold
  error_rate_eval_periods              = var.error_rate_eval_periods
  error_rate_datapoints_to_alarm       = var.error_rate_datapoints_to_alarm
  enable_throttle_alarms               = var.enable_throttle_alarms
  duration_threshold_percent           = var.duration_threshold_percent
  memory_utilization_threshold_percent = var.memory_utilization_threshold_percent
}

# Lambda rejects a function whose role lacks the permissions that its configuration requires, and the
# first run can start immediately. The function therefore waits for the policies. It does so through
# its role, since a depends_on of the module would pass create_before_destroy on from the package in
# the bucket to the attachments.
resource "terraform_data" "role_arn" {
  input      = aws_iam_role.this.arn
  depends_on = [aws_iam_role_policy.this, aws_iam_role_policy_attachment.additional]
}
