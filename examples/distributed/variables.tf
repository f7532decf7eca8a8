variable "name" {
  description = "Prefix of the names of all resources."
  type        = string
  default     = "diva-distributed"
  nullable    = false

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{2,22}$", var.name))
    error_message = "name must consist of 3 to 23 lowercase letters, digits or hyphens and start with a letter, since buckets are named after it, but is \"${var.name}\"."
  }
}

variable "schedule_expression" {
  description = "EventBridge schedule expression of the periods of both workers."
  type        = string
  default     = "rate(5 minutes)"
  nullable    = false
}

variable "report_max_age_sec" {
  description = "Maximum age of the newest report of each kind in seconds."
  type        = number
  default     = 3600
  nullable    = false
}
