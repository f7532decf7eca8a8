# Monolithic mode with only the required variables.

module "diva" {
  source = "../../.."

  lambda_name      = "defaults"
  lambda_role_arn  = aws_iam_role.diva.arn
  event_logic_path = "${path.module}/event_logic.py"
}

resource "aws_iam_role" "diva" {
  name = "defaults"
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { Service = "lambda.amazonaws.com" }
      Action    = ["sts:AssumeRole"]
    }]
  })
}

output "diva" {
  value = module.diva
}
