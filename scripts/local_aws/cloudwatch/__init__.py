"""CloudWatch: metrics from log lines, and alarms that are evaluated from metrics."""
