"""Tests of how the package of a function is built."""
