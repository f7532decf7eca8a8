"""Tests of the engine, `lambda/diva`."""
