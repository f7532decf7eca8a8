"""Sends notifications of an SNS topic as mail, through an SMTP server."""
