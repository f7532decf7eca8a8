"""The demonstration of the incident actions: an incident is handled, and undone."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..common.interrupts import shielded
from ..common.output import Output
from ..common.paths import ROOT
from ..common.redis_server import HOST, redis_server
from .demonstration import Outputs, write_variables
from .inbox import ADDRESS
from .incidents.incident import Incident
from .progress import step

if TYPE_CHECKING:
    from local_aws import LocalAws

_TLS = "tls      = true"


class IncidentDemonstration:
    """Acts on a service, a database and a cache, and shows each request and its answer."""

    example = "incident-actions"

    def __init__(self) -> None:
        self._port = 0
        self._cache: Any = None

    @contextmanager
    def surroundings(self, output: Output) -> Iterator[None]:
        """Run a Redis server. Raises RedisServerError if there is none."""
        with ExitStack() as stack:
            with step(output, "Starting Redis"):
                import redis  # other examples do not need it

                self._port = stack.enter_context(shielded(redis_server()))
                client = redis.Redis(HOST, self._port, protocol=2)
                self._cache = stack.enter_context(client)
            yield

    def prepare(self, root: Path) -> None:
        """Give the example the port of the server, which does not speak TLS, and an address."""
        write_variables(root, {"cache_port": self._port, "emails": [ADDRESS]})
        main = root / "main.tf"
        with_tls = main.read_text(encoding="utf-8")
        assert _TLS in with_tls
        main.write_text(with_tls.replace(_TLS, "tls = false"), encoding="utf-8")

    def run(self, aws: LocalAws, output: Output, outputs: Outputs) -> str | None:
        """Tell the story. Returns what went wrong that is no part of it."""
        return Incident(aws, output, outputs, self._cache).tell()

    def commands(self, outputs: Outputs) -> Sequence[str]:
        """Return commands that act on the system, and list what was done."""
        command, prefix = ROOT / "scripts" / "incident", outputs["function_prefix"]
        options = f"--function-prefix {prefix}"
        return [
            f"{command} restart_service api {options}  # restart the API",
            f"{command} scale_up cache {options}  # add a replica",
            f"{command} clear_cache pages {options}  # remove pages",
            f"{command} history {options}  # what was done",
        ]
