# The bucket for orders and invoices, and the schedule.

data "aws_caller_identity" "this" {}

data "aws_region" "this" {}

resource "aws_s3_bucket" "books" {
  # checkov:skip=CKV_AWS_18:Sample data, whose access is not audited
  # checkov:skip=CKV_AWS_21:Sample data, whose old versions nobody needs
  # checkov:skip=CKV_AWS_144:Sample data, which needs no copy in another region
  # checkov:skip=CKV_AWS_145:Encrypted with a key of S3; examples/vpc-kms shows a customer managed key
  # checkov:skip=CKV2_AWS_61:Sample data, of which only few objects exist
  # checkov:skip=CKV2_AWS_62:A schedule starts the function
  bucket        = "${var.name}-${data.aws_caller_identity.this.account_id}-${data.aws_region.this.id}"
  force_destroy = true
}

resource "aws_s3_bucket_public_access_block" "books" {
  bucket                  = aws_s3_bucket.books.id
  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}

# Outside of orders/, so that it is not an order until order_command copies it there.
resource "aws_s3_object" "sample" {
  bucket  = aws_s3_bucket.books.bucket
  key     = "samples/order.json"
  content = jsonencode({ order = "4711", customer = "Example Ltd", net = "120.00" })
}

resource "aws_cloudwatch_event_rule" "invoices" {
  name                = var.name
  schedule_expression = var.schedule_expression
}

resource "aws_cloudwatch_event_target" "invoices" {
  rule = aws_cloudwatch_event_rule.invoices.name
  arn  = module.invoices.lambda_function_arn

  # The rule must not send events before EventBridge is allowed to invoke the function.
  depends_on = [aws_lambda_permission.schedule]
}

resource "aws_lambda_permission" "schedule" {
  statement_id  = "schedule"
  action        = "lambda:InvokeFunction"
  function_name = module.invoices.lambda_function_name
  principal     = "events.amazonaws.com"
  source_arn    = aws_cloudwatch_event_rule.invoices.arn
}
