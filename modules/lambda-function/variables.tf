variable "function_name" {
  description = "Name of the function. The names of its log group, alarms and package derive from it."
  type        = string

  validation {
    condition     = can(regex("^[A-Za-z0-9_-]{1,64}$", var.function_name))
    error_message = "The function name must consist of 1 to 64 letters, digits, hyphens or underscores, but is \"${var.function_name}\"."
  }
}

variable "description" {
  description = "Description of the function, at most 256 characters. Null sets none."
  type        = string
  default     = null

  validation {
    condition     = try(length(var.description), 0) <= 256
    error_message = "The description must have at most 256 characters, but has ${try(length(var.description), 0)}."
  }
}

variable "role_arn" {
  description = "ARN of the function's execution role."
  type        = string

  validation {
    condition     = can(regex("^arn:aws[a-z0-9-]*:iam::[0-9]{12}:role/.+$", var.role_arn))
    error_message = "The execution role must be the ARN of an IAM role (arn:<partition>:iam::<account>:role/<name>), but is \"${var.role_arn}\"."
  }
}

variable "handler" {
  description = "Function that Lambda calls, as `<module>.<function>` relative to the root of the package, for example `main.handler` or `folder/main.handler`."
  type        = string

  validation {
    condition     = can(regex(local.patterns.handler, var.handler)) && length(var.handler) <= 128
    error_message = "handler must be <module>.<function>, for example main.handler or folder/main.handler, of at most 128 characters, but is \"${var.handler}\"."
  }
}

variable "source_dir" {
  description = "Path of a directory whose files go to the root of the package, excluding caches and version control metadata. Null packages only `source_roots` and `sources`."
  type        = string
  default     = null
}

variable "source_roots" {
  description = "Directories to package: path inside the package => path of the directory. The exclusions of `source_dir` apply."
  type        = map(string)
  default     = {}
  nullable    = false

  validation {
    condition     = !anytrue([for name in keys(var.source_roots) : can(regex(local.patterns.unusable_name, name))])
    error_message = "Paths inside the package must be relative, with forward slashes and without empty, \".\" or \"..\" parts, but source_roots contains ${join(", ", [for name in keys(var.source_roots) : "\"${name}\"" if can(regex(local.patterns.unusable_name, name))])}."
  }
}

variable "source_excludes" {
  description = "Patterns of files and directories in `source_dir` and `source_roots` to exclude, relative to each of them and with the syntax of Terraform's `fileset`, for example `tests` or `**/*.md`."
  type        = list(string)
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for pattern in var.source_excludes : can(fileset(path.module, pattern)) && !can(regex(local.patterns.unusable_pattern, pattern))])
    error_message = "source_excludes must contain patterns that are relative to the source directories, with forward slashes and without \"..\" parts, for example tests or **/*.md, but contains ${join(", ", [for pattern in var.source_excludes : "\"${pattern}\"" if !can(fileset(path.module, pattern)) || can(regex(local.patterns.unusable_pattern, pattern))])}."
  }
}

variable "sources" {
  description = "Files to package: path inside the package => path of the file."
  type        = map(string)
  default     = {}
  nullable    = false

  validation {
    condition     = var.image_uri != null || (var.source_dir != null || length(var.source_roots) > 0 || length(var.sources) > 0) == local.create_package
    error_message = "The package must come either from package_path or from source_dir, source_roots and sources, but ${local.create_package ? "none of them is set" : "both are set"}."
  }
  validation {
    condition     = var.image_uri == null || (var.package_path == null && var.source_dir == null && length(var.source_roots) == 0 && length(var.sources) == 0)
    error_message = "image_uri must be null when package_path, source_dir, source_roots or sources is set, but is \"${coalesce(var.image_uri, "-")}\"."
  }
  validation {
    condition     = !anytrue([for name in keys(var.sources) : can(regex(local.patterns.unusable_name, name))])
    error_message = "Paths inside the package must be relative, with forward slashes and without empty, \".\" or \"..\" parts, but sources contains ${join(", ", [for name in keys(var.sources) : "\"${name}\"" if can(regex(local.patterns.unusable_name, name))])}."
  }
}

variable "requirements_path" {
  description = "Path of a pip requirements file whose packages are installed into the deployment package. Null installs none."
  type        = string
  default     = null

  validation {
    condition     = var.requirements_path == null || var.package_path == null
    error_message = "requirements_path must be null when package_path is set, but is \"${coalesce(var.requirements_path, "-")}\"."
  }
}

variable "runtime" {
  description = "Runtime of the function, `python3.10` to `python3.14`."
  type        = string
  default     = "python3.13"
  nullable    = false

  validation {
    condition     = can(regex("^python3\\.1[0-4]$", var.runtime))
    error_message = "The runtime must be one of \"python3.10\" to \"python3.14\", but is \"${var.runtime}\"."
  }
}

variable "architecture" {
  description = "Instruction set architecture of the function, `arm64` or `x86_64`."
  type        = string
  default     = "arm64"
  nullable    = false

  validation {
    condition     = contains(["arm64", "x86_64"], var.architecture)
    error_message = "The architecture must be \"arm64\" or \"x86_64\", but is \"${var.architecture}\"."
  }
}

variable "memory_mb" {
  description = "Memory of the function in MB, from 128 to 10240."
  type        = number
  default     = 128
  nullable    = false

  validation {
    condition     = var.memory_mb >= 128 && var.memory_mb <= 10240 && floor(var.memory_mb) == var.memory_mb
    error_message = "The memory must be a whole number from 128 to 10240 (MB), but is ${var.memory_mb}."
  }
}

variable "ephemeral_storage_mb" {
  description = "Size of the directory `/tmp` in MB, from 512 to 10240."
  type        = number
  default     = 512
  nullable    = false

  validation {
    condition     = var.ephemeral_storage_mb >= 512 && var.ephemeral_storage_mb <= 10240 && floor(var.ephemeral_storage_mb) == var.ephemeral_storage_mb
    error_message = "ephemeral_storage_mb must be a whole number from 512 to 10240 (MB), but is ${var.ephemeral_storage_mb}."
  }
}

variable "timeout_sec" {
  description = "Timeout of the function in seconds, from 1 to 900."
  type        = number
  default     = 60
  nullable    = false

  validation {
    condition     = var.timeout_sec >= 1 && var.timeout_sec <= 900 && floor(var.timeout_sec) == var.timeout_sec
    error_message = "The timeout must be a whole number from 1 to 900 (seconds), but is ${var.timeout_sec}."
  }
}

variable "environment_variables" {
  description = "Environment variables of the function. A variable whose value is null is not set."
  type        = map(string)
  default     = {}
  nullable    = false

  validation {
    condition     = alltrue([for name in keys(var.environment_variables) : can(regex(local.patterns.variable_name, name))])
    error_message = "environment_variables must have names of at least two letters, digits or underscores that start with a letter, but contains ${join(", ", [for name in keys(var.environment_variables) : "\"${name}\"" if !can(regex(local.patterns.variable_name, name))])}."
  }
  validation {
    condition     = length(setintersection(keys(var.environment_variables), local.reserved_variables)) == 0
    error_message = "environment_variables must not contain names that Lambda reserves, but contains ${join(", ", [for name in setintersection(keys(var.environment_variables), local.reserved_variables) : "\"${name}\""])}."
  }
}

variable "layers" {
  description = "ARNs of Lambda layer versions, at most five."
  type        = list(string)
  default     = []
  nullable    = false

  validation {
    condition     = length(var.layers) <= 5
    error_message = "A function must have at most five layers, but has ${length(var.layers)}."
  }
  validation {
    condition     = alltrue([for arn in var.layers : can(regex(local.patterns.layer_arn, arn))])
    error_message = "Layers must be ARNs of layer versions (arn:<partition>:lambda:<region>:<account>:layer:<name>:<version>), but include ${join(", ", [for arn in var.layers : "\"${arn}\"" if !can(regex(local.patterns.layer_arn, arn))])}."
  }
}

variable "vpc_config" {
  description = "Subnets and security groups that connect the function to a VPC. Null connects it to none."
  type = object({
    subnet_ids         = list(string)
    security_group_ids = list(string)
  })
  default = null

  validation {
    condition     = var.vpc_config == null || try(length(var.vpc_config.subnet_ids) > 0 && length(var.vpc_config.security_group_ids) > 0, false)
    error_message = "The VPC configuration must have at least one subnet and one security group, but has ${try(length(var.vpc_config.subnet_ids), 0)} and ${try(length(var.vpc_config.security_group_ids), 0)}."
  }
}

variable "file_system_config" {
  description = "Amazon EFS access point, and the path below `/mnt/` where the function finds it. Requires `vpc_config`. Null mounts none."
  type = object({
    arn              = string
    local_mount_path = string
  })
  default = null

  validation {
    condition     = var.file_system_config == null || can(regex(local.patterns.access_point_arn, var.file_system_config.arn))
    error_message = "arn in file_system_config must be the ARN of an EFS access point (arn:<partition>:elasticfilesystem:<region>:<account>:access-point/<id>), but is \"${try(coalesce(var.file_system_config.arn), "-")}\"."
  }
  validation {
    condition     = var.file_system_config == null || can(regex("^/mnt/[A-Za-z0-9_.-]+$", var.file_system_config.local_mount_path))
    error_message = "local_mount_path in file_system_config must be /mnt/ and a name of letters, digits, dots, hyphens or underscores, for example /mnt/files, but is \"${try(coalesce(var.file_system_config.local_mount_path), "-")}\"."
  }
  validation {
    condition     = var.file_system_config == null || var.vpc_config != null
    error_message = "file_system_config must be null unless the function is connected to a VPC, but mounts ${try(var.file_system_config.local_mount_path, "-")}."
  }
}

variable "kms_key_arn" {
  description = "ARN of the KMS key that encrypts the environment variables. Null uses the default encryption of Lambda."
  type        = string
  default     = null

  validation {
    condition     = var.kms_key_arn == null || can(regex(local.patterns.kms_key_arn, var.kms_key_arn))
    error_message = "kms_key_arn must be a key ARN (arn:<partition>:kms:<region>:<account>:key/<id>), not an ID or alias, but is \"${coalesce(var.kms_key_arn, "-")}\"."
  }
}

variable "log_kms_key_arn" {
  description = "ARN of the KMS key that encrypts the log group. Its key policy must allow CloudWatch Logs. Null uses the default encryption of CloudWatch Logs."
  type        = string
  default     = null

  validation {
    condition     = var.log_kms_key_arn == null || can(regex(local.patterns.kms_key_arn, var.log_kms_key_arn))
    error_message = "The KMS key of the log group must be a key ARN (arn:<partition>:kms:<region>:<account>:key/<id>), not an ID or alias, but is \"${coalesce(var.log_kms_key_arn, "-")}\"."
  }
}

variable "log_retention_days" {
  description = "Number of days to retain log events. 0 retains them forever."
  type        = number
  default     = 365
  nullable    = false

  validation {
    condition     = contains(local.log_retention_days, var.log_retention_days)
    error_message = "The log retention must be one of ${join(", ", local.log_retention_days)} (days, 0 for forever), but is ${var.log_retention_days}."
  }
}

variable "log_format" {
  description = "Format of the function's log, `Text` or `JSON`."
  type        = string
  default     = "Text"
  nullable    = false

  validation {
    condition     = contains(["Text", "JSON"], var.log_format)
    error_message = "The log format must be \"Text\" or \"JSON\", but is \"${var.log_format}\"."
  }
}

variable "application_log_level" {
  description = "Lowest level of the function's own log lines, for the `JSON` format: `TRACE`, `DEBUG`, `INFO`, `WARN`, `ERROR` or `FATAL`. Null uses Lambda's default, `INFO`."
  type        = string
  default     = null

  validation {
    condition     = var.application_log_level == null || try(contains(["TRACE", "DEBUG", "INFO", "WARN", "ERROR", "FATAL"], var.application_log_level), false)
    error_message = "application_log_level must be null, \"TRACE\", \"DEBUG\", \"INFO\", \"WARN\", \"ERROR\" or \"FATAL\", but is \"${coalesce(var.application_log_level, "-")}\"."
  }
  validation {
    condition     = var.application_log_level == null || var.log_format == "JSON"
    error_message = "application_log_level must be null unless log_format is \"JSON\", but is \"${coalesce(var.application_log_level, "-")}\"."
  }
}

variable "system_log_level" {
  description = "Lowest level of Lambda's log lines about runs, for the `JSON` format: `DEBUG`, `INFO` or `WARN`. Null uses Lambda's default, `INFO`."
  type        = string
  default     = null

  validation {
    condition     = var.system_log_level == null || try(contains(["DEBUG", "INFO", "WARN"], var.system_log_level), false)
    error_message = "system_log_level must be null, \"DEBUG\", \"INFO\" or \"WARN\", but is \"${coalesce(var.system_log_level, "-")}\"."
  }
  validation {
    condition     = var.system_log_level == null || var.log_format == "JSON"
    error_message = "system_log_level must be null unless log_format is \"JSON\", but is \"${coalesce(var.system_log_level, "-")}\"."
  }
}

variable "reserved_concurrent_executions" {
  description = "Reserved concurrency of the function, which is also its maximum. 0 stops the function. Null reserves none and sets no maximum."
  type        = number
  default     = null

  validation {
    condition     = var.reserved_concurrent_executions == null || try(var.reserved_concurrent_executions >= 0 && floor(var.reserved_concurrent_executions) == var.reserved_concurrent_executions, false)
    error_message = "reserved_concurrent_executions must be null or a whole number of at least 0, but is ${coalesce(var.reserved_concurrent_executions, -1)}."
  }
}

variable "provisioned_concurrent_executions" {
  description = "Provisioned concurrency of the `live` alias. Null creates neither."
  type        = number
  default     = null

  validation {
    condition     = var.provisioned_concurrent_executions == null || try(var.provisioned_concurrent_executions >= 1 && floor(var.provisioned_concurrent_executions) == var.provisioned_concurrent_executions, false)
    error_message = "provisioned_concurrent_executions must be null or a whole number of at least 1, but is ${coalesce(var.provisioned_concurrent_executions, 0)}."
  }
  validation {
    condition     = try(var.provisioned_concurrent_executions <= var.reserved_concurrent_executions, true)
    error_message = "provisioned_concurrent_executions must be at most reserved_concurrent_executions (${coalesce(var.reserved_concurrent_executions, 0)}), but is ${coalesce(var.provisioned_concurrent_executions, 0)}."
  }
}

variable "ignore_provisioned_concurrency_changes" {
  description = "Whether provisioned concurrency can be changed outside of Terraform, for example by Application Auto Scaling. `provisioned_concurrent_executions` is then the initial value. Before you change it for an existing function, move its state (see the README)."
  type        = bool
  default     = false
  nullable    = false

  validation {
    condition     = !var.ignore_provisioned_concurrency_changes || var.provisioned_concurrent_executions != null
    error_message = "ignore_provisioned_concurrency_changes must be false unless provisioned_concurrent_executions is set."
  }
}

variable "snap_start" {
  description = "Whether to start environments of the `live` alias from a snapshot of the initialized function (Lambda SnapStart). Requires Python 3.12 or later, and neither provisioned concurrency, a file system nor more than 512 MB of ephemeral storage."
  type        = bool
  default     = false
  nullable    = false

  validation {
    condition     = !var.snap_start || can(regex("^python3[.]1[2-9]$", var.runtime))
    error_message = "snap_start must be false for runtimes before \"python3.12\", but is true with \"${var.runtime}\"."
  }
  validation {
    condition     = !var.snap_start || var.provisioned_concurrent_executions == null
    error_message = "snap_start must be false with provisioned_concurrent_executions, but is true with ${coalesce(var.provisioned_concurrent_executions, 0)}."
  }
  validation {
    condition     = !var.snap_start || var.file_system_config == null
    error_message = "snap_start must be false with file_system_config, but is true with ${try(var.file_system_config.local_mount_path, "-")}."
  }
  validation {
    condition     = !var.snap_start || var.ephemeral_storage_mb == 512
    error_message = "snap_start must be false with more than 512 MB of ephemeral storage, but is true with ${var.ephemeral_storage_mb} MB."
  }
}

variable "maximum_retry_attempts" {
  description = "Number of times that Lambda retries a failed asynchronous run, from 0 to 2. Null leaves the configuration of asynchronous runs to an `aws_lambda_function_event_invoke_config` of your own, or to Lambda's default of 2."
  type        = number
  default     = 0

  validation {
    condition     = var.maximum_retry_attempts == null || try(contains([0, 1, 2], var.maximum_retry_attempts), false)
    error_message = "maximum_retry_attempts must be null, 0, 1 or 2, but is ${coalesce(var.maximum_retry_attempts, -1)}."
  }
}

variable "destination_on_failure" {
  description = "ARN of the SQS queue, SNS topic, Lambda function, EventBridge event bus or S3 bucket that receives a record of each asynchronous run that failed after the last attempt. Null sends none. The execution role needs the permission to send to it."
  type        = string
  default     = null

  validation {
    condition     = var.destination_on_failure == null || can(regex(local.patterns.failure_destination_arn, var.destination_on_failure))
    error_message = "destination_on_failure must be the ARN of a standard (not FIFO) SQS queue or SNS topic, a Lambda function, an EventBridge event bus or an S3 bucket, but is \"${coalesce(var.destination_on_failure, "-")}\"."
  }
  validation {
    condition     = var.destination_on_failure == null || var.maximum_retry_attempts != null
    error_message = "destination_on_failure must be null when maximum_retry_attempts is null, since the module then does not configure asynchronous runs, but is \"${coalesce(var.destination_on_failure, "-")}\"."
  }
}

variable "destination_on_success" {
  description = "ARN of the SQS queue, SNS topic, Lambda function or EventBridge event bus that receives a record of each asynchronous run that succeeded. Null sends none. The execution role needs the permission to send to it."
  type        = string
  default     = null

  validation {
    condition     = var.destination_on_success == null || can(regex(local.patterns.success_destination_arn, var.destination_on_success))
    error_message = "destination_on_success must be the ARN of a standard (not FIFO) SQS queue or SNS topic, a Lambda function or an EventBridge event bus, but is \"${coalesce(var.destination_on_success, "-")}\"."
  }
  validation {
    condition     = var.destination_on_success == null || var.maximum_retry_attempts != null
    error_message = "destination_on_success must be null when maximum_retry_attempts is null, since the module then does not configure asynchronous runs, but is \"${coalesce(var.destination_on_success, "-")}\"."
  }
}

variable "enable_tracing" {
  description = "Whether to trace runs with AWS X-Ray."
  type        = bool
  default     = false
  nullable    = false
}

variable "dead_letter_arn" {
  description = "ARN of the SQS queue or SNS topic that receives the events of failed asynchronous runs. Null discards them. The execution role needs `sqs:SendMessage` or `sns:Publish` on it."
  type        = string
  default     = null

  validation {
    condition     = var.dead_letter_arn == null || can(regex(local.patterns.dead_letter_arn, var.dead_letter_arn))
    error_message = "dead_letter_arn must be the ARN of a standard (not FIFO) SQS queue or SNS topic (arn:<partition>:<sqs or sns>:<region>:<account>:<name>), but is \"${coalesce(var.dead_letter_arn, "-")}\"."
  }
}

variable "alarm_actions" {
  description = "ARNs to notify when an alarm fires or clears, for example SNS topics, at most five. An empty list creates no alarms."
  type        = list(string)
  default     = []
  nullable    = false

  validation {
    condition     = length(var.alarm_actions) <= 5
    error_message = "alarm_actions must contain at most five ARNs, but contains ${length(var.alarm_actions)}."
  }
  validation {
    condition     = alltrue([for arn in var.alarm_actions : can(regex(local.patterns.arn, arn))])
    error_message = "alarm_actions must contain only ARNs (arn:<partition>:<service>:...), but contains ${join(", ", [for arn in var.alarm_actions : "\"${arn}\"" if !can(regex(local.patterns.arn, arn))])}."
  }
}

variable "enable_error_alarms" {
  description = "Whether to create the alarm on failed runs."
  type        = bool
  default     = true
  nullable    = false
}

variable "alert_strategy" {
  description = "When the alarm on failed runs fires: on every failed run (`immediate`), or when too high a percentage of runs fails (`threshold`)."
  type        = string
  default     = "immediate"
  nullable    = false

  validation {
    condition     = contains(["immediate", "threshold"], var.alert_strategy)
    error_message = "alert_strategy must be \"immediate\" or \"threshold\", but is \"${var.alert_strategy}\"."
  }
}

variable "error_rate_threshold" {
  description = "Percentage of failed runs above which a minute is breaching, for the strategy `threshold`."
  type        = number
  default     = 5
  nullable    = false

  validation {
    condition     = var.error_rate_threshold >= 0 && var.error_rate_threshold < 100
    error_message = "error_rate_threshold must be at least 0 and less than 100 (percent), but is ${var.error_rate_threshold}."
  }
}

variable "error_rate_eval_periods" {
  description = "Number of minutes that the alarm evaluates, for the strategy `threshold`."
  type        = number
  default     = 2
  nullable    = false

  validation {
    condition     = var.error_rate_eval_periods >= 1 && var.error_rate_eval_periods <= 1440 && floor(var.error_rate_eval_periods) == var.error_rate_eval_periods
    error_message = "error_rate_eval_periods must be a whole number from 1 to 1440 (minutes), but is ${var.error_rate_eval_periods}."
  }
}

variable "error_rate_datapoints_to_alarm" {
  description = "Number of evaluated minutes that must be breaching for the alarm to fire, for the strategy `threshold`. Null requires all of them."
  type        = number
  default     = null

  validation {
    condition     = var.error_rate_datapoints_to_alarm == null || try(var.error_rate_datapoints_to_alarm >= 1 && var.error_rate_datapoints_to_alarm <= var.error_rate_eval_periods && floor(var.error_rate_datapoints_to_alarm) == var.error_rate_datapoints_to_alarm, false)
    error_message = "error_rate_datapoints_to_alarm must be null or a whole number from 1 to error_rate_eval_periods (${var.error_rate_eval_periods}), but is ${coalesce(var.error_rate_datapoints_to_alarm, 0)}."
  }
}

variable "enable_throttle_alarms" {
  description = "Whether to create the alarm on throttled invocations."
  type        = bool
  default     = true
  nullable    = false
}

variable "duration_threshold_percent" {
  description = "Percentage of the timeout above which the duration of a run fires an alarm. Null creates no such alarm."
  type        = number
  default     = 80

  validation {
    condition     = var.duration_threshold_percent == null || try(var.duration_threshold_percent > 0 && var.duration_threshold_percent < 100, false)
    error_message = "duration_threshold_percent must be null or greater than 0 and less than 100, but is ${coalesce(var.duration_threshold_percent, -1)}."
  }
}

variable "memory_utilization_threshold_percent" {
  description = "Percentage of the function's memory above which the memory use of a run fires an alarm. Null creates no such alarm. Requires Lambda Insights in `layers`."
  type        = number
  default     = null

  validation {
    condition     = var.memory_utilization_threshold_percent == null || try(var.memory_utilization_threshold_percent > 0 && var.memory_utilization_threshold_percent < 100, false)
    error_message = "memory_utilization_threshold_percent must be null or greater than 0 and less than 100, but is ${coalesce(var.memory_utilization_threshold_percent, -1)}."
  }
}

variable "metric_alarms" {
  description = "Further alarms on metrics of the function, whose only dimension is `FunctionName`: name of the alarm => what it evaluates in each minute. Minutes without data count as for the alarms on errors and duration."
  type = map(object({
    description         = string
    namespace           = string
    metric_name         = string
    threshold           = number
    statistic           = optional(string, "Maximum")
    comparison_operator = optional(string, "GreaterThanThreshold")
  }))
  default  = {}
  nullable = false

  validation {
    condition     = length(setintersection(keys(var.metric_alarms), local.own_alarm_names)) == 0
    error_message = "metric_alarms must not contain names of alarms that the module creates, but contains ${join(", ", [for name in setintersection(keys(var.metric_alarms), local.own_alarm_names) : "\"${name}\""])}."
  }
}

variable "missing_runs_sec" {
  description = "Number of seconds without a run after which an alarm fires, from 120 to 604800 (one week). Null creates no such alarm."
  type        = number
  default     = null

  validation {
    condition     = var.missing_runs_sec == null || try(var.missing_runs_sec >= 120 && var.missing_runs_sec <= 604800, false)
    error_message = "missing_runs_sec must be null or from 120 to 604800 (seconds), but is ${coalesce(var.missing_runs_sec, 0)}."
  }
}

variable "runs_per_period" {
  description = "Number of runs that a schedule starts together, for example one for each part of the work. With more than one, the missing-runs alarm fires if fewer start in each half of `missing_runs_sec`, and alarms that are kept between runs are evaluated over such a half."
  type        = number
  default     = 1
  nullable    = false

  validation {
    condition     = var.runs_per_period >= 1 && floor(var.runs_per_period) == var.runs_per_period
    error_message = "runs_per_period must be a whole number of at least 1, but is ${var.runs_per_period}."
  }
}

variable "hold_alarms_between_runs" {
  description = "Whether the alarms on errors, duration and memory, and those in `metric_alarms`, keep their state until the next run, for functions that run rarely. Otherwise, they clear after a few minutes without a run."
  type        = bool
  default     = false
  nullable    = false
}

variable "package_path" {
  description = "Path of a package built elsewhere, for example where Python is not available. Null builds the package from `source_dir`, `source_roots` and `sources`."
  type        = string
  default     = null
}

variable "image_uri" {
  description = "URI of a container image in Amazon ECR that is deployed instead of a package, with a tag or digest. `handler` and `runtime` then have no effect. Null deploys a package."
  type        = string
  default     = null

  validation {
    condition     = var.image_uri == null || can(regex(local.patterns.image_uri, var.image_uri))
    error_message = "image_uri must be the URI of an image in Amazon ECR with a tag or digest (<account>.dkr.ecr.<region>.amazonaws.com/<repository>:<tag>), but is \"${coalesce(var.image_uri, "-")}\"."
  }
  validation {
    condition     = var.image_uri == null || (length(var.layers) == 0 && !var.snap_start && var.code_signing_config_arn == null && var.package_s3_bucket == null)
    error_message = "image_uri must be null with layers, snap_start, code_signing_config_arn or ${var.package_s3_bucket_variable}, which Lambda does not support for images, but is \"${coalesce(var.image_uri, "-")}\"."
  }
}

variable "create_package" {
  description = "Whether to build the package. Null builds it if `package_path` and `image_uri` are null. Required if the one that is set is not known at plan time."
  type        = bool
  default     = null

  validation {
    condition     = var.create_package != true || var.package_path == null
    error_message = "create_package must be null or false when package_path is set (\"${coalesce(var.package_path, "-")}\"), but is true."
  }
  validation {
    condition     = var.create_package != true || var.image_uri == null
    error_message = "create_package must be null or false when image_uri is set (\"${coalesce(var.image_uri, "-")}\"), but is true."
  }
  validation {
    condition     = var.create_package != false || var.package_path != null || var.image_uri != null
    error_message = "package_path must be set when create_package is false, but is null."
  }
}

variable "package_s3_bucket" {
  description = "Name of the bucket to upload the package to, required for packages over 50 MB (zipped). Null uploads the package directly to Lambda."
  type        = string
  default     = null

  validation {
    condition     = var.package_s3_bucket == null || can(regex("^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$", var.package_s3_bucket))
    error_message = "${var.package_s3_bucket_variable} must consist of 3 to 63 lowercase letters, digits, dots or hyphens and start and end with a letter or digit, but is \"${coalesce(var.package_s3_bucket, "-")}\"."
  }
}

variable "store_package_on_s3" {
  description = "Whether to upload the package to `package_s3_bucket`. Null uploads it there if that name is not null. Required if that name is not known at plan time."
  type        = bool
  default     = null

  validation {
    condition     = var.store_package_on_s3 != true || var.package_s3_bucket != null
    error_message = "${var.package_s3_bucket_variable} must be set when store_package_on_s3 is true, but is null."
  }
  validation {
    condition     = var.store_package_on_s3 != false || var.package_s3_bucket == null
    error_message = "store_package_on_s3 must be null or true when ${var.package_s3_bucket_variable} is set (\"${coalesce(var.package_s3_bucket, "-")}\"), but is false."
  }
}

variable "package_s3_bucket_variable" {
  description = "Name of the variable of the calling module that sets `package_s3_bucket`, for the error message about packages over 50 MB."
  type        = string
  default     = "package_s3_bucket"
  nullable    = false
}

variable "redeploy_token" {
  description = "Any string. A change rebuilds and redeploys the package, for example after a failed code update."
  type        = string
  default     = ""
  nullable    = false
}

variable "code_signing_config_arn" {
  description = "ARN of the code signing configuration that verifies the package. Null verifies no signature. If the configuration rejects unsigned packages, set `package_path` to a signed one."
  type        = string
  default     = null

  validation {
    condition     = var.code_signing_config_arn == null || can(regex(local.patterns.code_signing_config_arn, var.code_signing_config_arn))
    error_message = "code_signing_config_arn must be the ARN of a code signing configuration (arn:<partition>:lambda:<region>:<account>:code-signing-config:<id>), but is \"${coalesce(var.code_signing_config_arn, "-")}\"."
  }
}

variable "python_executable" {
  description = "Python interpreter (3.10 or later) that builds the package. Null uses `python3`, or `python` on Windows."
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
    access_point_arn        = "^arn:aws[a-z0-9-]*:elasticfilesystem:[a-z0-9-]+:[0-9]{12}:access-point/fsap-[0-9a-f]+$"
    arn                     = "^arn:aws[a-z0-9-]*:[a-z0-9-]+:.+$"
    code_signing_config_arn = "^arn:aws[a-z0-9-]*:lambda:[a-z0-9-]+:[0-9]{12}:code-signing-config:csc-[a-z0-9]{17}$"
    dead_letter_arn         = "^arn:aws[a-z0-9-]*:(sqs|sns):[a-z0-9-]+:[0-9]{12}:[A-Za-z0-9_-]+$"
    image_uri               = "^[0-9]{12}[.]dkr[.]ecr[.][a-z0-9-]+[.]amazonaws[.]com([.]cn)?/[a-z0-9][a-z0-9._/-]*(:[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}|@sha256:[0-9a-f]{64})$"
    kms_key_arn             = "^arn:aws[a-z0-9-]*:kms:[a-z0-9-]+:[0-9]{12}:key/.+$"
    layer_arn               = "^arn:aws[a-z0-9-]*:lambda:[a-z0-9-]+:[0-9]{12}:layer:[^:]+:[0-9]+$"
    failure_destination_arn = "^arn:aws[a-z0-9-]*:((sqs|sns):[a-z0-9-]+:[0-9]{12}:[A-Za-z0-9_-]+|lambda:[a-z0-9-]+:[0-9]{12}:function:[A-Za-z0-9_:$-]+|events:[a-z0-9-]+:[0-9]{12}:event-bus/.+|s3:::[a-z0-9.-]+)$"
    success_destination_arn = "^arn:aws[a-z0-9-]*:((sqs|sns):[a-z0-9-]+:[0-9]{12}:[A-Za-z0-9_-]+|lambda:[a-z0-9-]+:[0-9]{12}:function:[A-Za-z0-9_:$-]+|events:[a-z0-9-]+:[0-9]{12}:event-bus/.+)$"
    variable_name           = "^[A-Za-z][A-Za-z0-9_]+$"

    # Parts of the module are no Python names: Lambda imports it by its path, for example my-function.
    handler = "^[^[:space:]./\\\\]+([./][^[:space:]./\\\\]+)*[.][\\p{L}_][\\p{L}\\p{N}_]*$"

    # Empty, absolute, with a "." or ".." part, or a backslash.
    unusable_pattern = "^$|^/|(^|/)[.]{1,2}(/|$)|\\\\"

    # An empty, "." or ".." part, or a backslash.
    unusable_name = "(^|/)[.]{0,2}(/|$)|\\\\"
  }

  log_retention_days = [0, 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653]

  reserved_variables = [
    "AWS_ACCESS_KEY",
    "AWS_ACCESS_KEY_ID",
    "AWS_DEFAULT_REGION",
    "AWS_EXECUTION_ENV",
    "AWS_LAMBDA_FUNCTION_MEMORY_SIZE",
    "AWS_LAMBDA_FUNCTION_NAME",
    "AWS_LAMBDA_FUNCTION_VERSION",
    "AWS_LAMBDA_INITIALIZATION_TYPE",
    "AWS_LAMBDA_LOG_GROUP_NAME",
    "AWS_LAMBDA_LOG_STREAM_NAME",
    "AWS_LAMBDA_RUNTIME_API",
    "AWS_REGION",
    "AWS_SECRET_ACCESS_KEY",
    "AWS_SESSION_TOKEN",
    "LAMBDA_RUNTIME_DIR",
    "LAMBDA_TASK_ROOT",
    "_HANDLER",
    "_X_AMZN_TRACE_ID",
  ]
}
