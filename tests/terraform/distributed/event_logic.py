"""One event, which one worker fails to detect and the other injects."""

from checks import answers


def get_events() -> dict[str, dict[str, object]]:
    return {"orders": {"detect": answers.no, "inject": answers.yes}}
