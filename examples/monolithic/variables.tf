variable "name" {
  description = "Name of the DIVA function, and prefix of the names of all other resources."
  type        = string
  default     = "diva-monolithic"
  nullable    = false

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{2,22}$", var.name))
    error_message = "name must consist of 3 to 23 lowercase letters, digits or hyphens and start with a letter, since buckets are named after it, but is \"${var.name}\"."
  }
}

variable "schedule_expression" {
  description = "EventBridge schedule expression of the periods."
  type        = string
  default     = "rate(5 minutes)"
  nullable    = false
}

variable "website_url" {
  description = "URL of the website to monitor. Null uses the regional endpoint of DynamoDB, which responds without authentication."
  type        = string
  default     = null
}

variable "receipt_max_age_sec" {
  description = "Maximum age of the newest receipt in seconds."
  type        = number
  default     = 900
  nullable    = false
}
