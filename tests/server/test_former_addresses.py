"""Former addresses lead on, or say why nothing is there any more; the site has the same words."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.bench import project_at
from tests.server.served import Served, served

HTML = {"Accept": "text/html"}
TURTLE = {"Accept": "text/turtle"}


@pytest.fixture(scope="module")
def server(example_build: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    root = project_at(tmp_path_factory.mktemp("served") / "project")
    with served(example_build, root=root) as running:
        yield running


@pytest.mark.parametrize("accept", [HTML, TURTLE, {}], ids=["page", "data", "any"])
@pytest.mark.parametrize(
    ("path", "location"),
    [
        ("/technique/groming", "../threat/grooming"),
        ("/technique/groming.ttl", "../threat/grooming.ttl"),
        ("/technique/groming.jsonld", "../threat/grooming.jsonld"),
        ("/technique/groming.html", "../threat/grooming"),
        ("/threat/luring", "../technique/groming"),
    ],
)
def test_a_renamed_or_merged_address_leads_on(path: str, location: str, accept: dict[str, str], server: Served) -> None:
    got = server.ask(path, accept)
    assert (got.status, got.headers["Location"]) == (301, location)


GONE = "/example-2020/finding/seen-perhaps"


def test_the_page_of_a_retracted_address_says_why(server: Served) -> None:
    got = server.ask(GONE, HTML)
    assert (got.status, got.media) == (410, "text/html")
    assert "was retracted on 2020-06-02. The report does not print it." in got.text
    assert server.ask(f"{GONE}.html").text == got.text


@pytest.mark.parametrize(("path", "accept"), [(GONE, TURTLE), (f"{GONE}.ttl", {})], ids=["by Accept", "by ending"])
def test_the_data_of_a_retracted_address_say_why(path: str, accept: dict[str, str], server: Served) -> None:
    got = server.ask(path, accept)
    assert (got.status, got.media) == (410, "text/turtle")
    assert 'adms:versionNotes "The report does not print it."@en' in got.text
    assert "prov:wasInvalidatedBy <" in got.text


def test_a_program_that_takes_json_gets_the_reason(server: Served) -> None:
    got = server.ask(GONE, {"Accept": "application/json"})
    assert (got.status, got.media) == (410, "application/json")
    assert '"hint":"The report does not print it."' in got.text.replace('": "', '":"')


def test_the_page_of_a_split_address_lists_its_parts(server: Served) -> None:
    got = server.ask("/platform/chat", HTML)
    assert got.status == 410
    assert [text in got.text for text in ("One row named two things.", ">Example Chat<", ">encryption<")] == [True] * 3


def test_a_deprecated_thing_answers_with_a_banner(server: Served) -> None:
    got = server.ask("/technology/encryption.html")
    assert got.status == 200
    assert "<strong>Deprecated</strong> on 2020-06-05" in got.text
    assert 'Use instead: <a href="../technology/end-to-end-encryption.html">' in got.text
    assert "owl:deprecated true" in server.ask("/technology/encryption.ttl").text


def test_the_page_that_shows_a_corrected_fact_says_what_it_was(example_build: Path) -> None:
    page = (example_build / "site/example-2020/question/seen.html").read_text(encoding="utf-8")
    assert "The legend was read in the wrong order." in page
    assert "Before: value=62.5" in page


def test_the_site_has_a_page_for_each_former_address(example_build: Path) -> None:
    site = example_build / "site"
    renamed = (site / "threat/luring.html").read_text(encoding="utf-8")
    assert '<link rel="canonical" href="../threat/grooming.html">' in renamed
    assert "was merged on 2020-06-03. Two rows for one threat." in renamed
    retracted = (site / f"{GONE[1:]}.html").read_text(encoding="utf-8")
    assert "was retracted on 2020-06-02. The report does not print it." in retracted
    assert 'rel="canonical"' not in retracted


def test_the_graph_says_what_became_of_addresses(example_build: Path) -> None:
    base = "https://w3id.org/child-protection-kg/"
    lines = (example_build / "kg.nq").read_text(encoding="utf-8")
    for thing, term, other in (
        ("technique/groming", "http://purl.org/dc/terms/isReplacedBy", f"<{base}threat/grooming>"),
        ("threat/grooming", "http://purl.org/dc/terms/replaces", f"<{base}technique/groming>"),
        (
            GONE[1:],
            "http://www.w3.org/ns/prov#wasInvalidatedBy",
            f"<{base}address-change/{GONE[1:].replace('/', '-')}>",
        ),
        (GONE[1:], "http://www.w3.org/2002/07/owl#deprecated", '"true"^^<http://www.w3.org/2001/XMLSchema#boolean>'),
        ("example-2020/finding/seen-no", "http://www.w3.org/ns/adms#versionNotes", '"The legend was'),
    ):
        assert f"<{base}{thing}> <{term}> {other}" in lines
