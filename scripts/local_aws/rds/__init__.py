"""RDS: database instances whose modifications take time."""
