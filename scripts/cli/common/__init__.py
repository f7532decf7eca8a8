"""Modules that two or more commands use."""
