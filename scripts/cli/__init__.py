"""The commands in `scripts`: a folder for each, and `common` for what they share."""
