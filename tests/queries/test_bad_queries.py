"""Faulty stored queries are refused by file, line and column before any data is read; none reaches another host."""

from __future__ import annotations

import os
import shutil
import socket
from pathlib import Path

import pytest

from tests.bench import project_at
from tests.draft import Draft

ASK = "#+ summary: Something\n"
ALONE = "expected a query on this graph alone. No other host is asked."
FORMS = "expected one SELECT, ASK, CONSTRUCT or DESCRIBE."
SUMMARY = "expected a line `summary: …`, which says in one line what the query asks."
HOST = "<http://127.0.0.1:8/sparql>"

CHECKS: dict[str, tuple[str, str]] = {
    "service": (
        f"{ASK}SELECT ?this WHERE {{ SERVICE {HOST} {{ ?this a ?x }} }}\n",
        f":2: found SERVICE at column 22, {ALONE}",
    ),
    "service-in-lower-case": (
        f"{ASK}SELECT ?this\nWHERE {{ service {HOST} {{ ?this a ?x }} }}\n",
        f":3: found SERVICE at column 9, {ALONE}",
    ),
    "service-without-blanks": (
        f"{ASK}SELECT ?this WHERE{{SeRvIcE{HOST}{{?this a ?x}}}}\n",
        f":2: found SERVICE at column 20, {ALONE}",
    ),
    "service-after-a-full-stop": (
        f"{ASK}SELECT ?this WHERE {{ ?this a ?y.SERVICE {HOST} {{ ?this a ?x }} }}\n",
        f":2: found SERVICE at column 33, {ALONE}",
    ),
    "service-in-a-sub-select": (
        f"{ASK}SELECT ?this WHERE {{ {{ SELECT ?this WHERE {{ SERVICE {HOST} {{ ?this a ?x }} }} }} }}\n",
        f":2: found SERVICE at column 45, {ALONE}",
    ),
    "service-in-exists": (
        f"{ASK}SELECT ?this WHERE {{ ?this a ?y FILTER EXISTS {{ SERVICE {HOST} {{ ?this a ?x }} }} }}\n",
        f":2: found SERVICE at column 49, {ALONE}",
    ),
    "service-in-not-exists-of-an-expression": (
        f"{ASK}SELECT ?this WHERE {{ ?this a ?y BIND (NOT EXISTS {{ SERVICE {HOST} {{ ?this a ?x }} }} AS ?z) }}\n",
        f":2: found SERVICE at column 52, {ALONE}",
    ),
    "service-in-minus": (
        f"{ASK}SELECT ?this WHERE {{ ?this a ?y MINUS{{SERVICE {HOST}{{ ?this a ?x }}}} }}\n",
        f":2: found SERVICE at column 39, {ALONE}",
    ),
    "service-silent": (
        f"{ASK}SELECT ?this WHERE {{ SERVICE SILENT {HOST} {{ ?this a ?x }} }}\n",
        f":2: found SERVICE at column 22, {ALONE}",
    ),
    "service-with-a-variable": (
        f"{ASK}SELECT ?this WHERE {{ ?this a ?y SERVICE\t?y {{ ?this a ?x }} }}\n",
        f":2: found SERVICE at column 33, {ALONE}",
    ),
    "service-with-a-prefix": (
        f"{ASK}PREFIX s: <http://127.0.0.1:8/>\nSELECT ?this WHERE {{ SERVICE s:x {{ ?this a ?x }} }}\n",
        f":3: found SERVICE at column 22, {ALONE}",
    ),
    "service-before-a-comment": (
        f"{ASK}SELECT ?this WHERE {{ SERVICE # {{\n{HOST} {{ ?this a ?x }} }}\n",
        f":2: found SERVICE at column 22, {ALONE}",
    ),
    "service-with-an-escape": (
        f"{ASK}SELECT ?this WHERE {{ \\u0053ERVICE {HOST} {{ ?this a ?x }} }}\n",
        f": found SERVICE, {ALONE}",
    ),
    "service-between-comparisons": (
        f"{ASK}SELECT ?this WHERE {{ ?this ?p ?x FILTER(?x<1)SERVICE#>\n{HOST} {{ ?this a ?x }} }}\n",
        f": found SERVICE, {ALONE}",
    ),
    "service-between-escaped-quotes": (
        (
            f"{ASK}PREFIX s: <http://127.0.0.1:8/>\n"
            f"SELECT ?this WHERE {{ ?this a s:a\\' . SERVICE {HOST} {{ ?this a s:b\\' }} }}\n"
        ),
        f":3: found SERVICE at column 38, {ALONE}",
    ),
    "update-insert": (
        f"{ASK}INSERT DATA {{ <a:a> <a:b> <a:c> }}\n",
        f":2: found an update (INSERT), {FORMS} Stored queries only read.",
    ),
    "update-delete": (
        f"{ASK}PREFIX a: <a:>\n\nDELETE WHERE {{ ?s ?p ?o }}\n",
        f":4: found an update (DELETE), {FORMS} Stored queries only read.",
    ),
    "update-load": (
        f"{ASK}LOAD {HOST}\n",
        f":2: found an update (LOAD), {FORMS} Stored queries only read.",
    ),
    "update-drop": (
        f"{ASK}drop all\n",
        f":2: found an update (DROP), {FORMS} Stored queries only read.",
    ),
    "typo": (
        f"{ASK}\nSELECT ?this\nWHERE {{ ?this a ?x }} ODER BY ?x\n",
        ":4: found a syntax error at column 28, expected one of HAVING, OFFSET, OPTIONAL, VALUES. Fix the query.",
    ),
    "unknown-prefix": (
        f"{ASK}SELECT ?this WHERE {{ ?this a kg:Unit }}\n",
        ":2: found a syntax error at column 37, expected a prefix that is declared. Fix the query.",
    ),
    "open-brace": (
        f"{ASK}SELECT ?this WHERE {{ ?this a ?x\n",
        ':3: found a syntax error at column 1, expected one of ",", ".", ";", "{", "{|", "}", "~". Fix the query.',
    ),
    "nothing-but-a-header": (
        ASK,
        f":2: found a syntax error at column 1, {FORMS} Fix the query.",
    ),
    "two-queries": (
        f"{ASK}SELECT ?this WHERE {{ ?this a ?x }}\nSELECT ?this WHERE {{ ?this a ?x }}\n",
        ":3: found a syntax error at column 7, expected one of HAVING, OFFSET, OPTIONAL, VALUES. Fix the query.",
    ),
    "ask": (
        f"{ASK}ASK {{ ?this a ?x }}\n",
        ": found no variable ?this, expected a SELECT of ?this. Every row names the thing at fault.",
    ),
    "another-variable": (
        f"{ASK}SELECT ?that WHERE {{ ?that a ?x }}\n",
        ": found no variable ?this, expected a SELECT of ?this. Every row names the thing at fault.",
    ),
    "no-summary": (
        "SELECT ?this WHERE { ?this a <a:b> }\n",
        f":1: found no summary, {SUMMARY}",
    ),
    "no-summary-but-a-hint": (
        "#+ hint: x\nSELECT ?this WHERE { ?this a <a:b> }\n",
        f":1: found no summary at column 4, {SUMMARY}",
    ),
    "header-that-is-a-list": (
        "#+ - summary\nSELECT ?this WHERE { ?this a <a:b> }\n",
        ":1: found a list or a text at column 4, expected lines such as `summary: …`.",
    ),
    "header-with-two-colons": (
        "#+ summary: one: two\nSELECT ?this WHERE { ?this a <a:b> }\n",
        (
            ":1: found a header that is not YAML (mapping values are not allowed here) at column 16, "
            "expected YAML behind #+. Put text that has a colon in quotes."
        ),
    ),
    "header-that-makes-objects": (
        '#+ summary: !!python/object/apply:os.system ["true"]\nSELECT ?this WHERE { ?this a <a:b> }\n',
        (
            ":1: found the tag tag:yaml.org,2002:python/object/apply:os.system at column 13, "
            "expected plain texts, lists and mappings. Write it out."
        ),
    ),
    "header-with-an-anchor": (
        f"{ASK}#+ hint: &x y\nSELECT ?this WHERE {{ ?this a <a:b> }}\n",
        ":2: found the anchor &x at column 10, expected plain texts, lists and mappings. Write it out.",
    ),
    "header-that-grows": (
        "#+ summary: &a [x, x]\n#+ hint: [*a, *a]\nSELECT ?this WHERE { ?this a <a:b> }\n",
        ":1: found the anchor &a at column 13, expected plain texts, lists and mappings. Write it out.",
    ),
    "header-that-is-deep": (
        f"{ASK}#+ hint: {'[' * 50}x{']' * 50}\nSELECT ?this WHERE {{ ?this a <a:b> }}\n",
        (
            ":2: found more than 10 lists and mappings within each other at column 19, "
            "expected plain texts, lists and mappings. Write it out."
        ),
    ),
    "header-with-a-key-twice": (
        f"{ASK}#+ hint: x\n#+ hint: y\nSELECT ?this WHERE {{ ?this a <a:b> }}\n",
        ":3: found the key hint twice at column 4, expected each key once. Remove one.",
    ),
    "header-with-an-unknown-key": (
        f"{ASK}#+ severty: note\nSELECT ?this WHERE {{ ?this a <a:b> }}\n",
        (
            ':2: found the unknown key "severty" at column 4, '
            "expected one of summary, description, hint, severity. Did you mean severity?"
        ),
    ),
    "header-with-a-list-for-a-text": (
        f"{ASK}#+ hint: [x]\nSELECT ?this WHERE {{ ?this a <a:b> }}\n",
        ":2: found the hint a list at column 10, expected a text.",
    ),
    "header-with-a-control-character": (
        f"{ASK}#+ hint: a\x07b\nSELECT ?this WHERE {{ ?this a <a:b> }}\n",
        (
            ":2: found a header that is not YAML (the control character U+0007) at column 11, "
            "expected YAML behind #+. Put text that has a colon in quotes."
        ),
    ),
    "severity": (
        f"{ASK}#+ severity: fatal\nSELECT ?this WHERE {{ ?this a <a:b> }}\n",
        ':2: found the severity "fatal" at column 14, expected error, warning or note.',
    ),
    "nested": (
        f"{ASK}SELECT ?this WHERE {'{' * 20_000} ?this a ?x {'}' * 20_000}\n",
        (
            ": found a query that is too long or too deep, expected at most 100,000 characters, "
            "and 100 braces or brackets within each other. Make it simpler."
        ),
    ),
    "unions": (
        f"{ASK}SELECT ?this WHERE {{ {' UNION '.join(['{ ?this a ?x }'] * 10_000)} }}\n",
        (
            ": found a query that is too long or too deep, expected at most 100,000 characters, "
            "and 100 braces or brackets within each other. Make it simpler."
        ),
    ),
}
"""Checks that cannot be run, and the sentence about each, from the file's name on."""


@pytest.fixture(scope="module")
def sentences(tmp_path_factory: pytest.TempPathFactory, example_files: Path) -> list[str]:
    folder = tmp_path_factory.mktemp("queries")
    shutil.copytree(example_files, folder / "build")
    draft = Draft(project_at(folder / "project"), folder / "build")
    for name, (text, _) in CHECKS.items():
        draft.write(f"queries/checks/{name}.rq", text)
    return draft.refusal()


@pytest.mark.parametrize("name", CHECKS)
def test_a_faulty_check_yields_exactly_its_sentence(name: str, sentences: list[str]) -> None:
    file = f"queries/checks/{name}.rq"
    assert [sentence for sentence in sentences if sentence.startswith(f"{file}:")] == [f"{file}{CHECKS[name][1]}"]


def test_nothing_but_the_faulty_checks_is_named(sentences: list[str]) -> None:
    assert len(sentences) == len(CHECKS)


def test_the_word_service_in_a_string_a_comment_and_a_name_is_no_fault(draft: Draft) -> None:
    draft.write(
        "queries/checks/words.rq",
        f'{ASK}# no service is asked\nSELECT ?this WHERE {{ ?this <a:service> " service ", ?service }}\n',
    )
    assert draft.run("validate").code == 0


DERIVATIONS = {
    "SELECT ?s WHERE { ?s ?p ?o }": (": found another form of query, expected a CONSTRUCT. It makes triples.",),
    "INSERT DATA { <a:a> <a:b> <a:c> }": (f":2: found an update (INSERT), {FORMS} Stored queries only read.",),
    "CONSTRUCT { [] <a:b> ?s } WHERE { ?s ?p ?o }": (
        ": found a blank node, expected things with an IRI. Make an IRI with IRI(CONCAT(…)).",
    ),
    f"CONSTRUCT {{ ?s ?p ?o }} WHERE {{ SERVICE {HOST} {{ ?s ?p ?o }} }}": (
        f":2: found SERVICE at column 32, {ALONE}",
    ),
}


@pytest.mark.parametrize("query", DERIVATIONS)
def test_a_faulty_derivation_yields_exactly_its_sentence(query: str, draft: Draft) -> None:
    draft.write("queries/derive/faulty.rq", f"{ASK}{query}\n")
    assert draft.refusal() == [f"queries/derive/faulty.rq{sentence}" for sentence in DERIVATIONS[query]]


@pytest.mark.parametrize("name", ["../x", "a b", "NO/", "Ä"])
def test_the_graph_of_a_derivation_is_a_segment_of_a_path(name: str, draft: Draft) -> None:
    draft.write("queries/derive/faulty.rq", f"{ASK}#+ graph: {name}\nCONSTRUCT {{ ?s ?p ?o }} WHERE {{ ?s ?p ?o }}\n")
    assert draft.refusal() == [
        (
            f'queries/derive/faulty.rq:2: found the graph "{name}" at column 11, '
            "expected lower-case ASCII words joined by hyphens."
        )
    ]


def test_a_name_is_that_of_one_question(draft: Draft) -> None:
    text = draft.path("queries/answers/findings/how-common.rq").read_text(encoding="utf-8")
    draft.write("queries/answers/trust/how-common.rq", text)
    assert draft.refusal() == [
        (
            "queries/answers/trust/how-common.rq: found the name how-common, which "
            "queries/answers/findings/how-common.rq has, expected a name of its own. Rename one of them."
        )
    ]


def test_queries_that_find_are_checked_too(draft: Draft) -> None:
    draft.change("queries/find/labels.rq", "SELECT", "SELEKT")
    assert [sentence.split(":")[0] for sentence in draft.refusal()] == ["queries/find/labels.rq"]


HEADER = "#+ summary: Is it so?\n#+ description: It is.\n#+ tags: [trust]\n"
KG = "PREFIX kg: <https://w3id.org/child-protection-kg/ontology#>\n"
ANSWERS: dict[str, tuple[str, tuple[str, ...]]] = {
    "no-question": (
        HEADER.replace("Is it so?", "So it is") + "SELECT ?s { ?s a ?x }\n",
        (':1: found the summary "So it is", expected a question that ends with ?. Ask as a person would.',),
    ),
    "no-description": (
        "#+ summary: Is it so?\nSELECT ?s { ?s a ?x }\n",
        (
            (
                ":1: found no description at column 4, expected a line `description: …`, "
                "which says what a row is and how to read it."
            ),
            (":1: found no tags at column 4, expected a line `tags: …`, a list of topics, the main topic first."),
        ),
    ),
    "chart-as-yes": (
        HEADER + "#+ chart: yes\nSELECT ?s { ?s a ?x }\n",
        (':4: found the chart "yes" at column 11, expected true or false.',),
    ),
    "section-without-a-heading": (
        HEADER + "#+ section:\n#+   - {column: s, order: 1.5}\nSELECT ?s { ?s a ?x }\n",
        (
            ":5: found no heading at column 8, expected a line `heading: …`, the heading of the section.",
            ':5: found the order "1.5" at column 27, expected a whole number.',
        ),
    ),
    "no-default": (
        HEADER + "SELECT ?_x_iri { ?_x_iri a ?y }\n",
        (
            (
                ':1: found no default of "x", expected a list `#+ defaults:` with `#+   - x: …`. '
                "With it the question has an answer as it is."
            ),
        ),
    ),
    "default-of-nothing": (
        HEADER + "#+ defaults:\n#+   - y: z\nSELECT ?s { ?s a ?x }\n",
        (
            (
                ':4: found a default of "y", expected one of the parameters: there are none. '
                "A parameter is a variable such as ?_topic_iri."
            ),
        ),
    ),
    "parameter-not-selected": (
        HEADER + "#+ defaults:\n#+   - x: z\nSELECT ?y { ?_x_iri a ?y }\n",
        (
            (
                ": found the parameter ?_x_iri not selected, expected parameters among the variables behind SELECT. "
                "What is not selected cannot be bound, nor listed."
            ),
        ),
    ),
    "no-table": (
        HEADER + "ASK { ?s a ?x }\n",
        (": found another form of query, expected a SELECT. An answer is a table.",),
    ),
    "number-without-base": (
        f"{HEADER}{KG}SELECT ?value {{ ?s kg:value ?value }}\n",
        (
            (
                ": found value without breakdown, caution, high, low, n, population, printed_as, question, "
                "response_type, unit, expected numbers with all that they are read with. "
                "Nobody should meet a number without its base."
            ),
        ),
    ),
    "sum-of-unlike-bases": (
        f"{HEADER}{KG}SELECT (SUM(?value) AS ?sum) {{ ?s kg:value ?value }}\n",
        (
            (
                ": found value without breakdown, caution, high, low, n, population, printed_as, question, "
                "response_type, unit, expected numbers with all that they are read with. "
                "Nobody should meet a number without its base."
            ),
            (
                ": found the sum of numbers that may differ in ageBracket, fromPeriod, group, item, option, period, "
                "place, population, question, reading, statistic, expected all dimensions but one in GROUP BY. "
                "Group by them: shares of unlike bases cannot be added."
            ),
        ),
    ),
    "guard-that-is-none": (
        HEADER + "#+ guarded_by: nobody\nSELECT ?s { ?s a ?x }\n",
        (':4: found the guard "nobody", expected the name of a stored check. Which one is it?',),
    ),
}


@pytest.mark.parametrize("name", ANSWERS)
def test_a_faulty_answer_yields_exactly_its_sentences(name: str, draft: Draft) -> None:
    text, expected = ANSWERS[name]
    draft.write("queries/answers/faulty.rq", text)
    assert draft.refusal() == [f"queries/answers/faulty.rq{sentence}" for sentence in expected]


def test_faulty_queries_of_both_kinds_and_faulty_tables_come_at_once(draft: Draft) -> None:
    draft.write("queries/checks/faulty.rq", "SELECT ?this WHERE { ?this a <a:b> }\n")
    draft.write("queries/derive/faulty.rq", "CONSTRUCT WHERE { ?s ?p ?o }\n")
    draft.change("data/shared/units.csv", "people,people,", "people,,")
    assert [sentence.split(": found")[0] for sentence in draft.refusal()] == [
        "data/shared/units.csv:4: label",
        "queries/checks/faulty.rq:1",
        "queries/derive/faulty.rq:1",
    ]


def test_a_query_that_is_not_utf_8_is_refused(draft: Draft) -> None:
    draft.write("queries/checks/latin-1.rq", f"{ASK}# caf\xe9\n".encode("latin-1"))
    assert draft.refusal() == [
        (
            "queries/checks/latin-1.rq:2: found the byte 0xE9 at offset 27, which is not UTF-8, expected UTF-8 text. "
            "Save the file as UTF-8."
        )
    ]


@pytest.mark.parametrize("kind", ["directory", "fifo"])
def test_something_else_named_like_a_query_is_refused(kind: str, draft: Draft) -> None:
    path = draft.path("queries/checks/thing.rq")
    {"directory": path.mkdir, "fifo": lambda: os.mkfifo(path)}[kind]()
    assert draft.refusal() == [
        "queries/checks/thing.rq: found something that is not a file, expected a plain file. Remove it."
    ]


@pytest.mark.parametrize("name", ["derive", "checks", "answers"])
def test_a_missing_folder_of_queries_is_refused(name: str, draft: Draft) -> None:
    shutil.rmtree(draft.path(f"queries/{name}"))
    assert draft.refusal() == [
        f"queries/{name}: found no folder of that name, expected a folder with stored queries. Is --root right?"
    ]


def test_a_check_that_finds_much_is_cut_short_and_counted(draft: Draft) -> None:
    draft.write("queries/checks/everything.rq", f'{ASK}SELECT ?this ("x" AS ?found) WHERE {{ ?this a ?x }}\n')
    run = draft.run("validate")
    assert len(run.sentences) == 21
    assert run.sentences[19].endswith(" more of this kind.)")


@pytest.mark.parametrize("clause", ["FROM", "FROM NAMED", "SERVICE"])
def test_no_query_reaches_a_host(clause: str, draft: Draft) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        host = f"<http://127.0.0.1:{server.getsockname()[1]}/>"
        pattern = f"WHERE {{ {clause} {host} {{ ?this a ?x }} }}" if clause == "SERVICE" else f"{clause} {host} {{}}"
        draft.write("queries/checks/reaching.rq", f"{ASK}SELECT ?this {pattern}\n")
        draft.run("validate")
        server.setblocking(False)  # noqa: FBT003  (socket's own signature)
        with pytest.raises(BlockingIOError):
            server.accept()
