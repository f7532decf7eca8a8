# The permissions that the execution role needs in this configuration, and no others. All ARNs are built
# from names, so that the policy can be attached before the function exists.

locals {
  object_arn = "arn:${local.partition}:s3:::${local.bucket_name}/${local.state_key}"

  bucket_statements = [
    {
      Sid      = "State"
      Effect   = "Allow"
      Action   = ["s3:GetObject", "s3:PutObject"]
      Resource = [local.object_arn]
    },
    {
      Sid      = "KeepUnreadableState"
      Effect   = "Allow"
      Action   = ["s3:PutObject"]
      Resource = ["${local.object_arn}.corrupt-*"]
    },
  ]

  table_statements = [{
    Sid      = "State"
    Effect   = "Allow"
    Action   = ["dynamodb:GetItem", "dynamodb:UpdateItem"]
    Resource = ["arn:${local.partition}:dynamodb:${local.region}:${local.account}:table/${local.table_name}"]
  }]

  # Lambda decrypts the environment variables, and DynamoDB the key of the table, with the permissions
  # of the role. S3 also generates a data key for each object that the role writes.
  kms_statements = [{
    Sid      = "Key"
    Effect   = "Allow"
    Action   = local.monolithic ? ["kms:Decrypt", "kms:GenerateDataKey"] : ["kms:Decrypt"]
    Resource = [var.kms_key_arn]
  }]

  lambda_policy_json = jsonencode({
    Version = "2012-10-17"
    Statement = concat(
      module.function.policy_statements,
      [for statement in local.bucket_statements : statement if local.monolithic],
      [for statement in local.table_statements : statement if !local.monolithic],
      [for statement in local.kms_statements : statement if var.kms_key_arn != null],
    )
  })
}
