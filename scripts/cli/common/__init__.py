"""What two or more of the commands share."""
