# Variables that are passed on unchanged are validated by modules/lambda-function.

# The function

variable "function_name" {
  description = "Name of the function. The names of its role, log group, topic and alarms derive from it."
  type        = string

  validation {
    condition     = can(regex("^[A-Za-z0-9_-]{1,64}$", var.function_name))
    error_message = "function_name must consist of 1 to 64 letters, digits, hyphens or underscores, but is \"${var.function_name}\"."
  }
}

variable "lambda_source_dir" {
  description = "Path of the directory with the function's code. All of its files go to the root of the package, excluding caches and version control metadata. Required unless `package_path` is set."
  type        = string
  default     = null

  validation {
    condition     = (var.lambda_source_dir != null) != (var.package_path != null)
    error_message = "Either lambda_source_dir or package_path must be set, but ${var.package_path == null ? "neither is set" : "both are set"}."
  }
}

variable "source_roots" {
  description = "Further directories to package, for example code that functions share: path inside the package => path of the directory. The exclusions of `lambda_source_dir` apply."
  type        = map(string)
  default     = {}
  nullable    = false
}

variable "source_excludes" {
  description = "Patterns of files and directories in `lambda_source_dir` and `source_roots` to exclude, relative to each of them and with the syntax of Terraform's `fileset`, for example `tests` or `**/*.md`."
  type        = list(string)
  default     = []
  nullable    = false
}

variable "requirements_file" {
  description = "Path of a pip requirements file whose packages are installed into the deployment package. Null uses `requirements.txt` in `lambda_source_dir`, if it exists."
  type        = string
  default     = null
}

variable "package_path" {
  description = "Path of a package built elsewhere, for example where Python is not available. Null builds the package. With a path, `source_roots`, `source_excludes` and `requirements_file` must not be set."
  type        = string
  default     = null

  validation {
    condition     = var.package_path == null || (length(var.source_roots) == 0 && length(var.source_excludes) == 0 && var.requirements_file == null)
    error_message = "source_roots, source_excludes and requirements_file must not be set when package_path is set, but set are ${join(", ", compact([length(var.source_roots) == 0 ? "" : "source_roots", length(var.source_excludes) == 0 ? "" : "source_excludes", var.requirements_file == null ? "" : "requirements_file"]))}."
  }
}

variable "handler" {
  description = "Function that Lambda calls, as `<module>.<function>` relative to `lambda_source_dir`, for example `main.handler` or `folder/main.handler`."
  type        = string
  default     = "main.lambda_handler"
  nullable    = false
}

variable "python_version" {
  description = "Python version of the function, `3.10` to `3.14`. The name of the runtime, for example `python3.13`, is also accepted."
  type        = string
  default     = "3.13"
  nullable    = false

  validation {
    condition     = can(regex("^(python)?3\\.1[0-4]$", var.python_version))
    error_message = "python_version must be one of \"3.10\" to \"3.14\" or \"python3.10\" to \"python3.14\", but is \"${var.python_version}\"."
  }
}

variable "architecture" {
  description = "Instruction set architecture of the function, `arm64` or `x86_64`."
  type        = string
  default     = "arm64"
  nullable    = false
}

variable "timeout" {
  description = "Timeout of the function in seconds, from 1 to 900."
  type        = number
  default     = 60
  nullable    = false
}

variable "memory_size" {
  description = "Memory of the function in MB, from 128 to 10240."
  type        = number
  default     = 128
  nullable    = false
}

variable "environment_variables" {
  description = "Environment variables of the function. A variable whose value is null is not set."
  type        = map(string)
  default     = {}
  nullable    = false
}

variable "s3_bucket" {
  description = "Name of the bucket to upload the package to, required for packages over 50 MB (zipped). Null uploads the package directly to Lambda."
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

# Alerts

variable "alarm_emails" {
  description = "Email addresses to notify when an alarm fires or clears, at least one. Each recipient must confirm the subscription."
  type        = list(string)
  nullable    = false

  validation {
    condition     = length(var.alarm_emails) > 0
    error_message = "alarm_emails must contain at least one email address, but is empty."
  }
  validation {
    condition     = alltrue([for address in var.alarm_emails : can(regex("^[^@[:space:]]+@[^@[:space:]]+[.][^@[:space:]]+$", address))])
    error_message = "alarm_emails must contain only email addresses, for example on-call@example.com, but contains ${join(", ", [for address in var.alarm_emails : "\"${address}\"" if !can(regex("^[^@[:space:]]+@[^@[:space:]]+[.][^@[:space:]]+$", address))])}."
  }
}

variable "alarm_topic_arns" {
  description = "ARNs of further SNS topics to notify when an alarm fires or clears, at most four."
  type        = list(string)
  default     = []
  nullable    = false

  validation {
    condition     = length(var.alarm_topic_arns) <= 4
    error_message = "alarm_topic_arns must contain at most four ARNs, since an alarm notifies at most five topics including the one that the module creates, but contains ${length(var.alarm_topic_arns)}."
  }
  validation {
    condition     = alltrue([for arn in var.alarm_topic_arns : can(regex("^arn:aws[a-z0-9-]*:sns:[a-z0-9-]+:[0-9]{12}:.+$", arn))])
    error_message = "alarm_topic_arns must contain only ARNs of SNS topics (arn:<partition>:sns:<region>:<account>:<name>), but contains ${join(", ", [for arn in var.alarm_topic_arns : "\"${arn}\"" if !can(regex("^arn:aws[a-z0-9-]*:sns:[a-z0-9-]+:[0-9]{12}:.+$", arn))])}."
  }
}

variable "sns_topic_name" {
  description = "Name of the SNS topic for alarms. Null uses `<function_name>-alarms`."
  type        = string
  default     = null

  validation {
    condition     = var.sns_topic_name == null || can(regex("^[A-Za-z0-9_-]{1,256}$", var.sns_topic_name))
    error_message = "sns_topic_name must be null or consist of 1 to 256 letters, digits, hyphens or underscores, but is \"${coalesce(var.sns_topic_name, "-")}\"."
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
}

variable "error_rate_threshold" {
  description = "Percentage of failed runs above which a minute is breaching, for the strategy `threshold`."
  type        = number
  default     = 5
  nullable    = false
}

variable "error_rate_eval_periods" {
  description = "Number of minutes that the alarm evaluates, for the strategy `threshold`."
  type        = number
  default     = 2
  nullable    = false
}

variable "error_rate_datapoints_to_alarm" {
  description = "Number of evaluated minutes that must be breaching for the alarm to fire, for the strategy `threshold`. Null requires all of them."
  type        = number
  default     = null
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
}

variable "memory_utilization_threshold_percent" {
  description = "Percentage of the function's memory above which the memory use of a run fires an alarm. Null creates no such alarm. Requires `lambda_insights_layer_arn`."
  type        = number
  default     = null

  validation {
    condition     = var.memory_utilization_threshold_percent == null || var.lambda_insights_layer_arn != null
    error_message = "memory_utilization_threshold_percent must be null unless lambda_insights_layer_arn is set, but is ${coalesce(var.memory_utilization_threshold_percent, -1)}."
  }
}

# Logs and encryption

variable "cloudwatch_log_retention_days" {
  description = "Number of days to retain log events. 0 retains them forever."
  type        = number
  default     = 365
  nullable    = false
}

variable "kms_key_arn" {
  description = "ARN of the KMS key that encrypts the log group and the SNS topic. Its key policy must allow CloudWatch Logs and CloudWatch. Null uses the default encryption of CloudWatch Logs, and no KMS key for the topic."
  type        = string
  default     = null
}

# Permissions and network

variable "additional_iam_policy_arns" {
  description = "ARNs of IAM policies to attach to the execution role. The policies can be created in the same configuration."
  type        = list(string)
  default     = []
  nullable    = false
}

variable "lambda_subnet_ids" {
  description = "IDs of the subnets that connect the function to a VPC. An empty list connects it to none."
  type        = list(string)
  default     = []
  nullable    = false

  validation {
    condition     = (length(var.lambda_subnet_ids) > 0) == (length(var.lambda_security_group_ids) > 0)
    error_message = "lambda_subnet_ids and lambda_security_group_ids must both be empty or both contain at least one ID, but contain ${length(var.lambda_subnet_ids)} and ${length(var.lambda_security_group_ids)}."
  }
}

variable "lambda_security_group_ids" {
  description = "IDs of the security groups of the function in the VPC. Required with `lambda_subnet_ids`."
  type        = list(string)
  default     = []
  nullable    = false
}

# Asynchronous runs and concurrency

variable "maximum_retry_attempts" {
  description = "Number of times that Lambda retries a failed asynchronous run, from 0 to 2."
  type        = number
  default     = 0
  nullable    = false
}

variable "dead_letter_arn" {
  description = "ARN of the SQS queue or SNS topic that receives the events of failed asynchronous runs. Null discards them."
  type        = string
  default     = null
}

variable "reserved_concurrent_executions" {
  description = "Reserved concurrency of the function, which is also its maximum. 0 stops the function. Null reserves none and sets no maximum."
  type        = number
  default     = null
}

variable "provisioned_concurrent_executions" {
  description = "Provisioned concurrency of the `live` alias. Null creates neither."
  type        = number
  default     = null
}

# Observability

variable "lambda_insights_layer_arn" {
  description = "ARN of the Lambda Insights extension, a layer that AWS publishes for each region and architecture. Null leaves Lambda Insights off."
  type        = string
  default     = null
}

variable "enable_tracing" {
  description = "Whether to trace runs with AWS X-Ray."
  type        = bool
  default     = false
  nullable    = false
}
