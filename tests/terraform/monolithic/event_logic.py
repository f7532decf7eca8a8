"""One event that fails, so that its state changes and is saved."""


def get_events() -> dict[str, dict[str, object]]:
    return {"checkout": {"role": "detect", "detect": lambda name: False}}
