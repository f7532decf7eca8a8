"""CloudWatch Logs: what moto forgets of log groups."""
