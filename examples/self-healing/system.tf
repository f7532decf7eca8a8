# The monitored system: a service that writes heartbeats. It is a placeholder for your own system and not
# part of DIVA.

locals {
  heartbeat = "heartbeat"
}

resource "aws_ecs_cluster" "this" {
  name = var.name

  setting {
    name  = "containerInsights"
    value = "enabled"
  }
}

resource "aws_ecs_task_definition" "api" {
  family                   = "${var.name}-api"
  requires_compatibilities = ["FARGATE"]
  network_mode             = "awsvpc"
  cpu                      = 256
  memory                   = 512
  task_role_arn            = aws_iam_role.task.arn

  container_definitions = jsonencode([{
    name = "api"
    # It contains boto3.
    image                  = "public.ecr.aws/lambda/python:3.13"
    entryPoint             = ["python3", "-c"]
    command                = [file("${path.module}/service.py")]
    essential              = true
    readonlyRootFilesystem = true
    environment = [
      for name, value in { AWS_DEFAULT_REGION = local.region, BUCKET = aws_s3_bucket.service.bucket, HEARTBEAT = local.heartbeat } :
      { name = name, value = value }
    ]
  }])
}

resource "aws_ecs_service" "api" {
  # checkov:skip=CKV_AWS_333:The task reaches the registry and S3 without a NAT gateway, and nobody can connect to it
  name            = "${var.name}-api"
  cluster         = aws_ecs_cluster.this.id
  task_definition = aws_ecs_task_definition.api.arn
  launch_type     = "FARGATE"
  desired_count   = 1

  network_configuration {
    subnets          = [aws_subnet.public.id]
    security_groups  = [aws_security_group.task.id]
    assign_public_ip = true
  }
}

resource "aws_iam_role" "task" {
  name               = "${var.name}-task"
  assume_role_policy = local.assumed_by["ecs-tasks"]
}

resource "aws_iam_role_policy" "task" {
  name = "task"
  role = aws_iam_role.task.id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Sid      = "WriteHeartbeat"
        Effect   = "Allow"
        Action   = ["s3:PutObject"]
        Resource = ["${aws_s3_bucket.service.arn}/${local.heartbeat}"]
      },
      {
        Sid       = "ListFaults"
        Effect    = "Allow"
        Action    = ["s3:ListBucket"]
        Resource  = [aws_s3_bucket.service.arn]
        Condition = { StringEquals = { "s3:prefix" = "faults/" } }
      },
      {
        Sid      = "TakeFault"
        Effect   = "Allow"
        Action   = ["s3:DeleteObject"]
        Resource = ["${aws_s3_bucket.service.arn}/faults/hang"]
      },
    ]
  })
}

resource "aws_s3_bucket" "service" {
  # checkov:skip=CKV_AWS_18:Sample data, whose access is not audited
  # checkov:skip=CKV_AWS_21:Sample data, whose old versions nobody needs
  # checkov:skip=CKV_AWS_144:Sample data, which needs no copy in another region
  # checkov:skip=CKV_AWS_145:Encrypted with a key of S3; examples/vpc-kms shows a customer managed key
  # checkov:skip=CKV2_AWS_61:Sample data, of which only few objects exist
  # checkov:skip=CKV2_AWS_62:Nobody needs to know of heartbeats at once
  bucket        = "${var.name}-service-${local.account}-${local.region}"
  force_destroy = true
}

resource "aws_s3_bucket_public_access_block" "service" {
  bucket                  = aws_s3_bucket.service.id
  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}

# The first heartbeat, so that the service has some time to start. The tasks write all others.
resource "aws_s3_object" "heartbeat" {
  bucket  = aws_s3_bucket.service.id
  key     = local.heartbeat
  content = formatdate("YYYY-MM-DD'T'hh:mm:ss'+00:00'", timestamp())

  lifecycle {
    ignore_changes = [content]
  }
}
