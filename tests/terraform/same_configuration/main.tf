# Each module with values from resources of the same configuration, which the first plan does not know.

locals {
  names = ["monolithic", "distributed", "prebuilt", "function", "monitored", "topic", "role", "state.json", "token"]

  vpc = {
    subnet_ids         = aws_subnet.this[*].id
    security_group_ids = [aws_security_group.this.id]
  }

  vpc_file_system = {
    arn              = aws_efs_access_point.this.arn
    local_mount_path = "/mnt/files"
  }
}

module "monolithic" {
  source = "../../.."

  lambda_name      = terraform_data.name["monolithic"].output
  lambda_role_arn  = aws_iam_role.this.arn
  event_logic_path = "${path.module}/event_logic.py"

  create_s3_bucket = false
  s3_bucket_name   = aws_s3_bucket.this.id
  state_key        = terraform_data.name["state.json"].output
  kms_key_arn      = aws_kms_key.this.arn
  log_kms_key_arn  = aws_kms_key.this.arn

  lambda_layers         = [aws_lambda_layer_version.this.arn]
  lambda_vpc_config     = local.vpc
  environment_variables = { QUEUE_ARN = aws_sqs_queue.this.arn }
  tags                  = { queue = aws_sqs_queue.this.arn }

  alarm_actions    = [aws_sns_topic.this.arn]
  dead_letter_arn  = aws_sqs_queue.this.arn
  create_dashboard = true

  store_package_on_s3 = true
  package_s3_bucket   = aws_s3_bucket.this.id
  redeploy_token      = terraform_data.name["token"].output

  code_signing_config_arn = terraform_data.code_signing_config_arn.output
}

module "distributed" {
  source = "../../.."

  diva_mode        = "distributed"
  lambda_name      = terraform_data.name["distributed"].output
  lambda_role_arn  = aws_iam_role.this.arn
  event_logic_path = "${path.module}/event_logic.py"

  create_dynamodb_table = false
  dynamodb_table_name   = aws_dynamodb_table.this.id

  create_package = false
  package_path   = terraform_data.package.output
}

module "created" {
  source   = "../../.."
  for_each = toset(["monolithic", "distributed"])

  diva_mode        = each.key
  lambda_name      = "created-${terraform_data.name[each.key].output}"
  lambda_role_arn  = aws_iam_role.this.arn
  event_logic_path = "${path.module}/event_logic.py"
  kms_key_arn      = aws_kms_key.this.arn
}

module "prebuilt" {
  source = "../../../modules/lambda-function"

  function_name = terraform_data.name["prebuilt"].output
  role_arn      = aws_iam_role.this.arn
  handler       = "event_logic.handler"

  create_package = false
  package_path   = terraform_data.package.output
}

module "function" {
  source = "../../../modules/lambda-function"

  function_name = terraform_data.name["function"].output
  role_arn      = aws_iam_role.this.arn
  handler       = "event_logic.handler"
  sources       = { "event_logic.py" = "${path.module}/event_logic.py" }

  layers                = [aws_lambda_layer_version.this.arn]
  vpc_config            = local.vpc
  environment_variables = { QUEUE_ARN = aws_sqs_queue.this.arn }
  kms_key_arn           = aws_kms_key.this.arn
  log_kms_key_arn       = aws_kms_key.this.arn
  tags                  = { queue = aws_sqs_queue.this.arn }

  description            = "Reads ${aws_sqs_queue.this.arn}"
  file_system_config     = local.vpc_file_system
  destination_on_failure = aws_sqs_queue.this.arn
  destination_on_success = aws_sqs_queue.this.arn

  alarm_actions   = [aws_sns_topic.this.arn]
  dead_letter_arn = aws_sqs_queue.this.arn
  metric_alarms = {
    orders = {
      description = "An order failed."
      namespace   = "Orders"
      metric_name = aws_dynamodb_table.this.id
      threshold   = aws_lambda_layer_version.this.version
    }
  }

  store_package_on_s3 = true
  package_s3_bucket   = aws_s3_bucket.this.id
  redeploy_token      = terraform_data.name["token"].output

  code_signing_config_arn = terraform_data.code_signing_config_arn.output
}

module "monitored" {
  source = "../../../modules/monitored-lambda"

  function_name     = terraform_data.name["monitored"].output
  lambda_source_dir = "${path.module}/../monitored/simple_lambda"

  environment_variables     = { QUEUE_ARN = aws_sqs_queue.this.arn }
  lambda_insights_layer_arn = aws_lambda_layer_version.this.arn
  lambda_subnet_ids         = local.vpc.subnet_ids
  lambda_security_group_ids = local.vpc.security_group_ids
  dead_letter_arn           = aws_sqs_queue.this.arn
  kms_key_arn               = aws_kms_key.this.arn
  tags                      = { queue = aws_sqs_queue.this.arn }

  additional_iam_policy_arns = [aws_iam_policy.this.arn]

  alarm_emails     = ["on-call@example.com"]
  alarm_topic_arns = [aws_sns_topic.this.arn]
  sns_topic_name   = terraform_data.name["topic"].output

  memory_utilization_threshold_percent = 90

  description            = "Reads ${aws_sqs_queue.this.arn}"
  layers                 = [aws_lambda_layer_version.this.arn]
  file_system_config     = local.vpc_file_system
  alarm_actions          = [aws_sns_topic.this.arn]
  destination_on_failure = aws_sqs_queue.this.arn
  destination_on_success = aws_sqs_queue.this.arn
  role_name              = terraform_data.name["role"].output
  policy_json = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = ["sqs:SendMessage"], Resource = [aws_sqs_queue.this.arn] }]
  })

  store_package_on_s3 = true
  s3_bucket           = aws_s3_bucket.this.id

  code_signing_config_arn = terraform_data.code_signing_config_arn.output
}

module "guest" {
  source = "../../../modules/monitored-lambda"

  function_name  = "monitored-guest"
  handler        = "event_logic.handler"
  create_package = false
  package_path   = terraform_data.package.output
  alarm_emails   = ["on-call@example.com"]

  create_role     = false
  lambda_role_arn = aws_iam_role.this.arn
  kms_key_id      = aws_kms_key.this.arn
}

module "image" {
  source = "../../../modules/lambda-function"

  function_name  = "image"
  role_arn       = aws_iam_role.this.arn
  handler        = "event_logic.handler"
  create_package = false
  image_uri      = "${aws_ecr_repository.this.repository_url}:latest"
}

module "monitored_image" {
  source = "../../../modules/monitored-lambda"

  function_name  = "monitored-image"
  create_package = false
  image_uri      = "${aws_ecr_repository.this.repository_url}:latest"
  alarm_emails   = ["on-call@example.com"]
}

# The output of terraform_data is unknown until the apply, whatever its input is.
resource "terraform_data" "name" {
  for_each = toset(local.names)

  input = each.key
}

resource "terraform_data" "code_signing_config_arn" {
  input = "arn:aws:lambda:us-east-1:123456789012:code-signing-config:csc-0123456789abcdef0"
}

resource "terraform_data" "package" {
  input = "${path.module}/prebuilt.zip"

  provisioner "local-exec" {
    command = "python3 -m zipfile -c ${self.input} ../../../lambda/diva event_logic.py"
  }
}

resource "aws_ecr_repository" "this" {
  name = "same-configuration"
}

resource "aws_s3_bucket" "this" {
  bucket        = "same-configuration"
  force_destroy = true
}

resource "aws_dynamodb_table" "this" {
  name         = "same-configuration"
  billing_mode = "PAY_PER_REQUEST"
  hash_key     = "event_id"

  attribute {
    name = "event_id"
    type = "S"
  }
}

resource "aws_kms_key" "this" {
  deletion_window_in_days = 7
}

resource "aws_sqs_queue" "this" {
  name = "same-configuration"
}

resource "aws_sns_topic" "this" {
  name = "same-configuration"
}

resource "aws_lambda_layer_version" "this" {
  layer_name = "same-configuration"
  filename   = terraform_data.package.output
}

resource "aws_vpc" "this" {
  cidr_block = "10.0.0.0/24"
}

resource "aws_subnet" "this" {
  count = 1

  vpc_id     = aws_vpc.this.id
  cidr_block = "10.0.0.0/28"
}

resource "aws_security_group" "this" {
  vpc_id = aws_vpc.this.id
}

resource "aws_efs_file_system" "this" {}

resource "aws_efs_mount_target" "this" {
  file_system_id = aws_efs_file_system.this.id
  subnet_id      = aws_subnet.this[0].id
}

resource "aws_efs_access_point" "this" {
  file_system_id = aws_efs_file_system.this.id

  # Lambda mounts the file system through a mount target in the subnet of the function.
  depends_on = [aws_efs_mount_target.this]
}

resource "aws_iam_policy" "this" {
  name = "same-configuration"
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = ["s3:ListAllMyBuckets"], Resource = ["*"] }]
  })
}

resource "aws_iam_role" "this" {
  name = "same-configuration"
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { Service = "lambda.amazonaws.com" }
      Action    = ["sts:AssumeRole"]
    }]
  })
}

output "monolithic" {
  value = module.monolithic
}

output "distributed" {
  value = module.distributed
}

output "created" {
  value = module.created
}

output "monitored" {
  value = module.monitored
}
