"""Tests of the embedded SES."""
