"""`demo`: deploy an example to an embedded AWS and run its schedule."""
