"""Forwards log events of CloudWatch Logs to the HTTP Event Collector (HEC) of Splunk."""
