"""`incident`: act on an incident, and list what has been done."""
