# The actions, and their targets. The targets themselves are in system.tf, their network in network.tf.

module "incident_actions" {
  source = "../../modules/incident-actions"

  function_name_prefix = "${var.name}-"
  emails               = var.emails

  restart_service = {
    targets = {
      api = local.service
    }
  }

  scale_up = {
    targets = {
      api = merge(local.service, { step = 1, max_count = 6 })
      database = {
        db_instance_id    = aws_db_instance.this.identifier
        instance_classes  = ["db.t4g.micro", "db.t4g.small", "db.t4g.medium"]
        apply_immediately = true
      }
      cache = {
        replication_group_id = aws_elasticache_replication_group.this.id
        max_replicas         = 3
      }
    }
  }

  clear_cache = {
    targets = {
      pages = {
        host     = aws_elasticache_replication_group.this.primary_endpoint_address
        port     = var.cache_port
        tls      = true
        prefixes = ["page:"]
      }
    }
    vpc_config = {
      subnet_ids         = aws_subnet.private[*].id
      security_group_ids = [aws_security_group.this["function"].id]
    }
  }

  notify_human = {}

  ca_certificates_pem = var.ca_certificates_pem
}
