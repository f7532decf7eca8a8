variable "function_name" {
  description = "Name of the function, and of what is made for it."
  type        = string

  validation {
    condition     = can(regex("^[A-Za-z0-9_-]{1,64}$", var.function_name))
    error_message = "A function's name has 1 to 64 letters, digits, hyphens or underscores; this is \"${var.function_name}\"."
  }
}

variable "role_arn" {
  description = "ARN of the IAM role that the function assumes."
  type        = string

  validation {
    condition     = can(regex("^arn:aws[a-z0-9-]*:iam::[0-9]{12}:role/.+$", var.role_arn))
    error_message = "A role's ARN is arn:<partition>:iam::<account>:role/<name>; this is \"${var.role_arn}\"."
  }
}

variable "handler" {
  description = "Where the function starts, `<module>.<function>` from the root of the package."
  type        = string

  validation {
    condition     = can(regex("^[A-Za-z_][A-Za-z0-9_]*([./][A-Za-z_][A-Za-z0-9_]*)+$", var.handler))
    error_message = "A handler is <module>.<function>, such as main.handler; this is \"${var.handler}\"."
  }
}

variable "source_dir" {
  description = "Folder that goes into the package whole, without caches and what version control keeps."
  type        = string
  default     = null
}

variable "source_roots" {
  description = "Folders of the package: name of the folder inside the package => path of the folder. Each goes in whole, as `source_dir` does."
  type        = map(string)
  default     = {}
  nullable    = false

  validation {
    condition     = !anytrue([for name in keys(var.source_roots) : can(regex(local.patterns.unusable_name, name))])
    error_message = "Names inside the package are relative, with forward slashes, and stay inside; found ${join(", ", [for name in keys(var.source_roots) : "\"${name}\"" if can(regex(local.patterns.unusable_name, name))])}."
  }
}

variable "sources" {
  description = "Files of the package: name inside the package => path of the file."
  type        = map(string)
  default     = {}
  nullable    = false

  validation {
    condition     = (var.source_dir != null || length(var.source_roots) > 0 || length(var.sources) > 0) != (var.package_path != null)
    error_message = "Either package_path names a finished package, or source_dir, source_roots and sources say what goes into one; given ${var.package_path == null ? "is none of them" : "are both"}."
  }
  validation {
    condition     = !anytrue([for name in keys(var.sources) : can(regex(local.patterns.unusable_name, name))])
    error_message = "Names inside the package are relative, with forward slashes, and stay inside; found ${join(", ", [for name in keys(var.sources) : "\"${name}\"" if can(regex(local.patterns.unusable_name, name))])}."
  }
}

variable "requirements_path" {
  description = "Path of a pip requirements file; wheels of what it lists go into the package. Only this file is watched for changes, not files it includes."
  type        = string
  default     = null

  validation {
    condition     = var.requirements_path == null || var.package_path == null
    error_message = "Nothing is installed into a finished package: requirements_path is for packages built here, without package_path."
  }
}

variable "runtime" {
  description = "Lambda's Python runtime, `python3.10` to `python3.14`."
  type        = string
  default     = "python3.13"
  nullable    = false

  validation {
    condition     = can(regex("^python3\\.1[0-4]$", var.runtime))
    error_message = "The runtime is one of python3.10 to python3.14; this is \"${var.runtime}\"."
  }
}

variable "architecture" {
  description = "Instruction set, `arm64` or `x86_64`."
  type        = string
  default     = "arm64"
  nullable    = false

  validation {
    condition     = contains(["arm64", "x86_64"], var.architecture)
    error_message = "The architecture is arm64 or x86_64; this is \"${var.architecture}\"."
  }
}

variable "memory_mb" {
  description = "Memory of the function in MB."
  type        = number
  default     = 128
  nullable    = false

  validation {
    condition     = var.memory_mb >= 128 && var.memory_mb <= 10240 && floor(var.memory_mb) == var.memory_mb
    error_message = "A function has 128 to 10240 MB of memory, a whole number; this is ${var.memory_mb}."
  }
}

variable "timeout_sec" {
  description = "Seconds after which Lambda ends a run."
  type        = number
  default     = 60
  nullable    = false

  validation {
    condition     = var.timeout_sec >= 1 && var.timeout_sec <= 900 && floor(var.timeout_sec) == var.timeout_sec
    error_message = "A function may run for 1 to 900 seconds, a whole number; this is ${var.timeout_sec}."
  }
}

variable "environment_variables" {
  description = "Environment of the function. A variable whose value is null is not set."
  type        = map(string)
  default     = {}
  nullable    = false

  validation {
    condition     = alltrue([for name in keys(var.environment_variables) : can(regex(local.patterns.variable_name, name))])
    error_message = "Names of environment variables begin with a letter and go on with letters, digits and underscores; found ${join(", ", [for name in keys(var.environment_variables) : "\"${name}\"" if !can(regex(local.patterns.variable_name, name))])}."
  }
  validation {
    condition     = length(setintersection(keys(var.environment_variables), local.reserved_variables)) == 0
    error_message = "Lambda reserves these environment variables and sets them itself: ${join(", ", setintersection(keys(var.environment_variables), local.reserved_variables))}. Choose other names."
  }
}

variable "layers" {
  description = "ARNs of layer versions, five at most."
  type        = list(string)
  default     = []
  nullable    = false

  validation {
    condition     = length(var.layers) <= 5
    error_message = "A function has five layers at most; these are ${length(var.layers)}."
  }
  validation {
    condition     = alltrue([for arn in var.layers : can(regex(local.patterns.layer_arn, arn))])
    error_message = "A layer's ARN ends with its version, arn:<partition>:lambda:<region>:<account>:layer:<name>:<version>; found ${join(", ", [for arn in var.layers : "\"${arn}\"" if !can(regex(local.patterns.layer_arn, arn))])}."
  }
}

variable "vpc_config" {
  description = "Subnets and security groups of a function inside a VPC; null for one outside."
  type = object({
    subnet_ids         = list(string)
    security_group_ids = list(string)
  })
  default = null

  validation {
    condition     = var.vpc_config == null || try(length(var.vpc_config.subnet_ids) > 0 && length(var.vpc_config.security_group_ids) > 0, false)
    error_message = "A function in a VPC needs at least one subnet and one security group; these are ${try(length(var.vpc_config.subnet_ids), 0)} and ${try(length(var.vpc_config.security_group_ids), 0)}."
  }
}

variable "kms_key_arn" {
  description = "ARN of the KMS key for the function's environment; null for Lambda's own key."
  type        = string
  default     = null

  validation {
    condition     = var.kms_key_arn == null || can(regex(local.patterns.kms_key_arn, var.kms_key_arn))
    error_message = "A KMS key's ARN is arn:<partition>:kms:<region>:<account>:key/<id>, not an id or an alias; this is \"${coalesce(var.kms_key_arn, "-")}\"."
  }
}

variable "log_kms_key_arn" {
  description = "ARN of the KMS key for the log group, whose key policy must let CloudWatch Logs use it; null for encryption without one."
  type        = string
  default     = null

  validation {
    condition     = var.log_kms_key_arn == null || can(regex(local.patterns.kms_key_arn, var.log_kms_key_arn))
    error_message = "A KMS key's ARN is arn:<partition>:kms:<region>:<account>:key/<id>, not an id or an alias; this is \"${coalesce(var.log_kms_key_arn, "-")}\"."
  }
}

variable "log_retention_days" {
  description = "Days that log lines are kept; 0 keeps them for ever."
  type        = number
  default     = 365
  nullable    = false

  validation {
    condition     = contains(local.log_retention_days, var.log_retention_days)
    error_message = "CloudWatch Logs keeps lines for one of ${join(", ", local.log_retention_days)} days (0: for ever); this is ${var.log_retention_days}."
  }
}

variable "log_format" {
  description = "`Text` or `JSON`."
  type        = string
  default     = "Text"
  nullable    = false

  validation {
    condition     = contains(["Text", "JSON"], var.log_format)
    error_message = "The log format is Text or JSON; this is \"${var.log_format}\"."
  }
}

variable "log_level" {
  description = "Lowest level that is logged in the `JSON` format, by Python's names: `DEBUG`, `INFO`, `WARNING`, `ERROR` or `CRITICAL`."
  type        = string
  default     = "INFO"
  nullable    = false

  validation {
    condition     = contains(["DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"], var.log_level)
    error_message = "The log level is one of DEBUG, INFO, WARNING, ERROR, CRITICAL; this is \"${var.log_level}\"."
  }
}

variable "reserved_concurrent_executions" {
  description = "Runs that may overlap, kept free for this function; 0 stops it, null sets no limit."
  type        = number
  default     = null

  validation {
    condition     = var.reserved_concurrent_executions == null || try(var.reserved_concurrent_executions >= 0 && floor(var.reserved_concurrent_executions) == var.reserved_concurrent_executions, false)
    error_message = "Reserved concurrency is a whole number from 0, or null for no limit; this is ${coalesce(var.reserved_concurrent_executions, -1)}."
  }
}

variable "provisioned_concurrent_executions" {
  description = "Runs that a started process waits for at any time, paid by the hour, at the alias `live`; null for none, and no alias."
  type        = number
  default     = null

  validation {
    condition     = var.provisioned_concurrent_executions == null || try(var.provisioned_concurrent_executions >= 1 && floor(var.provisioned_concurrent_executions) == var.provisioned_concurrent_executions, false)
    error_message = "Provisioned concurrency is a whole number from 1, or null for none; this is ${coalesce(var.provisioned_concurrent_executions, 0)}."
  }
  validation {
    condition     = try(var.provisioned_concurrent_executions <= var.reserved_concurrent_executions, true)
    error_message = "No more runs can be provisioned than are reserved: ${coalesce(var.provisioned_concurrent_executions, 0)} of ${coalesce(var.reserved_concurrent_executions, 0)}."
  }
}

variable "maximum_retry_attempts" {
  description = "Times that Lambda repeats a failed asynchronous run, 0 to 2."
  type        = number
  default     = 0
  nullable    = false

  validation {
    condition     = contains([0, 1, 2], var.maximum_retry_attempts)
    error_message = "Lambda repeats a failed run 0, 1 or 2 times; this is ${var.maximum_retry_attempts}."
  }
}

variable "enable_tracing" {
  description = "Whether X-Ray traces the runs."
  type        = bool
  default     = false
  nullable    = false
}

variable "dead_letter_arn" {
  description = "ARN of an SQS queue or SNS topic for the events of asynchronous runs that failed; null drops them. The role needs `sqs:SendMessage` or `sns:Publish` on it."
  type        = string
  default     = null

  validation {
    condition     = var.dead_letter_arn == null || can(regex(local.patterns.dead_letter_arn, var.dead_letter_arn))
    error_message = "Dead letters go to an SQS queue or SNS topic without .fifo, arn:<partition>:<sqs or sns>:<region>:<account>:<name>; this is \"${coalesce(var.dead_letter_arn, "-")}\"."
  }
}

variable "alarm_actions" {
  description = "ARNs, such as SNS topics, that are told when an alarm goes off and when it is over; with none there are no alarms."
  type        = list(string)
  default     = []
  nullable    = false

  validation {
    condition     = length(var.alarm_actions) <= 5
    error_message = "An alarm has five actions at most; these are ${length(var.alarm_actions)}."
  }
  validation {
    condition     = alltrue([for arn in var.alarm_actions : can(regex(local.patterns.arn, arn))])
    error_message = "An alarm's actions are ARNs, arn:<partition>:<service>:...; found ${join(", ", [for arn in var.alarm_actions : "\"${arn}\"" if !can(regex(local.patterns.arn, arn))])}."
  }
}

variable "enable_error_alarms" {
  description = "Whether failed runs raise an alarm."
  type        = bool
  default     = true
  nullable    = false
}

variable "alert_strategy" {
  description = "`immediate`: any failed run raises the alarm on errors; `threshold`: a rate of failed runs does."
  type        = string
  default     = "immediate"
  nullable    = false

  validation {
    condition     = contains(["immediate", "threshold"], var.alert_strategy)
    error_message = "The strategy is immediate or threshold; this is \"${var.alert_strategy}\"."
  }
}

variable "error_rate_threshold" {
  description = "Percentage of failed runs above which a minute is a bad one, with the strategy `threshold`."
  type        = number
  default     = 5
  nullable    = false

  validation {
    condition     = var.error_rate_threshold >= 0 && var.error_rate_threshold < 100
    error_message = "The alarm goes off above a percentage from 0 to less than 100; this is ${var.error_rate_threshold}."
  }
}

variable "error_rate_eval_periods" {
  description = "Minutes that are looked at together, with the strategy `threshold`."
  type        = number
  default     = 2
  nullable    = false

  validation {
    condition     = var.error_rate_eval_periods >= 1 && var.error_rate_eval_periods <= 1440 && floor(var.error_rate_eval_periods) == var.error_rate_eval_periods
    error_message = "An alarm looks at 1 to 1440 minutes, a whole number; this is ${var.error_rate_eval_periods}."
  }
}

variable "error_rate_datapoints_to_alarm" {
  description = "Bad minutes among these that raise the alarm, with the strategy `threshold`; null for all of them."
  type        = number
  default     = null

  validation {
    condition     = var.error_rate_datapoints_to_alarm == null || try(var.error_rate_datapoints_to_alarm >= 1 && var.error_rate_datapoints_to_alarm <= var.error_rate_eval_periods && floor(var.error_rate_datapoints_to_alarm) == var.error_rate_datapoints_to_alarm, false)
    error_message = "Of ${var.error_rate_eval_periods} minutes, 1 to ${var.error_rate_eval_periods} can raise the alarm, a whole number; this is ${coalesce(var.error_rate_datapoints_to_alarm, 0)}."
  }
}

variable "enable_throttle_alarms" {
  description = "Whether runs that Lambda refused, because too many were under way, raise an alarm."
  type        = bool
  default     = true
  nullable    = false
}

variable "duration_threshold_percent" {
  description = "Percentage of the timeout above which a run's duration raises an alarm; null for no such alarm."
  type        = number
  default     = 80

  validation {
    condition     = var.duration_threshold_percent == null || try(var.duration_threshold_percent > 0 && var.duration_threshold_percent < 100, false)
    error_message = "The duration is held against more than 0 and less than 100 % of the timeout, or null for no alarm; this is ${coalesce(var.duration_threshold_percent, -1)}."
  }
}

variable "memory_utilization_threshold_percent" {
  description = "Percentage of its memory above which a run raises an alarm; null for no such alarm. It needs Lambda Insights."
  type        = number
  default     = null

  validation {
    condition     = var.memory_utilization_threshold_percent == null || try(var.memory_utilization_threshold_percent > 0 && var.memory_utilization_threshold_percent < 100, false)
    error_message = "The memory in use is held against more than 0 and less than 100 % of the function's, or null for no alarm; this is ${coalesce(var.memory_utilization_threshold_percent, -1)}."
  }
}

variable "missing_runs_sec" {
  description = "Seconds without a run that raise an alarm, 120 to 604800 (a week); null for no such alarm."
  type        = number
  default     = null

  validation {
    condition     = var.missing_runs_sec == null || try(var.missing_runs_sec >= 120 && var.missing_runs_sec <= 604800, false)
    error_message = "CloudWatch can tell a silence of 120 to 604800 seconds, or null for no alarm; this is ${coalesce(var.missing_runs_sec, 0)}."
  }
}

variable "hold_alarms_between_runs" {
  description = "Whether the alarms on errors, duration and memory stay as they are until the next run, instead of ending after a minute without one. For functions that run seldom and regularly."
  type        = bool
  default     = false
  nullable    = false
}

variable "package_path" {
  description = "Path of a package built elsewhere, for machines without Python; null builds it from `sources`."
  type        = string
  default     = null
}

variable "package_s3_bucket" {
  description = "Bucket that the package is uploaded to, for packages over 50 MB; null sends it with the request."
  type        = string
  default     = null

  validation {
    condition     = var.package_s3_bucket == null || can(regex("^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$", var.package_s3_bucket))
    error_message = "A bucket's name has 3 to 63 lower case letters, digits, dots or hyphens; this is \"${coalesce(var.package_s3_bucket, "-")}\"."
  }
}

variable "redeploy_token" {
  description = "Any text; a change builds and deploys the package again, for instance after a code update that failed."
  type        = string
  default     = ""
  nullable    = false
}

variable "python_executable" {
  description = "Python 3.10 or newer that builds the package; null for `python3`, and for `python` on Windows."
  type        = string
  default     = null
}

variable "tags" {
  description = "Tags of everything that can have them."
  type        = map(string)
  default     = {}
  nullable    = false
}

locals {
  patterns = {
    arn             = "^arn:aws[a-z0-9-]*:[a-z0-9-]+:.+$"
    dead_letter_arn = "^arn:aws[a-z0-9-]*:(sqs|sns):[a-z0-9-]+:[0-9]{12}:[A-Za-z0-9_-]+$"
    kms_key_arn     = "^arn:aws[a-z0-9-]*:kms:[a-z0-9-]+:[0-9]{12}:key/.+$"
    layer_arn       = "^arn:aws[a-z0-9-]*:lambda:[a-z0-9-]+:[0-9]{12}:layer:[^:]+:[0-9]+$"
    variable_name   = "^[A-Za-z][A-Za-z0-9_]+$"

    # An empty step, ".", ".." or a backslash.
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
