# What modules/lambda-function takes as it is given, that module validates.

# The function

variable "lambda_name" {
  description = "Name of the DIVA Lambda function; the names of the rule and of created state derive from it."
  type        = string

  validation {
    condition     = can(regex("^[A-Za-z0-9_-]{1,64}$", var.lambda_name))
    error_message = "A function's name has 1 to 64 letters, digits, hyphens or underscores; this is \"${var.lambda_name}\"."
  }
}

variable "lambda_role_arn" {
  description = "ARN of the IAM role that the function assumes. The output `lambda_policy_json` is what it must be allowed."
  type        = string
}

variable "event_logic_path" {
  description = "Path of the file with `get_events()`; the function imports it as `event_logic`."
  type        = string

  validation {
    condition     = endswith(var.event_logic_path, ".py")
    error_message = "The event logic is a Python file, whose name ends in .py; this is \"${var.event_logic_path}\"."
  }
}

variable "diva_mode" {
  description = "`monolithic` (one function, state in S3) or `distributed` (several functions, state in DynamoDB)."
  type        = string
  default     = "monolithic"
  nullable    = false

  validation {
    condition     = contains(["monolithic", "distributed"], var.diva_mode)
    error_message = "The mode is monolithic or distributed; this is \"${var.diva_mode}\"."
  }
}

variable "worker_role" {
  description = "Which part of an event whose role is `both` this function does in distributed mode, `detect` or `inject`; null for both parts."
  type        = string
  default     = null

  validation {
    condition     = var.worker_role == null || contains(["detect", "inject"], coalesce(var.worker_role, "-"))
    error_message = "A worker's role is detect or inject, or null; this is \"${coalesce(var.worker_role, "-")}\"."
  }
  validation {
    condition     = var.worker_role == null || var.diva_mode == "distributed"
    error_message = "Workers share their events in distributed mode only: with diva_mode \"${var.diva_mode}\" leave worker_role out."
  }
}

variable "parallelize_events" {
  description = "Whether events are probed in parallel or one after the other."
  type        = bool
  default     = true
  nullable    = false
}

variable "max_workers" {
  description = "Number of threads when events are probed in parallel."
  type        = number
  default     = 8
  nullable    = false

  validation {
    condition     = var.max_workers >= 1 && floor(var.max_workers) == var.max_workers
    error_message = "There is at least one worker, and a whole number of them; this is ${var.max_workers}."
  }
}

variable "event_timeout_sec" {
  description = "Seconds that one call of a callback may take, where its event has no `timeout_sec` of its own; null for no limit but the run's."
  type        = number
  default     = null

  validation {
    condition     = var.event_timeout_sec == null || try(var.event_timeout_sec > 0, false)
    error_message = "A callback needs more than 0 seconds, or null for no limit; this is ${coalesce(var.event_timeout_sec, 0)}."
  }
}

variable "lambda_memory_mb" {
  description = "Memory of the function in MB."
  type        = number
  default     = 128
  nullable    = false
}

variable "lambda_timeout_sec" {
  description = "Seconds after which Lambda ends a run."
  type        = number
  default     = 60
  nullable    = false
}

variable "lambda_runtime" {
  description = "Lambda's Python runtime, `python3.10` to `python3.14`."
  type        = string
  default     = "python3.13"
  nullable    = false
}

variable "lambda_architecture" {
  description = "Instruction set, `arm64` or `x86_64`."
  type        = string
  default     = "arm64"
  nullable    = false
}

variable "lambda_layers" {
  description = "ARNs of layer versions, five at most."
  type        = list(string)
  default     = []
  nullable    = false
}

variable "lambda_vpc_config" {
  description = "Subnets and security groups of a function inside a VPC; null for one outside."
  type = object({
    subnet_ids         = list(string)
    security_group_ids = list(string)
  })
  default = null
}

variable "environment_variables" {
  description = "Environment for the callbacks. Names that begin with `DIVA_` and names that Lambda reserves are refused."
  type        = map(string)
  default     = {}
  nullable    = false

  validation {
    condition     = !anytrue([for name in keys(var.environment_variables) : startswith(name, "DIVA_")])
    error_message = "Names that begin with DIVA_ are the engine's own: ${join(", ", [for name in keys(var.environment_variables) : name if startswith(name, "DIVA_")])}. Choose other names."
  }
}

variable "reserved_concurrent_executions" {
  description = "Runs that may overlap, kept free for this function; 0 stops it, null sets no limit."
  type        = number
  default     = null
}

variable "enable_tracing" {
  description = "Whether X-Ray traces the runs."
  type        = bool
  default     = false
  nullable    = false
}

# The schedule

variable "schedule_expression" {
  description = "EventBridge expression of the periods: `rate(5 minutes)`, or `cron(...)` with six fields in UTC."
  type        = string
  default     = "rate(5 minutes)"
  nullable    = false

  validation {
    condition     = can(regex("^(rate|cron)\\(.+\\)$", var.schedule_expression))
    error_message = "A schedule is rate(...) or cron(...), such as rate(5 minutes); this is \"${var.schedule_expression}\"."
  }
  validation {
    condition     = !startswith(var.schedule_expression, "rate(") || can(regex("^rate\\((1 (minute|hour|day)|([2-9]|[1-9][0-9]+) (minutes|hours|days))\\)$", var.schedule_expression))
    error_message = "A rate is a whole number from 1 and a unit, singular for 1 and plural above, such as rate(1 minute) or rate(5 minutes); this is \"${var.schedule_expression}\"."
  }
  validation {
    condition     = !startswith(var.schedule_expression, "cron(") || can(regex("^cron\\([0-9*,/-]+ [0-9*,/-]+ [0-9*?,/LW-]+ [0-9A-Za-z*,/-]+ [0-9A-Za-z*?,/#-]+ [0-9*,/-]+\\)$", var.schedule_expression))
    error_message = "A cron expression has six fields (minutes, hours, day of month, month, day of week, year), such as cron(0 8 ? * MON-FRI *); this is \"${var.schedule_expression}\"."
  }
  validation {
    condition     = !can(regex("^cron\\([^ ]+ [^ ]+ [^ ]+ [^ ]+ [^ ]+ [^ ]+\\)$", var.schedule_expression)) || can(regex("^cron\\([^ ]+ [^ ]+ (\\? [^ ]+ [^? ]+|[^? ]+ [^ ]+ \\?) [^ ]+\\)$", var.schedule_expression))
    error_message = "One of day of month and day of week says when, the other is \"?\", as in cron(0 8 ? * MON-FRI *); this is \"${var.schedule_expression}\"."
  }
}

variable "schedule_enabled" {
  description = "Whether the schedule starts runs."
  type        = bool
  default     = true
  nullable    = false
}

variable "maintenance_windows" {
  description = "Windows in which injection and alerts of all events wait: `start` is local time as `HH:MM` in `timezone` (UTC), on `days` (all; `Mon` to `Sun`)."
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
    error_message = "A window starts at a time such as 22:30; found ${join(", ", [for window in var.maintenance_windows : "\"${window.start}\"" if !can(regex("^([01][0-9]|2[0-3]):[0-5][0-9]$", window.start))])}."
  }
  validation {
    condition     = alltrue([for window in var.maintenance_windows : window.duration_min >= 1 && window.duration_min <= 10080 && floor(window.duration_min) == window.duration_min])
    error_message = "A window lasts a whole number of minutes from 1 to 10080, which is a week; found ${join(", ", [for window in var.maintenance_windows : window.duration_min if !(window.duration_min >= 1 && window.duration_min <= 10080 && floor(window.duration_min) == window.duration_min)])}."
  }
  validation {
    condition     = alltrue(flatten([for window in var.maintenance_windows : [for day in coalesce(window.days, []) : contains(["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"], day)]]))
    error_message = "Days are Mon, Tue, Wed, Thu, Fri, Sat and Sun; found ${join(", ", distinct(flatten([for window in var.maintenance_windows : [for day in coalesce(window.days, []) : "\"${day}\"" if !contains(["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"], day)]])))}."
  }
}

# Watching the watcher

variable "alarm_actions" {
  description = "ARNs, such as SNS topics, that are told when runs fail, are refused, take over 80 % of their time or stay away, and when that is over; with none there are no alarms."
  type        = list(string)
  default     = []
  nullable    = false
}

variable "dead_letter_arn" {
  description = "ARN of an SQS queue for schedule events that could not be delivered or whose run failed; null drops them."
  type        = string
  default     = null

  validation {
    condition     = var.dead_letter_arn == null || can(regex("^arn:aws[a-z0-9-]*:sqs:[a-z0-9-]+:[0-9]{12}:[A-Za-z0-9_-]+$", var.dead_letter_arn))
    error_message = "Dead letters go to an SQS queue without .fifo, arn:<partition>:sqs:<region>:<account>:<name>; this is \"${coalesce(var.dead_letter_arn, "-")}\"."
  }
}

variable "enable_event_metrics" {
  description = "Whether each event has metrics of its own, which cost money by the event, besides those of the function."
  type        = bool
  default     = false
  nullable    = false
}

variable "create_dashboard" {
  description = "Whether there is a CloudWatch dashboard: health, alerts, durations, failures by event, log."
  type        = bool
  default     = false
  nullable    = false
}

# State

variable "s3_bucket_name" {
  description = "Name of an existing bucket for the state in monolithic mode, used as it is; null creates one. It must be known at plan: give `aws_s3_bucket.x.bucket`, not its `id`."
  type        = string
  default     = null

  validation {
    condition     = var.s3_bucket_name == null || can(regex("^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$", var.s3_bucket_name))
    error_message = "A bucket's name has 3 to 63 lower case letters, digits, dots or hyphens; this is \"${coalesce(var.s3_bucket_name, "-")}\"."
  }
  validation {
    condition     = var.s3_bucket_name == null || var.diva_mode == "monolithic"
    error_message = "State is in a bucket in monolithic mode only: with diva_mode \"${var.diva_mode}\" leave s3_bucket_name out, or give dynamodb_table_name."
  }
}

variable "dynamodb_table_name" {
  description = "Name of an existing table for the state in distributed mode, with the partition key `event_id` (S), used as it is; null creates one. It must be known at plan: give `aws_dynamodb_table.x.name`, not its `id`."
  type        = string
  default     = null

  validation {
    condition     = var.dynamodb_table_name == null || can(regex("^[A-Za-z0-9_.-]{3,255}$", var.dynamodb_table_name))
    error_message = "A table's name, not its ARN, has 3 to 255 letters, digits, underscores, dots or hyphens; this is \"${coalesce(var.dynamodb_table_name, "-")}\"."
  }
  validation {
    condition     = var.dynamodb_table_name == null || var.diva_mode == "distributed"
    error_message = "State is in a table in distributed mode only: with diva_mode \"${var.diva_mode}\" leave dynamodb_table_name out, or give s3_bucket_name."
  }
}

variable "state_key" {
  description = "Key of the state object in monolithic mode; null for `diva/<lambda_name>/state.json`, so that functions can share a bucket."
  type        = string
  default     = null

  validation {
    condition     = var.state_key == null || can(regex("^[A-Za-z0-9!_.'()-]+(/[A-Za-z0-9!_.'()-]+)*$", var.state_key))
    error_message = "A state key is a path of letters, digits and !_.'()- between slashes, with none at its ends; this is \"${coalesce(var.state_key, "-")}\"."
  }
  validation {
    condition     = var.state_key == null || var.diva_mode == "monolithic"
    error_message = "A state key names an object in a bucket: with diva_mode \"${var.diva_mode}\" leave state_key out."
  }
}

variable "state_version_retention_days" {
  description = "Days that old versions of the state stay in a created bucket; null keeps them for ever."
  type        = number
  default     = 30

  validation {
    condition     = var.state_version_retention_days == null || try(var.state_version_retention_days >= 1 && floor(var.state_version_retention_days) == var.state_version_retention_days, false)
    error_message = "Old versions are kept for a whole number of days from 1, or null for ever; this is ${coalesce(var.state_version_retention_days, 0)}."
  }
}

variable "state_force_destroy" {
  description = "Whether `terraform destroy` removes a created bucket that holds state."
  type        = bool
  default     = true
  nullable    = false
}

variable "kms_key_arn" {
  description = "ARN of a KMS key for the state and the function's environment; null for the services' own keys."
  type        = string
  default     = null
}

# Logs

variable "lambda_log_level" {
  description = "Lowest level that is logged: `DEBUG`, `INFO`, `WARNING`, `ERROR` or `CRITICAL`."
  type        = string
  default     = "INFO"
  nullable    = false
}

variable "lambda_log_format" {
  description = "`Text` or `JSON`."
  type        = string
  default     = "Text"
  nullable    = false
}

variable "log_retention_days" {
  description = "Days that log lines are kept; 0 keeps them for ever."
  type        = number
  default     = 365
  nullable    = false
}

variable "log_kms_key_arn" {
  description = "ARN of a KMS key for the log group, whose key policy must let CloudWatch Logs use it; null for encryption without one."
  type        = string
  default     = null
}

# The package

variable "extra_source_paths" {
  description = "Files and folders that the event logic imports; each goes to the root of the package under its own name, folders without caches and what version control keeps."
  type        = list(string)
  default     = []
  nullable    = false

  validation {
    condition     = length(distinct([for path in var.extra_source_paths : basename(path)])) == length(var.extra_source_paths)
    error_message = "Extra sources need different names, since all go to the root of the package; found ${join(", ", [for path in var.extra_source_paths : basename(path)])}."
  }
  validation {
    condition     = alltrue([for path in var.extra_source_paths : can(regex("^[A-Za-z0-9_][A-Za-z0-9_.-]*$", basename(path)))])
    error_message = "An extra source goes into the package under its own name, so that name begins with a letter, a digit or an underscore; found ${join(", ", [for path in var.extra_source_paths : "\"${path}\"" if !can(regex("^[A-Za-z0-9_][A-Za-z0-9_.-]*$", basename(path)))])}."
  }
  validation {
    condition     = length(setintersection([for path in var.extra_source_paths : trimsuffix(basename(path), ".py")], ["diva", "event_logic"])) == 0
    error_message = "The package has a diva and an event_logic already; rename ${join(", ", [for path in var.extra_source_paths : "\"${path}\"" if contains(["diva", "event_logic"], trimsuffix(basename(path), ".py"))])}."
  }
  validation {
    condition     = length(var.extra_source_paths) == 0 || var.package_path == null
    error_message = "Nothing is added to a finished package: extra_source_paths are for packages built here, without package_path."
  }
}

variable "requirements_path" {
  description = "Path of a pip requirements file; wheels of what it lists go into the package. Only this file is watched for changes, not files it includes."
  type        = string
  default     = null
}

variable "package_path" {
  description = "Path of a package built elsewhere, for machines without Python; null builds it. It holds everything: `event_logic_path` is not read."
  type        = string
  default     = null
}

variable "package_s3_bucket" {
  description = "Bucket that the package is uploaded to, for packages over 50 MB; null sends it with the request."
  type        = string
  default     = null
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
