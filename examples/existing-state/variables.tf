variable "name" {
  description = "Prefix of the names of all resources."
  type        = string
  default     = "diva-existing"
  nullable    = false

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{2,22}$", var.name))
    error_message = "name must consist of 3 to 23 lowercase letters, digits or hyphens and start with a letter, since the bucket is named after it, but is \"${var.name}\"."
  }
}

variable "schedule_expression" {
  description = "EventBridge schedule expression of the periods of both functions."
  type        = string
  default     = "rate(5 minutes)"
  nullable    = false
}

variable "shop_urls" {
  description = "URLs of the shop to monitor, by event name. An empty map uses the regional endpoint of DynamoDB, which responds without authentication."
  type        = map(string)
  default     = {}
  nullable    = false
}

variable "partner_urls" {
  description = "URLs of partners to monitor, by event name. An empty map has the same meaning as for the shop."
  type        = map(string)
  default     = {}
  nullable    = false
}
