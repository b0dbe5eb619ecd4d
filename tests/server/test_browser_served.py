"""The served pages in a real browser, under the policy that the server sends: nothing fails, nobody else is asked."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browsing import MARKS, Watched, chromium, watched_at
from tests.server.served import Served, served

pytestmark = MARKS

COUNT = "sparql.html#query=SELECT%20(COUNT(*)%20AS%20%3Fn)%20%7B%3Fs%20%3Fp%20%3Fo%7D"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    yield from chromium()


@pytest.fixture(scope="module")
def server(real_build: Path) -> Iterator[Served]:
    with served(real_build, "--quiet") as running:
        yield running


@pytest.fixture
def watched(browser: Browser, server: Served) -> Iterator[Watched]:
    yield from watched_at(browser, f"http://127.0.0.1:{server.port}")


def asked(watched: Watched) -> list[str]:
    """The addresses that were asked for, from the site's root."""
    return [url.removeprefix(f"{watched.origin}/") for url in watched.asked if url.startswith(watched.origin)]


@pytest.mark.parametrize(
    ("path", "heading"),
    [
        ("", "What surveys report"),
        ("threat/grooming.html", "grooming"),
        ("netclean-2018/question/self-produced-frequency.html", "self-produced"),
        ("questions/how-common?topic=threat/grooming", "How common is something"),
        ("things.html", "All that the graph holds"),
        ("data.html", "Data"),
    ],
)
def test_a_page_opens_without_a_fault(path: str, heading: str, watched: Watched) -> None:
    page = watched.open(path)
    page.wait_for_load_state("networkidle")
    expect(page.get_by_role("heading", level=1)).to_contain_text(heading)


def test_the_graph_is_drawn_without_a_fault(watched: Watched) -> None:
    page = watched.open("graph.html#thing=threat/grooming")
    expect(page.get_by_label("What is chosen").get_by_role("heading", name="grooming")).to_be_visible()


def test_the_address_of_a_thing_leads_to_its_page(watched: Watched) -> None:
    page = watched.open("threat/grooming")
    assert page.url == f"{watched.origin}/threat/grooming.html"


def test_the_address_of_the_endpoint_leads_to_the_editor_with_the_query(watched: Watched) -> None:
    page = watched.open("sparql?query=ASK%20%7B%7D")
    assert page.url == f"{watched.origin}/sparql.html#query=ASK%20%7B%7D"
    expect(page.get_by_role("textbox", name="Query in SPARQL")).to_contain_text("ASK {}")


def test_an_address_that_is_not_there_has_a_page_in_the_look_of_the_site(watched: Watched) -> None:
    page = watched.open("threat/no-such/place")
    expect(page.get_by_role("heading", level=1)).to_have_text("There is no page at this address")
    page.get_by_role("link", name="All things of the graph").click()
    assert page.url == f"{watched.origin}/things.html"
    assert [fault for fault in watched.faults if "404" in fault] == watched.faults
    watched.faults.clear()


def run(page: Page) -> None:
    page.get_by_role("button", name="Run", exact=True).click()


def test_the_editor_asks_the_server(watched: Watched) -> None:
    page = watched.open(COUNT)
    expect(page.get_by_label("server")).to_be_checked()
    run(page)
    expect(page.locator("#status")).to_contain_text("server, in")
    assert ("sparql" in asked(watched), "assets/graph.nq.js" in asked(watched)) == (True, False)


def test_the_editor_may_ask_the_copy_beside_a_server_too(watched: Watched) -> None:
    page = watched.open(COUNT)
    page.get_by_label("the copy in this page").check()
    run(page)
    expect(page.locator("#status")).to_contain_text("from the copy in this page", timeout=20_000)
    assert ("sparql" in asked(watched), "assets/graph.nq.js" in asked(watched)) == (False, True)


def test_a_form_asks_a_stored_question_of_another_thing(watched: Watched) -> None:
    page = watched.open("questions/how-common.html")
    page.get_by_label("topic", exact=True).fill("threat/grooming")
    page.get_by_role("button", name="Show", exact=True).click()
    page.wait_for_url("**/questions/how-common?topic=threat*grooming")
    expect(page.get_by_role("heading", name="Answer for")).to_contain_text("grooming")
