variable "hec_url" {
  description = "URL of Splunk's HTTP Event Collector, for example `https://hec.example.com:8088`."
  type        = string
  nullable    = false
}

variable "dynatrace_url" {
  description = "URL of the Dynatrace environment, for example `https://abc12345.live.dynatrace.com`."
  type        = string
  nullable    = false
}

variable "smtp_host" {
  description = "Name of the SMTP server, which must offer STARTTLS."
  type        = string
  nullable    = false
}

variable "smtp_port" {
  description = "Port of the SMTP server."
  type        = number
  default     = 587
  nullable    = false
}

variable "smtp_from" {
  description = "Address that alerts are sent from."
  type        = string
  nullable    = false
}

variable "alarm_email" {
  description = "Email address to notify when an alarm fires or clears. AWS sends links to confirm its subscriptions."
  type        = string
  nullable    = false
}

variable "ca_certificates_pem" {
  description = "Certificates (PEM) of private certificate authorities of these servers, at most 3,000 characters. Null trusts public ones only."
  type        = string
  default     = null
}

variable "splunk_index_name" {
  description = "Name of the Splunk index for logs. The HEC token must be allowed to write to it."
  type        = string
  default     = "orders"
  nullable    = false
}

variable "name" {
  description = "Prefix of the names of all resources."
  type        = string
  default     = "example-orders"
  nullable    = false

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{0,19}$", var.name))
    error_message = "name must consist of 1 to 20 lowercase letters, digits or hyphens and start with a letter, but is \"${var.name}\"."
  }
}
