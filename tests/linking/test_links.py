"""Links lead out of the graph as mappings say: directly, counted for each vocabulary, and readable by other tools."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from kg_builder.core.iris import BASE
from tests.bench import EXAMPLE, ROOT, project_at, tables_of
from tests.draft import Draft, contents
from tests.validators import NEEDED, validated

TABLE = "data/links/subjects.sssom.tsv"
SKOS = "http://www.w3.org/2004/02/skos/core#"
VOC = "http://example.org/voc/"
VOID = "http://rdfs.org/ns/void#"
XSD = "http://www.w3.org/2001/XMLSchema#"
REAL = [path for path in tables_of(ROOT / "data") if path.parent.name == "links"]


def quads_of(build: Path, base: str = BASE) -> set[str]:
    """The graph of links as N-Triples, what begins as all things of ours do cut to `:`."""
    lines = (build / "kg.nq").read_text(encoding="utf-8").splitlines()
    ending = f" <{base}graph/links> ."
    return {line.removesuffix(ending).replace(f"<{base}", "<:") for line in lines if line.endswith(ending)}


@pytest.fixture(scope="module")
def links(example_files: Path) -> set[str]:
    return quads_of(example_files)


# ---------------------------------------------------------------- what mappings say


@pytest.mark.parametrize(
    "link",
    [
        f"<:threat/grooming> <{SKOS}exactMatch> <{VOC}enticement>",
        f"<:technology/encryption> <{SKOS}exactMatch> <{VOC}cryptography>",
        f"<:threat/extortion> <{SKOS}broadMatch> <{VOC}offences>",
        f"<:threat/grooming> <{SKOS}closeMatch> <:external-code/example-code-7>",
        f"<:example-2020/question/change> <{SKOS}relatedMatch> <:example-2020/question/seen>",
        "<:ontology#Platform> <http://www.w3.org/2000/01/rdf-schema#subClassOf> <http://example.org/classes/Channel>",
    ],
)
def test_what_a_mapping_says_is_a_direct_link(link: str, links: set[str]) -> None:
    assert link in links


def test_what_a_mapping_rejects_is_no_direct_link(links: set[str]) -> None:
    rejected = f"<{VOC}pet-grooming>"
    assert {line.split()[0] for line in links if rejected in line} == {"<:mapping/grooming-pet-grooming>"}


def test_a_rejected_mapping_keeps_its_reason(links: set[str]) -> None:
    comment = "<http://www.w3.org/2000/01/rdf-schema#comment>"
    assert f'<:mapping/grooming-pet-grooming> {comment} "The care of animals."' in links
    assert '<:mapping/grooming-pet-grooming> <https://w3id.org/sssom/predicate_modifier> "Not"' in links


def test_a_mapping_of_questions_says_how_these_differ(links: set[str]) -> None:
    mapping = "<:mapping/change-seen> <:ontology#differenceIn"
    assert f'{mapping}Wording> "The one asks for a change, the other for any case."@en' in links
    assert f'{mapping}Base> "The same officers."@en' in links


def test_links_are_in_no_other_graph(example_files: Path) -> None:
    lines = (example_files / "kg.nq").read_text(encoding="utf-8").splitlines()
    found = {line.rsplit(" ", 2)[1] for line in lines if f"<{VOC}enticement>" in line}
    assert found == {f"<{BASE}graph/links>"}


def test_a_mapping_is_named_after_its_two_ends(example_files: Path) -> None:
    text = (example_files / "kg.nq").read_text(encoding="utf-8")
    mapping = f"<{BASE}mapping/grooming-pet-grooming> <{SKOS}prefLabel>"
    assert f'{mapping} "grooming has exact match not: Grooming"@en <{BASE}graph/derived> .' in text


# ---------------------------------------------------------------- how many lead where


def test_each_vocabulary_and_predicate_is_a_linkset_with_its_number(links: set[str]) -> None:
    counted = {line for line in links if f"<{VOID}triples>" in line}
    number = f"<{VOID}triples> "
    assert counted == {
        f'<:vocabulary/example-classes/subClassOf> {number}"1"^^<{XSD}integer>',
        f'<:vocabulary/example-codes/closeMatch> {number}"1"^^<{XSD}integer>',
        f'<:vocabulary/example-vocabulary/broadMatch> {number}"1"^^<{XSD}integer>',
        f'<:vocabulary/example-vocabulary/exactMatch> {number}"2"^^<{XSD}integer>',
    }


def test_a_linkset_says_from_where_to_where_and_how_it_leads(links: set[str]) -> None:
    linkset = "<:vocabulary/example-vocabulary/broadMatch>"
    assert {line.removeprefix(f"{linkset} ") for line in links if line.startswith(linkset)} == {
        f"<http://www.w3.org/1999/02/22-rdf-syntax-ns#type> <{VOID}Linkset>",
        f'<{SKOS}prefLabel> "Links to Example Vocabulary: has wider match"@en',
        f"<{VOID}linkPredicate> <{SKOS}broadMatch>",
        f"<{VOID}objectsTarget> <:vocabulary/example-vocabulary>",
        f"<{VOID}subjectsTarget> <:dataset>",
        f'<{VOID}triples> "1"^^<{XSD}integer>',
    }


# ---------------------------------------------------------------- another base, another form


@pytest.fixture(scope="module")
def moved(tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    """The links of a build with another base."""
    folder = tmp_path_factory.mktemp("moved")
    draft = Draft(project_at(folder / "project"), folder / "build")
    assert draft.build("--base", "https://example.org/kg/", "--format", "nq").code == 0
    return quads_of(draft.out, "https://example.org/kg/")


def test_another_base_moves_what_is_ours_and_leaves_what_is_elsewhere(moved: set[str]) -> None:
    assert f"<:threat/grooming> <{SKOS}exactMatch> <{VOC}enticement>" in moved
    assert f"<:threat/grooming> <{SKOS}closeMatch> <:external-code/example-code-7>" in moved


def test_another_base_leaves_the_ontology(moved: set[str]) -> None:
    subclass = "<http://www.w3.org/2000/01/rdf-schema#subClassOf>"
    assert f"<{BASE}ontology#Platform> {subclass} <http://example.org/classes/Channel>" in moved


def test_another_base_leaves_nothing_of_ours_behind_but_codes_of_the_ontology(moved: set[str]) -> None:
    ours = {word for line in moved for word in line.split() if word.startswith(f"<{BASE}") and "#" not in word}
    assert ours == {f"<{BASE}author-kind/person>", f"<{BASE}author-kind/program>"}


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (b"#curie_map", b"\xef\xbb\xbf#curie_map"),
        (b"\n", b"\r\n"),
        (b"example:offences", b'"example:offences"'),
    ],
    ids=["byte-order-mark", "crlf", "quotes-without-need"],
)
def test_another_form_of_the_same_mappings_gives_the_same_bytes(
    before: bytes, after: bytes, draft: Draft, example_files: Path
) -> None:
    content = (draft.root / TABLE).read_bytes()
    assert before in content
    draft.write(TABLE, content.replace(before, after))
    assert draft.build().code == 0
    assert contents(draft.out) == contents(example_files)


def test_a_name_without_a_prefix_may_be_a_whole_address(draft: Draft) -> None:
    draft.change(TABLE, "example:offences", "http://example.org/voc/offences")
    assert draft.build("--format", "nq").code == 0
    assert f"<:threat/extortion> <{SKOS}broadMatch> <{VOC}offences>" in quads_of(draft.out)


# ---------------------------------------------------------------- other tools read them


VALIDATE = """
import json, sys
from sssom.constants import DEFAULT_VALIDATION_TYPES
from sssom.io import validate_file
for path in sys.argv[1:]:
    reports = validate_file(path, list(DEFAULT_VALIDATION_TYPES), fail_on_error=False)
    print(json.dumps([path, [result.message for report in reports.values() for result in report.results]]))
"""
"""Prints the faults that the library finds in each file; it takes seconds to start."""


@pytest.fixture(scope="module")
def verdicts(tmp_path_factory: pytest.TempPathFactory, example_files: Path) -> dict[str, list[str]]:
    """What the library for SSSOM says of the tables of mappings by name, and of a faulty one."""
    published = example_files / "tables/links/subjects.sssom.tsv"
    faulty = tmp_path_factory.mktemp("sssom") / "faulty.sssom.tsv"
    faulty.write_text(published.read_text(encoding="utf-8").replace("semapv:Manual", "semapv:Magic"), encoding="utf-8")
    run = validated("python", "-c", VALIDATE, EXAMPLE / TABLE, *REAL, published, faulty)
    return dict(json.loads(line) for line in run.stdout.splitlines() if line.startswith("["))


@NEEDED
def test_the_mappings_are_valid_for_the_sssom_library(verdicts: dict[str, list[str]]) -> None:
    assert len(verdicts) == len(REAL) + 3
    assert {path for path, said in verdicts.items() if said and "faulty" not in path} == set()


@NEEDED
def test_a_faulty_mapping_is_not_valid_for_the_sssom_library(verdicts: dict[str, list[str]]) -> None:
    (said,) = (said for path, said in verdicts.items() if "faulty" in path)
    assert any("semapv:MagicMappingCuration" in each for each in said)
