"""Whole periods of the engine in which something breaks, at every step in turn."""
