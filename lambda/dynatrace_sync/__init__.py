"""Copies metrics from CloudWatch and from log lines to Dynatrace."""
