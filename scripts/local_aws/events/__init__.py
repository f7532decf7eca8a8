"""EventBridge: fires scheduled rules, and delivers their events to Lambda."""
