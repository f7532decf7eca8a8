"""The demonstration of the scheduled digest: a Supabase project, a backend, and a week."""
