# What is wrong with targets. Variables cannot use locals that depend on them, so a resource validates
# them, each rule on its own: a value that is not known yet defers only the rules that depend on it.

locals {
  restarted = try({ for name, target in var.restart_service.targets : name => target }, {})
  scaled    = try({ for name, target in var.scale_up.targets : name => target }, {})
  cleared   = try({ for name, target in var.clear_cache.targets : name => target }, {})

  # What names the resource of a target, and the other fields that such a target can have.
  restarted_fields = {
    service      = ["cluster"]
    instance_ids = []
  }
  scaled_fields = {
    db_instance_id       = ["instance_classes", "apply_immediately"]
    service              = ["cluster", "step", "max_count"]
    replication_group_id = ["node_types", "max_replicas", "apply_immediately"]
    cache_cluster_id     = ["node_types", "apply_immediately"]
  }
  cleared_fields = {
    host   = ["port", "tls", "username", "secret_arn", "prefixes", "max_keys", "max_sec", "allow_flush"]
    reboot = ["cache_cluster_id"]
  }

  # The kinds and the fields of each target.
  target_kinds = {
    for action, kinds in { restart_service  = local.restarted_fields, scale_up = local.scaled_fields, clear_cache = local.cleared_fields } : action => {
      for name, target in { restart_service = local.restarted, scale_up = local.scaled, clear_cache = local.cleared }[action] : name => {
        kinds                               = [for kind in keys(kinds) : kind if target[kind] != null]
        fields                              = [for field, value in target : field if value != null]
        others                              = [for field, value in target : field if value != null && !anytrue([for kind, others in kinds : target[kind] != null && contains(concat([kind], others), field)])]
        known                               = keys(kinds)
      }
    }
  }

  target_problems = {
    names = [
      for name in concat(keys(local.restarted), keys(local.scaled), keys(local.cleared)) :
      "The name of a target must consist of 1 to 128 letters, digits or characters of ._/-, but is \"${name}\"."
      if !can(regex("^[A-Za-z0-9._/-]{1,128}$", name))
    ]
    kinds = flatten([
      for action, targets in local.target_kinds : [
        for name, target in targets :
        "The target \"${name}\" of ${action} must have one of ${join(", ", target.known)}, but has ${length(target.kinds) == 0 ? "none" : join(" and ", target.kinds)}."
        if length(target.kinds) != 1
      ]
    ])
    fields = flatten([
      for action, targets in local.target_kinds : [
        for name, target in targets :
        "The target \"${name}\" of ${action}, which has ${target.kinds[0]}, must not have ${join(" or ", target.others)}."
        if length(target.kinds) == 1 && length(target.others) > 0
      ]
    ])
    clusters = flatten([
      for targets in [local.restarted, local.scaled] : [
        for name, target in targets :
        "The target \"${name}\" has a service, so it must have a cluster."
        if target.service != null && target.cluster == null
      ]
    ])
    instances = [
      for name, target in local.restarted :
      "instance_ids of the target \"${name}\" of restart_service must contain at least one ID, but is empty."
      if try(length(target.instance_ids) == 0, false)
    ]
    growth = [
      for name, target in local.scaled :
      "The target \"${name}\" of scale_up must have node_types or max_replicas, but has both."
      if target.node_types != null && target.max_replicas != null
    ]
    classes = flatten([
      for name, target in local.scaled : [
        for class in concat([for class in coalesce(target.instance_classes, []) : { name = class, kind = "db" }], [for type in coalesce(target.node_types, []) : { name = type, kind = "cache" }]) :
        "The target \"${name}\" of scale_up must have classes such as ${class.kind}.r6g.xlarge, but has \"${class.name}\"."
        if !startswith(class.name, "${class.kind}.")
      ]
    ])
    numbers = flatten([
      for targets in [local.scaled, local.cleared] : [
        for name, target in targets : [
          for field, most in { step = null, max_count = null, max_replicas = 5, port = 65535, max_keys = null, max_sec = null } :
          "${field} of the target \"${name}\" must be a whole number from 1${most == null ? "" : " to ${most}"}, but is ${target[field]}."
          if try(target[field], null) == null ? false : target[field] < 1 || floor(target[field]) != target[field] || target[field] > (most == null ? target[field] : most)
        ]
      ]
    ])
    twice = length(distinct(local.scaled_resources)) == length(local.scaled_resources) ? [] : ["Two targets of scale_up must not be the same resource, since each would have a cooldown of its own."]
    ways = [
      for name, target in local.cleared :
      "The target \"${name}\" of clear_cache must have one of prefixes and allow_flush, or else reboot, but has ${length([for way in [try(length(target.prefixes) > 0, false), target.allow_flush == true, target.reboot == true] : way if way])} of them."
      if length([for way in [try(length(target.prefixes) > 0, false), target.allow_flush == true, target.reboot == true] : way if way]) != 1
    ]
    prefixes = [
      for name, target in local.cleared :
      "The prefixes of the target \"${name}\" of clear_cache must not contain an empty string, with which every key begins. To remove all keys, set allow_flush."
      if try(contains(target.prefixes, ""), false)
    ]
    reboots = [
      for name, target in local.cleared :
      "The target \"${name}\" of clear_cache must have a cache_cluster_id, unless the variable cache_cluster_id is set."
      if target.reboot == true && target.cache_cluster_id == null && var.cache_cluster_id == null
    ]
    secrets = [
      for name, target in local.cleared :
      "secret_arn of the target \"${name}\" of clear_cache must be the ARN of a secret (arn:<partition>:secretsmanager:<region>:<account>:secret:<name>), but is \"${target.secret_arn}\"."
      if target.secret_arn != null && !can(regex(local.patterns.secret_arn, target.secret_arn))
    ]
  }
  scaled_resources = [
    for name, target in local.scaled : join("/", [for kind in concat(["cluster"], keys(local.scaled_fields)) : "${kind}=${target[kind]}" if target[kind] != null])
  ]
}

resource "terraform_data" "targets" {
  lifecycle {
    precondition {
      condition     = length(local.target_problems.names) == 0
      error_message = join("\n", local.target_problems.names)
    }
    precondition {
      condition     = length(local.target_problems.kinds) == 0
      error_message = join("\n", local.target_problems.kinds)
    }
    precondition {
      condition     = length(local.target_problems.fields) == 0
      error_message = join("\n", local.target_problems.fields)
    }
    precondition {
      condition     = length(local.target_problems.clusters) == 0
      error_message = join("\n", local.target_problems.clusters)
    }
    precondition {
      condition     = length(local.target_problems.instances) == 0
      error_message = join("\n", local.target_problems.instances)
    }
    precondition {
      condition     = length(local.target_problems.growth) == 0
      error_message = join("\n", local.target_problems.growth)
    }
    precondition {
      condition     = length(local.target_problems.classes) == 0
      error_message = join("\n", local.target_problems.classes)
    }
    precondition {
      condition     = length(local.target_problems.numbers) == 0
      error_message = join("\n", local.target_problems.numbers)
    }
    precondition {
      condition     = length(local.target_problems.twice) == 0
      error_message = join("\n", local.target_problems.twice)
    }
    precondition {
      condition     = length(local.target_problems.ways) == 0
      error_message = join("\n", local.target_problems.ways)
    }
    precondition {
      condition     = length(local.target_problems.prefixes) == 0
      error_message = join("\n", local.target_problems.prefixes)
    }
    precondition {
      condition     = length(local.target_problems.reboots) == 0
      error_message = join("\n", local.target_problems.reboots)
    }
    precondition {
      condition     = length(local.target_problems.secrets) == 0
      error_message = join("\n", local.target_problems.secrets)
    }
  }
}
