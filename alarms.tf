# The alarms on metrics that the engine writes, which are defined in lambda/diva/metrics.py.

locals {
  engine_alarms = {
    duration = {
      description         = "${var.lambda_name}: a run used up its time for observing events."
      namespace           = "DIVA"
      metric_name         = "ObservingTimeUsed"
      comparison_operator = "GreaterThanOrEqualToThreshold"
      threshold           = 100 # percent
    }
    failed-deliveries = {
      description = "${var.lambda_name}: an alert, reminder or resolution was due, but not delivered."
      namespace   = "DIVA"
      metric_name = "FailedDeliveries"
      threshold   = 0
    }
    not-run = {
      description = "${var.lambda_name}: an event got no turn, or its state could not be read."
      namespace   = "DIVA"
      metric_name = "NotRun"
      threshold   = 0
    }
  }
}
