"""Faulty shapes and ontologies are refused with file and line; nothing is fetched, and no pattern runs for ever."""

from __future__ import annotations

import os
import shutil
import socket
from pathlib import Path

import pytest

from tests.draft import Draft
from tests.processes import in_own_process

COMMON = "ontology/shapes/common.ttl"
KNOWS = "expected a term that the builder knows."
DECLARES = "expected a term that ontology/kg.ttl declares."
NUMBER = "expected a number. Write it without quotes."
LINEAR = "expected a regular expression without look-around and back-references (RE2). Fix the pattern."

FROM = "expected properties of columns of the table, the first of a column that must be filled. Correct idFrom."
FOLLOW = "Name the property of a column of this table, then one of the table to which that column refers."

TABLE = "sh:targetClass kg:Unit ;"
COLUMN = 'csvw:name "issued" ;\n    sh:path dcterms:issued ;\n    sh:order 20 ;'
CODE = "kg:isoAlpha2 ;"

FAULTS: dict[str, tuple[str, str, str, str]] = {
    "imports": (
        "<https://w3id.org/child-protection-kg/shapes> a owl:Ontology ;",
        "<https://w3id.org/child-protection-kg/shapes> a owl:Ontology ;\n    owl:imports <http://127.0.0.1:8/> ;",
        "<https://w3id.org/child-protection-kg/shapes> a",
        "found owl:imports, expected no imports, because a build reads nothing from elsewhere. Remove it.",
    ),
    "javascript-on-a-table": (
        TABLE,
        (
            f'{TABLE}\n    sh:js [ a sh:JSConstraint ; sh:jsFunctionName "f" ;\n'
            '        sh:jsLibrary [ sh:jsLibraryURL "http://127.0.0.1:8/x.js"^^xsd:anyURI ] ] ;'
        ),
        "shape:Unit a",
        "found a JavaScript constraint, expected SHACL Core or SHACL-SPARQL. Write it as SPARQL.",
    ),
    "javascript-on-a-column": (
        COLUMN,
        f'{COLUMN}\n    sh:js [ a sh:JSConstraint ; sh:jsFunctionName "f" ] ;',
        "shape:Document-issued a",
        "found a JavaScript constraint, expected SHACL Core or SHACL-SPARQL. Write it as SPARQL.",
    ),
    "unknown-property": (
        "sh:path foaf:name ;",
        "sh:path foaf:nmae ;",
        "shape:Expert-name a",
        f"found path nmae, {DECLARES} Did you mean name?",
    ),
    "unknown-class": (
        TABLE,
        "sh:targetClass kg:Unti ;",
        "shape:Unit a",
        f"found targetClass Unti, {DECLARES} Did you mean Unit?",
    ),
    "unknown-class-of-a-reference": (
        "sh:class kg:Service ;",
        "sh:class kg:Servise ;",
        "shape:Survey-administered-through a",
        f"found class Servise, {DECLARES} Did you mean Service?",
    ),
    "misspelt-term": (
        COLUMN,
        f"{COLUMN}\n    sh:maxLenght 4 ;",
        "shape:Document-issued a",
        f"found maxLenght on a column, {KNOWS} Did you mean maxLength?",
    ),
    "term-that-is-not-heeded": (
        TABLE,
        f"{TABLE}\n    sh:closed true ;",
        "shape:Unit a",
        f"found closed on a table, {KNOWS} Fix the name, or declare the term first.",
    ),
    "rule": (
        TABLE,
        f"{TABLE}\n    sh:rule [ a sh:TripleRule ] ;",
        "shape:Unit a",
        f"found rule on a table, {KNOWS} Fix the name, or declare the term first.",
    ),
    "table-without-a-class": (
        TABLE,
        "",
        "shape:Unit a",
        "found a table without targetClass, expected one targetClass. Add it.",
    ),
    "two-properties-in-a-column": (
        "sh:path foaf:name ;",
        "sh:path foaf:name, dcterms:title ;",
        "shape:Expert-name a",
        "found 2 path on a column, expected one. Remove the others.",
    ),
    "path-of-two-steps": (
        "sh:path foaf:name ;",
        "sh:path ( foaf:name dcterms:title ) ;",
        "shape:Expert-name a",
        "found a path that is not one property, expected the IRI of a property. Name one.",
    ),
    "column-twice": (
        COLUMN,
        COLUMN.replace('"issued"', '"publisher"'),
        "shape:Document a",
        "found 2 columns named publisher, expected each column once. Rename one of them.",
    ),
    "column-that-is-not-defined": (
        "shape:Document-issued,",
        "shape:Document-isued,",
        "shape:Document a",
        "found Document-isued, expected a property shape that is defined. Define it.",
    ),
    "table-outside": (
        '"shared/units.csv"',
        '"../../units.csv"',
        "shape:Unit a",
        (
            'found csvw:url "../../units.csv", expected shared/NAME.csv, {source}/NAME.csv or FOLDER/*.tsv. '
            "Fix the place."
        ),
    ),
    "table-without-a-place": (
        '"links/*.sssom.tsv"',
        '"links/*"',
        "shape:Mapping a",
        'found csvw:url "links/*", expected shared/NAME.csv, {source}/NAME.csv or FOLDER/*.tsv. Fix the place.',
    ),
    "table-in-another-format": (
        '"shared/units.csv"',
        '"shared/units.xlsx"',
        "shape:Unit a",
        (
            'found csvw:url "shared/units.xlsx", expected shared/NAME.csv, {source}/NAME.csv or FOLDER/*.tsv. '
            "Fix the place."
        ),
    ),
    "address-without-id": (
        '"unit/{id}"',
        '"unit/"',
        "shape:Unit a",
        'found csvw:aboutUrl "unit/", expected KIND/{id}, of a report {source}/KIND/{id}. Fix it.',
    ),
    "datatype": (
        "sh:datatype xsd:gYear ;",
        "sh:datatype xsd:duration ;",
        "shape:Document-issued a",
        (
            "found duration, expected one of anyURI, boolean, date, decimal, gYear, integer, langString, string. "
            "Choose one of them."
        ),
    ),
    "length-in-words": (
        COLUMN,
        f'{COLUMN}\n    sh:maxLength "many" ;',
        "shape:Document-issued a",
        f'found sh:maxLength "many", {NUMBER}',
    ),
    "order-in-words": (
        COLUMN,
        COLUMN.replace("sh:order 20", 'sh:order "last"'),
        "shape:Document-issued a",
        f'found sh:order "last", {NUMBER}',
    ),
    "pattern-that-does-not-end": (
        COLUMN,
        f'{COLUMN}\n    sh:pattern "^[0-9{{4}}$" ;',
        "shape:Document-issued a",
        f'found "^[0-9{{4}}$", {LINEAR}',
    ),
    "pattern-that-looks-ahead": (
        COLUMN,
        f'{COLUMN}\n    sh:pattern "^(?=[0-9]).*$" ;',
        "shape:Document-issued a",
        f'found "^(?=[0-9]).*$", {LINEAR}',
    ),
    "pattern-that-looks-back": (
        COLUMN,
        f'{COLUMN}\n    sh:pattern "^([0-9])\\\\1$" ;',
        "shape:Document-issued a",
        f'found "^([0-9])\\\\1$", {LINEAR}',
    ),
    "default-by-a-path-that-no-column-follows": (
        "( kg:question disco:universe )",
        "( kg:question kg:sise )",
        "shape:Finding-population a",
        f"found a default by way of question, sise, expected a path that columns follow. {FOLLOW}",
    ),
    "default-by-no-path": (
        "( kg:question disco:universe )",
        "( )",
        "shape:Finding-population a",
        f"found a default by way of nothing, expected a path that columns follow. {FOLLOW}",
    ),
    "default-of-itself": (
        "( kg:question disco:universe )",
        "( kg:population )",
        "shape:Finding-population a",
        (
            "found the circle Finding-population → Finding-population, expected a default that does not lead back to "
            "its own column. Choose another path."
        ),
    ),
    "id-from-a-property-without-a-column": (
        "kg:idFrom ( kg:question skos:prefLabel )",
        "kg:idFrom ( kg:question skos:altLabel )",
        "shape:Option a",
        f"found ids made from altLabel, which has no column, {FROM}",
    ),
    "id-from-what-may-be-empty": (
        "kg:idFrom ( kg:question skos:prefLabel )",
        "kg:idFrom ( schema:position kg:question )",
        "shape:Option a",
        f"found ids made from order first, which may be empty, {FROM}",
    ),
    "select-with-service": (
        "$this kg:prefers ?value .",
        "SERVICE <http://127.0.0.1:8/> { $this kg:prefers ?value }",
        "shape:Discrepancy-prefers-a-fact a",
        "found SERVICE, expected a query on this graph alone. Fix the query of Discrepancy-prefers-a-fact.",
    ),
    "select-with-a-typo": (
        "$this kg:prefers ?value .",
        "$this kg:prefers ?value !",
        "shape:Discrepancy-prefers-a-fact a",
        "found a syntax error, expected OPTIONAL. Fix the query of Discrepancy-prefers-a-fact.",
    ),
}
"""Changes of the shapes: what stands there, what stands there then, the beginning of the line, the sentence."""


@pytest.mark.parametrize("name", FAULTS)
def test_a_faulty_shape_yields_exactly_its_sentence(name: str, draft: Draft) -> None:
    old, new, beginning, sentence = FAULTS[name]
    draft.change(draft.shapes_with(old), old, new)
    file = draft.shapes_with(f"\n{beginning}")
    lines = (draft.root / file).read_text(encoding="utf-8").splitlines()
    (line,) = (number for number, text in enumerate(lines, 1) if text.startswith(beginning))
    assert draft.refusal() == [f"{file}:{line}: {sentence}"]


BROKEN = {
    "no-semicolon": ('csvw:name "id" ;', 'csvw:name "id"', "A dot is expected at the end of statements", 1),
    "no-quotes": ('csvw:name "id" ;', "csvw:name id ;", "id is not a valid RDF object", 0),
    "prefix": ('csvw:name "id" ;', 'csv:name "id" ;', "The prefix csv: has not been declared", 0),
}
"""Turtle that does not parse: what stands there, what stands there then, why, how many lines below that shows."""


@pytest.mark.parametrize("name", BROKEN)
def test_broken_turtle_is_told_with_its_line(name: str, draft: Draft) -> None:
    old, new, why, below = BROKEN[name]
    draft.change(COMMON, old, new)
    (line,) = (
        number
        for number, text in enumerate((draft.root / COMMON).read_text(encoding="utf-8").splitlines(), 1)
        if text.strip() == new
    )
    (sentence,) = draft.refusal()
    assert sentence.startswith(f"{COMMON}:{line + below}: found ")
    assert sentence.endswith(f"{why}, expected valid Turtle. Fix the line.")


@pytest.mark.parametrize("name", ["kg.ttl", "beyond-owl.ttl", "codes.ttl"])
def test_each_file_of_the_ontology_must_be_there(name: str, draft: Draft) -> None:
    draft.path(f"ontology/{name}").unlink()
    assert draft.refusal() == [
        f"ontology/{name}: found no file of that name, expected a readable Turtle file in UTF-8. Is --root right?"
    ]


def test_an_ontology_that_is_not_utf_8_is_refused(draft: Draft) -> None:
    text = draft.path("ontology/codes.ttl").read_text(encoding="utf-8")
    draft.write("ontology/codes.ttl", b"# first\n# caf\xe9\n" + text.encode())
    assert draft.refusal() == [
        (
            "ontology/codes.ttl:2: found the byte 0xE9 at offset 13, which is not UTF-8, expected UTF-8 text. "
            "Save the file as UTF-8."
        )
    ]


@pytest.mark.parametrize("kind", ["directory", "fifo"])
def test_something_else_in_the_place_of_the_shapes_is_refused(kind: str, draft: Draft) -> None:
    path = draft.path(COMMON)
    path.unlink()
    {"directory": path.mkdir, "fifo": lambda: os.mkfifo(path)}[kind]()
    assert draft.refusal() == [f"{COMMON}: found something that is not a file, expected a plain file. Remove it."]


def test_a_missing_folder_of_data_is_refused(draft: Draft) -> None:
    shutil.rmtree(draft.root / "data")
    assert draft.refusal() == ["data: found no folder of that name, expected a folder with tables. Is --root right?"]


def test_a_root_that_is_no_project_is_refused(draft: Draft, tmp_path: Path) -> None:
    empty = tmp_path / "empty"
    empty.mkdir()
    assert Draft(empty, draft.out).refusal() == [
        f"{place}, expected {expected}. Is --root right?"
        for place, expected in (
            ("ontology/beyond-owl.ttl: found no file of that name", "a readable Turtle file in UTF-8"),
            ("ontology/codes.ttl: found no file of that name", "a readable Turtle file in UTF-8"),
            ("ontology/kg.ttl: found no file of that name", "a readable Turtle file in UTF-8"),
            ("ontology/shapes: found no file that ends in .ttl", "files in Turtle with a shape for each table"),
        )
    ]


def test_a_column_that_two_files_define_is_refused(draft: Draft) -> None:
    prefixes = "".join(
        f"@prefix {prefix}: <{name}> .\n"
        for prefix, name in (
            ("dcterms", "http://purl.org/dc/terms/"),
            ("sh", "http://www.w3.org/ns/shacl#"),
            ("shape", "https://w3id.org/child-protection-kg/shapes#"),
        )
    )
    draft.write("ontology/shapes/more.ttl", f"{prefixes}\nshape:id sh:path dcterms:title .\n")
    lines = (draft.root / COMMON).read_text(encoding="utf-8").splitlines()
    line = lines.index("shape:id a sh:PropertyShape ;") + 1
    assert draft.refusal() == [f"{COMMON}:{line}: found 2 path on a column, expected one. Remove the others."]


@pytest.mark.parametrize("name", ["shapes/common.ttl", "kg.ttl"])
def test_nothing_is_fetched_for_an_import(name: str, draft: Draft) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        host = f"<http://127.0.0.1:{server.getsockname()[1]}/>"
        draft.change(f"ontology/{name}", " a owl:Ontology ;", f" a owl:Ontology ;\n    owl:imports {host} ;")
        draft.run("validate")
        server.setblocking(False)  # noqa: FBT003  (socket's own signature)
        with pytest.raises(BlockingIOError):
            server.accept()


@pytest.mark.parametrize(
    ("pattern", "count"),
    [("^(a+)+$", "1 error."), ("^(a|aa)+$|.", None)],
)
def test_a_catastrophic_pattern_ends_in_seconds(pattern: str, count: str | None, draft: Draft) -> None:
    """A backtracking engine would need years for this cell, whether the pattern fits it or not."""
    draft.change(
        "ontology/shapes/statements.ttl", "sh:path kg:role ;", f'sh:path kg:role ;\n    sh:pattern "{pattern}" ;'
    )
    draft.change("data/example-2020/memberships.csv", "head of analysis", f"{'a' * 100}b")
    cell = f'data/example-2020/memberships.csv:2: role: found "{"a" * 60}…"'
    sentence = f"{cell}, expected text that matches {pattern}. The position as the report names it."
    assert in_own_process("validate", "--root", str(draft.root), seconds=60).stderr.splitlines() == (
        [sentence, count] if count else []
    )
