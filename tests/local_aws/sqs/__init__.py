"""Tests of the embedded SQS."""
