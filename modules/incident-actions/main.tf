# Names, the functions, and what they share: the table of the attempts, and the switch that stops all
# actions. Their permissions are in permissions.tf, what they notify in alarms.tf.

data "aws_caller_identity" "this" {}

data "aws_partition" "this" {}

data "aws_region" "this" {}

locals {
  account_id = data.aws_caller_identity.this.account_id
  partition  = data.aws_partition.this.partition
  region     = data.aws_region.this.id

  table_name     = "${var.function_name_prefix}actions"
  parameter_name = coalesce(var.kill_switch_parameter_name, "/${var.function_name_prefix}actions/state")
  table_arn      = "arn:${local.partition}:dynamodb:${local.region}:${local.account_id}:table/${local.table_name}"
  parameter_arn  = "arn:${local.partition}:ssm:${local.region}:${local.account_id}:parameter/${trimprefix(local.parameter_name, "/")}"

  # Which functions exist is known at plan time, since only the objects are compared.
  settings = {
    restart_service = var.restart_service
    scale_up        = var.scale_up
    clear_cache     = var.clear_cache
    notify_human    = var.notify_human
  }
  actions = toset([for action, settings in local.settings : action if settings != null])

  descriptions = {
    restart_service = "Restarts services because of an incident."
    scale_up        = "Scales databases, services and caches up because of an incident."
    clear_cache     = "Clears caches because of an incident."
    notify_human    = "Notifies people of an incident."
  }

  # The targets that variables list. A target has only the fields that are set, which are those of its kind.
  listed_targets = {
    for action, settings in local.settings : action => {
      for name, target in try({ for name, target in settings.targets : name => target }, {}) : name => {
        for field, value in target : field => value if value != null
      }
    }
  }

  environments = {
    restart_service = {
      ECS_CLUSTER_NAME = var.ecs_cluster_name
    }
    scale_up = {
      ECS_CLUSTER_NAME = var.ecs_cluster_name
      DB_INSTANCE_ID   = var.db_instance_id
      CACHE_CLUSTER_ID = var.cache_cluster_id
    }
    clear_cache = {
      REDIS_HOST          = var.redis_host
      REDIS_PORT          = tostring(var.redis_port)
      REDIS_PASSWORD      = var.redis_password
      CACHE_CLUSTER_ID    = var.cache_cluster_id
      CA_CERTIFICATES_PEM = var.ca_certificates_pem
    }
    notify_human = {
      SNS_TOPIC_ARN        = local.topic_arn
      SLACK_SECRET_ARN     = try(var.notify_human.slack_secret_arn, null)
      PAGERDUTY_SECRET_ARN = try(var.notify_human.pagerduty_secret_arn, null)
      PAGERDUTY_URL        = try(var.notify_human.pagerduty_url, null)
      SMTP_HOST            = try(var.notify_human.smtp.host, null)
      SMTP_PORT            = try(tostring(var.notify_human.smtp.port), null)
      SMTP_FROM            = try(var.notify_human.smtp.from, null)
      SMTP_TO              = try(jsonencode(var.notify_human.smtp.to), null)
      SMTP_SECRET_ARN      = try(var.notify_human.smtp.secret_arn, null)
      SMTP_STARTTLS        = try(tostring(var.notify_human.smtp.starttls), null)
      CA_CERTIFICATES_PEM  = var.ca_certificates_pem
    }
  }
  environment_variables = {
    for action in local.actions : action => {
      for name, value in merge(local.environments[action], {
        TABLE_NAME            = local.table_name
        METRICS_NAMESPACE     = var.metrics_namespace
        DRY_RUN               = tostring(var.dry_run)
        TARGETS               = length(local.listed_targets[action]) > 0 ? jsonencode(local.listed_targets[action]) : null
        COOLDOWN_SEC          = action == "notify_human" ? null : tostring(var.cooldown_sec)
        MAX_ACTIONS           = action == "notify_human" ? null : tostring(var.max_actions)
        WINDOW_SEC            = action == "notify_human" ? null : tostring(var.window_sec)
        KILL_SWITCH_PARAMETER = contains(local.stopped_actions, action) ? local.parameter_name : null
      }) : name => value if value != null
    }
  }

  # The actions that the kill switch stops.
  stopped_actions = [
    for action in local.actions : action if action != "notify_human" || try(var.notify_human.stopped_by_kill_switch, false)
  ]
}

module "function" {
  source   = "../lambda-function"
  for_each = local.actions

  function_name = "${var.function_name_prefix}${replace(each.key, "_", "-")}"
  description   = local.descriptions[each.key]
  role_arn      = terraform_data.role_arn[each.key].output
  handler       = "incident_actions.${each.key}.handler"
  source_roots  = { for name in ["diva_common", "incident_actions"] : name => "${path.module}/../../lambda/${name}" }
  timeout_sec   = local.settings[each.key].timeout_sec
  memory_mb     = local.settings[each.key].memory_mb
  log_format    = "JSON"
  tags          = var.tags

  # Only clear_cache needs a package that is not part of the runtime.
  requirements_path = each.key == "clear_cache" ? "${path.module}/../../lambda/incident_actions/requirements.txt" : null
  python_executable = var.python_executable

  environment_variables          = local.environment_variables[each.key]
  kms_key_arn                    = var.kms_key_arn
  vpc_config                     = try(local.settings[each.key].vpc_config, null)
  enable_tracing                 = var.enable_tracing
  reserved_concurrent_executions = local.settings[each.key].reserved_concurrent_executions

  # Asynchronous runs are configured below.
  maximum_retry_attempts = null

  log_retention_days = var.log_retention_days
  log_kms_key_arn    = var.kms_key_arn

  alarm_actions = local.alarm_actions
  metric_alarms = local.metric_alarms[each.key]
  # Actions that wait use the time that they have, and end by themselves.
  duration_threshold_percent = null
}

# Many backends invoke the functions asynchronously. Lambda keeps requests that it could not run for up to
# six hours. A restart that late would surprise everyone, but a notification is late rather than lost.
resource "aws_lambda_function_event_invoke_config" "this" {
  for_each = local.actions

  function_name                = module.function[each.key].function_name
  maximum_event_age_in_seconds = each.key == "notify_human" ? 21600 : 900

  # A repeated run completes or reports what the run before it began, and repeats nothing.
  maximum_retry_attempts = 2
}

# One record for each incident and target, the latest actions on each target, and the audit.
resource "aws_dynamodb_table" "this" {
  # checkov:skip=CKV_AWS_119:A customer managed key is an option, kms_key_arn
  name         = local.table_name
  billing_mode = "PAY_PER_REQUEST"
  hash_key     = "pk"
  range_key    = "sk"
  tags         = var.tags

  attribute {
    name = "pk"
    type = "S"
  }

  attribute {
    name = "sk"
    type = "S"
  }

  ttl {
    attribute_name = "expires_at"
    enabled        = true
  }

  point_in_time_recovery {
    enabled = true
  }

  server_side_encryption {
    enabled     = var.kms_key_arn != null
    kms_key_arn = var.kms_key_arn
  }
}

resource "aws_ssm_parameter" "kill_switch" {
  # checkov:skip=CKV2_AWS_34:The value is no secret
  name        = local.parameter_name
  description = "Whether incident actions are \"enabled\" or \"disabled\". Any other value disables them."
  type        = "String"
  value       = "enabled"
  tags        = var.tags

  lifecycle {
    # An apply must not enable actions that a person has disabled.
    ignore_changes = [value]
  }
}
