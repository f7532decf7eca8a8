"""S3: bucket policies, object versions, and the permissions that its operations require."""
