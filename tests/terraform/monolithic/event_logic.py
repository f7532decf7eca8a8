"""One event that fails and cannot be injected: its state changes, so it is stored."""


def get_events() -> dict[str, dict[str, object]]:
    return {"checkout": {"role": "detect", "detect": lambda name: False}}
