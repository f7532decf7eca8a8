"""Handlers of the measured functions. Every package contains them beside DIVA."""
