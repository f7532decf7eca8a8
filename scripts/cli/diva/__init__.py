"""`diva`: try event logic on this machine, and inspect or reset stored state."""
