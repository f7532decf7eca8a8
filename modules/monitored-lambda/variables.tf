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

variable "description" {
  description = "Description of the function, at most 256 characters. Null sets none."
  type        = string
  default     = null
}

variable "lambda_source_dir" {
  description = "Path of the directory with the function's code. All of its files go to the root of the package, excluding caches and version control metadata. Required unless `source_roots`, `package_path` or `image_uri` is set."
  type        = string
  default     = null

  validation {
    condition     = var.image_uri != null || !local.create_package || var.lambda_source_dir != null || length(var.source_roots) > 0
    error_message = "lambda_source_dir, source_roots, package_path or image_uri must be set, but none is."
  }
  validation {
    condition     = local.create_package || var.image_uri != null || var.lambda_source_dir == null
    error_message = "lambda_source_dir must be null if package_path is set, but is \"${coalesce(var.lambda_source_dir, "-")}\"."
  }
  validation {
    condition     = var.image_uri == null || (var.package_path == null && var.lambda_source_dir == null && length(var.source_roots) == 0 && var.requirements_file == null)
    error_message = "image_uri must be null when package_path, lambda_source_dir, source_roots or requirements_file is set, but is \"${coalesce(var.image_uri, "-")}\"."
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

variable "image_uri" {
  description = "URI of a container image in Amazon ECR that is deployed instead of a package, with a tag or digest. `handler` and `python_version` then have no effect. Null deploys a package."
  type        = string
  default     = null
}

variable "create_package" {
  description = "Whether to build the package. Null builds it if `package_path` and `image_uri` are null. Required if the one that is set is not known at plan time."
  type        = bool
  default     = null
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

variable "ephemeral_storage_mb" {
  description = "Size of the directory `/tmp` in MB, from 512 to 10240."
  type        = number
  default     = 512
  nullable    = false
}

variable "layers" {
  description = "ARNs of Lambda layer versions, at most five including that of Lambda Insights."
  type        = list(string)
  default     = []
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

variable "store_package_on_s3" {
  description = "Whether to upload the package to `s3_bucket`. Null uploads it there if that name is not null. Required if that name is not known at plan time."
  type        = bool
  default     = null
}

variable "code_signing_config_arn" {
  description = "ARN of the code signing configuration that verifies the package. Null verifies no signature. The module builds packages without a signature, so the configuration must not reject them."
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
  description = "ARNs of further SNS topics to notify when an alarm fires or clears, at most four together with `alarm_actions`."
  type        = list(string)
  default     = []
  nullable    = false

  validation {
    condition     = length(var.alarm_topic_arns) + length(var.alarm_actions) <= 4
    error_message = "alarm_topic_arns and alarm_actions must together contain at most four ARNs, since an alarm notifies at most five including the topic that the module creates, but contain ${length(var.alarm_topic_arns) + length(var.alarm_actions)}."
  }
  validation {
    condition     = alltrue([for arn in var.alarm_topic_arns : can(regex("^arn:aws[a-z0-9-]*:sns:[a-z0-9-]+:[0-9]{12}:.+$", arn))])
    error_message = "alarm_topic_arns must contain only ARNs of SNS topics (arn:<partition>:sns:<region>:<account>:<name>), but contains ${join(", ", [for arn in var.alarm_topic_arns : "\"${arn}\"" if !can(regex("^arn:aws[a-z0-9-]*:sns:[a-z0-9-]+:[0-9]{12}:.+$", arn))])}."
  }
}

variable "alarm_actions" {
  description = "ARNs to notify when an alarm fires or clears, in addition to `alarm_topic_arns`: SNS topics, or other actions of CloudWatch alarms, for example Lambda functions."
  type        = list(string)
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for arn in var.alarm_actions : can(regex("^arn:aws[a-z0-9-]*:[a-z0-9-]+:.+$", arn))])
    error_message = "alarm_actions must contain only ARNs (arn:<partition>:<service>:...), but contains ${join(", ", [for arn in var.alarm_actions : "\"${arn}\"" if !can(regex("^arn:aws[a-z0-9-]*:[a-z0-9-]+:.+$", arn))])}."
  }
}

variable "create_sns_topic" {
  description = "Whether to create an SNS topic for alarms. The module always creates it, even if this is `false`, since `alarm_emails` requires it."
  type        = bool
  default     = true
  nullable    = false
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

variable "error_rate_evaluation_periods" {
  description = "Another name of `error_rate_eval_periods`, which takes precedence over it. Null uses `error_rate_eval_periods`."
  type        = number
  default     = null
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
  description = "Percentage of the function's memory above which the memory use of a run fires an alarm. Adds Lambda Insights to the function. Null creates no such alarm."
  type        = number
  default     = null

  validation {
    condition     = var.memory_utilization_threshold_percent == null || var.lambda_insights_layer_arn != null || local.default_insights_layer_arn != null
    error_message = "memory_utilization_threshold_percent must be null unless lambda_insights_layer_arn is set, since the module knows no layer with Lambda Insights for ${var.architecture} in ${local.region}, but is ${coalesce(var.memory_utilization_threshold_percent, -1)}."
  }
}

variable "hold_alarms_between_runs" {
  description = "Whether the alarms on errors, duration and memory keep their state until the next run, for functions that run rarely. Otherwise, they clear after a few minutes without a run."
  type        = bool
  default     = false
  nullable    = false
}

# Logs and encryption

variable "cloudwatch_log_retention_days" {
  description = "Number of days to retain log events. 0 retains them forever."
  type        = number
  default     = 365
  nullable    = false
}

variable "log_format" {
  description = "Format of the function's log, `Text` or `JSON`."
  type        = string
  default     = "Text"
  nullable    = false
}

variable "application_log_level" {
  description = "Lowest level of the function's own log lines, for the `JSON` format: `TRACE`, `DEBUG`, `INFO`, `WARN`, `ERROR` or `FATAL`. Null uses Lambda's default, `INFO`."
  type        = string
  default     = null
}

variable "system_log_level" {
  description = "Lowest level of Lambda's log lines about runs, for the `JSON` format: `DEBUG`, `INFO` or `WARN`. Null uses Lambda's default, `INFO`."
  type        = string
  default     = null
}

variable "kms_key_arn" {
  description = "ARN of the KMS key that encrypts the log group and the SNS topic. Its key policy must allow CloudWatch Logs and CloudWatch. Null uses the default encryption of CloudWatch Logs, and no KMS key for the topic."
  type        = string
  default     = null
}

variable "kms_key_id" {
  description = "Another name of `kms_key_arn`, which must be null if this is set. Null uses `kms_key_arn`."
  type        = string
  default     = null

  validation {
    condition     = var.kms_key_id == null || var.kms_key_arn == null
    error_message = "kms_key_id is another name of kms_key_arn and must be null if that is set, but is \"${coalesce(var.kms_key_id, "-")}\"."
  }
}

# Permissions and network

variable "lambda_role_arn" {
  description = "ARN of an existing execution role. The module then creates no role and attaches nothing to this one: attach the output `lambda_policy_json`. Null creates a role."
  type        = string
  default     = null

  validation {
    condition     = var.lambda_role_arn == null || can(regex("^arn:aws[a-z0-9-]*:iam::[0-9]{12}:role/.+$", var.lambda_role_arn))
    error_message = "lambda_role_arn must be null or the ARN of an IAM role (arn:<partition>:iam::<account>:role/<name>), but is \"${coalesce(var.lambda_role_arn, "-")}\"."
  }
}

variable "create_role" {
  description = "Whether to create the execution role. Null creates it if `lambda_role_arn` is null. Set `false` if the role of `lambda_role_arn` is created in the same configuration, since its ARN is then not known at plan."
  type        = bool
  default     = null

  validation {
    condition     = var.create_role != true || var.lambda_role_arn == null
    error_message = "create_role must be null or false when lambda_role_arn is set, but is true."
  }

  validation {
    condition     = var.create_role != false || var.lambda_role_arn != null
    error_message = "create_role must be null or true when lambda_role_arn is null, but is false."
  }
}

variable "role_name" {
  description = "Name of the execution role. Null derives it from `function_name` and the region."
  type        = string
  default     = null

  validation {
    condition     = var.role_name == null || can(regex("^[A-Za-z0-9_+=,.@-]{1,64}$", var.role_name))
    error_message = "role_name must be null or consist of 1 to 64 letters, digits or characters of _+=,.@-, but is \"${coalesce(var.role_name, "-")}\"."
  }

  validation {
    condition     = var.role_name == null || local.create_role
    error_message = "role_name must be null unless the module creates the role, but is \"${coalesce(var.role_name, "-")}\"."
  }
}

variable "policy_json" {
  description = "IAM policy document (JSON) whose statements are added to the policy of the execution role. Null adds none."
  type        = string
  default     = null

  validation {
    condition     = var.policy_json == null || can(jsondecode(var.policy_json).Statement)
    error_message = "policy_json must be null or an IAM policy document in JSON with a Statement, but is \"${try(substr(var.policy_json, 0, 100), "-")}\"."
  }

  validation {
    condition     = var.policy_json == null || local.create_role
    error_message = "policy_json must be null unless the module creates the role. Attach the policy to the role of lambda_role_arn instead."
  }
}

variable "additional_iam_policy_arns" {
  description = "ARNs of IAM policies to attach to the execution role. The policies can be created in the same configuration."
  type        = list(string)
  default     = []
  nullable    = false

  validation {
    condition     = length(var.additional_iam_policy_arns) == 0 || local.create_role
    error_message = "additional_iam_policy_arns must be empty unless the module creates the role, but contains ${length(var.additional_iam_policy_arns)}. Attach the policies to the role of lambda_role_arn instead."
  }
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

variable "file_system_config" {
  description = "Amazon EFS access point, and the path below `/mnt/` where the function finds it. Requires `lambda_subnet_ids`. Null mounts none."
  type = object({
    arn              = string
    local_mount_path = string
  })
  default = null
}

# Asynchronous runs and concurrency

variable "maximum_retry_attempts" {
  description = "Number of times that Lambda retries a failed asynchronous run, from 0 to 2. Null leaves the configuration of asynchronous runs to an `aws_lambda_function_event_invoke_config` of your own, or to Lambda's default of 2."
  type        = number
  default     = 0
}

variable "destination_on_failure" {
  description = "ARN of the SQS queue, SNS topic, Lambda function, EventBridge event bus or S3 bucket that receives a record of each asynchronous run that failed after the last attempt. Null sends none."
  type        = string
  default     = null
}

variable "destination_on_success" {
  description = "ARN of the SQS queue, SNS topic, Lambda function or EventBridge event bus that receives a record of each asynchronous run that succeeded. Null sends none."
  type        = string
  default     = null
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

variable "snap_start" {
  description = "Whether to start environments of the `live` alias from a snapshot of the initialized function (Lambda SnapStart). Requires Python 3.12 or later, and neither provisioned concurrency, a file system nor more than 512 MB of ephemeral storage."
  type        = bool
  default     = false
  nullable    = false
}

# Observability

variable "lambda_insights_layer_arn" {
  description = "ARN of the Lambda Insights extension, a layer that AWS publishes for each region and architecture. Null uses version 1.0.498.0 if `memory_utilization_threshold_percent` is set, and leaves Lambda Insights off otherwise."
  type        = string
  default     = null
}

variable "enable_tracing" {
  description = "Whether to trace runs with AWS X-Ray."
  type        = bool
  default     = false
  nullable    = false
}
