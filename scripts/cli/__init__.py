"""What the commands `demo`, `diva` and `test` are made of."""
