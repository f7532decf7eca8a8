"""`redrive`: replay the messages of a dead-letter queue."""
