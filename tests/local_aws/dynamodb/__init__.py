"""Tests of the embedded DynamoDB."""
