"""Environment variables and clients for the embedded AWS, independent of the user's account."""

import os
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import boto3
import botocore.session
from botocore.config import Config

REGION = "us-east-1"
ACCOUNT_ID = "123456789012"

_ACCESS_KEY = "testing"
# A request may run a function, which may take as long as Lambda allows.
_CONFIG = Config(proxies={}, read_timeout=960)
_WITHOUT_RETRIES = Config(retries={"total_max_attempts": 1})


def credentials() -> dict[str, str]:
    """Return dummy credentials, which moto accepts."""
    return {
        "AWS_ACCESS_KEY_ID": _ACCESS_KEY,
        "AWS_SECRET_ACCESS_KEY": _ACCESS_KEY,
        "AWS_SESSION_TOKEN": _ACCESS_KEY,
    }


def for_clients(endpoint: str, folder: Path) -> dict[str, str]:
    """Return the environment variables that make clients and Terraform use `endpoint` only.

    They override a user's profile, configuration files and proxies. Empty configuration files
    are written to `folder`.
    """
    config, shared = folder / "config", folder / "credentials"
    config.write_text("[default]\n", encoding="utf-8")
    shared.write_text("[default]\n", encoding="utf-8")
    services = {name: endpoint for name in os.environ if name.startswith("AWS_ENDPOINT_URL_")}
    bypass = ",".join(filter(None, [os.environ.get("NO_PROXY"), "127.0.0.1"]))
    return {
        **services,
        **credentials(),
        "AWS_ENDPOINT_URL": endpoint,
        "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": "false",
        "AWS_REGION": REGION,
        "AWS_DEFAULT_REGION": REGION,
        "AWS_PROFILE": "default",
        "AWS_DEFAULT_PROFILE": "default",
        "AWS_CONFIG_FILE": str(config),
        "AWS_SHARED_CREDENTIALS_FILE": str(shared),
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_USE_FIPS_ENDPOINT": "false",
        "AWS_USE_DUALSTACK_ENDPOINT": "false",
        "NO_PROXY": bypass,
        "no_proxy": bypass,
    }


def for_functions(endpoint: str) -> dict[str, str]:
    """Return the environment variables of functions, besides their own and those of Lambda."""
    return {
        **credentials(),
        "AWS_ENDPOINT_URL": endpoint,
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
    }


def session(credentials: Mapping[str, str], region: str = REGION) -> boto3.Session:
    """Return a session with credentials (environment variables). No user's settings apply to it."""
    unset = (None, None, None, None)
    nowhere = (None, None, os.devnull, None)
    hidden = {"profile": unset, "config_file": nowhere, "credentials_file": nowhere}
    return boto3.Session(
        aws_access_key_id=credentials["AWS_ACCESS_KEY_ID"],
        aws_secret_access_key=credentials["AWS_SECRET_ACCESS_KEY"],
        aws_session_token=credentials["AWS_SESSION_TOKEN"],
        region_name=region,
        botocore_session=botocore.session.Session(session_vars=hidden),
    )


class Clients:
    """boto3 clients for an endpoint. The user's settings do not apply to them."""

    def __init__(self, endpoint: str) -> None:
        self._endpoint = endpoint
        self._session = session(credentials())
        self._made: dict[str, Any] = {}
        self._making = threading.Lock()

    def get(self, service: str) -> Any:
        """Return the client of a service, the same one at every call."""
        with self._making:
            if service not in self._made:
                config = _CONFIG.merge(_WITHOUT_RETRIES) if service == "lambda" else _CONFIG
                self._made[service] = self._session.client(
                    service, endpoint_url=self._endpoint, config=config
                )
            return self._made[service]

    def close(self) -> None:
        """Close every connection."""
        for client in self._made.values():
            client.close()
