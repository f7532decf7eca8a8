"""Application Auto Scaling: the tags of scalable targets, and their limits."""
