# Two functions with resources at the addresses of infrahouse/lambda-monitored/aws.

variable "layer_arn" {
  type = string
}

variable "package_path" {
  type = string
}

module "invoices" {
  source = "./before"

  function_name              = "invoices"
  package_path               = var.package_path
  additional_iam_policy_arns = [aws_iam_policy.read_orders.arn]
}

module "webhooks" {
  count  = 1
  source = "./before"

  function_name              = "webhooks"
  alert_strategy             = "threshold"
  layer_arn                  = var.layer_arn
  package_path               = var.package_path
  additional_iam_policy_arns = [aws_iam_policy.read_orders.arn]
}

output "role_names" {
  value = { invoices = module.invoices.lambda_role_name, webhooks = module.webhooks[0].lambda_role_name }
}
