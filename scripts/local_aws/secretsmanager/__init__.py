"""Secrets Manager: the permissions that its operations require."""
