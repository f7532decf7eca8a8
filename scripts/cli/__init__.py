"""The commands in `scripts`: a folder for each command, and `common` for shared modules."""
