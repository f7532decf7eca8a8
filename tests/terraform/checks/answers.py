"""Callbacks without a system behind them."""


def yes(name: str) -> bool:
    return True


def no(name: str) -> bool:
    return False
