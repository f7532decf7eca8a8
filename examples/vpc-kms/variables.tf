variable "name" {
  description = "Name of the DIVA function; the names of everything else begin with it."
  type        = string
  default     = "diva-vpc"
  nullable    = false
}

variable "schedule_expression" {
  description = "EventBridge expression of the periods."
  type        = string
  default     = "rate(5 minutes)"
  nullable    = false
}

variable "cidr_block" {
  description = "Addresses of the VPC, a /24 or larger."
  type        = string
  default     = "10.0.0.0/24"
  nullable    = false

  validation {
    condition     = can(cidrsubnet(var.cidr_block, 2, 3))
    error_message = "The VPC's addresses are a block such as 10.0.0.0/24; this is \"${var.cidr_block}\"."
  }
}

variable "service_url" {
  description = "URL inside the VPC that must answer; null for the regional endpoint of DynamoDB, which a gateway brings into the VPC."
  type        = string
  default     = null
}
