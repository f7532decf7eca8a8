variable "name" {
  description = "Prefix of the names of all resources."
  type        = string
  default     = "example-csv"
  nullable    = false

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{0,19}$", var.name))
    error_message = "name must consist of 1 to 20 lowercase letters, digits or hyphens and start with a letter, but is \"${var.name}\"."
  }
}
