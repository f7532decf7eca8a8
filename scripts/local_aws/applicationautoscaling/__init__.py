"""Application Auto Scaling: the tags of scalable targets."""
