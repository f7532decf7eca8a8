# Two DIVA functions that store their state in an existing bucket and an existing table, which
# state.tf creates outside of the module. The module does not modify them.

module "shop" {
  source = "../.."

  lambda_name         = "${var.name}-shop"
  lambda_role_arn     = aws_iam_role.diva["shop"].arn
  event_logic_path    = "${path.module}/event_logic.py"
  schedule_expression = var.schedule_expression

  s3_bucket_name = aws_s3_bucket.state.bucket
  kms_key_arn    = aws_kms_key.state.arn

  environment_variables = {
    ALERT_TOPIC_ARN = aws_sns_topic.alerts.arn
    URLS            = jsonencode(var.shop_urls)
  }
}

module "partners" {
  source = "../.."

  diva_mode           = "distributed"
  lambda_name         = "${var.name}-partners"
  lambda_role_arn     = aws_iam_role.diva["partners"].arn
  event_logic_path    = "${path.module}/event_logic.py"
  schedule_expression = var.schedule_expression

  dynamodb_table_name = aws_dynamodb_table.state.name
  kms_key_arn         = aws_kms_key.state.arn

  environment_variables = {
    ALERT_TOPIC_ARN = aws_sns_topic.alerts.arn
    URLS            = jsonencode(var.partner_urls)
  }
}

resource "aws_iam_role" "diva" {
  for_each = toset(["shop", "partners"])

  name = "${var.name}-${each.key}"
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { Service = "lambda.amazonaws.com" }
      Action    = ["sts:AssumeRole"]
    }]
  })
}

resource "aws_iam_role_policy" "engine" {
  for_each = {
    shop     = module.shop.lambda_policy_json
    partners = module.partners.lambda_policy_json
  }

  name   = "engine"
  role   = aws_iam_role.diva[each.key].id
  policy = each.value
}

resource "aws_iam_role_policy" "callbacks" {
  for_each = aws_iam_role.diva

  name = "callbacks"
  role = each.value.id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Sid      = "Notify"
      Effect   = "Allow"
      Action   = ["sns:Publish"]
      Resource = [aws_sns_topic.alerts.arn]
    }]
  })
}

# The AWS managed key of SNS allows the function to publish, but not CloudWatch. If alarms use the topic,
# use a key of your own, as examples/vpc-kms does.
resource "aws_sns_topic" "alerts" {
  name              = "${var.name}-alerts"
  kms_master_key_id = "alias/aws/sns"
}
