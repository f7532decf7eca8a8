"""DynamoDB: the permissions that its operations require."""
