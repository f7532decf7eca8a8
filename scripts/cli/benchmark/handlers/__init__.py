"""What runs inside the measured functions: the package of each has this beside DIVA."""
