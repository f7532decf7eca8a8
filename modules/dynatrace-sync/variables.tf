# Variables that are passed on unchanged are validated by modules/monitored-lambda.

variable "dynatrace_url" {
  description = "URL of the environment, for example `https://abc12345.live.dynatrace.com`, or that of an ActiveGate with `/e/<environment ID>`."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^https://[A-Za-z0-9.-]+(:[0-9]{1,5})?(/[^?#[:space:]]*)?$", var.dynatrace_url)) && !strcontains(var.dynatrace_url, "/api/")
    error_message = "dynatrace_url must be the HTTPS URL of an environment without the path of an API, for example https://abc12345.live.dynatrace.com, but is \"${var.dynatrace_url}\"."
  }
}

variable "token_secret_arn" {
  description = "ARN of the Secrets Manager secret with an access token for the scope `metrics.ingest`: the token itself, or a JSON object with the key `token`."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex(local.patterns.secret_arn, var.token_secret_arn))
    error_message = "token_secret_arn must be the ARN of a secret (arn:<partition>:secretsmanager:<region>:<account>:secret:<name>), but is \"${var.token_secret_arn}\"."
  }
}

variable "alarm_emails" {
  description = "Email addresses to notify when an alarm fires or clears, at least one. Each recipient must confirm the subscription."
  type        = list(string)
  nullable    = false
}

variable "function_name" {
  description = "Name of the function. The names of its role, log group, topic, alarms and dead-letter queue derive from it."
  type        = string
  default     = "dynatrace-sync"
  nullable    = false
}

variable "token_kms_key_arn" {
  description = "ARN of the KMS key that encrypts the secret. Null is for the AWS managed key."
  type        = string
  default     = null

  validation {
    condition     = var.token_kms_key_arn == null || can(regex(local.patterns.kms_key_arn, var.token_kms_key_arn))
    error_message = "token_kms_key_arn must be a key ARN (arn:<partition>:kms:<region>:<account>:key/<id>), not an ID or alias, but is \"${coalesce(var.token_kms_key_arn, "-")}\"."
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

variable "log_group_names" {
  description = "Names of the log groups with metrics in their log lines. `*` stands for any characters. An empty list allows none."
  type        = list(string)
  default     = ["/aws/lambda/*"]
  nullable    = false

  validation {
    condition     = alltrue([for name in var.log_group_names : can(regex("^[A-Za-z0-9_./#*-]{1,512}$", name))])
    error_message = "log_group_names must contain only names of log groups, which consist of 1 to 512 letters, digits and the characters _./#-, or *, but contains ${join(", ", [for name in var.log_group_names : "\"${name}\"" if !can(regex("^[A-Za-z0-9_./#*-]{1,512}$", name))])}."
  }
}

variable "lag_sec" {
  description = "Number of seconds between the end of the time that a run covers and the run, from 60 to 2700. Metrics that reach CloudWatch later are not copied."
  type        = number
  default     = 300
  nullable    = false

  validation {
    condition     = var.lag_sec >= 60 && var.lag_sec <= 2700
    error_message = "lag_sec must be from 60 to 2700 (seconds), since Dynatrace accepts metrics of the last hour, but is ${var.lag_sec}."
  }
}

variable "timeout_sec" {
  description = "Timeout of the function in seconds. Requests that Dynatrace does not accept are repeated until then."
  type        = number
  default     = 300
  nullable    = false

  validation {
    condition     = var.timeout_sec >= 30 && var.timeout_sec <= 900 && floor(var.timeout_sec) == var.timeout_sec
    error_message = "timeout_sec must be a whole number from 30 to 900 (seconds), but is ${var.timeout_sec}."
  }
}

variable "memory_mb" {
  description = "Memory of the function in MB, from 128 to 10240."
  type        = number
  default     = 256
  nullable    = false
}

variable "alarm_topic_arns" {
  description = "ARNs of further SNS topics to notify when an alarm fires or clears, at most four."
  type        = list(string)
  default     = []
  nullable    = false
}

variable "log_retention_days" {
  description = "Number of days to retain the function's own log events. 0 retains them forever."
  type        = number
  default     = 30
  nullable    = false
}

variable "subnet_ids" {
  description = "IDs of the subnets that connect the function to a VPC, for a private ActiveGate. An empty list connects it to none."
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
    secret_arn  = "^arn:aws[a-z0-9-]*:secretsmanager:[a-z0-9-]+:[0-9]{12}:secret:.+$"
    kms_key_arn = "^arn:aws[a-z0-9-]*:kms:[a-z0-9-]+:[0-9]{12}:key/.+$"
  }
}
