"""Lambda: runs functions in child processes, and keeps what moto forgets of them."""
