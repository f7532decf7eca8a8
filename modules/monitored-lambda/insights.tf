# The layer with Lambda Insights, which measures the memory of runs.

locals {
  # Account and version of the layer with Lambda Insights 1.0.498.0, by region and architecture. See
  # https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Lambda-Insights-extension-versions.html.
  insights_layers = {
    af-south-1     = { arm64 = "012438385374:25", x86_64 = "012438385374:52" }
    ap-east-1      = { arm64 = "519774774795:25", x86_64 = "519774774795:52" }
    ap-east-2      = { x86_64 = "145023102084:8" }
    ap-northeast-1 = { arm64 = "580247275435:25", x86_64 = "580247275435:87" }
    ap-northeast-2 = { arm64 = "580247275435:25", x86_64 = "580247275435:59" }
    ap-northeast-3 = { arm64 = "194566237122:25", x86_64 = "194566237122:41" }
    ap-south-1     = { arm64 = "580247275435:25", x86_64 = "580247275435:58" }
    ap-south-2     = { arm64 = "891564319516:25", x86_64 = "891564319516:34" }
    ap-southeast-1 = { arm64 = "580247275435:25", x86_64 = "580247275435:60" }
    ap-southeast-2 = { arm64 = "580247275435:25", x86_64 = "580247275435:60" }
    ap-southeast-3 = { arm64 = "439286490199:25", x86_64 = "439286490199:36" }
    ap-southeast-4 = { arm64 = "605207715842:25", x86_64 = "158895979263:29" }
    ap-southeast-5 = { x86_64 = "590183865173:9" }
    ap-southeast-6 = { x86_64 = "727646510379:1" }
    ap-southeast-7 = { x86_64 = "761018874580:8" }
    ca-central-1   = { arm64 = "580247275435:25", x86_64 = "580247275435:59" }
    ca-west-1      = { arm64 = "761377655185:25", x86_64 = "946466191631:21" }
    cn-north-1     = { arm64 = "488211338238:25", x86_64 = "488211338238:48" }
    cn-northwest-1 = { arm64 = "488211338238:25", x86_64 = "488211338238:48" }
    eu-central-1   = { arm64 = "580247275435:25", x86_64 = "580247275435:60" }
    eu-central-2   = { arm64 = "033019950311:25", x86_64 = "033019950311:35" }
    eu-north-1     = { arm64 = "580247275435:25", x86_64 = "580247275435:57" }
    eu-south-1     = { arm64 = "339249233099:25", x86_64 = "339249233099:52" }
    eu-south-2     = { arm64 = "352183217350:25", x86_64 = "352183217350:36" }
    eu-west-1      = { arm64 = "580247275435:25", x86_64 = "580247275435:60" }
    eu-west-2      = { arm64 = "580247275435:25", x86_64 = "580247275435:60" }
    eu-west-3      = { arm64 = "580247275435:25", x86_64 = "580247275435:59" }
    il-central-1   = { arm64 = "066549572091:25", x86_64 = "459530977127:29" }
    me-central-1   = { arm64 = "732604637566:25", x86_64 = "732604637566:35" }
    me-south-1     = { arm64 = "285320876703:25", x86_64 = "285320876703:52" }
    mx-central-1   = { x86_64 = "879381266642:8" }
    sa-east-1      = { arm64 = "580247275435:25", x86_64 = "580247275435:59" }
    us-east-1      = { arm64 = "580247275435:25", x86_64 = "580247275435:60" }
    us-east-2      = { arm64 = "580247275435:25", x86_64 = "580247275435:60" }
    us-gov-east-1  = { arm64 = "198461476570:25", x86_64 = "122132214140:24" }
    us-gov-west-1  = { arm64 = "198461476570:25", x86_64 = "751350123760:24" }
    us-west-1      = { arm64 = "580247275435:25", x86_64 = "580247275435:60" }
    us-west-2      = { arm64 = "580247275435:25", x86_64 = "580247275435:60" }
  }

  insights_layer_name        = var.architecture == "arm64" ? "LambdaInsightsExtension-Arm64" : "LambdaInsightsExtension"
  insights_layer             = try(split(":", local.insights_layers[local.region][var.architecture]), null)
  default_insights_layer_arn = try("arn:${data.aws_partition.this.partition}:lambda:${local.region}:${local.insights_layer[0]}:layer:${local.insights_layer_name}:${local.insights_layer[1]}", null)

  insights_layer_arns = (
    var.lambda_insights_layer_arn != null ? [var.lambda_insights_layer_arn] :
    var.memory_utilization_threshold_percent != null ? [local.default_insights_layer_arn] : []
  )
}
