"""SNS: e-mail subscriptions, and the permissions that its operations require."""
