"""Tests with real Terraform on the embedded AWS."""
