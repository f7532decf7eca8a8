"""`benchmark`: measure the overhead of DIVA and compare it with its targets."""
