"""ElastiCache: the permissions that requests require."""
