"""Tests of the embedded Application Auto Scaling."""
