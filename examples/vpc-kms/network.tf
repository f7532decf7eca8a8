# The function needs access to S3 for its state, to SNS for alerts, and to the monitored service. It
# needs none to CloudWatch Logs and KMS: Lambda delivers its log, and S3 and SNS call KMS themselves.

data "aws_availability_zones" "available" {
  # checkov:skip=CKV_AWS_394:Zone names differ by region, and only the first two are used
  state = "available"
}

resource "aws_vpc" "this" {
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

resource "aws_subnet" "private" {
  count = 2

  vpc_id            = aws_vpc.this.id
  availability_zone = data.aws_availability_zones.available.names[count.index]
  cidr_block        = cidrsubnet(var.cidr_block, 2, count.index)

  tags = { Name = "${var.name}-${count.index}" }
}

resource "aws_route_table" "private" {
  vpc_id = aws_vpc.this.id

  tags = { Name = var.name }
}

resource "aws_route_table_association" "private" {
  count = 2

  subnet_id      = aws_subnet.private[count.index].id
  route_table_id = aws_route_table.private.id
}

# Gateway endpoints are free of charge. The one for DynamoDB is a placeholder for your own service.
resource "aws_vpc_endpoint" "gateway" {
  for_each = toset(["s3", "dynamodb"])

  vpc_id          = aws_vpc.this.id
  service_name    = "com.amazonaws.${local.region}.${each.key}"
  route_table_ids = [aws_route_table.private.id]

  tags = { Name = "${var.name}-${each.key}" }
}

# SNS has no gateway endpoint. An interface endpoint is charged by hour and zone, and one in a single
# zone serves both subnets.
resource "aws_vpc_endpoint" "sns" {
  vpc_id              = aws_vpc.this.id
  service_name        = "com.amazonaws.${local.region}.sns"
  vpc_endpoint_type   = "Interface"
  subnet_ids          = [aws_subnet.private[0].id]
  security_group_ids  = [aws_security_group.endpoint.id]
  private_dns_enabled = true

  tags = { Name = "${var.name}-sns" }
}

resource "aws_security_group" "diva" {
  # checkov:skip=CKV2_AWS_5:Attached to the function, by the module
  name        = var.name
  description = "The DIVA function"
  vpc_id      = aws_vpc.this.id
}

resource "aws_vpc_security_group_egress_rule" "gateway" {
  for_each = aws_vpc_endpoint.gateway

  description       = "HTTPS to ${each.key}"
  security_group_id = aws_security_group.diva.id
  prefix_list_id    = each.value.prefix_list_id
  ip_protocol       = "tcp"
  from_port         = 443
  to_port           = 443
}

resource "aws_vpc_security_group_egress_rule" "endpoint" {
  description                  = "HTTPS to the interface endpoint of SNS"
  security_group_id            = aws_security_group.diva.id
  referenced_security_group_id = aws_security_group.endpoint.id
  ip_protocol                  = "tcp"
  from_port                    = 443
  to_port                      = 443
}

resource "aws_security_group" "endpoint" {
  name        = "${var.name}-endpoint"
  description = "The interface endpoint of SNS"
  vpc_id      = aws_vpc.this.id
}

resource "aws_vpc_security_group_ingress_rule" "endpoint" {
  description                  = "HTTPS from the DIVA function"
  security_group_id            = aws_security_group.endpoint.id
  referenced_security_group_id = aws_security_group.diva.id
  ip_protocol                  = "tcp"
  from_port                    = 443
  to_port                      = 443
}
