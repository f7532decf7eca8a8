"""A function that fails when it is told to."""

from __future__ import annotations


class ToldToFail(Exception):
    """The event says so."""


def lambda_handler(event: dict[str, bool], context: object) -> str:
    print("running")
    if event.get("fail"):
        raise ToldToFail("this run was told to fail")
    return "well"
