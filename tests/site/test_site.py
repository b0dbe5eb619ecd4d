"""The site: every page leads somewhere, loads nothing from elsewhere, and tells what the graph holds."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

import pytest

from kg_builder.answers.graph_reader import GraphReader
from kg_builder.graph.built_graph import Project
from kg_builder.pipeline import build
from kg_builder.site import writer as site
from kg_builder.site.page_index import Directory
from tests.bench import ROOT, project_at

THING = "threat/sexual-extortion"
ASKED = "netclean-2018/question/deepfakes-frequency"
RESULT = "netclean-2018/insight/insight-6"
NEVER_CLOSED = {"br", "col", "hr", "img", "input", "link", "meta"}


class Page(HTMLParser):
    """A page as a reader of HTML sees it: addresses, ids, text, and whether every element is closed."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.addresses: list[str] = []
        self.loaded: list[str] = []
        self.ids: list[str] = []
        self.text = ""
        self.open: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self.addresses += [given[name] for name in ("href", "src", "action") if name in given]
        self.loaded += [given["src"]] if "src" in given else [given["href"]] if tag == "link" else []
        self.ids += [given["id"]] if "id" in given else []
        if tag not in NEVER_CLOSED:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in NEVER_CLOSED:
            self.open.pop()

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data


@pytest.fixture(scope="module")
def pages(real_build: Path) -> dict[str, Page]:
    """All pages by their path."""
    folder = real_build / "site"
    return {
        path.relative_to(folder).as_posix(): Page(path.read_text(encoding="utf-8")) for path in folder.rglob("*.html")
    }


def inside(pages: dict[str, Page]) -> Iterator[tuple[str, str, str]]:
    """The addresses within the site: page, path from the root, fragment."""
    for path, page in pages.items():
        for address in page.addresses:
            if not re.match(r"[a-z]+:", address):
                target, _, fragment = address.partition("#")
                depth = path.count("/")
                up = len(re.match(r"(\.\./)*", target)[0]) // 3  # type: ignore[index]
                above = path.split("/")[: depth - up] if up <= depth else [".."]
                yield path, "/".join([*above, target[3 * up :]]) if target else path, fragment


def test_the_pages_are_those_of_what_people_look_up(pages: dict[str, Page]) -> None:
    kinds = Counter(
        re.sub(r"^[a-z-]+-\d{4}(-\d{4})?/|^ncmec-cybertipline/", "", path).rpartition("/")[0] for path in pages
    )
    assert kinds == {
        "": 8, "age-bracket": 17, "challenge": 27, "crime": 9, "cryptocurrency": 7, "database": 6, "document": 6,
        "expert": 9, "focus-area": 6, "insight": 8, "material-type": 15, "mention": 1,
        "organisation": 35, "place": 261,
        "platform": 14, "population": 39, "product": 4, "project": 3, "question": 85, "questions": 79,
        "relation": 51, "report": 11,
        "service": 7, "speaker": 4, "survey": 13, "technique": 24, "technology": 45, "threat": 27, "vocabulary": 19,
    }  # fmt: skip


def test_every_element_is_closed(pages: dict[str, Page]) -> None:
    assert {path for path, page in pages.items() if page.open} == set()


def test_no_page_has_an_id_twice(pages: dict[str, Page]) -> None:
    assert {path for path, page in pages.items() if len(page.ids) != len(set(page.ids))} == set()


def test_every_address_within_the_site_leads_to_a_file(pages: dict[str, Page], real_build: Path) -> None:
    folder = real_build / "site"
    served = {
        "sparql.html",
        "assets/LICENCES.txt",
        *(f"assets/{name}.js" for name in ("charts", "graph", "search", "sparql")),
    }
    targets = {target for _, target, _ in inside(pages)}
    lost = {target for target in targets if not (folder / target).exists()}
    assert {target for target in lost - served if not re.match(r"questions/[a-z-]+$", target)} == set()


def test_every_fragment_leads_to_an_id(pages: dict[str, Page]) -> None:
    interactive = {"graph.html", "sparql.html"}  # their scripts read what stands behind the hash
    lost = {
        (target, fragment)
        for _, target, fragment in inside(pages)
        if fragment and target in pages and target not in interactive and fragment not in pages[target].ids
    }
    assert lost == set()


def test_no_page_loads_anything_from_elsewhere(pages: dict[str, Page]) -> None:
    assert {
        address for page in pages.values() for address in page.loaded if re.match(r"(?!data:)[a-z]+:|//", address)
    } == set()


def test_every_thing_is_shown_on_a_page(pages: dict[str, Page], graph: GraphReader) -> None:
    shown = {thing.path: thing.address.partition("#") for thing in Directory(graph).things.values()}
    assert len(shown) == 8_545
    assert {
        path for path, (page, _, id_) in shown.items() if page not in pages or id_ not in ["", *pages[page].ids]
    } == set()


@pytest.mark.parametrize(
    ("path", "address"),
    [
        (ASKED, f"{ASKED}.html"),
        ("netclean-2018/finding/deepfakes-encountered-yes", "netclean-2018/question/deepfakes-encountered.html"),
        ("netclean-2018/option/deepfakes-encountered-yes", "netclean-2018/question/deepfakes-encountered.html"),
        ("netclean-2018/discrepancy/none-or-not-applicable", "netclean-2018/question/forums-number.html"),
        ("unit/percent", "things.html"),
    ],
)
def test_a_thing_is_shown_on_the_page_of_what_it_belongs_to(path: str, address: str, graph: GraphReader) -> None:
    expected = address if address == f"{path}.html" else f"{address}#{path}"
    assert Directory(graph).things[graph.base + path].address == expected


def text_of(name: str) -> str:
    (path,) = (ROOT / "queries" / "answers").rglob(f"{name}.rq")
    return path.read_text(encoding="utf-8")


def test_every_stored_question_has_a_page_with_its_query(pages: dict[str, Page], graph: GraphReader) -> None:
    assert [name for name in graph.questions if text_of(name) not in pages[f"questions/{name}.html"].text] == []


@pytest.mark.parametrize(
    ("path", "words"),
    [
        (ASKED, "Of: Officers who have met deepfakes · single choice · percent"),
        (ASKED, "Deepfakes are very uncommon: 12.2 or 12.5 percent"),
        (ASKED, "12.5% (legend)"),
        (ASKED, "Text and chart compared"),
        (ASKED, "Where the report disagrees with itself"),
        (ASKED, "Table"),
        (RESULT, "The survey questions"),
        (RESULT, "Have you come across deepfakes in your investigations?"),
        (RESULT, "Text and chart compared"),
        (RESULT, "What experts say"),
        (RESULT, "What single officers say"),
        (RESULT, "Where the report says so"),
        (RESULT, "Where the report disagrees with itself"),
        (THING, "How common it is"),
        (THING, "What the report relates to it"),
        (THING, "For data users"),
        (THING, "develops into"),
        (THING, "A child is"),
        ("expert/victoria-baines", "Posts that the report names"),
        (ASKED, "Also on this page"),
        ("things", "Lists of codes"),
    ],
)
def test_a_page_tells(path: str, words: str, pages: dict[str, Page]) -> None:
    assert words in pages[f"{path}.html"].text


def test_a_thing_is_never_called_by_an_outdated_term(pages: dict[str, Page]) -> None:
    shown = re.compile(r"child porn|kiddie", re.IGNORECASE)
    named = {path for path, page in pages.items() if shown.search(page.text.split("RDF")[0])}
    assert named <= {path for path in pages if path.startswith("questions/")}


@pytest.mark.parametrize("ending", ["svg", "csv", "json"])
def test_the_chart_of_a_question_can_be_taken_along(ending: str, real_build: Path) -> None:
    assert (real_build / "site" / f"{ASKED}.{ending}").stat().st_size > 300


def test_each_chart_of_a_question_has_files_of_its_own(real_build: Path) -> None:
    folder = real_build / "site/netclean-2018/question"
    page = (folder / "employers-reactions.html").read_text(encoding="utf-8")
    linked = re.findall(r'href="[^"]*/(employers-reactions[^"/]*\.svg)" download', page)
    assert linked == ["employers-reactions.svg", "employers-reactions.2.svg"]
    assert len({(folder / name).read_bytes() for name in linked}) == 2


def test_the_numbers_of_a_chart_are_those_of_the_question(real_build: Path, graph: GraphReader) -> None:
    rows = json.loads((real_build / "site" / f"{ASKED}.json").read_text(encoding="utf-8"))["rows"]
    assert [row["value"] for row in rows] == [float(row["value"]) for row in graph.ask("question", question=ASKED)]


def test_the_names_for_the_search_know_outdated_terms_too(real_build: Path) -> None:
    script = (real_build / "site/assets/names.js").read_text(encoding="utf-8")
    names = json.loads(script.removeprefix("window.kgNames = ").removesuffix(";\n"))
    found = {address: others for address, _, _, others in names}
    assert "sextortion" in found[f"{THING}.html"]


def test_the_page_of_data_lists_the_sums_of_the_build(pages: dict[str, Page], real_build: Path) -> None:
    sums = dict(line.split("  ")[::-1] for line in (real_build / "SHA256SUMS").read_text("utf-8").splitlines())
    assert sums["kg.nq"] in pages["data.html"].text


def test_a_large_graph_has_no_site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(site, "LIMIT", 10)
    build(Project(project_at(tmp_path / "project")), tmp_path / "build")
    assert not (tmp_path / "build" / "site").exists()


def test_without_bundles_the_pages_say_what_is_missing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(site, "BUNDLES", tmp_path / "none")
    build(Project(project_at(tmp_path / "project"), formats=("site",)), tmp_path / "build")
    folder = tmp_path / "build" / "site"
    assert "its script was not available" in Page((folder / "graph.html").read_text(encoding="utf-8")).text
    assert not list((folder / "assets").glob("*graph.js"))


def test_a_live_page_leads_to_its_own_answer_in_other_formats(graph: GraphReader) -> None:
    given = {"topic": "threat/grooming"}
    page = Page(site.live_pages(graph).live("how-common", given, graph.ask("how-common", **given)))
    assert "../questions/how-common?topic=threat%2Fgrooming&format=csv" in page.addresses
