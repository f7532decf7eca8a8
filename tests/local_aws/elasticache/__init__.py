"""Tests of the embedded ElastiCache."""
