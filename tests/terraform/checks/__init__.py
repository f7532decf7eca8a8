"""What the event logic imports."""
