"""What more than one of the functions needs."""
