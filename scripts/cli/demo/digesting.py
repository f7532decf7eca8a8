"""The demonstration of the scheduled digest: a week with a Supabase project and a backend."""

from __future__ import annotations

import json
import shlex
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from ..common.interrupts import shielded
from ..common.output import Output
from .demonstration import Outputs, write_variables
from .progress import step

if TYPE_CHECKING:
    from local_aws import LocalAws

    from .digests.backend import Backend
    from .digests.database import Database
    from .digests.dialect import Dialect

_EVENT = json.dumps({"frequency": "daily", "cleanup": True})


class DigestDemonstration:
    """Takes monitors through a week, and shows what each run did for each of them."""

    example = "scheduled-digest"

    def __init__(self) -> None:
        self._urls: dict[str, str] = {}
        self._project: tuple[Database, Dialect, Backend] | None = None

    @contextmanager
    def surroundings(self, output: Output) -> Iterator[None]:
        """Run a database behind the API of Supabase, and a backend."""
        with ExitStack() as stack:
            with step(output, "Starting PostgreSQL and the backend"):
                # They take a while to import, and other examples need none of them.
                from .digests.backend import PATH, Backend
                from .digests.database import database
                from .digests.dialect import SECRET_KEY, Dialect
                from .digests.web import serving

                tables, backend = stack.enter_context(shielded(database())), Backend()
                dialect = Dialect(tables, {SECRET_KEY})
                self._urls = {
                    "supabase_url": stack.enter_context(serving(dialect)),
                    "backend_digest_endpoint": stack.enter_context(serving(backend)) + PATH,
                }
                self._project = (tables, dialect, backend)
            yield

    def prepare(self, root: Path) -> None:
        """Give the example the URLs of the servers."""
        write_variables(root, self._urls)

    def run(self, aws: LocalAws, output: Output, outputs: Outputs) -> str | None:
        """Tell the story. Returns what went wrong that is no part of it."""
        from .digests.week import Week

        assert self._project is not None
        return Week(aws, output, outputs, self._project).tell()

    def commands(self, outputs: Outputs) -> Sequence[str]:
        """Return commands that run the function, and show its log and its leases."""
        name = outputs["function_name"]
        return [
            f"aws lambda invoke --function-name {name} --payload {shlex.quote(_EVENT)} "
            "--cli-binary-format raw-in-base64-out result.json  # run it",
            f"aws logs tail {outputs['log_group_name']}  # read its log",
            f"aws dynamodb scan --table-name {outputs['lease_table_name']}  # which digests",
        ]
