"""Tests of the embedded S3."""
