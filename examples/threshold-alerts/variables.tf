variable "alarm_email" {
  description = "Email address to notify when many runs fail. AWS sends a link to confirm the subscription."
  type        = string
  nullable    = false
}

variable "name" {
  description = "Name of the function, and prefix of the names of all other resources."
  type        = string
  default     = "example-readings"
  nullable    = false
}
