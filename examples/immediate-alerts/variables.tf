variable "alarm_email" {
  description = "E-mail address that is told when a run fails; AWS sends it a link to confirm."
  type        = string
  nullable    = false
}

variable "name" {
  description = "Name of the function; the names of everything else begin with it."
  type        = string
  default     = "example-invoices"
  nullable    = false

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{2,28}$", var.name))
    error_message = "A bucket is named after it: 3 to 29 lower case letters, digits and hyphens, a letter first; this is \"${var.name}\"."
  }
}

variable "schedule_expression" {
  description = "EventBridge expression of the runs."
  type        = string
  default     = "rate(1 minute)"
  nullable    = false
}

variable "vat_percent" {
  description = "Value added tax on the invoices, in percent."
  type        = number
  default     = 20
  nullable    = false
}
