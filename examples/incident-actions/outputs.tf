output "function_names" {
  description = "Names of the functions by action."
  value       = module.incident_actions.function_names
}

output "function_prefix" {
  description = "Prefix of the names of the functions, for `scripts/incident`."
  value       = "${var.name}-"
}

output "kill_switch_parameter_name" {
  description = "Name of the SSM parameter that enables and disables all actions."
  value       = module.incident_actions.kill_switch_parameter_name
}

output "sns_topic_arn" {
  description = "ARN of the SNS topic of the people to notify."
  value       = module.incident_actions.sns_topic_arn
}

output "table_name" {
  description = "Name of the DynamoDB table with the attempts and the audit."
  value       = module.incident_actions.table_name
}

output "cluster_name" {
  description = "Name of the ECS cluster."
  value       = aws_ecs_cluster.this.name
}

output "service_name" {
  description = "Name of the ECS service."
  value       = aws_ecs_service.api.name
}

output "db_instance_id" {
  description = "Identifier of the RDS instance."
  value       = aws_db_instance.this.identifier
}

output "replication_group_id" {
  description = "ID of the ElastiCache replication group."
  value       = aws_elasticache_replication_group.this.id
}
