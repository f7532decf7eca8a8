"""`diva`: write, check and run event logic; show or reset the state of a deployment."""
