"""IAM: evaluates policies, and enforces them for the roles of functions."""
