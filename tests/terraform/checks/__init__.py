"""A package that the event logic imports."""
