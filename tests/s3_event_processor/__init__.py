"""Faults of the S3 event processor: no object is lost, whatever breaks."""
