variable "name" {
  description = "Begins the name of everything that is made."
  type        = string
  default     = "diva-distributed"
  nullable    = false

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{2,22}$", var.name))
    error_message = "Buckets are named after it: 3 to 23 lower case letters, digits and hyphens, a letter first; this is \"${var.name}\"."
  }
}

variable "schedule_expression" {
  description = "EventBridge expression of the periods of both workers."
  type        = string
  default     = "rate(5 minutes)"
  nullable    = false
}

variable "report_max_age_sec" {
  description = "Seconds after which the newest report of a kind is too old."
  type        = number
  default     = 3600
  nullable    = false
}
