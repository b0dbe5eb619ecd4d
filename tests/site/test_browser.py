"""The pages in a real browser: opened from files, read by axe, used by keyboard, without a request to anywhere."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from tests.browsing import MARKS, Watched, chromium, watched_at

pytestmark = MARKS

PAGES = (
    "index.html",
    "questions.html",
    "questions/how-common.html",
    "questions/words-against-figures.html",
    "graph.html",
    "things.html",
    "sparql.html",
    "data.html",
    "ontology.html",
    "dictionary.html",
    "threat/sexual-extortion.html",
    "expert/victoria-baines.html",
    "netclean-2018/insight/insight-2.html",
    "netclean-2018/question/self-produced-frequency.html",
    "netclean-2018/question/cases-changed.html",
    "netclean-2018/question/deepfakes-encountered.html#netclean-2018/finding/deepfakes-encountered-yes",
)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    yield from chromium()


@pytest.fixture
def watched(browser: Browser, real_build: Path) -> Iterator[Watched]:
    yield from watched_at(browser, (real_build / "site").as_uri())


def faults_of(page: Page, **options: Any) -> list[str]:
    """What axe finds, at WCAG 2.2 AA and its own best practices, as one line a fault."""
    found = Axe().run(page, options={"preload": False, **options}).response["violations"]
    return [f"{each['id']}: {node['html'][:120]}" for each in found for node in each["nodes"]]


@pytest.mark.slow
@pytest.mark.parametrize("path", PAGES)
def test_axe_finds_nothing(path: str, watched: Watched) -> None:
    watched.page.emulate_media(color_scheme="light", reduced_motion="reduce")
    page = watched.open(path)
    page.wait_for_timeout(300)
    assert faults_of(page) == []
    page.emulate_media(color_scheme="dark")  # only colours differ
    page.wait_for_timeout(300)
    assert faults_of(page, runOnly=["color-contrast"]) == []


@pytest.mark.parametrize("path", PAGES)
def test_a_phone_shows_the_page_without_moving_it_sideways(path: str, watched: Watched) -> None:
    watched.page.set_viewport_size({"width": 360, "height": 740})
    page = watched.open(path)
    page.wait_for_timeout(300)
    assert page.evaluate("document.scrollingElement.scrollWidth - document.scrollingElement.clientWidth") <= 0


def test_the_first_key_leads_past_the_navigation(watched: Watched) -> None:
    page = watched.open("index.html")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to the content"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "content"


def test_the_search_finds_a_thing_by_a_word_that_is_never_shown(watched: Watched) -> None:
    page = watched.open("index.html")
    page.get_by_role("combobox", name="Search").click()
    page.keyboard.type("sextortion", delay=20)
    page.get_by_role("option").first.wait_for()
    assert "sexual extortion" in (page.get_by_role("option").first.text_content() or "")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_url("**/threat/sexual-extortion.html")


def test_a_link_to_a_thing_in_closed_details_opens_them(watched: Watched) -> None:
    page = watched.open("things.html#unit/percent")
    assert page.evaluate("document.querySelector(':target').closest('details').open")


def test_a_chart_is_saved_as_png(watched: Watched, tmp_path: Path) -> None:
    page = watched.open("netclean-2018/question/deepfakes-frequency.html")
    with page.expect_download() as started:
        page.get_by_role("button", name="PNG").click()
    started.value.save_as(tmp_path / "chart.png")
    assert started.value.suggested_filename == "deepfakes-frequency.png"
    assert (tmp_path / "chart.png").read_bytes().startswith(b"\x89PNG")


def test_the_graph_tells_of_the_thing_that_is_chosen(watched: Watched) -> None:
    page = watched.open("graph.html#thing=threat/grooming")
    panel = page.get_by_label("What is chosen")
    panel.get_by_role("heading", name="grooming").wait_for()
    assert "sexual extortion" in (panel.text_content() or "")


def test_the_graph_finds_the_shortest_path(watched: Watched) -> None:
    page = watched.open("graph.html")
    page.get_by_text("Shortest path between two things").click()
    for label, name in (("From", "grooming"), ("To", "deepfakes")):
        page.get_by_label(label, exact=True).fill(name)
        page.locator("[role=option]:visible").first.wait_for()
        page.keyboard.press("ArrowDown")
        page.keyboard.press("Enter")
    page.wait_for_timeout(300)
    assert "deepfakes" in (page.get_by_label("What is chosen").text_content() or "")


def test_the_editor_answers_on_the_file_copy(watched: Watched) -> None:
    page = watched.open("sparql.html#query=SELECT%20(COUNT(*)%20AS%20%3Fn)%20WHERE%20%7B%20%3Fs%20%3Fp%20%3Fo%20%7D")
    page.get_by_role("button", name="Run").click()
    page.locator("#table td").first.wait_for()
    number = int((page.locator("#table td").first.text_content() or "").replace(",", ""))
    assert number > 35_000


def test_the_editor_refuses_to_ask_other_hosts(watched: Watched) -> None:
    page = watched.open(
        "sparql.html#query=SELECT%20*%20WHERE%20%7B%20SERVICE%20%3Curn%3Ax%3E%20%7B%20%3Fs%20%3Fp%20%3Fo%20%7D%20%7D"
    )
    page.get_by_role("button", name="Run").click()
    page.locator("#fault:not(:empty)").wait_for()
    assert "SERVICE" in (page.locator("#fault").text_content() or "")
