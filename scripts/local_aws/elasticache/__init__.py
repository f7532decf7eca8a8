"""ElastiCache: clusters and replication groups whose changes take time, and end."""
