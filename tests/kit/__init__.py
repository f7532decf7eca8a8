"""Tests of the kit: each maker against a real server of its kind."""
