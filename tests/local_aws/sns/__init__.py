"""Tests of the embedded SNS."""
