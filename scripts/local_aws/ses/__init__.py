"""SES: the permissions that mails require."""
