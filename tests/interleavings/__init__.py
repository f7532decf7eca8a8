"""Runs of the engine that overlap, in random interleavings, against a model."""
