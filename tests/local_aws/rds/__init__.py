"""Tests of the embedded RDS."""
