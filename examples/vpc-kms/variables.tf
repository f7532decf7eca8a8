variable "name" {
  description = "Name of the DIVA function, and prefix of the names of all other resources."
  type        = string
  default     = "diva-vpc"
  nullable    = false
}

variable "schedule_expression" {
  description = "EventBridge schedule expression of the periods."
  type        = string
  default     = "rate(5 minutes)"
  nullable    = false
}

variable "cidr_block" {
  description = "CIDR block of the VPC, /24 or larger."
  type        = string
  default     = "10.0.0.0/24"
  nullable    = false

  validation {
    condition     = can(cidrsubnet(var.cidr_block, 2, 3))
    error_message = "cidr_block must be a CIDR block, for example 10.0.0.0/24, but is \"${var.cidr_block}\"."
  }
}

variable "service_url" {
  description = "URL of the service in the VPC to monitor. Null uses the regional endpoint of DynamoDB, which the VPC reaches through a gateway endpoint."
  type        = string
  default     = null
}
