"""The tests of everything in this repository."""
