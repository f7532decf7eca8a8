# Variables that are passed on unchanged are validated by modules/lambda-function.

variable "name_prefix" {
  description = "Prefix for resource names. It must be unique in the account and region."
  type        = string

  validation {
    condition     = can(regex("^[A-Za-z][A-Za-z0-9_-]{0,39}$", var.name_prefix))
    error_message = "name_prefix must consist of 1 to 40 letters, digits, hyphens or underscores and start with a letter, but is \"${var.name_prefix}\"."
  }
}

variable "tags" {
  description = "Tags to apply to all resources."
  type        = map(string)
  default     = {}
  nullable    = false
}

# The bucket

variable "create_bucket" {
  description = "Whether to create a new S3 bucket or use an existing one."
  type        = bool
  default     = true
  nullable    = false
}

variable "existing_bucket_id" {
  description = "ID of an existing S3 bucket to use if `create_bucket` is false."
  type        = string
  default     = null

  validation {
    condition     = var.create_bucket ? var.existing_bucket_id == null : var.existing_bucket_id != null
    error_message = "existing_bucket_id must be set if create_bucket is false, and null otherwise, but create_bucket is ${var.create_bucket} and existing_bucket_id is ${var.existing_bucket_id == null ? "null" : "set"}."
  }
  validation {
    condition     = var.existing_bucket_id == null || can(regex("^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$", var.existing_bucket_id))
    error_message = "existing_bucket_id must be the name of a bucket (3 to 63 lowercase letters, digits, dots or hyphens), not its ARN, but is \"${coalesce(var.existing_bucket_id, "-")}\"."
  }
}

variable "existing_bucket_arn" {
  description = "ARN of an existing S3 bucket to use if `create_bucket` is false. Null derives it from `existing_bucket_id`."
  type        = string
  default     = null

  validation {
    condition     = var.existing_bucket_arn == null || can(regex("^arn:aws[a-z0-9-]*:s3:::[a-z0-9.-]+$", var.existing_bucket_arn))
    error_message = "existing_bucket_arn must be the ARN of a bucket (arn:<partition>:s3:::<name>), but is \"${coalesce(var.existing_bucket_arn, "-")}\"."
  }
  validation {
    condition     = !var.create_bucket || var.existing_bucket_arn == null
    error_message = "existing_bucket_arn must be null if create_bucket is true, but is set."
  }
  validation {
    condition     = var.existing_bucket_arn == null || var.existing_bucket_id == null || try(endswith(var.existing_bucket_arn, ":::${var.existing_bucket_id}"), true)
    error_message = "existing_bucket_arn must be the ARN of the bucket in existing_bucket_id (\"${coalesce(var.existing_bucket_id, "-")}\"), but is \"${coalesce(var.existing_bucket_arn, "-")}\"."
  }
}

variable "manage_bucket_notifications" {
  description = "Whether to turn on EventBridge for an existing bucket. This replaces all other notifications of the bucket. For a new bucket, EventBridge is always turned on."
  type        = bool
  default     = false
  nullable    = false
}

variable "s3_enable_versioning" {
  description = "Whether the new bucket keeps old versions of objects."
  type        = bool
  default     = true
  nullable    = false
}

variable "s3_enable_lifecycle_rules" {
  description = "Whether old versions of objects in the new bucket expire."
  type        = bool
  default     = false
  nullable    = false

  validation {
    condition     = !var.s3_enable_lifecycle_rules || var.s3_enable_versioning
    error_message = "s3_enable_lifecycle_rules must be false unless s3_enable_versioning is true, since the rules are about old versions."
  }
}

variable "s3_noncurrent_version_expiration_days" {
  description = "Number of days after which old versions of objects expire, if `s3_enable_lifecycle_rules` is true."
  type        = number
  default     = 30
  nullable    = false

  validation {
    condition     = var.s3_noncurrent_version_expiration_days >= 1 && floor(var.s3_noncurrent_version_expiration_days) == var.s3_noncurrent_version_expiration_days
    error_message = "s3_noncurrent_version_expiration_days must be a whole number of at least 1, but is ${var.s3_noncurrent_version_expiration_days}."
  }
}

variable "s3_force_destroy" {
  description = "Whether `terraform destroy` deletes the new bucket with all objects in it. Otherwise, a bucket with objects is not deleted."
  type        = bool
  default     = false
  nullable    = false
}

variable "s3_key_prefixes" {
  description = "Prefixes of the keys to process, for example `incoming/`. An empty list processes keys with any prefix."
  type        = list(string)
  default     = []
  nullable    = false

  validation {
    condition     = !contains(var.s3_key_prefixes, "")
    error_message = "s3_key_prefixes must not contain an empty string. An empty list processes keys with any prefix."
  }
}

variable "s3_key_suffixes" {
  description = "Suffixes of the keys to process, for example `.csv`. An empty list processes keys with any suffix."
  type        = list(string)
  default     = []
  nullable    = false

  validation {
    condition     = !contains(var.s3_key_suffixes, "")
    error_message = "s3_key_suffixes must not contain an empty string. An empty list processes keys with any suffix."
  }
  validation {
    # The names of the bucket and of the event take the other 200 characters of a pattern.
    condition     = length(jsonencode([for pair in setproduct(coalescelist(var.s3_key_prefixes, [""]), coalescelist(var.s3_key_suffixes, [""])) : { wildcard = join("*", pair) }])) <= 1848
    error_message = "s3_key_prefixes and s3_key_suffixes must be fewer or shorter: EventBridge accepts event patterns of at most 2,048 characters, which leaves 1,848 for the filters, but these ${length(coalescelist(var.s3_key_prefixes, [""])) * length(coalescelist(var.s3_key_suffixes, [""]))} pairs have ${length(jsonencode([for pair in setproduct(coalescelist(var.s3_key_prefixes, [""]), coalescelist(var.s3_key_suffixes, [""])) : { wildcard = join("*", pair) }]))}."
  }
}

# The queue

variable "sqs_queue_name" {
  description = "Name of the SQS queue, after the prefix."
  type        = string
  default     = "events"
  nullable    = false

  validation {
    condition     = can(regex("^[A-Za-z0-9_-]{1,75}$", var.sqs_queue_name))
    error_message = "sqs_queue_name must consist of 1 to 75 letters, digits, hyphens or underscores, but is \"${var.sqs_queue_name}\"."
  }
  validation {
    condition     = alltrue([for name in concat([local.function_name_after_prefix], local.other_queue_owners) : !contains([name, "${name}-dlq"], var.sqs_queue_name)])
    error_message = "sqs_queue_name must be neither the name of the function nor one of ${join(", ", [for name in local.other_queue_owners : "\"${name}\""])}, with or without -dlq, since their dead-letter queues have these names, but is \"${var.sqs_queue_name}\"."
  }
}

variable "sqs_visibility_timeout_seconds" {
  description = "Visibility timeout of the queue in seconds, at most 43200. It is raised to the time that a message can be in use. Null uses that time."
  type        = number
  default     = null

  validation {
    condition     = var.sqs_visibility_timeout_seconds == null || try(var.sqs_visibility_timeout_seconds >= 0 && var.sqs_visibility_timeout_seconds <= 43200 && floor(var.sqs_visibility_timeout_seconds) == var.sqs_visibility_timeout_seconds, false)
    error_message = "sqs_visibility_timeout_seconds must be null or a whole number from 0 to 43200, but is ${coalesce(var.sqs_visibility_timeout_seconds, -1)}."
  }
}

variable "sqs_max_receive_count" {
  description = "Number of receives after which a message that was not processed is buried in the dead-letter queue of the function, from 1 to 999."
  type        = number
  default     = 3
  nullable    = false

  validation {
    condition     = var.sqs_max_receive_count >= 1 && var.sqs_max_receive_count <= 999 && floor(var.sqs_max_receive_count) == var.sqs_max_receive_count
    error_message = "sqs_max_receive_count must be a whole number from 1 to 999, but is ${var.sqs_max_receive_count}."
  }
}

variable "sqs_retry_delay_seconds" {
  description = "Minimum number of seconds before a message for which the function failed is processed again, at the next look at the queue. From 0 to 43200, less the time that a message can be in use."
  type        = number
  default     = 30
  nullable    = false

  validation {
    condition     = var.sqs_retry_delay_seconds >= 0 && var.sqs_retry_delay_seconds <= 43200 && floor(var.sqs_retry_delay_seconds) == var.sqs_retry_delay_seconds
    error_message = "sqs_retry_delay_seconds must be a whole number from 0 to 43200, but is ${var.sqs_retry_delay_seconds}."
  }
  validation {
    condition     = var.sqs_retry_delay_seconds > 43200 || var.sqs_retry_delay_seconds + local.required_visibility_timeout <= 43200
    error_message = "sqs_retry_delay_seconds must be at most ${43200 - local.required_visibility_timeout}, since a message can be in use for ${local.required_visibility_timeout} seconds and SQS keeps it invisible for at most 43200 seconds after its receipt, but is ${var.sqs_retry_delay_seconds}."
  }
}

variable "sqs_message_retention_seconds" {
  description = "Number of seconds that the queue keeps a message that is not processed, from 60 to 1209600 (two weeks)."
  type        = number
  default     = 345600
  nullable    = false

  validation {
    condition     = var.sqs_message_retention_seconds >= 60 && var.sqs_message_retention_seconds <= 1209600 && floor(var.sqs_message_retention_seconds) == var.sqs_message_retention_seconds
    error_message = "sqs_message_retention_seconds must be a whole number from 60 to 1209600, but is ${var.sqs_message_retention_seconds}."
  }
}

variable "sqs_receive_wait_time_seconds" {
  description = "Number of seconds that an execution waits for further messages before it ends, from 0 to 20."
  type        = number
  default     = 5
  nullable    = false

  validation {
    condition     = var.sqs_receive_wait_time_seconds >= 0 && var.sqs_receive_wait_time_seconds <= 20 && floor(var.sqs_receive_wait_time_seconds) == var.sqs_receive_wait_time_seconds
    error_message = "sqs_receive_wait_time_seconds must be a whole number from 0 to 20, but is ${var.sqs_receive_wait_time_seconds}."
  }
}

# The function

variable "create_lambda" {
  description = "Whether to create a new Lambda function or use an existing one."
  type        = bool
  default     = true
  nullable    = false
}

variable "existing_lambda_arn" {
  description = "ARN of an existing Lambda function, version or alias to use if `create_lambda` is false."
  type        = string
  default     = null

  validation {
    condition     = var.create_lambda ? var.existing_lambda_arn == null : var.existing_lambda_arn != null
    error_message = "existing_lambda_arn must be set if create_lambda is false, and null otherwise, but create_lambda is ${var.create_lambda} and existing_lambda_arn is ${var.existing_lambda_arn == null ? "null" : "set"}."
  }
  validation {
    condition     = var.existing_lambda_arn == null || can(regex(local.function_arn_pattern, var.existing_lambda_arn))
    error_message = "existing_lambda_arn must be the ARN of a function (arn:<partition>:lambda:<region>:<account>:function:<name>), but is \"${coalesce(var.existing_lambda_arn, "-")}\"."
  }
}

variable "lambda_function_name" {
  description = "Name of the Lambda function, after the prefix. Required unless `create_lambda` is false."
  type        = string
  default     = null

  validation {
    condition     = !var.create_lambda || can(regex("^[A-Za-z0-9_-]{1,60}$", var.lambda_function_name))
    error_message = "lambda_function_name must consist of 1 to 60 letters, digits, hyphens or underscores, but is \"${coalesce(var.lambda_function_name, "null")}\"."
  }
  validation {
    condition     = !contains(local.other_queue_owners, coalesce(var.lambda_function_name, "-"))
    error_message = "lambda_function_name must not be one of ${join(", ", [for name in local.other_queue_owners : "\"${name}\""])}, since their dead-letter queues have the same names, but is \"${coalesce(var.lambda_function_name, "-")}\"."
  }
}

variable "lambda_handler" {
  description = "Handler for the Lambda function, as `<module>.<function>` relative to `lambda_source_dir`. Required unless `create_lambda` is false."
  type        = string
  default     = null

  validation {
    condition     = !var.create_lambda || var.lambda_handler != null
    error_message = "lambda_handler must be set if create_lambda is true, but is null."
  }
  validation {
    condition     = var.lambda_handler == null || try(can(regex("^[^[:space:]./\\\\]+([./][^[:space:]./\\\\]+)*[.][\\p{L}_][\\p{L}\\p{N}_]*$", var.lambda_handler)) && length(var.lambda_handler) <= 128, false)
    error_message = "lambda_handler must be <module>.<function>, for example main.handler or folder/main.handler, of at most 128 characters, but is \"${coalesce(var.lambda_handler, "-")}\"."
  }
}

variable "lambda_source_dir" {
  description = "Path of the directory with the function's code. If it contains a `requirements.txt`, those packages are installed, too. Required unless `create_lambda` is false."
  type        = string
  default     = null

  validation {
    condition     = !var.create_lambda || var.lambda_source_dir != null
    error_message = "lambda_source_dir must be set if create_lambda is true, but is null."
  }
}

variable "lambda_runtime" {
  description = "Runtime for the Lambda function, `python3.10` to `python3.14`."
  type        = string
  default     = "python3.12"
  nullable    = false

  validation {
    condition     = can(regex("^python3\\.1[0-4]$", var.lambda_runtime))
    error_message = "lambda_runtime must be one of \"python3.10\" to \"python3.14\", but is \"${var.lambda_runtime}\"."
  }
}

variable "lambda_memory_size" {
  description = "Memory of the Lambda function in MB, from 128 to 10240."
  type        = number
  default     = 256
  nullable    = false

  validation {
    condition     = var.lambda_memory_size >= 128 && var.lambda_memory_size <= 10240 && floor(var.lambda_memory_size) == var.lambda_memory_size
    error_message = "lambda_memory_size must be a whole number from 128 to 10240 (MB), but is ${var.lambda_memory_size}."
  }
}

variable "lambda_timeout" {
  description = "Timeout of the Lambda function in seconds, from 1 to 900. For an existing function, it must be the function's own timeout."
  type        = number
  default     = 60
  nullable    = false

  validation {
    condition     = var.lambda_timeout >= 1 && var.lambda_timeout <= 900 && floor(var.lambda_timeout) == var.lambda_timeout
    error_message = "lambda_timeout must be a whole number from 1 to 900 (seconds), but is ${var.lambda_timeout}."
  }
}

variable "lambda_invoke_retries" {
  description = "Number of times that an invocation is retried after an error of Lambda itself, such as throttling, from 0 to 6. Errors of the function are retried by receiving the message again."
  type        = number
  default     = 2
  nullable    = false

  validation {
    condition     = contains([0, 1, 2, 3, 4, 5, 6], var.lambda_invoke_retries)
    error_message = "lambda_invoke_retries must be a whole number from 0 to 6, but is ${var.lambda_invoke_retries}."
  }
}

variable "lambda_environment_variables" {
  description = "Environment variables of the Lambda function. A variable whose value is null is not set."
  type        = map(string)
  default     = {}
  nullable    = false
}

variable "lambda_additional_policies" {
  description = "IAM policy statements to add to the execution role, each an object with `Effect`, `Action` (or `NotAction`) and `Resource` (or `NotResource`). The role can already read the bucket and write the log."
  type        = any
  default     = []
  nullable    = false

  validation {
    condition     = can([for statement in var.lambda_additional_policies : [statement.Effect, try(statement.Action, statement.NotAction), try(statement.Resource, statement.NotResource)]])
    error_message = "lambda_additional_policies must be a list of IAM policy statements, each with Effect, Action (or NotAction) and Resource (or NotResource)."
  }
}

variable "lambda_provisioned_concurrency_enabled" {
  description = "Whether the Lambda function has provisioned concurrency, at the alias `live`."
  type        = bool
  default     = false
  nullable    = false

  validation {
    condition     = !var.lambda_provisioned_concurrency_enabled || var.create_lambda
    error_message = "lambda_provisioned_concurrency_enabled must be false if create_lambda is false. Configure the concurrency of an existing function with the function."
  }
}

variable "lambda_provisioned_concurrency" {
  description = "Provisioned concurrency if `lambda_provisioned_concurrency_enabled` is true. With auto scaling, the minimum."
  type        = number
  default     = 1
  nullable    = false

  validation {
    condition     = var.lambda_provisioned_concurrency >= 1 && floor(var.lambda_provisioned_concurrency) == var.lambda_provisioned_concurrency
    error_message = "lambda_provisioned_concurrency must be a whole number of at least 1, but is ${var.lambda_provisioned_concurrency}."
  }
}

variable "lambda_auto_scaling_enabled" {
  description = "Whether the provisioned concurrency follows the backlog of the queue."
  type        = bool
  default     = false
  nullable    = false

  validation {
    condition     = !var.lambda_auto_scaling_enabled || var.lambda_provisioned_concurrency_enabled
    error_message = "lambda_auto_scaling_enabled must be false unless lambda_provisioned_concurrency_enabled is true."
  }
}

variable "lambda_max_concurrency" {
  description = "Largest provisioned concurrency with auto scaling. The state machine uses at most `step_functions_lanes` × `step_functions_max_concurrency`."
  type        = number
  default     = 10
  nullable    = false

  validation {
    condition     = !var.lambda_auto_scaling_enabled || (var.lambda_max_concurrency >= var.lambda_provisioned_concurrency && floor(var.lambda_max_concurrency) == var.lambda_max_concurrency)
    error_message = "lambda_max_concurrency must be a whole number of at least lambda_provisioned_concurrency (${var.lambda_provisioned_concurrency}), but is ${var.lambda_max_concurrency}."
  }
}

variable "lambda_auto_scaling_backlog_target" {
  description = "Number of messages in the queue for each unit of provisioned concurrency, which auto scaling aims for."
  type        = number
  default     = 10
  nullable    = false

  validation {
    condition     = var.lambda_auto_scaling_backlog_target > 0
    error_message = "lambda_auto_scaling_backlog_target must be greater than 0, but is ${var.lambda_auto_scaling_backlog_target}."
  }
}

# The state machine

variable "step_functions_name" {
  description = "Name of the state machine, after the prefix."
  type        = string
  default     = "processor"
  nullable    = false

  validation {
    condition     = can(regex("^[A-Za-z0-9_-]{1,80}$", var.step_functions_name))
    error_message = "step_functions_name must consist of 1 to 80 letters, digits, hyphens or underscores, but is \"${var.step_functions_name}\"."
  }
}

variable "step_functions_max_concurrency" {
  description = "Maximum concurrency for the Map state in Step Functions: how many messages a lane receives and processes at once. A lane uses at most 10."
  type        = number
  default     = 3
  nullable    = false

  validation {
    condition     = var.step_functions_max_concurrency >= 1 && var.step_functions_max_concurrency <= 1000 && floor(var.step_functions_max_concurrency) == var.step_functions_max_concurrency
    error_message = "step_functions_max_concurrency must be a whole number from 1 to 1000, but is ${var.step_functions_max_concurrency}."
  }
}

variable "step_functions_lanes" {
  description = "Number of lanes that receive and process messages independently of each other, from 1 to 40."
  type        = number
  default     = 1
  nullable    = false

  validation {
    condition     = var.step_functions_lanes >= 1 && var.step_functions_lanes <= 40 && floor(var.step_functions_lanes) == var.step_functions_lanes
    error_message = "step_functions_lanes must be a whole number from 1 to 40, but is ${var.step_functions_lanes}."
  }
  validation {
    condition     = local.looks * var.step_functions_lanes * (local.events_per_lane + local.events_per_cycle) <= local.events_of_lanes
    error_message = "step_functions_lanes must be smaller, or step_functions_schedule_expression less frequent: an execution can have 25,000 history events, ${local.events_of_lanes} of them in lanes, but one batch in each of ${var.step_functions_lanes} lanes for each of ${local.looks} looks can have ${local.looks * var.step_functions_lanes * (local.events_per_lane + local.events_per_cycle)}."
  }
}

variable "stagger_sec" {
  description = "Delay between the invocations for the messages of a batch, in whole seconds, from 0 to 900."
  type        = number
  default     = 1
  nullable    = false

  validation {
    condition     = var.stagger_sec >= 0 && var.stagger_sec <= 900 && floor(var.stagger_sec) == var.stagger_sec
    error_message = "stagger_sec must be a whole number from 0 to 900, since Step Functions waits whole seconds, but is ${var.stagger_sec}."
  }
}

variable "step_functions_schedule_expression" {
  description = "Schedule on which the queue is checked: a `rate` or `cron` expression of EventBridge, or a rate of 10 to 59 seconds."
  type        = string
  default     = "rate(1 minute)"
  nullable    = false

  validation {
    condition = anytrue([
      can(regex("^rate\\((1 (minute|hour|day)|([2-9]|[1-9][0-9]+) (minutes|hours|days)|[1-5][0-9] seconds)\\)$", var.step_functions_schedule_expression)),
      can(regex("^cron\\([^ ]+( [^ ]+){5}\\)$", var.step_functions_schedule_expression)),
    ])
    error_message = "step_functions_schedule_expression must be rate(<number> <minutes, hours or days>), with the singular for 1, rate(<10 to 59> seconds) or cron(<six fields>), but is \"${var.step_functions_schedule_expression}\"."
  }
}

variable "step_functions_max_cycles" {
  description = "Number of batches that a lane processes before its execution ends and the next one continues. Null uses as many as the history of an execution can hold."
  type        = number
  default     = null

  validation {
    condition     = var.step_functions_max_cycles == null || try(var.step_functions_max_cycles >= 1 && floor(var.step_functions_max_cycles) == var.step_functions_max_cycles && var.step_functions_max_cycles <= local.largest_max_cycles, false)
    error_message = "step_functions_max_cycles must be null or a whole number from 1 to ${local.largest_max_cycles}, since an execution can have 25,000 history events, but is ${coalesce(var.step_functions_max_cycles, 0)}."
  }
}

variable "step_functions_log_level" {
  description = "Which events of executions are logged: `ALL`, `ERROR`, `FATAL` or `OFF`."
  type        = string
  default     = "ERROR"
  nullable    = false

  validation {
    condition     = contains(["ALL", "ERROR", "FATAL", "OFF"], var.step_functions_log_level)
    error_message = "step_functions_log_level must be \"ALL\", \"ERROR\", \"FATAL\" or \"OFF\", but is \"${var.step_functions_log_level}\"."
  }
}

# Monitoring

variable "create_alarms" {
  description = "Whether to create CloudWatch alarms."
  type        = bool
  default     = true
  nullable    = false
}

variable "alarm_actions" {
  description = "ARNs to notify when an alarm fires or clears, for example SNS topics, at most five, or four with `smtp`."
  type        = list(string)
  default     = []
  nullable    = false

  validation {
    condition     = length(var.alarm_actions) <= (var.smtp == null ? 5 : 4)
    error_message = "alarm_actions must contain at most ${var.smtp == null ? "five" : "four"} ARNs${var.smtp == null ? "" : ", since the topic of the alert mailer is one more"}, but contains ${length(var.alarm_actions)}."
  }
  validation {
    condition     = alltrue([for arn in var.alarm_actions : can(regex("^arn:aws[a-z0-9-]*:[a-z0-9-]+:.+$", arn))])
    error_message = "alarm_actions must contain only ARNs (arn:<partition>:<service>:...), but contains ${join(", ", [for arn in var.alarm_actions : "\"${arn}\"" if !can(regex("^arn:aws[a-z0-9-]*:[a-z0-9-]+:.+$", arn))])}."
  }
}

variable "alarm_message_age_seconds" {
  description = "Age of the oldest message above which an alarm fires, in seconds."
  type        = number
  default     = 3600
  nullable    = false

  validation {
    condition     = var.alarm_message_age_seconds >= 0
    error_message = "alarm_message_age_seconds must be at least 0, but is ${var.alarm_message_age_seconds}."
  }
}

variable "create_dashboard" {
  description = "Whether to create a CloudWatch dashboard."
  type        = bool
  default     = false
  nullable    = false
}

variable "log_retention_days" {
  description = "Number of days to retain log events. 0 retains them forever."
  type        = number
  default     = 30
  nullable    = false

  validation {
    condition     = contains([0, 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653], var.log_retention_days)
    error_message = "log_retention_days must be a number of days that CloudWatch Logs supports (0 for forever, 1, 3, 5, 7, 14, 30, 60, 90, ...), but is ${var.log_retention_days}."
  }
}

variable "smtp" {
  description = "SMTP server that mails what the alarms report. `secret_arn` is the ARN of a Secrets Manager secret with `username` and `password` as JSON, null for a server without login. `starttls` must be false for a server that speaks TLS from the start, on port 465. On another port, false sends mails as plain text, which is only possible without login. `ca_certificates_pem` contains certificates of private certificate authorities to trust, at most 3,000 characters. `subnet_ids` and `security_group_ids` connect the mailer to a VPC, for a private server. Null sends no mail."
  type = object({
    host                = string
    port                = optional(number, 587)
    from                = string
    to                  = list(string)
    secret_arn          = optional(string)
    starttls            = optional(bool, true)
    ca_certificates_pem = optional(string)
    subnet_ids          = optional(list(string), [])
    security_group_ids  = optional(list(string), [])
  })
  default = null

  validation {
    condition     = var.smtp == null || can(regex("^([A-Za-z0-9.-]+|[0-9A-Fa-f]*:[0-9A-Fa-f:]*:[0-9A-Fa-f:.]*)$", var.smtp.host))
    error_message = "smtp.host must be a host name or an IP address, without a port, but is \"${try(var.smtp.host, "-")}\"."
  }

  validation {
    condition     = var.smtp == null || try(length(var.smtp.to) > 0, false)
    error_message = "smtp.to must contain at least one email address, but is empty."
  }
  validation {
    condition     = var.smtp == null || try(alltrue([for address in concat([var.smtp.from], var.smtp.to) : can(regex("^([^<>]+ <)?[^@<>[:space:]]+@[^@<>[:space:]]+>?$", address))]), false)
    error_message = "smtp.from and smtp.to must be email addresses, for example on-call@example.com, but are ${try(join(", ", [for address in concat([var.smtp.from], var.smtp.to) : "\"${address}\""]), "-")}."
  }
  validation {
    condition     = var.smtp == null || try(var.smtp.port >= 1 && var.smtp.port <= 65535 && floor(var.smtp.port) == var.smtp.port, false)
    error_message = "smtp.port must be a whole number from 1 to 65535, but is ${try(var.smtp.port, 0)}."
  }
  validation {
    condition     = var.smtp == null || try(var.smtp.secret_arn == null || can(regex("^arn:aws[a-z0-9-]*:secretsmanager:[a-z0-9-]+:[0-9]{12}:secret:.+$", var.smtp.secret_arn)), false)
    error_message = "smtp.secret_arn must be null or the ARN of a secret (arn:<partition>:secretsmanager:<region>:<account>:secret:<name>), but is \"${try(coalesce(var.smtp.secret_arn, "-"), "-")}\"."
  }
  validation {
    condition     = var.smtp == null || try(var.smtp.secret_arn == null || var.smtp.starttls || var.smtp.port == 465, false)
    error_message = "smtp.starttls must be true, or smtp.port 465, if smtp.secret_arn is set, since the login requires TLS."
  }
  validation {
    condition     = var.smtp == null || try(!var.smtp.starttls || var.smtp.port != 465, false)
    error_message = "smtp.starttls must be false if smtp.port is 465, where TLS begins with the connection."
  }
  validation {
    condition     = try(var.smtp.ca_certificates_pem, null) == null || try(strcontains(var.smtp.ca_certificates_pem, "-----BEGIN CERTIFICATE-----") && length(var.smtp.ca_certificates_pem) <= 3000, false)
    error_message = "smtp.ca_certificates_pem must be null or certificates in PEM form of at most 3000 characters, since Lambda limits environment variables to 4 KB, but has ${try(length(var.smtp.ca_certificates_pem), 0)} characters and begins with \"${try(substr(var.smtp.ca_certificates_pem, 0, 27), "-")}\"."
  }
  validation {
    condition     = var.smtp == null || try((length(var.smtp.subnet_ids) > 0) == (length(var.smtp.security_group_ids) > 0), false)
    error_message = "smtp.subnet_ids and smtp.security_group_ids must both be empty or both contain at least one ID, but contain ${try(length(var.smtp.subnet_ids), 0)} and ${try(length(var.smtp.security_group_ids), 0)}."
  }
}

# Dynatrace

variable "enable_dynatrace_integration" {
  description = "Whether to enable Dynatrace integration for metric monitoring. Null enables it if `dynatrace_sync_lambda_arn` is set. Set it explicitly if the function is created in the same configuration, since its ARN may not be known in the plan."
  type        = bool
  default     = null

  validation {
    condition     = !coalesce(var.enable_dynatrace_integration, false) || var.dynatrace_sync_lambda_arn != null
    error_message = "dynatrace_sync_lambda_arn must be set if enable_dynatrace_integration is true, but is null."
  }
}

variable "dynatrace_sync_lambda_arn" {
  description = "ARN of the Lambda function used to sync metrics with Dynatrace, for example of `modules/dynatrace-sync`."
  type        = string
  default     = null

  validation {
    condition     = var.dynatrace_sync_lambda_arn == null || can(regex(local.function_arn_pattern, var.dynatrace_sync_lambda_arn))
    error_message = "dynatrace_sync_lambda_arn must be the ARN of a function (arn:<partition>:lambda:<region>:<account>:function:<name>), but is \"${coalesce(var.dynatrace_sync_lambda_arn, "-")}\"."
  }
}

variable "dynatrace_sync_interval_minutes" {
  description = "Number of minutes between two runs of the function that syncs metrics, from 1 to 25."
  type        = number
  default     = 5
  nullable    = false

  validation {
    condition     = var.dynatrace_sync_interval_minutes >= 1 && var.dynatrace_sync_interval_minutes <= 25 && floor(var.dynatrace_sync_interval_minutes) == var.dynatrace_sync_interval_minutes
    error_message = "dynatrace_sync_interval_minutes must be a whole number from 1 to 25, since Dynatrace accepts metrics of the last hour, but is ${var.dynatrace_sync_interval_minutes}."
  }
}

variable "generate_dynatrace_dashboard" {
  description = "Whether to generate a Dynatrace dashboard JSON file, in `.build` in the root module."
  type        = bool
  default     = true
  nullable    = false
}

# Splunk

variable "enable_splunk_integration" {
  description = "Whether to enable Splunk integration for log analytics. Null enables it if `splunk_forwarder_lambda_arn` is set. Set it explicitly if the function is created in the same configuration, since its ARN may not be known in the plan."
  type        = bool
  default     = null

  validation {
    condition     = !coalesce(var.enable_splunk_integration, false) || var.splunk_forwarder_lambda_arn != null
    error_message = "splunk_forwarder_lambda_arn must be set if enable_splunk_integration is true, but is null."
  }
}

variable "splunk_forwarder_lambda_arn" {
  description = "ARN of the Lambda function used to forward logs to Splunk, for example of `modules/splunk-forwarder`."
  type        = string
  default     = null

  validation {
    condition     = var.splunk_forwarder_lambda_arn == null || can(regex(local.function_arn_pattern, var.splunk_forwarder_lambda_arn))
    error_message = "splunk_forwarder_lambda_arn must be the ARN of a function (arn:<partition>:lambda:<region>:<account>:function:<name>), but is \"${coalesce(var.splunk_forwarder_lambda_arn, "-")}\"."
  }
}

variable "splunk_index_name" {
  description = "Name of the Splunk index for logs."
  type        = string
  default     = "aws_lambda"
  nullable    = false

  validation {
    condition     = can(regex("^[a-z0-9]([a-z0-9_-]*[a-z0-9_])?$", var.splunk_index_name)) && !strcontains(var.splunk_index_name, "--")
    error_message = "splunk_index_name must consist of lowercase letters, digits, underscores or single hyphens, start with a letter or digit and not end with a hyphen, but is \"${var.splunk_index_name}\"."
  }
}

locals {
  function_name_after_prefix = coalesce(var.lambda_function_name, "function")

  # What else has a dead-letter queue of its own, after the prefix.
  other_queue_owners = concat(["object-created", "schedule"], var.smtp == null ? [] : ["alert-mailer"])

  function_arn_pattern = "^arn:aws[a-z0-9-]*:lambda:[a-z0-9-]+:[0-9]{12}:function:[A-Za-z0-9_-]+(:[A-Za-z0-9$_-]+)?$"
}
