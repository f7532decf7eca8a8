"""Tests of the embedded EC2."""
