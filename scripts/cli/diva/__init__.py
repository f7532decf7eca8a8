"""`diva`: run event logic locally, and show or reset the state of a deployment."""
