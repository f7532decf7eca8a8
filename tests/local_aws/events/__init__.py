"""Tests of the embedded EventBridge."""
