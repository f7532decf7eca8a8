"""SQS: long polling, redrive policies, and the permissions that its operations require."""
