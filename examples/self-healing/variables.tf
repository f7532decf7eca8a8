variable "name" {
  description = "Name of the DIVA function, and prefix of the names of all other resources."
  type        = string
  default     = "diva-self-healing"
  nullable    = false

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{2,22}$", var.name))
    error_message = "name must consist of 3 to 23 lowercase letters, digits or hyphens and start with a letter, since a bucket is named after it, but is \"${var.name}\"."
  }
}

variable "emails" {
  description = "Email addresses of the people to notify. Each recipient must confirm the subscription."
  type        = list(string)
  default     = []
  nullable    = false
}

variable "schedule_expression" {
  description = "EventBridge schedule expression of the periods. A restart must be able to take effect within a period."
  type        = string
  default     = "rate(5 minutes)"
  nullable    = false
}

variable "heartbeat_max_age_sec" {
  description = "Age of the latest heartbeat in seconds at which the service counts as failing."
  type        = number
  default     = 180
  nullable    = false

  validation {
    condition     = var.heartbeat_max_age_sec >= 60 && floor(var.heartbeat_max_age_sec) == var.heartbeat_max_age_sec
    error_message = "heartbeat_max_age_sec must be a whole number of at least 60, since heartbeats are 15 seconds apart, but is ${var.heartbeat_max_age_sec}."
  }
}

variable "cidr_block" {
  description = "CIDR block of the VPC and of its subnet, from /28 to /16."
  type        = string
  default     = "10.0.0.0/24"
  nullable    = false

  validation {
    condition     = can(cidrnetmask(var.cidr_block))
    error_message = "cidr_block must be a CIDR block, for example 10.0.0.0/24, but is \"${var.cidr_block}\"."
  }
}
