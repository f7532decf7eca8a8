"""Acts on incidents: restarts services, scales up, clears caches and notifies people."""
