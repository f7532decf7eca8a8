"""The page in a browser: at two widths, light and dark, by keyboard, and without scripts."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from cli.common.report_page.page import EventLogic, render
from diva.policy import read_policies

from ..processes import PATIENCE_SEC
from . import sample

NARROW, WIDE = 360, 1600
HEIGHT = 900
HOSTILE = "<script>document.title='x'</script><img src=http://127.0.0.1/ onerror=alert(1)>"
LONG = "a_name_without_any_space_" * 80
everywhere = [
    pytest.param(width, scheme, id=f"{width}-{scheme}")
    for width in (NARROW, WIDE)
    for scheme in ("light", "dark")
]
Open = Callable[..., Page]


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The page of the sample, with hostile and long texts besides."""
    records = sample.records()
    records[HOSTILE] = {**records["payment-provider"], "last_error": HOSTILE}
    records[LONG] = {**records["checkout"], "last_error": LONG}
    options = {**sample.event_logic(), HOSTILE: {"detect": bool, "role": "detect"}}
    options[LONG] = {"detect": bool, "role": "detect", "depends_on": [HOSTILE]}
    logic = EventLogic("event_logic.py", read_policies(options))
    file = tmp_path_factory.mktemp("report") / "report.html"
    file.write_text(render(records, sample.PLACE, sample.NOW, logic), encoding="utf-8")
    return file


@pytest.fixture
def opened(chromium: Browser, file: Path) -> Iterator[Open]:
    """Opens the page. Afterwards it has asked for nothing but itself, and has raised no error."""
    requests: list[str] = []
    errors: list[str] = []
    with ExitStack() as stack:

        def opened(width: int = WIDE, scheme: str = "light", scripts: bool = True) -> Page:
            context = chromium.new_context(
                viewport={"width": width, "height": HEIGHT},
                color_scheme=scheme,  # type: ignore[arg-type]
                java_script_enabled=scripts,
            )
            stack.callback(context.close)
            context.set_default_timeout(PATIENCE_SEC * 1000)
            context.on("request", lambda request: requests.append(request.url))
            context.on("weberror", lambda error: errors.append(str(error.error)))
            context.on("console", lambda message: errors.append(message.text))
            context.on("dialog", lambda dialog: errors.append(dialog.message))
            page = context.new_page()
            page.goto(file.as_uri())
            return page

        yield opened
        assert set(requests) == {file.as_uri()}
        assert errors == []


def open_all(page: Page) -> None:
    for summary in page.locator("summary").all():
        summary.click()


@pytest.mark.parametrize(("width", "scheme"), everywhere)
def test_nothing_is_in_the_way_of_anybody(opened: Open, width: int, scheme: str) -> None:
    page = opened(width, scheme)
    open_all(page)
    results = Axe().run(page)
    assert results.violations_count == 0, results.generate_report()


@pytest.mark.parametrize(("width", "scheme"), everywhere)
def test_the_page_fits_its_width(opened: Open, width: int, scheme: str) -> None:
    page = opened(width, scheme)
    open_all(page)
    assert page.evaluate("document.documentElement.scrollWidth") == width
    outside = "e => e.getBoundingClientRect().right > innerWidth || e.scrollWidth > e.clientWidth"
    for name in ("article", "nav", "table"):
        assert not any(each.evaluate(outside) for each in page.locator(name).all())


def test_the_colors_are_those_that_the_reader_prefers(opened: Open) -> None:
    def lightness(scheme: str) -> list[int]:
        style = opened(scheme=scheme).evaluate(
            "[...document.querySelectorAll('body, article')].map(e => getComputedStyle(e))"
            ".map(s => s.backgroundColor)"
        )
        return [sum(map(int, re.findall(r"\d+", color)[:3])) // 3 for color in style]

    assert min(lightness("light")) > 200
    assert max(lightness("dark")) < 60


def test_a_kind_of_day_has_a_height_of_its_own_besides_its_color(opened: Open) -> None:
    page = opened()
    style = "e => [getComputedStyle(e).strokeWidth, getComputedStyle(e).stroke]"
    kinds = [page.locator(f"article path.{each}").first.evaluate(style) for each in "uhsl"]
    assert len({height for height, _ in kinds}) == len({color for _, color in kinds}) == 4
    legend = [page.locator(f".legend path.{each}").evaluate(style) for each in "uhsl"]
    assert legend == kinds


@pytest.mark.parametrize("width", [NARROW, WIDE])
def test_a_screen_reader_finds_headings_bars_and_tables(opened: Open, width: int) -> None:
    page = opened(width)
    titles = ["Failing 4", "Invalid 1", "Recovering 1", "In warmup 1", "Unknown 1", "Healthy 5"]
    sections = page.get_by_role("main").get_by_role("heading", level=2)
    assert sections.all_inner_texts() == titles
    failing = page.get_by_role("region", name="Failing 4")
    names = failing.get_by_role("heading", level=3).all_inner_texts()
    assert set(names) == {"payment-provider", "checkout", HOSTILE, LONG}
    card = page.get_by_role("article").filter(has=page.get_by_text("search", exact=True))
    bar = card.get_by_role("img")
    expect(bar).to_have_accessible_name(re.compile(r"Failed on \d+ of 90 days, unknown before .*"))
    card.locator("summary").click()
    table = card.get_by_role("table")
    expect(table.get_by_role("columnheader")).to_have_count(5 if width == WIDE else 4)
    expect(table.get_by_role("row")).to_have_count(1 + 20)


def test_the_keyboard_reaches_everything_in_order_and_shows_where_it_is(opened: Open) -> None:
    page = opened()
    found: list[str] = []
    expected = page.locator("nav a, summary, article a").all_inner_texts()
    focused = "document.activeElement"
    for _ in expected:
        page.keyboard.press("Tab")
        found.append(page.evaluate(f"{focused}.innerText"))
        style, width = page.evaluate(
            f"(s => [s.outlineStyle, parseFloat(s.outlineWidth)])(getComputedStyle({focused}))"
        )
        assert (style, width) == ("solid", 3)
        box = page.evaluate(f"{focused}.getBoundingClientRect().toJSON()")
        assert 0 <= box["top"] <= box["bottom"] <= HEIGHT
    assert found == expected
    assert len(expected) > 12


def test_incidents_open_and_sections_are_reached_by_key(opened: Open) -> None:
    page = opened(NARROW)
    for _ in range(page.locator("nav a").count()):
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    heading = page.locator("#healthy")
    expect(heading).to_be_in_viewport()
    page.locator("summary").first.focus()
    table = page.locator("table").first
    expect(table).to_be_hidden()
    page.keyboard.press("Enter")
    expect(table).to_be_visible()


def test_a_link_to_the_cause_shows_its_card_below_the_heading_that_stays(opened: Open) -> None:
    page = opened(NARROW)
    page.get_by_role("link", name="payment-provider").first.click()
    card = page.locator("article:target h3")
    assert card.inner_text() == "payment-provider"
    heading = page.locator("#failing").bounding_box()
    name = card.bounding_box()
    assert heading is not None
    assert name is not None
    assert heading["y"] + heading["height"] <= name["y"] < HEIGHT


def test_the_page_can_be_read_without_scripts(opened: Open) -> None:
    page = opened(NARROW, scripts=False)
    expect(page.get_by_role("heading", level=1)).to_have_text("4 of 13 events failing")
    page.locator("summary").first.click()
    expect(page.locator("table").first).to_be_visible()
    assert page.locator("script").count() == 0


def test_hostile_texts_are_texts(opened: Open) -> None:
    page = opened()
    open_all(page)
    card = page.get_by_role("article").filter(has=page.get_by_role("heading", name=HOSTILE))
    assert card.get_by_role("heading").inner_text() == HOSTILE
    assert card.locator("code").inner_text() == HOSTILE
    assert page.get_by_role("link", name=HOSTILE).count() == 1
    assert page.locator("img, script").count() == 0
    assert page.title() == "4 of 13 events failing – DIVA report"
