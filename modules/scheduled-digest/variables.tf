# Variables that are passed on unchanged are validated by modules/monitored-lambda.

variable "supabase_url" {
  description = "URL of the Supabase project, for example `https://abcdefghij.supabase.co`."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex(local.patterns.url, var.supabase_url)) && !strcontains(var.supabase_url, "/rest/v1")
    error_message = "supabase_url must be the HTTPS URL of a project without the path of an API, for example https://abcdefghij.supabase.co, but is \"${var.supabase_url}\"."
  }
}

variable "supabase_service_role_key_arn" {
  description = "ARN of the secret in Secrets Manager, or of the parameter in Parameter Store, with the service role key (JWT) or secret key (`sb_secret_…`): the key itself, or a JSON object with the key `token`."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex(local.patterns.key_arn, var.supabase_service_role_key_arn))
    error_message = "supabase_service_role_key_arn must be the ARN of a secret (arn:<partition>:secretsmanager:<region>:<account>:secret:<name>) or parameter (arn:<partition>:ssm:<region>:<account>:parameter/<name>)${can(regex("^(sb_|eyJ)", var.supabase_service_role_key_arn)) ? ", not the key itself." : ", but is \"${var.supabase_service_role_key_arn}\"."}"
  }
}

variable "backend_digest_endpoint" {
  description = "URL that digests are requested from, for example `https://backend.example.com/api/v1/digest`."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex(local.patterns.url, var.backend_digest_endpoint))
    error_message = "backend_digest_endpoint must be an HTTPS URL, for example https://backend.example.com/api/v1/digest, but is \"${var.backend_digest_endpoint}\"."
  }
}

variable "alarm_emails" {
  description = "Email addresses to notify when an alarm fires or clears, at least one. Each recipient must confirm the subscription."
  type        = list(string)
  nullable    = false
}

variable "function_name" {
  description = "Name of the function. The names of its role, log group, topic, alarms, rules, lease table and dead-letter queue derive from it."
  type        = string
  default     = "scheduled-digest"
  nullable    = false
}

variable "supabase_service_role_key_kms_key_arn" {
  description = "ARN of the KMS key that encrypts the secret or parameter. Null is for the AWS managed key."
  type        = string
  default     = null

  validation {
    condition     = var.supabase_service_role_key_kms_key_arn == null || can(regex(local.patterns.kms_key_arn, var.supabase_service_role_key_kms_key_arn))
    error_message = "supabase_service_role_key_kms_key_arn must be a key ARN (arn:<partition>:kms:<region>:<account>:key/<id>), not an ID or alias, but is \"${coalesce(var.supabase_service_role_key_kms_key_arn, "-")}\"."
  }
}

variable "daily_schedule_expression" {
  description = "When the daily digests are triggered and deleted monitors are purged, as an EventBridge schedule in UTC."
  type        = string
  default     = "cron(0 13 * * ? *)"
  nullable    = false

  validation {
    condition     = can(regex(local.patterns.schedule, var.daily_schedule_expression))
    error_message = "daily_schedule_expression must be an EventBridge schedule, for example cron(0 13 * * ? *), but is \"${var.daily_schedule_expression}\"."
  }
}

variable "weekly_schedule_expression" {
  description = "When the weekly digests are triggered, as an EventBridge schedule in UTC."
  type        = string
  default     = "cron(0 13 ? * MON *)"
  nullable    = false

  validation {
    condition     = can(regex(local.patterns.schedule, var.weekly_schedule_expression))
    error_message = "weekly_schedule_expression must be an EventBridge schedule, for example cron(0 13 ? * MON *), but is \"${var.weekly_schedule_expression}\"."
  }
}

variable "retention_days" {
  description = "Number of days for which deleted monitors are kept, from 1 to 36500."
  type        = number
  default     = 30
  nullable    = false

  validation {
    condition     = var.retention_days >= 1 && var.retention_days <= 36500 && floor(var.retention_days) == var.retention_days
    error_message = "retention_days must be a whole number from 1 to 36500, but is ${var.retention_days}."
  }
}

variable "cleanup_limit" {
  description = "Maximum number of monitors that a run purges, from 1 to 100000."
  type        = number
  default     = 1000
  nullable    = false

  validation {
    condition     = var.cleanup_limit >= 1 && var.cleanup_limit <= 100000 && floor(var.cleanup_limit) == var.cleanup_limit
    error_message = "cleanup_limit must be a whole number from 1 to 100000, but is ${var.cleanup_limit}."
  }
}

variable "cleanup_dry_run" {
  description = "Whether to log how many monitors would be purged instead of purging them."
  type        = bool
  default     = false
  nullable    = false
}

variable "max_concurrency" {
  description = "Maximum number of requests of a run to the backend at the same time, from 1 to 200."
  type        = number
  default     = 10
  nullable    = false

  validation {
    condition     = var.max_concurrency >= 1 && var.max_concurrency <= 200 && floor(var.max_concurrency) == var.max_concurrency
    error_message = "max_concurrency must be a whole number from 1 to 200, but is ${var.max_concurrency}."
  }
}

variable "log_level" {
  description = "Lowest level of log lines: `DEBUG`, `INFO`, `WARNING` or `ERROR`."
  type        = string
  default     = "INFO"
  nullable    = false

  validation {
    condition     = contains(["DEBUG", "INFO", "WARNING", "ERROR"], var.log_level)
    error_message = "log_level must be \"DEBUG\", \"INFO\", \"WARNING\" or \"ERROR\", but is \"${var.log_level}\"."
  }
}

variable "ca_certificates_pem" {
  description = "Certificates (PEM) of private certificate authorities to trust, at most 3,000 characters. Null trusts public ones only."
  type        = string
  default     = null

  validation {
    condition     = var.ca_certificates_pem == null || try(strcontains(var.ca_certificates_pem, "-----BEGIN CERTIFICATE-----") && length(var.ca_certificates_pem) <= 3000, false)
    error_message = "ca_certificates_pem must be null or certificates in PEM form of at most 3000 characters, since Lambda limits environment variables to 4 KB, but has ${try(length(var.ca_certificates_pem), 0)} characters and begins with \"${try(substr(var.ca_certificates_pem, 0, 27), "-")}\"."
  }
}

variable "image_uri" {
  description = "URI of a container image in Amazon ECR, built from `lambda/scheduled_digest/Dockerfile`, with a tag or digest. Null deploys a zip."
  type        = string
  default     = null
}

variable "create_package" {
  description = "Whether to deploy a zip. Null deploys it if `image_uri` is null. Set `false` if that URI is not known at plan time."
  type        = bool
  default     = null
}

variable "python_version" {
  description = "Python version of the zip, `3.10` to `3.14`."
  type        = string
  default     = "3.11"
  nullable    = false
}

variable "architecture" {
  description = "Instruction set architecture of the function, `arm64` or `x86_64`, which is also that of the image."
  type        = string
  default     = "x86_64"
  nullable    = false
}

variable "memory_mb" {
  description = "Memory of the function in MB, from 128 to 10240."
  type        = number
  default     = 256
  nullable    = false
}

variable "timeout_sec" {
  description = "Timeout of the function in seconds, from 60 to 900. Runs that need more time continue in another one."
  type        = number
  default     = 300
  nullable    = false

  validation {
    condition     = var.timeout_sec >= 60 && var.timeout_sec <= 900 && floor(var.timeout_sec) == var.timeout_sec
    error_message = "timeout_sec must be a whole number from 60 to 900 (seconds), but is ${var.timeout_sec}."
  }
}

variable "reserved_concurrent_executions" {
  description = "Reserved concurrency of the function, which is also its maximum. 0 stops the function. Null reserves none and sets no maximum."
  type        = number
  default     = 10
}

variable "alarm_topic_arns" {
  description = "ARNs of further SNS topics to notify when an alarm fires or clears, at most four."
  type        = list(string)
  default     = []
  nullable    = false
}

variable "log_retention_days" {
  description = "Number of days to retain log events. 0 retains them forever."
  type        = number
  default     = 30
  nullable    = false
}

variable "subnet_ids" {
  description = "IDs of the subnets that connect the function to a VPC, for a private backend. An empty list connects it to none."
  type        = list(string)
  default     = []
  nullable    = false
}

variable "security_group_ids" {
  description = "IDs of the security groups of the function in the VPC. Required with `subnet_ids`."
  type        = list(string)
  default     = []
  nullable    = false

  validation {
    condition     = (length(var.subnet_ids) > 0) == (length(var.security_group_ids) > 0)
    error_message = "subnet_ids and security_group_ids must both be empty or both contain at least one ID, but contain ${length(var.subnet_ids)} and ${length(var.security_group_ids)}."
  }
}

variable "python_executable" {
  description = "Python interpreter (3.10 or later) that builds the zip. Null uses `python3`, or `python` on Windows."
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
    kms_key_arn = "^arn:aws[a-z0-9-]*:kms:[a-z0-9-]+:[0-9]{12}:key/.+$"
    key_arn     = "^arn:aws[a-z0-9-]*:(secretsmanager:[a-z0-9-]+:[0-9]{12}:secret:.+|ssm:[a-z0-9-]+:[0-9]{12}:parameter/.+)$"
    schedule    = "^(cron[(]([^ ()]+ ){5}[^ ()]+|rate[(][1-9][0-9]* (minute|hour|day)s?)[)]$"

    # Plain HTTP only on loopback, where a test or a proxy listens.
    url = "^(https://[A-Za-z0-9.-]+|http://(127[.]0[.]0[.]1|localhost))(:[0-9]{1,5})?(/[^?#[:space:]]*)?$"
  }
}
