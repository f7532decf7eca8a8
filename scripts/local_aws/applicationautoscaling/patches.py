"""Patches of Application Auto Scaling: scalable targets have tags."""

from __future__ import annotations

from typing import Any

from moto.moto_server import werkzeug_app

from local_aws.patching import Patch


def install(patch: Patch) -> None:
    """Patch moto when the first request to the service comes, since few need it."""
    moto_create = werkzeug_app.create_backend_app

    def create_backend_app(service: Any) -> Any:
        if service == "applicationautoscaling":
            from local_aws.applicationautoscaling import tags

            tags.install(patch)
        return moto_create(service)

    patch(werkzeug_app, "create_backend_app", create_backend_app)
