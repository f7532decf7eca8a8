"""Triggers the daily and weekly digests of monitors in Supabase, and purges deleted monitors."""

import gc

# More objects than the start creates, and set before anything is imported. By default, the garbage
# collector walks the modules of boto3 again and again while they load, which takes as long as
# everything else that the function adds to its start.
_COLLECTION_THRESHOLD = 100_000
gc.set_threshold(_COLLECTION_THRESHOLD, *gc.get_threshold()[1:])
