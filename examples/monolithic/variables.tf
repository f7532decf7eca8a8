variable "name" {
  description = "Name of the DIVA function; the names of everything else begin with it."
  type        = string
  default     = "diva-monolithic"
  nullable    = false

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{2,22}$", var.name))
    error_message = "Buckets are named after it: 3 to 23 lower case letters, digits and hyphens, a letter first; this is \"${var.name}\"."
  }
}

variable "schedule_expression" {
  description = "EventBridge expression of the periods."
  type        = string
  default     = "rate(5 minutes)"
  nullable    = false
}

variable "website_url" {
  description = "URL that must answer; null for the regional endpoint of DynamoDB, which answers anyone."
  type        = string
  default     = null
}

variable "receipt_max_age_sec" {
  description = "Seconds after which the newest receipt is too old."
  type        = number
  default     = 900
  nullable    = false
}
