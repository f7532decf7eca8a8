"""Callbacks with fixed results."""


def yes(name: str) -> bool:
    return True


def no(name: str) -> bool:
    return False
