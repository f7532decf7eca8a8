variable "name" {
  description = "Prefix of the names of all resources."
  type        = string
  default     = "diva-sharded"
  nullable    = false

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{2,39}$", var.name))
    error_message = "name must consist of 3 to 40 lowercase letters, digits or hyphens and start with a letter, but is \"${var.name}\"."
  }
}

variable "sensors" {
  description = "Number of sensors to monitor, each of which is an event."
  type        = number
  default     = 10000
  nullable    = false

  validation {
    condition     = var.sensors >= 1 && floor(var.sensors) == var.sensors
    error_message = "sensors must be a whole number of at least 1, but is ${var.sensors}."
  }
}

variable "shards" {
  description = "Number of invocations in each period, among which the sensors are divided."
  type        = number
  default     = 16
  nullable    = false
}

variable "log_level" {
  description = "Lowest level to log. At `INFO`, the lines of all events would cost more than everything else."
  type        = string
  default     = "WARNING"
  nullable    = false
}

variable "schedule_expression" {
  description = "EventBridge schedule expression of the periods."
  type        = string
  default     = "rate(5 minutes)"
  nullable    = false
}
