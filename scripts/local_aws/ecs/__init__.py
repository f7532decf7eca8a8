"""ECS: services whose tasks take time to start, and what moto forgets of services."""
