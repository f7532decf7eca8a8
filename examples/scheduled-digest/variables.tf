variable "supabase_url" {
  description = "URL of the Supabase project."
  type        = string
  nullable    = false
}

variable "backend_digest_endpoint" {
  description = "URL that digests are requested from."
  type        = string
  nullable    = false
}

variable "alarm_email" {
  description = "Email address to notify when an alarm fires or clears."
  type        = string
  default     = "on-call@example.com"
  nullable    = false
}

variable "name" {
  description = "Name of the function. The names of all other resources derive from it."
  type        = string
  default     = "example-digest"
  nullable    = false

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{0,29}$", var.name))
    error_message = "name must consist of 1 to 30 lowercase letters, digits or hyphens and start with a letter, but is \"${var.name}\"."
  }
}
