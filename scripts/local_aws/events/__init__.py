"""EventBridge: fires scheduled rules, and delivers events to Lambda, Step Functions and SQS."""
