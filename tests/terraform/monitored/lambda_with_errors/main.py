"""A function that fails if the event says so."""

from __future__ import annotations


class ToldToFail(Exception):
    """The event asks for a failure."""


def lambda_handler(event: dict[str, bool], context: object) -> str:
    print("running")
    if event.get("fail"):
        raise ToldToFail("this run was told to fail")
    return "well"
