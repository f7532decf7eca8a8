"""Tests of the embedded CloudWatch Logs."""
