"""Microsoft Teams, as its documentation says that it answers."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

from ..https_server import Answer, Request

WORKFLOW_PATH = "/workflows/0123/triggers/manual/paths/invoke"
SIGNATURE = "sig=sikret-signature"


@dataclass(slots=True)
class TeamsService:
    """The webhook of a workflow that posts adaptive cards."""

    cards: list[dict[str, Any]] = field(default_factory=list)

    def __call__(self, request: Request) -> Answer:
        path, _, query = request.path.partition("?")
        if path != WORKFLOW_PATH or SIGNATURE not in query:
            error = {"code": "DirectApiAuthorizationRequired", "message": f"denied {request.path}"}
            return Answer(401, {"error": error})
        message = json.loads(request.body)
        (attachment,) = message["attachments"]
        card = attachment["content"]
        is_card = attachment["contentType"] == "application/vnd.microsoft.card.adaptive"
        if message["type"] != "message" or not is_card or card["type"] != "AdaptiveCard":
            return Answer(400, {"error": {"code": "TriggerInputSchemaMismatch"}})
        self.cards.append(card)
        return Answer(202, "")

    def lines(self) -> list[str]:
        """Return the texts of the only card."""
        (card,) = self.cards
        return ["".join(run["text"] for run in each["inlines"]) for each in card["body"]]
