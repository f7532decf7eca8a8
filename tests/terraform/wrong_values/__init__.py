"""Values that a plan rejects: variables, and the message that they cause or the end of it."""
