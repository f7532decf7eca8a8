variable "name" {
  description = "Prefix of the names of all resources."
  type        = string
  default     = "example-incident"
  nullable    = false
}

variable "emails" {
  description = "Email addresses of the people to notify. Each recipient must confirm the subscription."
  type        = list(string)
  default     = []
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

variable "cache_port" {
  description = "Port of the cache."
  type        = number
  default     = 6379
  nullable    = false
}

variable "ca_certificates_pem" {
  description = "Certificates (PEM) of private certificate authorities that the functions trust. Null trusts public ones only, which is right for ElastiCache."
  type        = string
  default     = null
}
