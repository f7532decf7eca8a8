"""Triggers the daily and weekly digests of monitors in Supabase, and purges deleted monitors."""

import gc

# Before anything is imported: with Python's default of 700 to 2,000, the garbage collector walks
# the modules of boto3 again and again while they load, and later all monitors while they are read.
_COLLECTION_THRESHOLD = 20_000
gc.set_threshold(_COLLECTION_THRESHOLD, *gc.get_threshold()[1:])
