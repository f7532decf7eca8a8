"""DynamoDB: transactions, and the permissions that its operations require."""
