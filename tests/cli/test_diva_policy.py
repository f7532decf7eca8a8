"""`diva policy`: the permissions of the callbacks in a file."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from .commands import diva, write

EVENT_LOGIC = """
    from diva.kit import all_of, http, invoke, metric, s3_newer_than, s3_put, slack, sns, sqs_reply
    from diva.kit import sqs_send

    HERE = "eu-central-1:123456789012"
    SLACK = f"arn:aws:secretsmanager:{HERE}:secret:slack-AbCdEf"

    def tell(message):
        pass

    def get_events():
        notify = all_of(sns(f"arn:aws:sns:{HERE}:alerts"), slack(SLACK), tell)
        options = {"alert": notify, "resolve": notify, "timeout_sec": 10}
        queue = f"arn:aws:sqs:{HERE}:orders"
        return {
            "orders": {**options, "detect": sqs_reply(queue), "inject": sqs_send(queue, body="")},
            "report": {
                **options,
                "detect": s3_newer_than("reports", prefix="daily/", max_age_sec=60),
                "inject": invoke("make-report"),
            },
            "upload": {
                **options,
                "detect": metric("Shop", "Uploads", at_least=1),
                "inject": s3_put("reports", key="probe.json", body=""),
            },
            "page": {"detect": http("https://shop.example.com"), "role": "detect"},
        }
"""
HERE = "eu-central-1:123456789012"


def allowed(document: Any) -> list[tuple[list[str], list[str]]]:
    assert document["Version"] == "2012-10-17"
    assert all(each["Effect"] == "Allow" for each in document["Statement"])
    return [(each["Action"], each["Resource"]) for each in document["Statement"]]


def test_the_policy_allows_what_the_callbacks_need_on_what_they_know(tmp_path: Path) -> None:
    write(tmp_path / "event_logic.py", EVENT_LOGIC)
    done = diva(tmp_path, "policy", "event_logic.py", AWS_REGION="cn-north-1")
    assert done.returncode == 0
    document = json.loads(done.stdout)
    assert allowed(document) == [
        (
            ["sqs:DeleteMessage", "sqs:ReceiveMessage", "sqs:SendMessage"],
            [f"arn:aws:sqs:{HERE}:orders"],
        ),
        (["sns:Publish"], [f"arn:aws:sns:{HERE}:alerts"]),
        (
            ["secretsmanager:GetSecretValue"],
            [f"arn:aws:secretsmanager:{HERE}:secret:slack-AbCdEf"],
        ),
        (["s3:ListBucket"], ["arn:aws-cn:s3:::reports"]),
        (["lambda:InvokeFunction"], ["arn:aws-cn:lambda:cn-north-1:*:function:make-report"]),
        (["cloudwatch:GetMetricStatistics"], ["*"]),
        (["s3:PutObject"], ["arn:aws-cn:s3:::reports/probe.json"]),
    ]
    (listing,) = [each for each in document["Statement"] if "Condition" in each]
    assert listing["Condition"] == {"StringEquals": {"s3:prefix": "daily/"}}
    notes = done.stderr.splitlines()
    assert len(notes) == 6
    assert notes[0] == (
        "note: event 'orders': alert calls a function of your own. Add the actions that it needs."
    )


def test_invalid_events_have_no_policy(tmp_path: Path) -> None:
    write(tmp_path / "event_logic.py", "def get_events():\n    return {'a': {'role': 'detect'}}\n")
    done = diva(tmp_path, "policy", "event_logic.py")
    assert (done.returncode, done.stdout) == (1, "")
    assert "event 'a': role 'detect' needs a 'detect' function" in done.stderr


def test_a_wrong_argument_is_reported_with_its_line(tmp_path: Path) -> None:
    source = """
        from diva.kit import http

        def get_events():
            return {"page": {"detect": http("shop.example.com"), "role": "detect"}}
    """
    file = write(tmp_path / "event_logic.py", source)
    for command in ("validate", "policy", "run"):
        done = diva(tmp_path, command, "event_logic.py")
        assert done.returncode == 1
        assert (
            "diva: get_events() in event_logic.py failed: ValueError: http: url is not valid; it "
            "must be a URL that begins with https:// or http://, without a login "
            f"({file}, line 5)"
        ) in done.stderr


def test_a_variable_that_is_not_set_is_named(tmp_path: Path) -> None:
    source = "import os\ndef get_events():\n    return os.environ['ALERT_TOPIC_ARN']\n"
    write(tmp_path / "event_logic.py", source)
    done = diva(tmp_path, "validate", "event_logic.py")
    assert "KeyError: 'ALERT_TOPIC_ARN' (" in done.stderr
    assert "Set this environment variable, as the function has it" in done.stderr
