"""Tests of the built package under AWS's own runtime client."""
