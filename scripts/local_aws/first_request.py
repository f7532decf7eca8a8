"""Services whose modules of moto take seconds to import, while few users need them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from moto.moto_server import werkzeug_app

from local_aws.patching import Patch


def install(patch: Patch, services: Mapping[str, Callable[[], None]]) -> None:
    """Install the patches of each service when the first request to it comes.

    `services` has a function that installs them, by the name that moto has for the service.
    """
    moto_create = werkzeug_app.create_backend_app

    def create_backend_app(service: Any) -> Any:
        if service in services:
            services[service]()
        return moto_create(service)

    patch(werkzeug_app, "create_backend_app", create_backend_app)
