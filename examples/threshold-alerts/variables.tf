variable "alarm_email" {
  description = "E-mail address that is told when many runs fail; AWS sends it a link to confirm."
  type        = string
  nullable    = false
}

variable "name" {
  description = "Name of the function; the names of everything else begin with it."
  type        = string
  default     = "example-readings"
  nullable    = false
}
