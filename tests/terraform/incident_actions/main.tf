# The incident actions with values that the first plan does not know, and with the kinds of targets that
# the example does not have.

variable "values" {
  type = map(string)
}

variable "ca_certificates_pem" {
  type = string
}

# Their outputs are unknown until they are created.
resource "terraform_data" "value" {
  for_each = var.values

  input = each.value
}

module "actions" {
  source = "../../../modules/incident-actions"

  restart_service = {
    targets = {
      batch = { instance_ids = [terraform_data.value["instance_id"].output] }
    }
  }

  scale_up = {
    targets = {
      api  = { cluster = terraform_data.value["cluster"].output, service = terraform_data.value["service"].output }
      auth = { cluster = terraform_data.value["cluster"].output, service = "production-auth-service" }
      pages = {
        cache_cluster_id  = terraform_data.value["cache_cluster_id"].output
        node_types        = ["cache.r6g.large", "cache.r6g.xlarge"]
        apply_immediately = true
      }
      sessions = {
        replication_group_id = terraform_data.value["replication_group_id"].output
        node_types           = ["cache.r6g.large", "cache.r6g.xlarge"]
        apply_immediately    = true
      }
    }
  }

  clear_cache = {
    targets = {
      pages = { reboot = true, cache_cluster_id = terraform_data.value["member_id"].output }
      sessions = {
        host       = terraform_data.value["redis_host"].output
        port       = tonumber(terraform_data.value["redis_port"].output)
        secret_arn = aws_secretsmanager_secret.this["redis"].arn
        prefixes   = ["session:"]
      }
    }
  }

  notify_human = {
    slack_secret_arn       = aws_secretsmanager_secret.this["slack"].arn
    stopped_by_kill_switch = true
  }

  kms_key_arn         = aws_kms_key.this["actions"].arn
  secret_kms_key_arns = [aws_kms_key.this["secrets"].arn]
  ca_certificates_pem = var.ca_certificates_pem
  tags                = { topic = aws_sns_topic.this.arn }
}

module "given_topic" {
  source = "../../../modules/incident-actions"

  function_name_prefix       = "given-"
  kill_switch_parameter_name = "/given"
  notify_human               = {}
  create_sns_topic           = false
  sns_topic_arn              = aws_sns_topic.this.arn
  alarm_topic_arns           = [aws_sns_topic.this.arn]
}

resource "aws_kms_key" "this" {
  for_each = toset(["actions", "secrets"])

  description = each.key
}

resource "aws_secretsmanager_secret" "this" {
  for_each = toset(["redis", "slack"])

  name                    = each.key
  kms_key_id              = aws_kms_key.this["secrets"].arn
  recovery_window_in_days = 0
}

resource "aws_secretsmanager_secret_version" "this" {
  for_each = aws_secretsmanager_secret.this

  secret_id     = each.value.id
  secret_string = var.values["${each.key}_secret"]
}

resource "aws_sns_topic" "this" {
  name = "on-call"
}

output "actions" {
  value = module.actions
}

output "given_topic" {
  value = module.given_topic
}
