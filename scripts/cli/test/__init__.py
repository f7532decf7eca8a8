"""`test`: every check of the project."""
