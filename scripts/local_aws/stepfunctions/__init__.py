"""Step Functions: executions run, with the permissions of the role of their state machine."""
