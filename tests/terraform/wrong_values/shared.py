"""What valid values of several modules have in common."""

from __future__ import annotations

ROLE = "arn:aws:iam::123456789012:role"
KEY = "arn:aws:kms:us-east-1:123456789012"
LAYER = "arn:aws:lambda:us-east-1:123456789012:layer"
IMAGE = "123456789012.dkr.ecr.us-east-1.amazonaws.com/reports:v1"
SIGNING = "arn:aws:lambda:us-east-1:123456789012:code-signing-config"
TOPIC = "arn:aws:sns:us-east-1:123456789012"
ACCESS_POINT = "arn:aws:elasticfilesystem:us-east-1:123456789012:access-point/fsap-0a1b"
FILES = {"arn": ACCESS_POINT, "local_mount_path": "/mnt/files"}
VPC = {"vpc_config": {"subnet_ids": ["subnet-1"], "security_group_ids": ["sg-1"]}}
