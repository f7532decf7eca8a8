"""Secrets in the Secrets Manager of the embedded AWS."""

from __future__ import annotations

import uuid

from local_aws import LocalAws


def new_secret(aws: LocalAws, text: str) -> str:
    """Create a secret, and return its ARN."""
    client = aws.client("secretsmanager")
    return str(client.create_secret(Name=str(uuid.uuid4()), SecretString=text)["ARN"])


def change(aws: LocalAws, arn: str, text: str) -> None:
    """Rotate a secret."""
    aws.client("secretsmanager").put_secret_value(SecretId=arn, SecretString=text)
