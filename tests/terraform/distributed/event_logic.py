"""One event, found missing by one worker and injected by the other."""

from checks import answers


def get_events() -> dict[str, dict[str, object]]:
    return {"orders": {"detect": answers.no, "inject": answers.yes}}
