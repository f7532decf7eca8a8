"""Triggers the daily and weekly digests of monitors in Supabase, and purges deleted monitors."""
