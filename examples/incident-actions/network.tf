# A VPC with public subnets for the tasks, and private ones for the rest. The function that clears the
# cache needs access to DynamoDB for its attempts and to SSM for the kill switch.

data "aws_availability_zones" "available" {
  # checkov:skip=CKV_AWS_394:Zone names differ by region, and only the first two are used
  state = "available"
}

data "aws_region" "this" {}

locals {
  region = data.aws_region.this.id

  groups = {
    api      = "The tasks of the API"
    database = "The database, to which nobody connects"
    cache    = "The cache"
    function = "The function that clears the cache"
    endpoint = "The interface endpoint of SSM"
  }
}

resource "aws_vpc" "this" {
  # checkov:skip=CKV2_AWS_11:A sample whose traffic nobody examines; examples/vpc-kms shows flow logs
  cidr_block           = var.cidr_block
  enable_dns_support   = true
  enable_dns_hostnames = true

  tags = { Name = var.name }
}

# Without rules, so that nothing can be deployed with the default security group by accident.
resource "aws_default_security_group" "this" {
  vpc_id = aws_vpc.this.id

  tags = { Name = "${var.name}-default" }
}

resource "aws_internet_gateway" "this" {
  vpc_id = aws_vpc.this.id

  tags = { Name = var.name }
}

resource "aws_subnet" "private" {
  count = 2

  vpc_id            = aws_vpc.this.id
  availability_zone = data.aws_availability_zones.available.names[count.index]
  cidr_block        = cidrsubnet(var.cidr_block, 2, count.index)

  tags = { Name = "${var.name}-private-${count.index}" }
}

resource "aws_subnet" "public" {
  count = 2

  vpc_id            = aws_vpc.this.id
  availability_zone = data.aws_availability_zones.available.names[count.index]
  cidr_block        = cidrsubnet(var.cidr_block, 2, count.index + 2)

  tags = { Name = "${var.name}-public-${count.index}" }
}

resource "aws_route_table" "private" {
  vpc_id = aws_vpc.this.id

  tags = { Name = "${var.name}-private" }
}

resource "aws_route_table" "public" {
  vpc_id = aws_vpc.this.id

  tags = { Name = "${var.name}-public" }
}

resource "aws_route" "internet" {
  route_table_id         = aws_route_table.public.id
  destination_cidr_block = "0.0.0.0/0"
  gateway_id             = aws_internet_gateway.this.id
}

resource "aws_route_table_association" "private" {
  count = 2

  subnet_id      = aws_subnet.private[count.index].id
  route_table_id = aws_route_table.private.id
}

resource "aws_route_table_association" "public" {
  count = 2

  subnet_id      = aws_subnet.public[count.index].id
  route_table_id = aws_route_table.public.id
}

resource "aws_vpc_endpoint" "dynamodb" {
  vpc_id          = aws_vpc.this.id
  service_name    = "com.amazonaws.${local.region}.dynamodb"
  route_table_ids = [aws_route_table.private.id]

  tags = { Name = "${var.name}-dynamodb" }
}

# An interface endpoint is charged by hour and zone, and one in a single zone serves both subnets.
resource "aws_vpc_endpoint" "ssm" {
  vpc_id              = aws_vpc.this.id
  service_name        = "com.amazonaws.${local.region}.ssm"
  vpc_endpoint_type   = "Interface"
  subnet_ids          = [aws_subnet.private[0].id]
  security_group_ids  = [aws_security_group.this["endpoint"].id]
  private_dns_enabled = true

  tags = { Name = "${var.name}-ssm" }
}

resource "aws_security_group" "this" {
  # checkov:skip=CKV2_AWS_5:The module attaches the function to its group
  for_each = local.groups

  name        = "${var.name}-${each.key}"
  description = each.value
  vpc_id      = aws_vpc.this.id
}

resource "aws_vpc_security_group_egress_rule" "images" {
  description       = "HTTPS to the registry of images"
  security_group_id = aws_security_group.this["api"].id
  cidr_ipv4         = "0.0.0.0/0"
  ip_protocol       = "tcp"
  from_port         = 443
  to_port           = 443
}

resource "aws_vpc_security_group_egress_rule" "dynamodb" {
  description       = "HTTPS to DynamoDB"
  security_group_id = aws_security_group.this["function"].id
  prefix_list_id    = aws_vpc_endpoint.dynamodb.prefix_list_id
  ip_protocol       = "tcp"
  from_port         = 443
  to_port           = 443
}

# What the function connects to, by security group.
resource "aws_vpc_security_group_egress_rule" "function" {
  for_each = { cache = var.cache_port, endpoint = 443 }

  description                  = local.groups[each.key]
  security_group_id            = aws_security_group.this["function"].id
  referenced_security_group_id = aws_security_group.this[each.key].id
  ip_protocol                  = "tcp"
  from_port                    = each.value
  to_port                      = each.value
}

resource "aws_vpc_security_group_ingress_rule" "function" {
  for_each = { cache = var.cache_port, endpoint = 443 }

  description                  = local.groups["function"]
  security_group_id            = aws_security_group.this[each.key].id
  referenced_security_group_id = aws_security_group.this["function"].id
  ip_protocol                  = "tcp"
  from_port                    = each.value
  to_port                      = each.value
}
