"""Links between the graph and other data: what is proposed, why, what was decided, and what cannot be read."""

from __future__ import annotations

import contextlib
import csv
import datetime
import http.server
import io
import json
import os
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import parse_qs

import pytest
import yaml

from kg_builder.answers.graph_reader import GraphReader
from kg_builder.cli.main import main
from kg_builder.core.curies import Curies
from kg_builder.core.iris import BASE
from kg_builder.linking.mapping_decisions import read_table
from kg_builder.linking.matching import Index, Record, Word
from tests.draft import Run, contents
from tests.validators import NEEDED, validated

OTHER = "http://example.org/"
FIRSTLAND = BASE + "place/firstland"


@pytest.fixture(scope="module")
def index(example_build: Path, tmp_path_factory: pytest.TempPathFactory) -> Index:
    from tests.bench import project_at  # noqa: PLC0415

    return Index(GraphReader(project_at(tmp_path_factory.mktemp("link") / "project"), example_build))


def reasons(index: Index, *labels: str, iri: str = "", **further: object) -> list[tuple[str, str]]:
    """What one record with these labels may mean, and why."""
    record = Record(iri, tuple(Word("label", label) for label in labels), **further)  # type: ignore[arg-type]
    (found,) = index.matched([record])
    return [(each.subject.name, each.reason) for each in found]


# ---------------------------------------------------------------- matching


@pytest.mark.parametrize(
    ("label", "name", "reason"),
    [
        ("FIRSTLAND", "Firstland", "same label"),
        ("Fìrstland", "Firstland", "same label"),
        ("the continent", "Examplia", "same other label"),
        ("\uff25xample   Chat", "Example Chat", "same label"),
        ("child pornography", "child sexual abuse material", "same hidden label"),
        ("ExampleChat, Inc.", "Example Chat", "same label but for blanks, brackets or legal form"),
        ("Example Coin (currency)", "Example Coin", "same label but for blanks, brackets or legal form"),
        ("SelfProducedMaterial", "self-produced material", "same label but for blanks, brackets or legal form"),
        ("Secondlands", "Secondland", "label alike 0.95"),
    ],
)
def test_a_label_is_matched(label: str, name: str, reason: str, index: Index) -> None:
    assert reasons(index, label)[0] == (name, reason)


@pytest.mark.parametrize(
    "label", ["", " ", "\u2013", "EXD", "EXC2", "grooming of horses and dogs", "x" * 100_000, "'; --"]
)
def test_a_label_is_not_matched(label: str, index: Index) -> None:
    assert reasons(index, label) == []


def test_an_identifier_counts_before_a_label(index: Index) -> None:
    codes = (Word("iso_alpha3", "xab"), Word("iso_alpha3", "XAA"))
    assert reasons(index, "Secondland", codes=codes) == [("Firstland", "same identifier ISO 3166-1 alpha-3 XAA")]


def test_a_code_of_another_scheme_says_nothing(index: Index) -> None:
    assert reasons(index, codes=(Word("rank", "902"), Word("m49", "XAA"))) == []


def test_a_code_is_found_without_its_leading_noughts_and_under_another_name_of_its_scheme(index: Index) -> None:
    for header in ("m49", "UN M49 code", "un_m49"):
        assert reasons(index, codes=(Word(header, "902"),)) == [("Firstland", "same identifier UN M49 902")]


def test_what_is_said_to_be_ours_is_ours(index: Index) -> None:
    assert reasons(index, iri=OTHER, same=(Word("sameAs", FIRSTLAND),)) == [
        ("Firstland", f"same identifier {FIRSTLAND}")
    ]


def test_persons_questions_and_results_are_never_linked(index: Index) -> None:
    kinds = {subject.kind for subject in index.subjects.values()}
    assert {"place", "threat", "platform"} <= kinds
    assert kinds & {"expert", "question", "finding", "insight", "population"} == set()


def test_prefixes_are_made_up_without_clashes_and_made_whole_again() -> None:
    curies = Curies({"cpkg": BASE})
    iris = [FIRSTLAND, "http://example.org/a", "http://example.com/b", "https://example.net/1/", "urn:uuid:12", "x:y"]
    short = [curies.short(iri) for iri in iris]
    assert short == ["cpkg:place/firstland", "example:a", "example2:b", "example3:1/", "ns:12", "ns2:y"]
    assert [curies.whole(each) for each in short] == iris


# ---------------------------------------------------------------- the command


Linking = Callable[..., Run]


@pytest.fixture
def linking(project: Path, example_build: Path, tmp_path: Path) -> Linking:
    """Run the command on the example; decisions are in `links`."""

    def run(*options: object) -> Run:
        out, err = io.StringIO(), io.StringIO()
        fixed = ["--root", str(project), "--out", str(example_build), "--links", str(tmp_path / "links")]
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            code = main(["link", *map(str, options), *fixed])
        return Run(code, out.getvalue(), tuple(err.getvalue().splitlines()))

    return run


def made(path: Path, text: str | bytes) -> Path:
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return path


def table(tmp_path: Path, state: str) -> list[dict[str, str]]:
    return read_table(tmp_path / "links" / f"{state}.sssom.tsv")[1]


COUNTRIES = f"id,name,iso_alpha3\n{OTHER}1,First Land,XAA\n{OTHER}2,Secondlands,\n{OTHER}3,Elsewhere,\n"


def test_a_table_is_linked(linking: Linking, tmp_path: Path) -> None:
    run = linking(made(tmp_path / "countries.csv", COUNTRIES))
    assert run.code == 0, run.sentences
    assert "same identifier ISO 3166-1" in run.printed
    assert "3 records read." in run.printed
    first, second = table(tmp_path, "candidates")
    assert first == first | {
        "id": "place-firstland-731c2c1f",
        "subject_id": FIRSTLAND,
        "subject_label": "Firstland",
        "predicate_id": "http://www.w3.org/2004/02/skos/core#exactMatch",
        "object_id": f"{OTHER}1",
        "object_label": "First Land",
        "mapping_justification": "semapv:LexicalMatching",
        "confidence": "1.00",
        "author_kind": "program",
        "evidence": "same identifier ISO 3166-1 alpha-3 XAA",
        "match_string": "XAA",
        "similarity_score": "",
    }
    assert second == second | {
        "subject_label": "Secondland",
        "predicate_id": "http://www.w3.org/2004/02/skos/core#closeMatch",
        "mapping_justification": "semapv:LexicalSimilarityThresholdMatching",
        "similarity_score": "0.95",
        "confidence": "0.86",
    }


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.ttl", f'<{OTHER}1> <http://www.w3.org/2000/01/rdf-schema#label> "Firstland"@sv .'),
        ("a.nt", f'<{OTHER}1> <http://www.w3.org/2004/02/skos/core#altLabel> "firstland" .'),
        ("a.nq", f'<{OTHER}1> <http://purl.org/dc/terms/title> "firstland" <{OTHER}g> .'),
        ("a.trig", f'<{OTHER}g> {{ <{OTHER}1> <http://xmlns.com/foaf/0.1/name> "Firstland" }}'),
        ("a.jsonld", json.dumps({"@id": f"{OTHER}1", "http://schema.org/name": "Firstland"})),
        (
            "a.rdf",
            (
                '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:s="https://schema.org/">'
                f'<rdf:Description rdf:about="{OTHER}1"><s:name>Firstland</s:name></rdf:Description></rdf:RDF>'
            ),
        ),
        ("a.tsv", f"uri\ttitle\n{OTHER}1\tFirstland\n"),
        ("a.csv", f"\ufeffIRI,prefLabel\r\n{OTHER}1,Firstland\r\n"),
    ],
)
def test_data_are_linked_in_each_format(name: str, text: str, linking: Linking, tmp_path: Path) -> None:
    source = made(tmp_path / name, text)
    assert linking(source).code == 0
    (row,) = table(tmp_path, "candidates")
    assert (row["subject_id"], row["object_id"]) == (FIRSTLAND, f"{OTHER}1")


def test_a_folder_is_linked(linking: Linking, tmp_path: Path) -> None:
    folder = tmp_path / "data"
    (folder / "deeper").mkdir(parents=True)
    made(folder / "a.csv", COUNTRIES)
    made(folder / "deeper" / "b.ttl", f'<{OTHER}b> <http://www.w3.org/2000/01/rdf-schema#label> "grooming" .')
    made(folder / "notes.txt", "grooming")
    assert linking(folder).code == 0
    assert [row["subject_label"] for row in table(tmp_path, "candidates")] == ["Firstland", "Secondland", "grooming"]


def test_a_class_of_other_data_is_close_and_never_the_same(linking: Linking, tmp_path: Path) -> None:
    text = (
        f"<{OTHER}G> a <http://www.w3.org/2002/07/owl#Class> ;"
        ' <http://www.w3.org/2000/01/rdf-schema#label> "Grooming" .'
    )
    linking(made(tmp_path / "a.ttl", text))
    (row,) = table(tmp_path, "candidates")
    assert row["predicate_id"].endswith("#closeMatch")


def test_a_name_without_an_address_is_a_literal_or_stands_behind_a_namespace(linking: Linking, tmp_path: Path) -> None:
    source = made(tmp_path / "a.csv", "id,name\n7 a,grooming\n")
    linking(source)
    (row,) = table(tmp_path, "candidates")
    assert (row["object_id"], row["object_label"], row["object_type"]) == ("", "grooming", "rdfs literal")
    linking(source, "--namespace", OTHER)
    assert {row["object_id"] for row in table(tmp_path, "candidates")} == {"", f"{OTHER}7%20a"}


def test_columns_and_schemes_can_be_named(linking: Linking, tmp_path: Path) -> None:
    source = made(tmp_path / "a.csv", f"key,land,c3\n{OTHER}1,Firstland,\n{OTHER}2,,xbb\n")
    linking(source, "--id", "key", "--label", "land", "--code", "c3=isoAlpha3", "--kind", "place")
    assert [row["subject_label"] for row in table(tmp_path, "candidates")] == ["Firstland", "Secondland"]


def test_what_was_decided_is_never_proposed_again(linking: Linking, tmp_path: Path) -> None:
    more = f"{OTHER}4,grooming,\n{OTHER}5,encryption,\n"
    source = made(tmp_path / "countries.csv", COUNTRIES + more)
    linking(source)
    ids = {row["subject_label"]: row["id"] for row in table(tmp_path, "candidates")}
    run = linking("--accept", ids["Firstland"], "--reject", ids["Secondland"], "--unsure", ids["grooming"])
    assert run.printed.endswith("links: 1 accepted, 1 rejected, 1 unsure. 1 candidates are left.\n")
    assert "3 pairs were decided before" in linking(source).printed
    assert [row["subject_label"] for row in table(tmp_path, "candidates")] == ["encryption"]
    (accepted,), (rejected,), (unsure,) = (table(tmp_path, state) for state in ("accepted", "rejected", "unsure"))
    assert (accepted["author_kind"], accepted["predicate_modifier"]) == ("person", "")
    assert (rejected["author_kind"], rejected["predicate_modifier"]) == ("person", "Not")
    linking("--accept", unsure["id"])
    assert len(table(tmp_path, "accepted")) == 2
    assert table(tmp_path, "unsure") == []


def test_a_row_that_was_moved_by_hand_counts_with_its_further_columns(linking: Linking, tmp_path: Path) -> None:
    source = made(tmp_path / "countries.csv", COUNTRIES)
    linking(source)
    candidates, rejected = (tmp_path / "links" / f"{state}.sssom.tsv" for state in ("candidates", "rejected"))
    lines = candidates.read_text("utf-8").splitlines(keepends=True)
    header, row = (next(line for line in lines if line.startswith(word)) for word in ("id\t", "place-firstland"))
    told = "".join(line for line in rejected.read_text("utf-8").splitlines(keepends=True) if line.startswith("#"))
    made(rejected, told + header.replace("\n", "\treviewer_label\n") + row.replace("\n", "\tA. B.\n"))
    linking(source)
    assert [each["subject_label"] for each in table(tmp_path, "candidates")] == ["Secondland"]
    (kept,) = table(tmp_path, "rejected")
    assert (kept["reviewer_label"], kept["predicate_modifier"]) == ("A. B.", "Not")


def test_what_the_project_links_or_denies_is_not_proposed(linking: Linking, project: Path, tmp_path: Path) -> None:
    links = project / "data" / "links"
    links.mkdir(parents=True, exist_ok=True)
    made(
        links / "places.sssom.tsv",
        f"#curie_map:\n#  cpkg: {BASE}\n#  ex: {OTHER}\n"
        "id\tsubject_id\tpredicate_id\tpredicate_modifier\tobject_id\n"
        "a\tcpkg:place/firstland\tskos:exactMatch\tNot\tex:1\n",
    )
    run = linking(made(tmp_path / "countries.csv", COUNTRIES))
    assert "1 pairs were decided before" in run.printed
    assert [row["subject_label"] for row in table(tmp_path, "candidates")] == ["Secondland"]


def test_a_label_from_outside_is_text_and_no_formula(linking: Linking, tmp_path: Path) -> None:
    rows = [f"{OTHER}1", "=grooming"], [f"{OTHER}2", "\x1b[31mgrooming\u202e\t\n"], [f"{OTHER}3", "<b>grooming</b> (x)"]
    stream = io.StringIO()
    csv.writer(stream).writerows([["id", "name"], *rows])
    run = linking(made(tmp_path / "a.csv", stream.getvalue()), "--format", "csv")
    labels = {row["object_id"][-1]: row["object_label"] for row in table(tmp_path, "candidates")}
    assert labels["1"] == "'=grooming"
    assert "\x1b" not in run.printed
    assert ",'=grooming," in run.printed


def test_the_tables_begin_with_a_header_that_sssom_reads(linking: Linking, tmp_path: Path) -> None:
    linking(made(tmp_path / "countries.csv", COUNTRIES))
    lines = (tmp_path / "links" / "candidates.sssom.tsv").read_text("utf-8").splitlines()
    header = yaml.safe_load("\n".join(line[1:] for line in lines if line.startswith("#")))
    assert header["curie_map"]["cpkg"] == BASE
    assert header["license"] == "https://creativecommons.org/licenses/by/4.0/"
    assert [each["slot_name"] for each in header["extension_definitions"]] == ["id", "author_kind", "evidence"]
    assert "cpkg:place/firstland\tFirstland\tskos:exactMatch\t\texample:1\t" in "\n".join(lines)


def test_the_metadata_of_a_table_stay_as_they_were_written(linking: Linking, tmp_path: Path) -> None:
    source = made(tmp_path / "countries.csv", COUNTRIES)
    linking(source)
    path = tmp_path / "links" / "unsure.sssom.tsv"
    kept = {"comment": "NO", "mapping_set_version": "1.10", "mapping_tool_version": "007", "other": "12:30:45"}
    more = "".join(f"#{key}: {value}\n" for key, value in kept.items())
    more += "#mapping_date: 2026-11-23\n#see_also: [1e3]\n"
    made(path, "\ufeff" + more + path.read_text("utf-8"))
    assert linking(source).code == 0
    header, _ = read_table(path)
    kept_too = {"mapping_date": datetime.date(2026, 11, 23), "see_also": ("1e3",)}
    assert header == header | kept | kept_too
    lines = path.read_text("utf-8").splitlines()
    other_reader = yaml.safe_load("\n".join(line[1:] for line in lines if line.startswith("#")))
    assert other_reader == other_reader | kept | {**kept_too, "see_also": ["1e3"]}


@NEEDED
def test_the_sssom_library_reads_the_tables(linking: Linking, tmp_path: Path) -> None:
    linking(made(tmp_path / "countries.csv", COUNTRIES + "x,grooming,\n"))
    run = validated("sssom", "validate", tmp_path / "links" / "candidates.sssom.tsv")
    assert run.returncode == 0, run.stderr[-2000:]


# ---------------------------------------------------------------- faults


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("a.csv", b"", "a.csv:1: found no header"),
        ("a.csv", b"a;b\n1;2\n", 'a.csv:1: found the header "a;b", expected columns separated by commas'),
        ("a.csv", b"colour,size\nred,1\n", 'a.csv:1: found the columns "colour", "size", expected one called id'),
        ("a.csv", b"name\nf\xf6rst\n", "a.csv:2: found the byte 0xF6, which is not UTF-8"),
        ("a.csv", "name\nx\n".encode("utf-16"), "a.csv:1: found the byte 0xFF, which is not UTF-8"),
        ("a.csv", b"id,name\n1,2,3\n", "a.csv:2: found 3 cells, expected 2, as in the header"),
        ("a.csv", b'name\n"' + b"x" * 200_000 + b'"\n', "expected cells of at most 131,072 characters"),
        ("a.csv", b"name\n" + b"x" * 1_000_001, "a.csv:2: found a line of more than 1,000,000 bytes"),
        ("a.csv", b'id,name\n1,"open\n', "quotes that open and close a whole cell"),
        ("a.ttl", b"<a> <b> .", "a.ttl:1"),
        ("a.jsonld", b'{"@context": "https://example.org/c.jsonld", "@id": "x:y"}', "a.jsonld"),
        ("a.rdf", b'<!DOCTYPE r [<!ENTITY a "b">]><r/>', "a.rdf"),
    ],
)
def test_other_data_cannot_be_read(name: str, content: bytes, sentence: str, linking: Linking, tmp_path: Path) -> None:
    linking(made(tmp_path / "countries.csv", COUNTRIES))
    before = contents(tmp_path / "links")
    run = linking(made(tmp_path / name, content))
    assert run.code == 1
    assert sentence in run.sentences[0]
    assert contents(tmp_path / "links") == before


def test_what_is_no_file_is_refused(linking: Linking, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.csv")
    (tmp_path / "empty").mkdir()
    for name, found in (
        ("pipe.csv", "something that is not a file"),
        ("none.csv", "No such file"),
        ("empty", "0 files"),
    ):
        run = linking(tmp_path / name)
        assert (run.code, found in run.sentences[0]) == (1, True), run.sentences


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ([], "found neither data nor decisions"),
        (["a.csv", "--accept", "x"], "found both"),
        (["--accept", "x"], 'found "x", expected the id of a proposed mapping'),
        (["a.csv", "--code", "x"], "expected COLUMN=SCHEME"),
        (["a.csv", "--code", "x=y"], "expected one of ISO 3166-1 alpha-2 code, "),
        (["a.csv", "--label", "land"], 'found no column "land", expected one of "id", "name", "iso_alpha3"'),
    ],
)
def test_a_call_is_refused(
    options: list[str], sentence: str, linking: Linking, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made(tmp_path / "a.csv", COUNTRIES)
    monkeypatch.chdir(tmp_path)
    run = linking(*(str(tmp_path / each) if each == "a.csv" else each for each in options))
    assert (run.code, sentence in run.sentences[0]) == (1, True), run.sentences


HEAD = "#curie_map: {}\n"


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("id\tsubject_id\n", "rejected.sssom.tsv:1: found no curie_map, expected a line `curie_map: …`"),
        ("#curie_map: [\nid\tsubject_id\n", "rejected.sssom.tsv:1: found a metadata block that is not YAML ("),
        (f"{HEAD}#a: b\nid\n", 'rejected.sssom.tsv:2: found the unknown key "a", expected one of'),
        (f"{HEAD}#license: a\n#license: a\nid\n", "rejected.sssom.tsv:3: found the key license twice, "),
        (f"{HEAD}#license: &a b\nid\n", "rejected.sssom.tsv:2: found the anchor &a at column 11"),
        (f"{HEAD}#license: !!set {{}}\nid\n", "rejected.sssom.tsv:2: found the tag tag:yaml.org,2002:set at column 11"),
        (f"{HEAD}#license: {'[' * 5_000}\nid\n", "rejected.sssom.tsv:2: found more than 10 lists and mappings"),
        (f"{HEAD}#license: \x1b\nid\n", "(the control character U+001B) at column 11"),
        (f"{HEAD}#license: a\u0085b\nid\n", "rejected.sssom.tsv:2: found the control character U+0085 at column 12"),
        (f"{HEAD}#license: [a]\nid\n", "rejected.sssom.tsv:2: found the license a list at column 11, expected a text."),
        (f"{HEAD}#mapping_date: 2026-13-45\nid\n", 'rejected.sssom.tsv:2: found the mapping_date "2026-13-45" at'),
        ("#- a\nid\n", "rejected.sssom.tsv:1: found a list or a text, expected lines such as `curie_map"),
        (f"{HEAD}id\tsubject_id\nx\n", "rejected.sssom.tsv:3: found a row with other columns"),
        (f"{HEAD}id\tsubject_id\nx\tno:x\n", 'rejected.sssom.tsv:3: found "no:x", whose prefix the header does not'),
    ],
)
def test_a_table_of_decisions_with_a_fault_is_told_and_left_alone(
    text: str, sentence: str, linking: Linking, tmp_path: Path
) -> None:
    source = made(tmp_path / "countries.csv", COUNTRIES)
    linking(source)
    made(tmp_path / "links" / "rejected.sssom.tsv", text)
    before = contents(tmp_path / "links")
    run = linking(source)
    assert (run.code, sentence in run.sentences[0]) == (1, True), run.sentences
    assert contents(tmp_path / "links") == before


# ---------------------------------------------------------------- endpoints


class Endpoint(http.server.BaseHTTPRequestHandler):
    """Answers like an endpoint, or like something else."""

    def do_POST(self) -> None:
        query = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())["query"][0]
        first = "OFFSET 0" in query
        if self.path == "/elsewhere":
            self.send_response(302)
            self.send_header("Location", "http://localhost/sparql")
        elif self.path == "/file":
            self.send_response(302)
            self.send_header("Location", "file:///etc/hostname")
        else:
            self.send_response(500 if self.path == "/fault" else 200)
            media = "text/html" if self.path == "/page" else "application/sparql-results+json"
            self.send_header("Content-Type", media)
        self.end_headers()
        if self.path == "/sparql":
            self.wfile.write(rows() if first else rows(()))
        elif self.path == "/page":
            self.wfile.write(b"<html>")

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Say nothing."""


def rows(labels: tuple[str, ...] = ("Firstland", "elsewhere")) -> bytes:
    bindings = [
        {
            "thing": {"type": "uri", "value": f"{OTHER}{number}"},
            "property": {"type": "uri", "value": "http://www.w3.org/2000/01/rdf-schema#label"},
            "value": {"type": "literal", "value": label},
        }
        for number, label in enumerate(labels)
    ]
    return json.dumps({"head": {"vars": ["thing", "property", "value"]}, "results": {"bindings": bindings}}).encode()


@pytest.fixture
def endpoint() -> Iterator[str]:
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Endpoint) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


def test_an_endpoint_is_linked(endpoint: str, linking: Linking, tmp_path: Path) -> None:
    run = linking(f"{endpoint}/sparql")
    assert run.code == 0, run.sentences
    (row,) = table(tmp_path, "candidates")
    assert (row["subject_label"], row["object_id"]) == ("Firstland", f"{OTHER}0")


@pytest.mark.parametrize(
    ("path", "found"),
    [
        ("/elsewhere", "found a redirect to"),
        ("/file", 'found a redirect to "file:'),
        ("/fault", "found the status 500"),
        ("/page", "found an answer as text/html"),
    ],
)
def test_an_endpoint_is_not_trusted(path: str, found: str, endpoint: str, linking: Linking) -> None:
    run = linking(endpoint + path)
    assert (run.code, found in run.sentences[0]) == (1, True), run.sentences


def test_an_endpoint_that_cannot_be_reached_is_told(linking: Linking) -> None:
    run = linking("http://127.0.0.1:9/sparql")
    assert (run.code, "found no answer (" in run.sentences[0]) == (1, True)
