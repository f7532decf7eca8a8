# Variables that are passed on unchanged are validated by modules/lambda-function.

# The actions. Null creates no function.

variable "restart_service" {
  description = "Function that restarts services. Each target is an ECS service (`cluster`, `service`) or a list of EC2 instances to reboot (`instance_ids`). Without targets, they are those of the original function, in `ecs_cluster_name`. Null creates no function."
  type = object({
    targets = optional(map(object({
      cluster      = optional(string)
      service      = optional(string)
      instance_ids = optional(list(string))
    })), {})
    timeout_sec                    = optional(number, 30)
    memory_mb                      = optional(number, 256)
    reserved_concurrent_executions = optional(number)
  })
  default = null

  validation {
    condition     = var.restart_service == null || try(length(var.restart_service.targets) > 0, false) || var.ecs_cluster_name != null
    error_message = "restart_service must have at least one target, or ecs_cluster_name must be set, but it has none."
  }
}

variable "scale_up" {
  description = "Function that scales up, and never down. Each target is a database (`db_instance_id`, `instance_classes`), an ECS service (`cluster`, `service`, `step`, `max_count`), a replication group (`replication_group_id`, with `node_types` or `max_replicas`) or a cache cluster (`cache_cluster_id`, `node_types`). Lists of classes and node types go from small to large. `apply_immediately` changes a database or a node type at once, not in the maintenance window. Without targets, they are those of the original function, in `db_instance_id`, `ecs_cluster_name` and `cache_cluster_id`. Null creates no function."
  type = object({
    targets = optional(map(object({
      db_instance_id       = optional(string)
      instance_classes     = optional(list(string))
      cluster              = optional(string)
      service              = optional(string)
      step                 = optional(number)
      max_count            = optional(number)
      replication_group_id = optional(string)
      cache_cluster_id     = optional(string)
      node_types           = optional(list(string))
      max_replicas         = optional(number)
      apply_immediately    = optional(bool)
    })), {})
    timeout_sec                    = optional(number, 60)
    memory_mb                      = optional(number, 256)
    reserved_concurrent_executions = optional(number)
  })
  default = null

  validation {
    condition     = var.scale_up == null || try(length(var.scale_up.targets) > 0, false) || var.db_instance_id != null || var.ecs_cluster_name != null || var.cache_cluster_id != null
    error_message = "scale_up must have at least one target, or db_instance_id, ecs_cluster_name or cache_cluster_id must be set, but it has none."
  }
}

variable "clear_cache" {
  description = "Function that clears caches. Each target is a Redis server (`host`, with `port`, `tls`, `username`, and `secret_arn` of a secret with the password) whose keys with one of the `prefixes` are removed, at most `max_keys` in `max_sec` seconds, or all keys with `allow_flush`. Or it is a cache cluster to reboot (`reboot`, `cache_cluster_id`), which must not be in cluster mode. Without targets, it is that of the original function, `redis_host`. `vpc_config` connects the function to the VPC of the caches. Null creates no function."
  type = object({
    targets = optional(map(object({
      host             = optional(string)
      port             = optional(number)
      tls              = optional(bool)
      username         = optional(string)
      secret_arn       = optional(string)
      prefixes         = optional(list(string))
      max_keys         = optional(number)
      max_sec          = optional(number)
      allow_flush      = optional(bool)
      reboot           = optional(bool)
      cache_cluster_id = optional(string)
    })), {})
    vpc_config = optional(object({
      subnet_ids         = list(string)
      security_group_ids = list(string)
    }))
    timeout_sec                    = optional(number, 30)
    memory_mb                      = optional(number, 256)
    reserved_concurrent_executions = optional(number)
  })
  default = null

  validation {
    condition     = var.clear_cache == null || try(length(var.clear_cache.targets) > 0, false) || var.redis_host != null
    error_message = "clear_cache must have at least one target, or redis_host must be set, but it has none."
  }
}

variable "notify_human" {
  description = "Function that notifies people through the SNS topic, and through each further channel that is set: an incoming webhook of Slack (`slack_secret_arn`, a secret with its URL), PagerDuty (`pagerduty_secret_arn`, a secret with the routing key, and `pagerduty_url` outside of the US region) and e-mail (`smtp`, as for the S3 event processor). The kill switch stops it only with `stopped_by_kill_switch`. Null creates no function."
  type = object({
    slack_secret_arn     = optional(string)
    pagerduty_secret_arn = optional(string)
    pagerduty_url        = optional(string)
    smtp = optional(object({
      host       = string
      port       = optional(number, 587)
      from       = string
      to         = list(string)
      secret_arn = optional(string)
      starttls   = optional(bool, true)
    }))
    stopped_by_kill_switch         = optional(bool, false)
    timeout_sec                    = optional(number, 15)
    memory_mb                      = optional(number, 128)
    reserved_concurrent_executions = optional(number)
  })
  default = null

  validation {
    condition     = alltrue([for arn in [try(var.notify_human.slack_secret_arn, null), try(var.notify_human.pagerduty_secret_arn, null), try(var.notify_human.smtp.secret_arn, null)] : arn == null || can(regex(local.patterns.secret_arn, arn))])
    error_message = "slack_secret_arn, pagerduty_secret_arn and smtp.secret_arn in notify_human must be ARNs of secrets (arn:<partition>:secretsmanager:<region>:<account>:secret:<name>), but include ${join(", ", [for arn in [try(var.notify_human.slack_secret_arn, null), try(var.notify_human.pagerduty_secret_arn, null), try(var.notify_human.smtp.secret_arn, null)] : "\"${coalesce(arn, "-")}\"" if arn != null && !can(regex(local.patterns.secret_arn, arn))])}."
  }
  validation {
    condition     = try(var.notify_human.pagerduty_url, null) == null || can(regex("^https://[A-Za-z0-9.-]+(:[0-9]{1,5})?$", var.notify_human.pagerduty_url))
    error_message = "pagerduty_url in notify_human must be null or an HTTPS URL without a path, for example https://events.eu.pagerduty.com, but is \"${try(coalesce(var.notify_human.pagerduty_url, "-"), "-")}\"."
  }
  validation {
    condition     = try(var.notify_human.smtp, null) == null || can(regex("^([A-Za-z0-9.-]+|[0-9A-Fa-f]*:[0-9A-Fa-f:]*:[0-9A-Fa-f:.]*)$", var.notify_human.smtp.host))
    error_message = "smtp.host in notify_human must be a host name or an IP address, without a port, but is \"${try(var.notify_human.smtp.host, "-")}\"."
  }
  validation {
    condition     = try(var.notify_human.smtp, null) == null || try(length(var.notify_human.smtp.to) > 0 && alltrue([for address in concat([var.notify_human.smtp.from], var.notify_human.smtp.to) : can(regex("^([^<>]+ <)?[^@<>[:space:]]+@[^@<>[:space:]]+>?$", address))]), false)
    error_message = "smtp.from and smtp.to in notify_human must be email addresses, for example on-call@example.com, but are ${try(join(", ", [for address in concat([var.notify_human.smtp.from], var.notify_human.smtp.to) : "\"${address}\""]), "-")}."
  }
  validation {
    condition     = try(var.notify_human.smtp, null) == null || try(var.notify_human.smtp.port >= 1 && var.notify_human.smtp.port <= 65535 && floor(var.notify_human.smtp.port) == var.notify_human.smtp.port, false)
    error_message = "smtp.port in notify_human must be a whole number from 1 to 65535, but is ${try(var.notify_human.smtp.port, 0)}."
  }
  validation {
    condition     = try(var.notify_human.smtp, null) == null || try(var.notify_human.smtp.secret_arn == null || var.notify_human.smtp.starttls || var.notify_human.smtp.port == 465, false)
    error_message = "smtp.starttls in notify_human must be true, or smtp.port 465, if smtp.secret_arn is set, since the login requires TLS."
  }
  validation {
    condition     = try(var.notify_human.smtp, null) == null || try(!var.notify_human.smtp.starttls || var.notify_human.smtp.port != 465, false)
    error_message = "smtp.starttls in notify_human must be false if smtp.port is 465, where TLS begins with the connection."
  }
}

# The environment variables of the original functions

variable "ecs_cluster_name" {
  description = "Name of the ECS cluster with the services `production-api-service` and `production-auth-service`, the targets `api` and `auth-service` of actions without targets (`ECS_CLUSTER_NAME`)."
  type        = string
  default     = null
}

variable "db_instance_id" {
  description = "Identifier of the RDS instance that is the target `database` of `scale_up` without targets (`DB_INSTANCE_ID`)."
  type        = string
  default     = null
}

variable "cache_cluster_id" {
  description = "ID of the ElastiCache cluster that is the target `cache` of `scale_up` without targets, and the default of targets to reboot (`CACHE_CLUSTER_ID`)."
  type        = string
  default     = null
}

variable "redis_host" {
  description = "Host name of the Redis server that is the target `cache` of `clear_cache` without targets (`REDIS_HOST`)."
  type        = string
  default     = null
}

variable "redis_port" {
  description = "Port of the Redis server in `redis_host` (`REDIS_PORT`)."
  type        = number
  default     = 6379
  nullable    = false

  validation {
    condition     = var.redis_port >= 1 && var.redis_port <= 65535 && floor(var.redis_port) == var.redis_port
    error_message = "redis_port must be a whole number from 1 to 65535, but is ${var.redis_port}."
  }
}

variable "redis_password" {
  description = "Password of Redis servers without `secret_arn` (`REDIS_PASSWORD`). It is readable in the configuration of the function and in Terraform's state: prefer a secret. Null is for servers without a password."
  type        = string
  default     = null
  sensitive   = true
}

variable "sns_topic_arn" {
  description = "ARN of the SNS topic that `notify_human` and the alarms notify (`SNS_TOPIC_ARN`). Null creates a topic."
  type        = string
  default     = null

  validation {
    condition     = var.sns_topic_arn == null || can(regex("^arn:aws[a-z0-9-]*:sns:[a-z0-9-]+:[0-9]{12}:[A-Za-z0-9_-]+$", var.sns_topic_arn))
    error_message = "sns_topic_arn must be null or the ARN of a standard SNS topic (arn:<partition>:sns:<region>:<account>:<name>), but is \"${coalesce(var.sns_topic_arn, "-")}\"."
  }
}

variable "create_sns_topic" {
  description = "Whether to create the SNS topic. Null creates it if `sns_topic_arn` is null. Set `false` if the topic of `sns_topic_arn` is created in the same configuration, since its ARN is then not known at plan."
  type        = bool
  default     = null

  validation {
    condition     = var.create_sns_topic == null || coalesce(var.create_sns_topic, false) == (var.sns_topic_arn == null)
    error_message = "create_sns_topic must be null or ${var.sns_topic_arn == null}, since sns_topic_arn is ${var.sns_topic_arn == null ? "null" : "set"}, but is ${coalesce(var.create_sns_topic, false)}."
  }
}

# People, names and limits

variable "emails" {
  description = "Email addresses to subscribe to the SNS topic that the module creates. Each recipient must confirm the subscription."
  type        = list(string)
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for address in var.emails : can(regex("^[^@[:space:]]+@[^@[:space:]]+[.][^@[:space:]]+$", address))])
    error_message = "emails must contain only email addresses, for example on-call@example.com, but contains ${join(", ", [for address in var.emails : "\"${address}\"" if !can(regex("^[^@[:space:]]+@[^@[:space:]]+[.][^@[:space:]]+$", address))])}."
  }
  validation {
    condition     = length(var.emails) == 0 || local.create_topic
    error_message = "emails must be empty unless the module creates the SNS topic, but contains ${length(var.emails)}. Subscribe them to the topic of sns_topic_arn instead."
  }
}

variable "alarm_topic_arns" {
  description = "ARNs of further SNS topics to notify when an alarm fires or clears, at most four."
  type        = list(string)
  default     = []
  nullable    = false

  validation {
    condition     = length(var.alarm_topic_arns) <= 4
    error_message = "alarm_topic_arns must contain at most four ARNs, since an alarm notifies at most five topics, but contains ${length(var.alarm_topic_arns)}."
  }
  validation {
    condition     = alltrue([for arn in var.alarm_topic_arns : can(regex("^arn:aws[a-z0-9-]*:sns:[a-z0-9-]+:[0-9]{12}:.+$", arn))])
    error_message = "alarm_topic_arns must contain only ARNs of SNS topics (arn:<partition>:sns:<region>:<account>:<name>), but contains ${join(", ", [for arn in var.alarm_topic_arns : "\"${arn}\"" if !can(regex("^arn:aws[a-z0-9-]*:sns:[a-z0-9-]+:[0-9]{12}:.+$", arn))])}."
  }
}

variable "function_name_prefix" {
  description = "Prefix of the names of all resources: the functions are `<prefix>restart-service`, `<prefix>scale-up`, `<prefix>clear-cache` and `<prefix>notify-human`, the table is `<prefix>actions` and the SNS topic `<prefix>people`."
  type        = string
  default     = "incident-"
  nullable    = false

  validation {
    condition     = can(regex("^[A-Za-z0-9_-]{1,45}$", var.function_name_prefix))
    error_message = "function_name_prefix must consist of 1 to 45 letters, digits, hyphens or underscores, but is \"${var.function_name_prefix}\"."
  }
}

variable "kill_switch_parameter_name" {
  description = "Name of the SSM parameter that enables and disables all actions. Null uses `/<prefix>actions/state`."
  type        = string
  default     = null

  validation {
    condition     = var.kill_switch_parameter_name == null || can(regex("^/?[A-Za-z0-9_.-]+(/[A-Za-z0-9_.-]+)*$", var.kill_switch_parameter_name))
    error_message = "kill_switch_parameter_name must be null or consist of letters, digits, and the characters _.-, in parts that are separated by slashes, but is \"${coalesce(var.kill_switch_parameter_name, "-")}\"."
  }
}

variable "dry_run" {
  description = "Whether all runs are dry: they say what they would do, and change nothing. Otherwise, a run is dry if its payload says so."
  type        = bool
  default     = false
  nullable    = false
}

variable "cooldown_sec" {
  description = "Number of seconds after an action in which the same action on the same target is refused."
  type        = number
  default     = 300
  nullable    = false

  validation {
    condition     = var.cooldown_sec >= 0 && floor(var.cooldown_sec) == var.cooldown_sec
    error_message = "cooldown_sec must be a whole number of at least 0 (seconds), but is ${var.cooldown_sec}."
  }
}

variable "max_actions" {
  description = "Largest number of the same actions on the same target in `window_sec`."
  type        = number
  default     = 3
  nullable    = false

  validation {
    condition     = var.max_actions >= 1 && floor(var.max_actions) == var.max_actions
    error_message = "max_actions must be a whole number of at least 1, but is ${var.max_actions}."
  }
}

variable "window_sec" {
  description = "Number of seconds in which there are at most `max_actions`."
  type        = number
  default     = 3600
  nullable    = false

  validation {
    condition     = var.window_sec >= 1 && floor(var.window_sec) == var.window_sec
    error_message = "window_sec must be a whole number of at least 1 (seconds), but is ${var.window_sec}."
  }
}

# Operation

variable "metrics_namespace" {
  description = "CloudWatch namespace of the metrics `Succeeded`, `Refused` and `Failed`."
  type        = string
  default     = "IncidentActions"
  nullable    = false

  validation {
    condition     = can(regex("^[A-Za-z0-9_./#-]{1,255}$", var.metrics_namespace)) && !startswith(var.metrics_namespace, "AWS/")
    error_message = "metrics_namespace must consist of 1 to 255 letters, digits or characters of _./#-, and not start with AWS/, but is \"${var.metrics_namespace}\"."
  }
}

variable "ca_certificates_pem" {
  description = "Certificates (PEM) of private certificate authorities that `clear_cache` and `notify_human` trust, at most 3,000 characters. Null trusts public ones only."
  type        = string
  default     = null

  validation {
    condition     = var.ca_certificates_pem == null || try(strcontains(var.ca_certificates_pem, "-----BEGIN CERTIFICATE-----") && length(var.ca_certificates_pem) <= 3000, false)
    error_message = "ca_certificates_pem must be null or certificates in PEM form of at most 3000 characters, since Lambda limits environment variables to 4 KB, but has ${try(length(var.ca_certificates_pem), 0)} characters and begins with \"${try(substr(var.ca_certificates_pem, 0, 27), "-")}\"."
  }
}

variable "kms_key_arn" {
  description = "ARN of the KMS key that encrypts the environment variables, the log groups, the table and the SNS topic that the module creates. Its key policy must allow CloudWatch Logs and CloudWatch. Null uses the default encryption of the services, and no KMS key for the topic."
  type        = string
  default     = null

  validation {
    condition     = var.kms_key_arn == null || can(regex(local.patterns.kms_key_arn, var.kms_key_arn))
    error_message = "kms_key_arn must be null or a key ARN (arn:<partition>:kms:<region>:<account>:key/<id>), not an ID or alias, but is \"${coalesce(var.kms_key_arn, "-")}\"."
  }
}

variable "secret_kms_key_arns" {
  description = "ARNs of the KMS keys that encrypt the secrets. An empty list is for the AWS managed key."
  type        = list(string)
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for arn in var.secret_kms_key_arns : can(regex(local.patterns.kms_key_arn, arn))])
    error_message = "secret_kms_key_arns must contain only key ARNs (arn:<partition>:kms:<region>:<account>:key/<id>), not IDs or aliases, but contains ${join(", ", [for arn in var.secret_kms_key_arns : "\"${arn}\"" if !can(regex(local.patterns.kms_key_arn, arn))])}."
  }
}

variable "enable_tracing" {
  description = "Whether to trace runs with AWS X-Ray."
  type        = bool
  default     = false
  nullable    = false
}

variable "log_retention_days" {
  description = "Number of days to retain log events. 0 retains them forever."
  type        = number
  default     = 365
  nullable    = false
}

variable "python_executable" {
  description = "Python interpreter (3.10 or later) that builds the packages. Null uses `python3`, or `python` on Windows."
  type        = string
  default     = null
}

variable "tags" {
  description = "Tags of all resources that support them."
  type        = map(string)
  default     = {}
  nullable    = false
}

locals {
  patterns = {
    secret_arn  = "^arn:aws[a-z0-9-]*:secretsmanager:[a-z0-9-]+:[0-9]{12}:secret:.+$"
    kms_key_arn = "^arn:aws[a-z0-9-]*:kms:[a-z0-9-]+:[0-9]{12}:key/.+$"
  }
}
