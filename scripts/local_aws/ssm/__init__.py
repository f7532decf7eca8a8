"""SSM: the permissions that parameters require."""
