"""Tests of the embedded IAM."""
