"""Builds the deployment package of a Lambda function."""
