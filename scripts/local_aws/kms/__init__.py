"""KMS: the permissions that using a key requires."""
