"""What the page says, as its HTML has it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import timedelta
from html.parser import HTMLParser
from typing import Any

import pytest

from cli.common.report_page.page import EventLogic, render
from diva.policy import read_policies

from . import sample
from .sample import NOW

LONG_AGO = int((NOW - timedelta(days=1000)).timestamp())


class Article(HTMLParser):
    """The texts of the card of an event, in order."""

    def __init__(self, html: str, name: str) -> None:
        super().__init__()
        self.texts: list[str] = []
        self.bar = ""
        [card] = [each for each in articles(html) if f"<h3>{name}</h3>" in each]
        self.feed(card)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "svg":
            self.bar = dict(attrs)["aria-label"] or ""

    def handle_data(self, data: str) -> None:
        if data.strip():
            self.texts.append(data.strip())

    def after(self, text: str) -> str:
        return self.texts[self.texts.index(text) + 1]

    @property
    def condition(self) -> str:
        return self.texts[1]


def articles(html: str) -> list[str]:
    return re.findall(r"<article .*?</article>", html, re.S)


def page(
    records: Mapping[str, Mapping[str, Any]], options: Mapping[str, object] | None = None
) -> str:
    logic = EventLogic("logic.py", read_policies(options)) if options is not None else None
    return render(records, sample.PLACE, NOW, logic)


@pytest.fixture(scope="module")
def html() -> str:
    return page(sample.records(), sample.event_logic())


def test_events_are_shown_worst_first_and_below_headings(html: str) -> None:
    assert re.findall(r"<h3>(.*?)</h3>|<h2 id=\S+>(.*?) <span>(\d+)", html) == [
        ("", "Failing", "2"),
        ("payment-provider", "", ""),
        ("checkout", "", ""),
        ("", "Invalid", "1"),
        ("warehouse-export", "", ""),
        ("", "Recovering", "1"),
        ("invoice-pdf", "", ""),
        ("", "In warmup", "1"),
        ("gift-cards", "", ""),
        ("", "Unknown", "1"),
        ("refunds", "", ""),
        ("", "Healthy", "5"),
        ("newsletter", "", ""),
        ("search", "", ""),
        ("login", "", ""),
        ("image-resizing", "", ""),
        ("product-page", "", ""),
    ]


def test_the_head_counts_events_and_says_when_and_of_what_the_page_was_made(html: str) -> None:
    assert "<h1>2 of 11 events failing</h1>" in html
    assert "DIVA report of s3://shop-monitoring/diva/shop/state.json" in html
    assert "<strong>2026-11-22 09:30 UTC</strong>" in html
    counts = re.findall(r'href="#\w+"><b>(\d+)</b> ([\w ]+)<', html)
    assert counts == [
        ("2", "Failing"),
        ("1", "Invalid"),
        ("1", "Recovering"),
        ("1", "In warmup"),
        ("1", "Unknown"),
        ("5", "Healthy"),
    ]


def test_a_failing_event_says_since_when_how_often_and_why(html: str) -> None:
    card = Article(html, "payment-provider")
    assert card.condition == "Alerted"
    assert (
        "Failing since 22 Nov 07:24 (2 h 6 min): "
        "25 failed detections (limit 3), 1 failed injection (limit 1)"
    ) in card.texts
    assert "Last alert at 22 Nov 07:36" in card.texts
    assert card.after("Last error:") == (
        "TimeoutError: no answer after 5 s (event_logic.py, line 42)"
    )
    assert Article(html, "checkout").condition == "Failing"


def test_incidents_are_listed_newest_first(html: str) -> None:
    texts = Article(html, "payment-provider").texts
    begin = texts.index("5 incidents")
    assert texts[begin:] == [
        "5 incidents",
        *("Began", "Lasted", "Alerted after", "Injections worked", "Last error"),
        *("22 Nov 07:24", "2 h 6 min so far", "12 min", "0/1"),
        "TimeoutError: no answer after 5 s (event_logic.py, line 42)",
        *("10 Nov 04:42", "9 min", "1/1"),
        "HTTPError: 503 Service Unavailable (event_logic.py, line 38)",
        *("20 Oct 19:06", "15 min", "1/1"),
        *("20 Oct 09:30", "2 h 10 min", "10 min", "1/3"),
        *("12 Sep 09:30", "25 min", "10 min", "2/2"),
    ]


def test_figures_say_over_which_time_they_are(html: str) -> None:
    card = Article(html, "payment-provider")
    assert card.after("Availability") == "99.76 %"
    assert card.after("99.76 %") == "in 90 days"
    assert card.after("Mean time to recover") == "44 min"
    assert card.after("44 min") == "of 4 incidents"
    assert card.bar == "Failed on 4 of 90 days"
    full = Article(html, "search")
    assert full.after(full.after("Availability")) == "since 26 Aug 09:30"
    assert re.fullmatch(r"Failed on \d+ of 90 days, unknown before 26 Aug 09:30", full.bar)
    new = Article(html, "image-resizing")
    assert new.after("100 %") == "since 31 Oct 23:54"
    assert new.bar == "No failure, unknown before 31 Oct 23:54"
    assert Article(html, "product-page").bar == "No failure in 90 days"
    never = Article(html, "refunds")
    assert never.after("Availability") == "–"
    assert never.after("–") == "not known"
    assert never.bar == "Nothing is known of the last 90 days"


def test_what_is_in_maintenance_or_inhibited_says_by_what(html: str) -> None:
    held = "injection and new alerts wait"
    assert (
        f"In maintenance, Sat, Sun from 09:00 for 60 minutes (UTC): {held}"
        in Article(html, "image-resizing").texts
    )
    assert html.count("In maintenance,") == 1
    card = Article(html, "checkout")
    assert card.after("Inhibited by") == "payment-provider"
    assert f", which fails: {held}" in card.texts
    assert html.count("Inhibited by") == 1, "login is healthy"
    [anchor] = re.findall(r"<article id=(\w+) class=\w+>\s*<h3>payment-provider", html)
    assert f"<a href=#{anchor}>payment-provider</a>" in html
    assert "Windows that are set with <code>maintenance_windows</code> in Terraform" in html


def test_without_event_logic_the_page_says_what_is_not_known() -> None:
    html = page(sample.records())
    assert "In maintenance," not in html
    assert "Inhibited by" not in html
    assert "refunds" not in html
    assert "Made without event logic: maintenance windows, dependencies, and events that" in html
    assert "(2 h 6 min): 25 failed detections, 1 failed injection\n" in html


def test_an_event_that_has_recovered_waits_for_its_resolution(html: str) -> None:
    card = Article(html, "invoice-pdf")
    assert card.condition == "Recovering"
    assert "Recovered from an incident that began 22 Nov 04:00 (5 h 30 min ago)" in card.texts
    assert "Cooldown: healthy for 2 periods" in card.texts
    alone = {"injected": True, "alerted": True, "failing_since": "2026-11-20T00:00:00+00:00"}
    assert "Recovered from an incident" in page({"orders": alone})
    due = page({"orders": {"healthy": True, "resolve_due": True}})
    assert Article(due, "orders").condition == "Recovering"
    assert "Resolution pending" in Article(due, "orders").texts


@pytest.mark.parametrize(("healthy", "expected"), [(False, True), (True, False), (None, False)])
def test_an_injection_is_mentioned_where_the_event_fails_nevertheless(
    healthy: bool | None, expected: bool
) -> None:
    html = page({"orders": {"healthy": healthy, "injected": True}})
    assert ("Injected since it began to fail" in html) == expected


def test_invalid_states_and_options_are_named() -> None:
    options: dict[str, object] = {**sample.event_logic(), "login": {"role": "detcet"}}
    html = page(sample.records(), options)
    assert Article(html, "warehouse-export").condition == "Invalid"
    assert "stored state: detection_failures is 'many'; the next run resets" in html.replace(
        "&#39;", "'"
    )
    card = Article(html, "login")
    assert card.condition == "Invalid"
    assert any("role is 'detcet'" in text for text in card.texts)


def test_events_that_are_not_in_the_event_logic_are_apart() -> None:
    options = sample.event_logic()
    del options["payment-provider"], options["checkout"]
    html = page(sample.records(), options)
    assert Article(html, "payment-provider").condition == "Not defined"
    assert "<h1>No event is failing</h1>" in html
    assert re.findall(r"<h2 id=\S+>(.*?) <", html)[-1] == "Not defined"


@pytest.mark.parametrize(
    ("down", "expected"),
    [
        (timedelta(0), "100 %"),
        (timedelta(seconds=1), "99.99 %"),
        (timedelta(days=90) / 2000, "99.95 %"),
        (timedelta(days=90) / 10, "90 %"),
    ],
)
def test_availability_is_rounded_down(down: timedelta, expected: str) -> None:
    start = int((NOW - timedelta(days=50)).timestamp())
    incidents = [[start, start + int(down.total_seconds()), None, 0, 0]]
    record = {"healthy": True, "known_since": LONG_AGO, "incidents": incidents}
    assert Article(page({"orders": record}), "orders").after("Availability") == expected


def test_an_incident_of_another_year_has_its_year() -> None:
    start = int((NOW - timedelta(days=400)).timestamp())
    record = {"healthy": True, "incidents": [[start, start + 90, None, 0, 0]]}
    card = Article(page({"orders": record}), "orders")
    assert card.after("Last error") == "18 Oct 2025 09:30"
    assert card.after("Mean time to recover") == "–"


def test_a_state_without_events_is_a_page_that_says_so() -> None:
    html = page({})
    assert "<h1>There are no events</h1>" in html
    assert articles(html) == []


def test_everything_is_escaped() -> None:
    hostile = "<img src=x onerror=alert(1)>\"'&\u202e\x07"
    start = int((NOW - timedelta(days=4)).timestamp())
    record = {
        "healthy": False,
        "failing_since": "2026-11-20T00:00:00+00:00",
        "last_error": hostile,
        "incidents": [[start, start + 90, None, 0, 0, hostile]],
        "alert_claim": {"run_id": hostile, "expires": "2026-11-20T00:00:00+00:00"},
    }
    options: dict[Any, object] = {
        hostile: {"detect": bool, "role": "detect", hostile: 1},
        "child": {"detect": bool, "role": "detect", "depends_on": [hostile]},
    }
    for given in (None, options):
        logic = EventLogic(hostile, read_policies(given)) if given else None
        invalid = {"healthy": hostile}
        html = render({hostile: record, "child": {}, "odd": invalid}, hostile, NOW, logic)
        assert "<img" not in html
        assert html.count("&lt;img src=x onerror=alert(1)&gt;&#34;&#39;&amp;") >= 4
        assert "\u202e" not in html
        assert "\x07" not in html
