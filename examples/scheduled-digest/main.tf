# Triggers the digests of the monitors in a Supabase project, and purges deleted monitors.

module "digests" {
  source = "../../modules/scheduled-digest"

  function_name = var.name

  supabase_url                  = var.supabase_url
  supabase_service_role_key_arn = aws_secretsmanager_secret.supabase.arn
  backend_digest_endpoint       = var.backend_digest_endpoint

  alarm_emails = [var.alarm_email]
}

# Terraform creates the secret without its value, which would otherwise be in the state.
resource "aws_secretsmanager_secret" "supabase" {
  # checkov:skip=CKV_AWS_149:The AWS managed key is enough for an example
  # checkov:skip=CKV2_AWS_57:Supabase offers no way to rotate the key
  name                    = "${var.name}-supabase"
  description             = "The service role key of the Supabase project."
  recovery_window_in_days = 0 # the example is destroyed together with the key
}
