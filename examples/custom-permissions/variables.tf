variable "alarm_email" {
  description = "Email address to notify when a run fails. AWS sends a link to confirm the subscription."
  type        = string
  nullable    = false
}

variable "name" {
  description = "Name of the function, and prefix of the names of all other resources."
  type        = string
  default     = "example-stock"
  nullable    = false

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{2,28}$", var.name))
    error_message = "name must consist of 3 to 29 lowercase letters, digits or hyphens and start with a letter, since a bucket is named after it, but is \"${var.name}\"."
  }
}
