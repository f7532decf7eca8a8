# What the actions act on: a service, a database and a cache.

locals {
  service = {
    cluster = aws_ecs_cluster.this.name
    service = aws_ecs_service.api.name
  }
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

  container_definitions = jsonencode([{
    name                   = "api"
    image                  = "public.ecr.aws/docker/library/busybox:stable"
    command                = ["sh", "-c", "while true; do sleep 60; done"]
    essential              = true
    readonlyRootFilesystem = true
  }])
}

resource "aws_ecs_service" "api" {
  # checkov:skip=CKV_AWS_333:The tasks fetch their image without a NAT gateway, and nobody can connect to them
  name            = "${var.name}-api"
  cluster         = aws_ecs_cluster.this.id
  task_definition = aws_ecs_task_definition.api.arn
  launch_type     = "FARGATE"
  desired_count   = 2

  network_configuration {
    subnets          = aws_subnet.public[*].id
    security_groups  = [aws_security_group.this["api"].id]
    assign_public_ip = true
  }
}

resource "aws_db_subnet_group" "this" {
  name       = var.name
  subnet_ids = aws_subnet.private[*].id
}

resource "aws_db_instance" "this" {
  # checkov:skip=CKV_AWS_118:A sample without data, which nobody monitors
  # checkov:skip=CKV_AWS_129:A sample without data, whose log nobody reads
  # checkov:skip=CKV_AWS_157:A sample without data, which may be unavailable
  # checkov:skip=CKV_AWS_161:A sample without data, to which nobody logs in
  # checkov:skip=CKV_AWS_293:A sample without data, which terraform destroy deletes
  # checkov:skip=CKV_AWS_353:A sample without data, which nobody monitors
  # checkov:skip=CKV2_AWS_30:A sample without data, whose log nobody reads
  identifier                  = "${var.name}-db"
  engine                      = "postgres"
  instance_class              = "db.t4g.micro"
  allocated_storage           = 20
  storage_encrypted           = true
  username                    = "administrator"
  manage_master_user_password = true
  db_subnet_group_name        = aws_db_subnet_group.this.name
  vpc_security_group_ids      = [aws_security_group.this["database"].id]
  auto_minor_version_upgrade  = true
  copy_tags_to_snapshot       = true
  skip_final_snapshot         = true
  apply_immediately           = true
}

resource "aws_elasticache_subnet_group" "this" {
  name       = var.name
  subnet_ids = aws_subnet.private[*].id
}

resource "aws_elasticache_replication_group" "this" {
  # checkov:skip=CKV_AWS_31:A sample without data, which only the function can reach
  # checkov:skip=CKV_AWS_191:Encrypted with a key of ElastiCache; examples/vpc-kms shows a customer managed key
  replication_group_id       = "${var.name}-cache"
  description                = "Pages of the API"
  engine                     = "redis"
  engine_version             = "7.1"
  node_type                  = "cache.t4g.micro"
  port                       = var.cache_port
  num_cache_clusters         = 2
  automatic_failover_enabled = true
  multi_az_enabled           = true
  at_rest_encryption_enabled = true
  transit_encryption_enabled = true
  subnet_group_name          = aws_elasticache_subnet_group.this.name
  security_group_ids         = [aws_security_group.this["cache"].id]
  apply_immediately          = true
}
