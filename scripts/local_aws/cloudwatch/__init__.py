"""CloudWatch: metrics from log lines, and alarms evaluated from their own expressions."""
