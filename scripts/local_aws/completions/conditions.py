"""S3 and DynamoDB: a condition and the write that depends on it are one step.

moto answers each request on a thread of its own, and another could write in between.
"""

import functools
import threading
from collections import defaultdict
from collections.abc import Callable, Hashable
from contextlib import AbstractContextManager, nullcontext
from typing import Any

from moto.dynamodb.models import DynamoDBBackend
from moto.s3.responses import S3Response

from local_aws.completions.replace import Replace

Guard = Callable[..., AbstractContextManager[Any]]


def install(replace: Replace) -> None:
    """Let writes of one table, and conditional writes of one object, wait for each other."""
    locks: defaultdict[Hashable, Any] = defaultdict(threading.RLock)

    def of_table(backend: DynamoDBBackend, table_name: str, *_: Any, **__: Any) -> Any:
        return locks[table_name]

    def of_object(response: S3Response) -> Any:
        # Only where there is a condition: a plain write can start functions that write themselves.
        if response.headers.get("If-Match") or response.headers.get("If-None-Match"):
            return locks[response.bucket_name, response.parse_key_name()]
        return nullcontext()

    for name in ("put_item", "update_item", "delete_item"):
        replace(DynamoDBBackend, name, _guarded(getattr(DynamoDBBackend, name), of_table))
    replace(S3Response, "put_object", _guarded(S3Response.put_object, of_object))


def _guarded(write: Callable[..., Any], guard: Guard) -> Callable[..., Any]:
    @functools.wraps(write)
    def guarded(*args: Any, **options: Any) -> Any:
        with guard(*args, **options):
            return write(*args, **options)

    return guarded
