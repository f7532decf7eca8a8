"""`test`: run all checks of the project."""
