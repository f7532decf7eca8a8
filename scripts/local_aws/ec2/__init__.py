"""EC2: what moto forgets of security groups."""
