"""The incident that the demo of the incident actions shows."""
