"""`demo`: DIVA deployed by Terraform onto an embedded AWS, and what it does there."""
