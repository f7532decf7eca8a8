# The monitored system: sensors that report their faults in a table. It is a placeholder for your own system
# and not part of DIVA.

resource "aws_dynamodb_table" "faults" {
  # checkov:skip=CKV_AWS_28:Sample data, which needs no backup
  # checkov:skip=CKV_AWS_119:Encrypted with a key of DynamoDB; examples/vpc-kms shows a customer managed key
  name         = "${var.name}-faults"
  billing_mode = "PAY_PER_REQUEST"
  hash_key     = "sensor"

  attribute {
    name = "sensor"
    type = "S"
  }
}
