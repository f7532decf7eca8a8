"""The clients by which state machines call other services, as their role."""

from __future__ import annotations

import threading
from typing import Any

from botocore.config import Config

from local_aws import environ
from local_aws.iam.authorization import Authorization, RoleSession

# The session of a role has the name of the execution. One is enough for all executions here.
_SESSION_NAME = "StepFunctions"

# Step Functions retries nothing by itself. A task may run a function as long as Lambda allows.
_CONFIG = Config(
    parameter_validation=False,
    proxies={},
    retries={"total_max_attempts": 1},
    read_timeout=960,
    max_pool_connections=100,
)


class RoleClients:
    """boto3 clients with the credentials of roles, each created once."""

    def __init__(self, endpoint: str, authorization: Authorization) -> None:
        self._endpoint = endpoint
        self._authorization = authorization
        self._lock = threading.Lock()
        self._made: dict[tuple[str, str, str], Any] = {}

    def get(self, role_arn: str, service: str, region: str) -> Any:
        """Return the client of a service for a role."""
        with self._lock:
            key = (role_arn, service, region)
            if key not in self._made:
                self._made[key] = self._create(role_arn, service, region)
            return self._made[key]

    def close(self) -> None:
        """Close all connections. The clients that are requested later are new ones."""
        with self._lock:
            for client in self._made.values():
                client.close()
            self._made.clear()

    def _create(self, role_arn: str, service: str, region: str) -> Any:
        credentials = self._authorization.credentials(RoleSession(role_arn, _SESSION_NAME))
        session = environ.session(credentials, region)
        return session.client(service, endpoint_url=self._endpoint, config=_CONFIG)
