# Variables that are passed on unchanged are validated by modules/lambda-function.

# The function

variable "lambda_name" {
  description = "Name of the DIVA Lambda function. The names of the EventBridge rule and of created state storage derive from it."
  type        = string

  validation {
    condition     = can(regex("^[A-Za-z0-9_-]{1,64}$", var.lambda_name))
    error_message = "lambda_name must consist of 1 to 64 letters, digits, hyphens or underscores, but is \"${var.lambda_name}\"."
  }
}

variable "lambda_role_arn" {
  description = "ARN of the function's execution role. The role needs the permissions in the output `lambda_policy_json`."
  type        = string
}

variable "event_logic_path" {
  description = "Path of the Python file that defines `get_events()`. The package contains it as `event_logic.py`."
  type        = string

  validation {
    condition     = endswith(var.event_logic_path, ".py")
    error_message = "event_logic_path must be the path of a Python file (.py), but is \"${var.event_logic_path}\"."
  }
}

variable "diva_mode" {
  description = "Execution mode: `monolithic` (one function, state in S3) or `distributed` (several functions, state in DynamoDB)."
  type        = string
  default     = "monolithic"
  nullable    = false

  validation {
    condition     = contains(["monolithic", "distributed"], var.diva_mode)
    error_message = "diva_mode must be \"monolithic\" or \"distributed\", but is \"${var.diva_mode}\"."
  }
}

variable "worker_role" {
  description = "In distributed mode, the part of events with the role `both` that this function runs: `detect` or `inject`. Null runs both."
  type        = string
  default     = null

  validation {
    condition     = var.worker_role == null || contains(["detect", "inject"], coalesce(var.worker_role, "-"))
    error_message = "worker_role must be null, \"detect\" or \"inject\", but is \"${coalesce(var.worker_role, "-")}\"."
  }
  validation {
    condition     = var.worker_role == null || var.diva_mode == "distributed"
    error_message = "worker_role must be null unless diva_mode is \"distributed\", but is \"${coalesce(var.worker_role, "-")}\"."
  }
}

variable "shards" {
  description = "Number of invocations in each period, in distributed mode, each of which runs a part of the events. It can be changed at any time."
  type        = number
  default     = 1
  nullable    = false

  validation {
    condition     = var.shards >= 1 && floor(var.shards) == var.shards
    error_message = "shards must be a whole number of at least 1, but is ${var.shards}."
  }
  validation {
    condition     = var.shards <= 1 || var.diva_mode == "distributed"
    error_message = "shards must be 1 unless diva_mode is \"distributed\", but is ${var.shards}."
  }
  validation {
    condition     = var.shards <= 1 || coalesce(var.reserved_concurrent_executions, 0) == 0 || try(var.shards <= var.reserved_concurrent_executions, false)
    error_message = "shards must be at most reserved_concurrent_executions (${coalesce(var.reserved_concurrent_executions, 0)}), since all shards run at the same time, but is ${var.shards}."
  }
}

variable "parallelize_events" {
  description = "Whether to probe events in parallel instead of one after the other."
  type        = bool
  default     = true
  nullable    = false
}

variable "max_workers" {
  description = "Number of threads that probe events in parallel."
  type        = number
  default     = 8
  nullable    = false

  validation {
    condition     = var.max_workers >= 1 && floor(var.max_workers) == var.max_workers
    error_message = "max_workers must be a whole number of at least 1, but is ${var.max_workers}."
  }
}

variable "event_timeout_sec" {
  description = "Timeout of each callback in seconds, for events without `timeout_sec`. Null limits callbacks only by the timeout of the run."
  type        = number
  default     = null

  validation {
    condition     = var.event_timeout_sec == null || try(var.event_timeout_sec > 0, false)
    error_message = "event_timeout_sec must be null or greater than 0 (seconds), but is ${coalesce(var.event_timeout_sec, 0)}."
  }
}

variable "lambda_memory_mb" {
  description = "Memory of the function in MB, from 128 to 10240."
  type        = number
  default     = 128
  nullable    = false
}

variable "lambda_timeout_sec" {
  description = "Timeout of the function in seconds, from 1 to 900."
  type        = number
  default     = 60
  nullable    = false
}

variable "lambda_runtime" {
  description = "Runtime of the function, `python3.10` to `python3.14`."
  type        = string
  default     = "python3.13"
  nullable    = false
}

variable "lambda_architecture" {
  description = "Instruction set architecture of the function, `arm64` or `x86_64`."
  type        = string
  default     = "arm64"
  nullable    = false
}

variable "lambda_layers" {
  description = "ARNs of Lambda layer versions, at most five."
  type        = list(string)
  default     = []
  nullable    = false
}

variable "lambda_vpc_config" {
  description = "Subnets and security groups that connect the function to a VPC. Null connects it to none."
  type = object({
    subnet_ids         = list(string)
    security_group_ids = list(string)
  })
  default = null
}

variable "environment_variables" {
  description = "Environment variables for the callbacks. Names that start with `DIVA_` and names that Lambda reserves are not allowed."
  type        = map(string)
  default     = {}
  nullable    = false

  validation {
    condition     = !anytrue([for name in keys(var.environment_variables) : startswith(name, "DIVA_")])
    error_message = "environment_variables must not contain names that start with \"DIVA_\", which are reserved for the engine, but contains ${join(", ", [for name in keys(var.environment_variables) : "\"${name}\"" if startswith(name, "DIVA_")])}."
  }
}

variable "reserved_concurrent_executions" {
  description = "Reserved concurrency of the function, which is also its maximum. 0 stops the function. Null reserves none and sets no maximum."
  type        = number
  default     = null
}

variable "enable_tracing" {
  description = "Whether to trace runs with AWS X-Ray."
  type        = bool
  default     = false
  nullable    = false
}

# The schedule

variable "schedule_expression" {
  description = "EventBridge schedule expression of the periods: `rate(5 minutes)`, or `cron(...)` with six fields in UTC."
  type        = string
  default     = "rate(5 minutes)"
  nullable    = false

  validation {
    condition     = can(regex("^(rate|cron)\\(.+\\)$", var.schedule_expression))
    error_message = "schedule_expression must be rate(...) or cron(...), for example rate(5 minutes), but is \"${var.schedule_expression}\"."
  }
  validation {
    condition     = !startswith(var.schedule_expression, "rate(") || can(regex("^rate\\((1 (minute|hour|day)|([2-9]|[1-9][0-9]+) (minutes|hours|days))\\)$", var.schedule_expression))
    error_message = "A rate in schedule_expression must be a whole number of at least 1 and a unit (minute, hour or day), singular for 1 and plural otherwise, for example rate(5 minutes), but is \"${var.schedule_expression}\"."
  }
  validation {
    condition     = !startswith(var.schedule_expression, "cron(") || can(regex("^cron\\([0-9*,/-]+ [0-9*,/-]+ [0-9*?,/LW-]+ [0-9A-Za-z*,/-]+ [0-9A-Za-z*?,/#-]+ [0-9*,/-]+\\)$", var.schedule_expression))
    error_message = "A cron expression in schedule_expression must have six fields (minutes, hours, day of month, month, day of week, year), for example cron(0 8 ? * MON-FRI *), but is \"${var.schedule_expression}\"."
  }
  validation {
    condition     = !can(regex("^cron\\([^ ]+ [^ ]+ [^ ]+ [^ ]+ [^ ]+ [^ ]+\\)$", var.schedule_expression)) || can(regex("^cron\\([^ ]+ [^ ]+ (\\? [^ ]+ [^? ]+|[^? ]+ [^ ]+ \\?) [^ ]+\\)$", var.schedule_expression))
    error_message = "A cron expression in schedule_expression must have \"?\" as either the day of month or the day of week, for example cron(0 8 ? * MON-FRI *), but is \"${var.schedule_expression}\"."
  }
}

variable "schedule_enabled" {
  description = "Whether to enable the schedule."
  type        = bool
  default     = true
  nullable    = false
}

variable "maintenance_windows" {
  description = "Maintenance windows for all events, in which injections and alerts are held back: `start` as `HH:MM` in `timezone` (default UTC), on `days` (`Mon` to `Sun`, default all)."
  type = list(object({
    start        = string
    duration_min = number
    days         = optional(list(string))
    timezone     = optional(string)
  }))
  default  = []
  nullable = false

  validation {
    condition     = alltrue([for window in var.maintenance_windows : can(regex("^([01][0-9]|2[0-3]):[0-5][0-9]$", window.start))])
    error_message = "start in maintenance_windows must be a time from 00:00 to 23:59, but is ${join(", ", [for window in var.maintenance_windows : "\"${window.start}\"" if !can(regex("^([01][0-9]|2[0-3]):[0-5][0-9]$", window.start))])}."
  }
  validation {
    condition     = alltrue([for window in var.maintenance_windows : window.duration_min >= 1 && window.duration_min <= 10080 && floor(window.duration_min) == window.duration_min])
    error_message = "duration_min in maintenance_windows must be a whole number from 1 to 10080 (minutes, one week), but is ${join(", ", [for window in var.maintenance_windows : window.duration_min if !(window.duration_min >= 1 && window.duration_min <= 10080 && floor(window.duration_min) == window.duration_min)])}."
  }
  validation {
    condition     = alltrue(flatten([for window in var.maintenance_windows : [for day in coalesce(window.days, []) : contains(["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"], day)]]))
    error_message = "days in maintenance_windows must be \"Mon\", \"Tue\", \"Wed\", \"Thu\", \"Fri\", \"Sat\" or \"Sun\", but contains ${join(", ", distinct(flatten([for window in var.maintenance_windows : [for day in coalesce(window.days, []) : "\"${day}\"" if !contains(["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"], day)]])))}."
  }
}

# Monitoring of DIVA itself

variable "alarm_actions" {
  description = "ARNs to notify when an alarm on DIVA itself fires or clears, for example SNS topics, at most five. The alarms cover failed, throttled and missing runs, runs that use up the time for observing, events that got no turn, and alerts that could not be delivered. An empty list creates no alarms."
  type        = list(string)
  default     = []
  nullable    = false
}

variable "dead_letter_arn" {
  description = "ARN of the SQS queue that receives schedule events that could not be delivered or whose run failed. Null discards them."
  type        = string
  default     = null

  validation {
    condition     = var.dead_letter_arn == null || can(regex("^arn:aws[a-z0-9-]*:sqs:[a-z0-9-]+:[0-9]{12}:[A-Za-z0-9_-]+$", var.dead_letter_arn))
    error_message = "dead_letter_arn must be the ARN of a standard (not FIFO) SQS queue (arn:<partition>:sqs:<region>:<account>:<name>), but is \"${coalesce(var.dead_letter_arn, "-")}\"."
  }
}

variable "enable_event_metrics" {
  description = "Whether to publish metrics for each event in addition to those of the function. CloudWatch charges for each metric."
  type        = bool
  default     = false
  nullable    = false
}

variable "create_dashboard" {
  description = "Whether to create a CloudWatch dashboard with health, alerts, durations, failures by event and the log."
  type        = bool
  default     = false
  nullable    = false
}

# State

variable "s3_bucket_name" {
  description = "Name of an existing bucket for the state in monolithic mode, which the module does not modify. Null creates a bucket."
  type        = string
  default     = null

  validation {
    condition     = var.s3_bucket_name == null || can(regex("^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$", var.s3_bucket_name))
    error_message = "s3_bucket_name must consist of 3 to 63 lowercase letters, digits, dots or hyphens and start and end with a letter or digit, but is \"${coalesce(var.s3_bucket_name, "-")}\"."
  }
  validation {
    condition     = var.s3_bucket_name == null || var.diva_mode == "monolithic"
    error_message = "s3_bucket_name must be null unless diva_mode is \"monolithic\", but is \"${coalesce(var.s3_bucket_name, "-")}\". Use dynamodb_table_name in distributed mode."
  }
}

variable "create_s3_bucket" {
  description = "Whether to create a bucket for the state in monolithic mode. Null creates one if `s3_bucket_name` is null. Required if that name is not known at plan time."
  type        = bool
  default     = null

  validation {
    condition     = var.create_s3_bucket != true || var.diva_mode == "monolithic"
    error_message = "create_s3_bucket must be null or false unless diva_mode is \"monolithic\", but is true."
  }
  validation {
    condition     = var.create_s3_bucket != true || var.s3_bucket_name == null
    error_message = "create_s3_bucket must be null or false when s3_bucket_name is set to an existing bucket (\"${coalesce(var.s3_bucket_name, "-")}\"), but is true."
  }
  validation {
    condition     = var.create_s3_bucket != false || var.diva_mode != "monolithic" || var.s3_bucket_name != null
    error_message = "s3_bucket_name must be set to an existing bucket when create_s3_bucket is false, but is null."
  }
}

variable "dynamodb_table_name" {
  description = "Name of an existing table for the state in distributed mode, with the partition key `event_id` (string), which the module does not modify. Null creates a table."
  type        = string
  default     = null

  validation {
    condition     = var.dynamodb_table_name == null || can(regex("^[A-Za-z0-9_.-]{3,255}$", var.dynamodb_table_name))
    error_message = "dynamodb_table_name must be a name (not an ARN) of 3 to 255 letters, digits, underscores, dots or hyphens, but is \"${coalesce(var.dynamodb_table_name, "-")}\"."
  }
  validation {
    condition     = var.dynamodb_table_name == null || var.diva_mode == "distributed"
    error_message = "dynamodb_table_name must be null unless diva_mode is \"distributed\", but is \"${coalesce(var.dynamodb_table_name, "-")}\". Use s3_bucket_name in monolithic mode."
  }
}

variable "create_dynamodb_table" {
  description = "Whether to create a table for the state in distributed mode. Null creates one if `dynamodb_table_name` is null. Required if that name is not known at plan time."
  type        = bool
  default     = null

  validation {
    condition     = var.create_dynamodb_table != true || var.diva_mode == "distributed"
    error_message = "create_dynamodb_table must be null or false unless diva_mode is \"distributed\", but is true."
  }
  validation {
    condition     = var.create_dynamodb_table != true || var.dynamodb_table_name == null
    error_message = "create_dynamodb_table must be null or false when dynamodb_table_name is set to an existing table (\"${coalesce(var.dynamodb_table_name, "-")}\"), but is true."
  }
  validation {
    condition     = var.create_dynamodb_table != false || var.diva_mode != "distributed" || var.dynamodb_table_name != null
    error_message = "dynamodb_table_name must be set to an existing table when create_dynamodb_table is false, but is null."
  }
}

variable "state_key" {
  description = "Key of the state object in monolithic mode. Null uses `diva/<lambda_name>/state.json`, so that functions can share a bucket."
  type        = string
  default     = null

  validation {
    condition     = var.state_key == null || can(regex("^[A-Za-z0-9!_.'()-]+(/[A-Za-z0-9!_.'()-]+)*$", var.state_key))
    error_message = "state_key must consist of letters, digits and !_.'()- with single slashes between them, but is \"${coalesce(var.state_key, "-")}\"."
  }
  validation {
    condition     = var.state_key == null || var.diva_mode == "monolithic"
    error_message = "state_key must be null unless diva_mode is \"monolithic\", but is \"${coalesce(var.state_key, "-")}\"."
  }
}

variable "state_version_retention_days" {
  description = "Number of days to retain noncurrent versions of the state in a created bucket. Null retains them forever."
  type        = number
  default     = 30

  validation {
    condition     = var.state_version_retention_days == null || try(var.state_version_retention_days >= 1 && floor(var.state_version_retention_days) == var.state_version_retention_days, false)
    error_message = "state_version_retention_days must be null or a whole number of at least 1 (days), but is ${coalesce(var.state_version_retention_days, 0)}."
  }
}

variable "state_force_destroy" {
  description = "Whether `terraform destroy` deletes a created bucket that still contains state."
  type        = bool
  default     = true
  nullable    = false
}

variable "kms_key_arn" {
  description = "ARN of the KMS key that encrypts the state and the environment variables. Null uses the default encryption of S3, DynamoDB and Lambda."
  type        = string
  default     = null
}

# Logs

variable "lambda_log_level" {
  description = "Lowest level to log: `DEBUG`, `INFO`, `WARNING`, `ERROR` or `CRITICAL`."
  type        = string
  default     = "INFO"
  nullable    = false

  validation {
    condition     = contains(["DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"], var.lambda_log_level)
    error_message = "The log level must be \"DEBUG\", \"INFO\", \"WARNING\", \"ERROR\" or \"CRITICAL\", but is \"${var.lambda_log_level}\"."
  }
}

variable "lambda_log_format" {
  description = "Format of the function's log, `Text` or `JSON`."
  type        = string
  default     = "Text"
  nullable    = false
}

variable "log_retention_days" {
  description = "Number of days to retain log events. 0 retains them forever."
  type        = number
  default     = 365
  nullable    = false
}

variable "log_kms_key_arn" {
  description = "ARN of the KMS key that encrypts the log group. Its key policy must allow CloudWatch Logs. Null uses the default encryption of CloudWatch Logs."
  type        = string
  default     = null
}

# The package

variable "extra_source_paths" {
  description = "Paths of files and directories that the event logic imports. Each goes to the root of the package under its own name, excluding caches and version control metadata."
  type        = list(string)
  default     = []
  nullable    = false

  validation {
    condition     = length(distinct([for path in var.extra_source_paths : basename(path)])) == length(var.extra_source_paths)
    error_message = "extra_source_paths must have different names, since all go to the root of the package, but contains ${join(", ", [for path in var.extra_source_paths : "\"${path}\""])}."
  }
  validation {
    condition     = alltrue([for path in var.extra_source_paths : can(regex("^[A-Za-z0-9_][A-Za-z0-9_.-]*$", basename(path)))])
    error_message = "Names in extra_source_paths must consist of letters, digits, underscores, dots or hyphens and start with a letter, digit or underscore, but include ${join(", ", [for path in var.extra_source_paths : "\"${path}\"" if !can(regex("^[A-Za-z0-9_][A-Za-z0-9_.-]*$", basename(path)))])}."
  }
  validation {
    condition     = length(setintersection([for path in var.extra_source_paths : trimsuffix(basename(path), ".py")], ["diva", "event_logic"])) == 0
    error_message = "Names in extra_source_paths must not be \"diva\" or \"event_logic\", which the package already contains, but include ${join(", ", [for path in var.extra_source_paths : "\"${path}\"" if contains(["diva", "event_logic"], trimsuffix(basename(path), ".py"))])}."
  }
  validation {
    condition     = length(var.extra_source_paths) == 0 || var.package_path == null
    error_message = "extra_source_paths must be empty when package_path is set, but contains ${join(", ", [for path in var.extra_source_paths : "\"${path}\""])}."
  }
}

variable "requirements_path" {
  description = "Path of a pip requirements file whose packages are installed into the deployment package. Null installs none."
  type        = string
  default     = null
}

variable "package_path" {
  description = "Path of a package built elsewhere, for example where Python is not available. Null builds the package. The package must be complete: `event_logic_path` is not read."
  type        = string
  default     = null
}

variable "create_package" {
  description = "Whether to build the package. Null builds it if `package_path` is null. Required if that path is not known at plan time."
  type        = bool
  default     = null
}

variable "package_s3_bucket" {
  description = "Name of the bucket to upload the package to, required for packages over 50 MB (zipped). Null uploads the package directly to Lambda."
  type        = string
  default     = null
}

variable "store_package_on_s3" {
  description = "Whether to upload the package to `package_s3_bucket`. Null uploads it there if that name is not null. Required if that name is not known at plan time."
  type        = bool
  default     = null
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
