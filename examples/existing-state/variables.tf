variable "name" {
  description = "Begins the name of everything that is made."
  type        = string
  default     = "diva-existing"
  nullable    = false

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{2,22}$", var.name))
    error_message = "The bucket is named after it: 3 to 23 lower case letters, digits and hyphens, a letter first; this is \"${var.name}\"."
  }
}

variable "schedule_expression" {
  description = "EventBridge expression of the periods of both functions."
  type        = string
  default     = "rate(5 minutes)"
  nullable    = false
}

variable "shop_urls" {
  description = "URLs of the shop that must answer, by event name; none stands for the regional endpoint of DynamoDB, which answers anyone."
  type        = map(string)
  default     = {}
  nullable    = false
}

variable "partner_urls" {
  description = "URLs of partners that must answer, by event name; none as for the shop."
  type        = map(string)
  default     = {}
  nullable    = false
}
