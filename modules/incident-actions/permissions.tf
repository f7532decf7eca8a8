# The execution roles. Each allows what its action does to its targets, and nothing else.

locals {
  # The targets of the functions that these replace, for which the variables are set instead of targets.
  # The functions know them from the environment.
  original_targets = {
    restart_service = {
      for name, service in { api = "production-api-service", auth-service = "production-auth-service" } :
      name => { cluster = var.ecs_cluster_name, service = service } if var.ecs_cluster_name != null
    }
    scale_up = merge(
      { for name in ["database"] : name => { db_instance_id = var.db_instance_id } if var.db_instance_id != null },
      { for name in ["api"] : name => { cluster = var.ecs_cluster_name, service = "production-api-service" } if var.ecs_cluster_name != null },
      { for name in ["cache"] : name => { cache_cluster_id = var.cache_cluster_id } if var.cache_cluster_id != null },
    )
    clear_cache  = {}
    notify_human = {}
  }
  targets = {
    for action in local.actions : action => concat(
      values(local.listed_targets[action]),
      [for target in values(local.original_targets[action]) : target if length(local.listed_targets[action]) == 0],
    )
  }

  # The ARNs of what the targets of an action name, by kind.
  service_arns = {
    for action, targets in local.targets : action => [
      for target in targets : "arn:${local.partition}:ecs:${local.region}:${local.account_id}:service/${target.cluster}/${target.service}" if can(target.service)
    ]
  }
  instance_arns = {
    for action, targets in local.targets : action => flatten([
      for target in targets : [for id in target.instance_ids : "arn:${local.partition}:ec2:${local.region}:${local.account_id}:instance/${id}"] if can(target.instance_ids)
    ])
  }
  database_arns = {
    for action, targets in local.targets : action => [
      for target in targets : "arn:${local.partition}:rds:${local.region}:${local.account_id}:db:${target.db_instance_id}" if can(target.db_instance_id)
    ]
  }
  # By how the replication groups scale up.
  group_arns = {
    for way in ["node_types", "max_replicas"] : way => [
      for target in lookup(local.targets, "scale_up", []) : "arn:${local.partition}:elasticache:${local.region}:${local.account_id}:replicationgroup:${target.replication_group_id}" if can(target.replication_group_id) && can(target[way])
    ]
  }
  cluster_arns = {
    for action, targets in local.targets : action => [
      for target in targets : "arn:${local.partition}:elasticache:${local.region}:${local.account_id}:cluster:${try(target.cache_cluster_id, var.cache_cluster_id)}" if can(target.cache_cluster_id) || try(target.reboot, false)
    ]
  }

  secret_arns = {
    restart_service = []
    scale_up        = []
    clear_cache     = distinct([for target in lookup(local.targets, "clear_cache", []) : target.secret_arn if can(target.secret_arn)])
    notify_human    = compact([try(var.notify_human.slack_secret_arn, null), try(var.notify_human.pagerduty_secret_arn, null), try(var.notify_human.smtp.secret_arn, null)])
  }

  # What the configuration of each function requires. With a key that is not constant, the policies would
  # depend on the functions themselves, which wait for them.
  function_statements = {
    restart_service = try(module.function["restart_service"].policy_statements, [])
    scale_up        = try(module.function["scale_up"].policy_statements, [])
    clear_cache     = try(module.function["clear_cache"].policy_statements, [])
    notify_human    = try(module.function["notify_human"].policy_statements, [])
  }

  # A statement without resources is left out.
  statements = {
    for action in local.actions : action => [
      for statement in concat(
        [
          {
            Sid      = "Attempts"
            Action   = concat(["dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:DeleteItem"], action == "notify_human" ? ["dynamodb:UpdateItem"] : [])
            Resource = [local.table_arn]
          },
          {
            Sid      = "KillSwitch"
            Action   = ["ssm:GetParameter"]
            Resource = contains(local.stopped_actions, action) ? [local.parameter_arn] : []
          },
          {
            Sid      = "Secrets"
            Action   = ["secretsmanager:GetSecretValue"]
            Resource = local.secret_arns[action]
          },
          {
            Sid      = "SecretKeys"
            Action   = ["kms:Decrypt"]
            Resource = length(local.secret_arns[action]) > 0 ? var.secret_kms_key_arns : []
          },
          {
            Sid      = "Key"
            Action   = concat(["kms:Decrypt"], action == "notify_human" ? ["kms:GenerateDataKey"] : [])
            Resource = compact([var.kms_key_arn])
          },
        ],
        local.action_statements[action],
      ) : merge({ Effect = "Allow" }, statement) if length(statement.Resource) > 0
    ]
  }
  action_statements = {
    restart_service = [
      {
        Sid      = "RestartServices"
        Action   = ["ecs:DescribeServices", "ecs:UpdateService"]
        Resource = lookup(local.service_arns, "restart_service", [])
      },
      {
        Sid      = "RebootInstances"
        Action   = ["ec2:RebootInstances"]
        Resource = lookup(local.instance_arns, "restart_service", [])
      },
      {
        # EC2 does not support resource-level permissions for this action.
        Sid      = "DescribeInstances"
        Action   = ["ec2:DescribeInstances"]
        Resource = length(lookup(local.instance_arns, "restart_service", [])) > 0 ? ["*"] : []
      },
    ]
    scale_up = [
      {
        Sid      = "ScaleServices"
        Action   = ["ecs:DescribeServices", "ecs:UpdateService"]
        Resource = lookup(local.service_arns, "scale_up", [])
      },
      {
        # Application Auto Scaling does not support resource-level permissions for this action.
        Sid      = "DescribeScalableTargets"
        Action   = ["application-autoscaling:DescribeScalableTargets"]
        Resource = length(lookup(local.service_arns, "scale_up", [])) > 0 ? ["*"] : []
      },
      {
        # The ID of a scalable target is not known.
        Sid      = "ScaleTargets"
        Action   = ["application-autoscaling:RegisterScalableTarget"]
        Resource = length(lookup(local.service_arns, "scale_up", [])) > 0 ? ["arn:${local.partition}:application-autoscaling:${local.region}:${local.account_id}:scalable-target/*"] : []
        Condition = {
          StringEquals = {
            "application-autoscaling:service-namespace"  = "ecs"
            "application-autoscaling:scalable-dimension" = "ecs:service:DesiredCount"
          }
        }
      },
      {
        Sid      = "ScaleDatabases"
        Action   = ["rds:DescribeDBInstances", "rds:ModifyDBInstance"]
        Resource = lookup(local.database_arns, "scale_up", [])
      },
      {
        Sid      = "ScaleNodes"
        Action   = ["elasticache:DescribeReplicationGroups", "elasticache:ModifyReplicationGroup"]
        Resource = local.group_arns.node_types
      },
      {
        # Only the members of a group show that a node type is pending. Their names begin with that of the group.
        Sid      = "DescribeMembers"
        Action   = ["elasticache:DescribeCacheClusters"]
        Resource = [for arn in local.group_arns.node_types : "${replace(arn, ":replicationgroup:", ":cluster:")}-*"]
      },
      {
        Sid      = "ScaleReplicas"
        Action   = ["elasticache:DescribeReplicationGroups", "elasticache:IncreaseReplicaCount"]
        Resource = local.group_arns.max_replicas
      },
      {
        Sid      = "ScaleClusters"
        Action   = ["elasticache:DescribeCacheClusters", "elasticache:ModifyCacheCluster"]
        Resource = lookup(local.cluster_arns, "scale_up", [])
      },
    ]
    clear_cache = [
      {
        Sid      = "RebootClusters"
        Action   = ["elasticache:DescribeCacheClusters", "elasticache:RebootCacheCluster"]
        Resource = lookup(local.cluster_arns, "clear_cache", [])
      },
      {
        # Whether a cluster is in cluster mode is known from its replication group, whose name is not.
        Sid      = "DescribeReplicationGroups"
        Action   = ["elasticache:DescribeReplicationGroups"]
        Resource = length(lookup(local.cluster_arns, "clear_cache", [])) > 0 ? ["arn:${local.partition}:elasticache:${local.region}:${local.account_id}:replicationgroup:*"] : []
      },
    ]
    notify_human = [
      {
        Sid      = "Notify"
        Action   = ["sns:Publish"]
        Resource = [local.topic_arn]
      },
    ]
  }

  # IAM is global, so the names contain the region. They have at most 64 characters.
  full_role_names = { for action in local.actions : action => "${var.function_name_prefix}${replace(action, "_", "-")}-${local.region}" }
  role_names = {
    for action, name in local.full_role_names : action => length(name) <= 64 ? name : "${substr(name, 0, 55)}-${substr(sha256(name), 0, 8)}"
  }

  # Lambda measures the variables as JSON.
  environment_bytes = { for action, variables in local.environment_variables : action => nonsensitive(floor(length(replace(base64encode(jsonencode(variables)), "=", "")) * 3 / 4)) }
}

resource "aws_iam_role" "this" {
  for_each = local.actions

  name = local.role_names[each.key]
  tags = var.tags

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { Service = "lambda.amazonaws.com" }
    }]
  })

  lifecycle {
    precondition {
      condition     = local.environment_bytes[each.key] <= 4096
      error_message = "The environment variables of ${each.key} must have at most 4096 bytes, which is a limit of Lambda, but have ${local.environment_bytes[each.key]}. List fewer targets, or use shorter names."
    }
  }
}

resource "aws_iam_role_policy" "this" {
  for_each = local.actions

  name = "function"
  role = aws_iam_role.this[each.key].id

  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = concat(local.function_statements[each.key], local.statements[each.key])
  })
}

# Lambda rejects a function whose role lacks the permissions that its configuration requires, and a
# backend can invoke the function as soon as it exists. So it waits for the permissions.
resource "terraform_data" "role_arn" {
  for_each = local.actions

  input      = aws_iam_role.this[each.key].arn
  depends_on = [aws_iam_role_policy.this]
}
