"""Tests of the embedded ECS."""
