# What modules/lambda-function takes as it is given, that module validates.

# The function

variable "function_name" {
  description = "Name of the function; the names of its role, log group, topic and alarms derive from it."
  type        = string

  validation {
    condition     = can(regex("^[A-Za-z0-9_-]{1,64}$", var.function_name))
    error_message = "A function's name has 1 to 64 letters, digits, hyphens or underscores; this is \"${var.function_name}\"."
  }
}

variable "lambda_source_dir" {
  description = "Folder of the function's code; it goes into the package whole, without caches and what version control keeps."
  type        = string
  nullable    = false
}

variable "source_roots" {
  description = "More folders of the package, such as code that functions share: name of the folder inside the package => path of the folder. Each goes in whole, as `lambda_source_dir` does."
  type        = map(string)
  default     = {}
  nullable    = false
}

variable "requirements_file" {
  description = "Path of a pip requirements file; wheels of what it lists go into the package. Null takes `requirements.txt` in `lambda_source_dir`, if there is one."
  type        = string
  default     = null
}

variable "handler" {
  description = "Where the function starts, `<module>.<function>` from `lambda_source_dir`."
  type        = string
  default     = "main.lambda_handler"
  nullable    = false
}

variable "python_version" {
  description = "Python that the function runs on, `3.10` to `3.14`, or by Lambda's name such as `python3.13`."
  type        = string
  default     = "3.13"
  nullable    = false

  validation {
    condition     = can(regex("^(python)?3\\.1[0-4]$", var.python_version))
    error_message = "Lambda runs Python 3.10 to 3.14; this is \"${var.python_version}\"."
  }
}

variable "architecture" {
  description = "Instruction set, `arm64` or `x86_64`."
  type        = string
  default     = "arm64"
  nullable    = false
}

variable "timeout" {
  description = "Seconds after which Lambda ends a run."
  type        = number
  default     = 60
  nullable    = false
}

variable "memory_size" {
  description = "Memory of the function in MB."
  type        = number
  default     = 128
  nullable    = false
}

variable "environment_variables" {
  description = "Environment of the function."
  type        = map(string)
  default     = {}
  nullable    = false
}

variable "s3_bucket" {
  description = "Bucket that the package is uploaded to, for packages over 50 MB; null sends it with the request."
  type        = string
  default     = null
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

# Alerts

variable "alarm_emails" {
  description = "E-mail addresses that the alarms tell, at least one; each has to confirm its subscription."
  type        = list(string)
  nullable    = false

  validation {
    condition     = length(var.alarm_emails) > 0
    error_message = "Somebody has to be told: alarm_emails needs at least one address."
  }
  validation {
    condition     = alltrue([for address in var.alarm_emails : can(regex("^[^@[:space:]]+@[^@[:space:]]+[.][^@[:space:]]+$", address))])
    error_message = "Alarms go to e-mail addresses such as on-call@example.com; found ${join(", ", [for address in var.alarm_emails : "\"${address}\"" if !can(regex("^[^@[:space:]]+@[^@[:space:]]+[.][^@[:space:]]+$", address))])}."
  }
}

variable "alarm_topic_arns" {
  description = "ARNs of SNS topics that the alarms tell besides, four at most."
  type        = list(string)
  default     = []
  nullable    = false

  validation {
    condition     = length(var.alarm_topic_arns) <= 4
    error_message = "An alarm tells five topics at most, of which one is the function's own; these are ${length(var.alarm_topic_arns)} more."
  }
  validation {
    condition     = alltrue([for arn in var.alarm_topic_arns : can(regex("^arn:aws[a-z0-9-]*:sns:[a-z0-9-]+:[0-9]{12}:.+$", arn))])
    error_message = "A topic's ARN is arn:<partition>:sns:<region>:<account>:<name>; found ${join(", ", [for arn in var.alarm_topic_arns : "\"${arn}\"" if !can(regex("^arn:aws[a-z0-9-]*:sns:[a-z0-9-]+:[0-9]{12}:.+$", arn))])}."
  }
}

variable "sns_topic_name" {
  description = "Name of the topic that the alarms tell; null for `<function_name>-alarms`."
  type        = string
  default     = null

  validation {
    condition     = var.sns_topic_name == null || can(regex("^[A-Za-z0-9_-]{1,256}$", var.sns_topic_name))
    error_message = "A topic's name has 1 to 256 letters, digits, hyphens or underscores; this is \"${coalesce(var.sns_topic_name, "-")}\"."
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
}

variable "error_rate_threshold" {
  description = "Percentage of failed runs above which a minute is a bad one, with the strategy `threshold`."
  type        = number
  default     = 5
  nullable    = false
}

variable "error_rate_eval_periods" {
  description = "Minutes that are looked at together, with the strategy `threshold`."
  type        = number
  default     = 2
  nullable    = false
}

variable "error_rate_datapoints_to_alarm" {
  description = "Bad minutes among these that raise the alarm, with the strategy `threshold`; null for all of them."
  type        = number
  default     = null
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
}

variable "memory_utilization_threshold_percent" {
  description = "Percentage of its memory above which a run raises an alarm; null for no such alarm. It needs `lambda_insights_layer_arn`."
  type        = number
  default     = null

  validation {
    condition     = var.memory_utilization_threshold_percent == null || var.lambda_insights_layer_arn != null
    error_message = "Only Lambda Insights tells how much memory a run took: memory_utilization_threshold_percent needs lambda_insights_layer_arn."
  }
}

# Logs and keys

variable "cloudwatch_log_retention_days" {
  description = "Days that log lines are kept; 0 keeps them for ever."
  type        = number
  default     = 365
  nullable    = false
}

variable "kms_key_arn" {
  description = "ARN of a KMS key for the log group and the topic, whose key policy must let CloudWatch Logs and CloudWatch in; null for encryption of the log without one."
  type        = string
  default     = null
}

# Permissions and network

variable "additional_iam_policy_arns" {
  description = "ARNs of IAM policies that the function needs; they may be made in the same configuration."
  type        = list(string)
  default     = []
  nullable    = false
}

variable "lambda_subnet_ids" {
  description = "Subnets of a function inside a VPC; none for one outside."
  type        = list(string)
  default     = []
  nullable    = false

  validation {
    condition     = (length(var.lambda_subnet_ids) > 0) == (length(var.lambda_security_group_ids) > 0)
    error_message = "A function in a VPC needs at least one subnet and one security group; these are ${length(var.lambda_subnet_ids)} and ${length(var.lambda_security_group_ids)}."
  }
}

variable "lambda_security_group_ids" {
  description = "Security groups of a function inside a VPC; none for one outside."
  type        = list(string)
  default     = []
  nullable    = false
}

# Asynchronous runs and concurrency

variable "maximum_retry_attempts" {
  description = "Times that Lambda repeats a failed asynchronous run, 0 to 2."
  type        = number
  default     = 0
  nullable    = false
}

variable "dead_letter_arn" {
  description = "ARN of an SQS queue or SNS topic for the events of asynchronous runs that failed; null drops them."
  type        = string
  default     = null
}

variable "reserved_concurrent_executions" {
  description = "Runs that may overlap, kept free for this function; 0 stops it, null sets no limit."
  type        = number
  default     = null
}

variable "provisioned_concurrent_executions" {
  description = "Runs that a started process waits for at any time, paid by the hour, at the alias `live`; null for none, and no alias."
  type        = number
  default     = null
}

# Observability

variable "lambda_insights_layer_arn" {
  description = "ARN of the Lambda Insights extension, a layer that AWS publishes by region and architecture; null for none."
  type        = string
  default     = null
}

variable "enable_tracing" {
  description = "Whether X-Ray traces the runs."
  type        = bool
  default     = false
  nullable    = false
}
