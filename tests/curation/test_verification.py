"""Verification of copies: altered copies are reported, harmlessly changed ones are not, in text and in PDF."""

from __future__ import annotations

import csv
import io
import json
from functools import cache
from pathlib import Path

import pytest
from rdflib import PROV, RDF, BNode, Graph, Literal, URIRef
from reportlab.lib.pdfencrypt import StandardEncryption

from kg_builder.cli.main import main
from kg_builder.core.iris import BASE
from kg_builder.core.problems import ProblemsFound
from kg_builder.core.terms import DQV, OA
from kg_builder.curation.report_facts import read_report_facts
from kg_builder.curation.text_normalisation import Span, normalise, phrase_of
from kg_builder.curation.verification import Verification, verify, verify_facts
from kg_builder.curation.verification_outcomes import Outcome
from kg_builder.curation.verification_reports import verification_text
from tests.bench import EXAMPLE, ROOT, SOURCE, project_at
from tests.curation.altered_copies import OF_EXAMPLE, OF_NETCLEAN, Altered
from tests.curation.harmless_copies import HARMLESS
from tests.curation.pdf_copies import LAYOUTS, write_pdf, write_scan

NETCLEAN = "netclean-2018"
NETCLEAN_TEXT = ROOT.parent / "shared/source/netclean-report-2018.txt"
needs_text = pytest.mark.skipif(not NETCLEAN_TEXT.is_file(), reason="the report's text is not at ../shared/source")

EXAMPLE_TEXT = EXAMPLE / "report.txt"


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return project_at(tmp_path_factory.mktemp("verified") / "project")


facts_of = cache(read_report_facts)
"""The facts of a report, read once for all its copies."""


def verified(root: Path, source: str, text: str, folder: Path) -> Verification:
    copy = folder / "copy.txt"
    copy.write_bytes(text.encode())
    return verify_facts(facts_of(root, source), copy)


def differences(verification: Verification) -> list[str]:
    """The lines before the summary, one for each difference."""
    lines = verification_text(verification, "text", BASE, width=200).split("\n")
    return lines[: lines.index("")] if verification.count[Outcome.FOUND] < len(verification.outcomes) else []


def is_clean(verification: Verification) -> bool:
    return differences(verification) == [] and verification.is_clean


def assert_reported(altered: Altered, verification: Verification) -> None:
    count = verification.count
    counts = (count[Outcome.ELSEWHERE], count[Outcome.OTHER_VALUE], count[Outcome.NOT_FOUND])
    assert differences(verification)[0] == altered.first
    assert counts == altered.counts


# ---------------------------------------------------------------- true, altered and harmlessly changed copies


def test_every_fact_of_the_example_is_found_on_its_lines(project: Path) -> None:
    verification = verify(project, SOURCE, EXAMPLE_TEXT)
    assert (verification.is_consulted, is_clean(verification), len(verification.outcomes)) == (True, True, 83)


@needs_text
def test_every_fact_of_the_netclean_report_is_found_on_its_lines() -> None:
    verification = verify(ROOT, NETCLEAN, NETCLEAN_TEXT)
    assert (verification.is_consulted, differences(verification)) == (True, [])
    assert len(verification.outcomes) > 1_800


@pytest.mark.parametrize("altered", OF_EXAMPLE, ids=lambda altered: altered.name)
def test_an_alteration_of_the_example_is_reported(altered: Altered, project: Path, tmp_path: Path) -> None:
    assert_reported(altered, verified(project, SOURCE, altered.change(EXAMPLE_TEXT.read_text("utf-8")), tmp_path))


@needs_text
@pytest.mark.parametrize("altered", OF_NETCLEAN, ids=lambda altered: altered.name)
def test_an_alteration_of_the_netclean_report_is_reported(altered: Altered, tmp_path: Path) -> None:
    assert_reported(altered, verified(ROOT, NETCLEAN, altered.change(NETCLEAN_TEXT.read_text("utf-8")), tmp_path))


@pytest.mark.parametrize("name", HARMLESS)
def test_a_harmless_change_of_the_example_is_not_reported(name: str, project: Path, tmp_path: Path) -> None:
    changed = HARMLESS[name](EXAMPLE_TEXT.read_text("utf-8"))
    assert is_clean(verified(project, SOURCE, changed, tmp_path))


@needs_text
@pytest.mark.parametrize("name", HARMLESS)
def test_a_harmless_change_of_the_netclean_report_is_not_reported(name: str, tmp_path: Path) -> None:
    changed = HARMLESS[name](NETCLEAN_TEXT.read_text("utf-8"))
    assert differences(verified(ROOT, NETCLEAN, changed, tmp_path)) == []


@pytest.mark.parametrize("name", HARMLESS)
def test_an_alteration_is_reported_in_a_harmlessly_changed_copy(name: str, project: Path, tmp_path: Path) -> None:
    text = EXAMPLE_TEXT.read_text("utf-8").replace("Yes 62.5%\nNo 37.5%", "Yes 37.5%\nNo 62.5%")
    changed = verified(project, SOURCE, HARMLESS[name](text), tmp_path)
    wrong = {each.fact.name: (each.outcome, each.value) for each in changed.outcomes if each.is_wrong}
    assert wrong == {
        "finding/seen-no": (Outcome.OTHER_VALUE, "62.5%"),
        "finding/seen-yes": (Outcome.OTHER_VALUE, "37.5%"),
    }


def test_there_are_more_than_thirty_copies_of_each_kind() -> None:
    assert min(len(OF_EXAMPLE), len(OF_NETCLEAN), len(HARMLESS)) > 30


# ---------------------------------------------------------------- PDF


@pytest.mark.parametrize("name", LAYOUTS)
def test_a_pdf_of_the_example_is_clean(name: str, project: Path, tmp_path: Path) -> None:
    write_pdf(EXAMPLE_TEXT.read_text("utf-8"), tmp_path / "copy.pdf", LAYOUTS[name])
    assert is_clean(verify_facts(facts_of(project, SOURCE), tmp_path / "copy.pdf"))


@needs_text
@pytest.mark.parametrize("name", LAYOUTS)
def test_a_pdf_of_the_netclean_report_is_clean(name: str, tmp_path: Path) -> None:
    write_pdf(NETCLEAN_TEXT.read_text("utf-8"), tmp_path / "copy.pdf", LAYOUTS[name])
    assert differences(verify_facts(facts_of(ROOT, NETCLEAN), tmp_path / "copy.pdf")) == []


def test_a_difference_in_a_pdf_names_its_page(project: Path, tmp_path: Path) -> None:
    text = EXAMPLE_TEXT.read_text("utf-8").replace("Games 44,0%", "Games 40,4%")
    write_pdf(text, tmp_path / "copy.pdf", LAYOUTS["two columns"])
    found = 'page 1: found "40.4%" at “Games”, expected "44,0%" (finding/contact-games).'
    assert differences(verify(project, SOURCE, tmp_path / "copy.pdf")) == [found]


EXPECTED = "expected the report as text in UTF-8 or as PDF."


def refusal(project: Path, copy: Path) -> str:
    with pytest.raises(ProblemsFound) as found:
        verify(project, SOURCE, copy)
    (problem,) = found.value.problems
    return str(problem)


def test_a_scan_is_refused_in_one_sentence(project: Path, tmp_path: Path) -> None:
    copy = tmp_path / "scan.pdf"
    write_scan(copy)
    found = f"{copy}: found a PDF of 2 pages without text, as scanners make it, {EXPECTED}"
    assert refusal(project, copy) == f"{found} Run text recognition (OCR) on it first."


def test_an_encrypted_pdf_is_refused_in_one_sentence(project: Path, tmp_path: Path) -> None:
    copy = tmp_path / "secret.pdf"
    write_pdf("secret", copy, LAYOUTS["one column"], StandardEncryption("a", "b"))
    found = f"{copy}: found a PDF that needs a password, {EXPECTED}"
    assert refusal(project, copy) == f"{found} Save a copy without password."


def test_a_broken_pdf_is_refused_in_one_sentence(project: Path, tmp_path: Path) -> None:
    copy = tmp_path / "broken.pdf"
    copy.write_bytes(b"%PDF-1.7\nand nothing else")
    assert refusal(project, copy) == f"{copy}: found a broken PDF, {EXPECTED} Download or save it again."


def test_an_empty_file_is_refused_in_one_sentence(project: Path, tmp_path: Path) -> None:
    copy = tmp_path / "empty.txt"
    copy.write_text("\n \n", "utf-8")
    assert refusal(project, copy) == f"{copy}: found a file without text, {EXPECTED} Is it the right file?"


def test_a_missing_file_is_refused_in_one_sentence(project: Path, tmp_path: Path) -> None:
    copy = tmp_path / "none.txt"
    assert refusal(project, copy) == f"{copy}: found no file of that name, {EXPECTED} Is the path right?"


def test_a_folder_is_refused_in_one_sentence(project: Path, tmp_path: Path) -> None:
    assert refusal(project, tmp_path).startswith(f"{tmp_path}: found a file that cannot be read (Is a directory)")


def test_another_encoding_is_refused_in_one_sentence(project: Path, tmp_path: Path) -> None:
    copy = tmp_path / "latin.txt"
    copy.write_bytes(b"one\nBj\xf6rn")
    assert refusal(project, copy).startswith(f"{copy}:2: found the byte 0xF6 at offset 6, which is not UTF-8")


def test_another_document_is_refused_in_one_sentence(project: Path) -> None:
    copy = ROOT / "LICENSE"
    found = refusal(project, copy)
    assert found.startswith(f"{copy}: found a text that prints ")
    assert found.endswith("expected a copy of example-2020. Is it another document, or in another language?")


# ---------------------------------------------------------------- the command and its formats


@pytest.fixture
def altered_copy(tmp_path: Path) -> Path:
    """A copy with one value changed and a comment moved to the beginning."""
    text = EXAMPLE_TEXT.read_text("utf-8").replace("Chat rooms 80%", "Chat rooms 8%")
    comment = text[text.index("Comment by") : text.index("Officers who worked")]
    copy = tmp_path / "altered.txt"
    copy.write_text(comment + text.replace(comment, ""), "utf-8")
    return copy


def run(project: Path, *arguments: str, capsys: pytest.CaptureFixture[str]) -> tuple[int, str, str]:
    code = main(["verify", "--root", str(project), SOURCE, *arguments])
    out, err = capsys.readouterr()
    return code, out, err


def test_a_clean_copy_ends_with_zero(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = run(project, str(EXAMPLE_TEXT), capsys=capsys)
    assert (code, err) == (0, "")
    assert out.startswith("83 of 83 facts found on the lines of the text that was consulted.\n")


def test_a_wrong_value_ends_with_one(project: Path, altered_copy: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = run(project, str(altered_copy), capsys=capsys)
    assert (code, err) == (1, "")
    assert out.split("\n")[:4] == [
        "Moved to line 1: “Comment by Alex Example”, 2 passages with 4 facts (comment-text to quote).",
        'line 22: found "8%" at “Chat rooms”, expected "80%" (finding/contact-chat).',
        "",
        "78 of 83 facts found in their passages; 4 found elsewhere, 1 found with another value.",
    ]
    assert "Your copy may be another edition" in out


def test_a_moved_part_alone_ends_with_zero(project: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = EXAMPLE_TEXT.read_text("utf-8")
    comment = text[text.index("Comment by") : text.index("Officers who worked")]
    (tmp_path / "moved.txt").write_text(comment + text.replace(comment, ""), "utf-8")
    code, out, _ = run(project, str(tmp_path / "moved.txt"), capsys=capsys)
    assert (code, out.split(":")[0]) == (0, "Moved to line 1")


def test_what_is_not_checked_is_said(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    _, out, _ = run(project, str(EXAMPLE_TEXT), capsys=capsys)
    assert "Not checked: rows without printed words of their own (base 2, comment 1, finding 4, insight 1,\n" in out


def test_coverage_lists_the_numbers_that_no_fact_covers(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    _, out, _ = run(project, str(EXAMPLE_TEXT), "--coverage", capsys=capsys)
    (listed,) = (text for text in out.split("\n\n") if "of the copy belong to a fact" in text)
    assert " ".join(listed.split()) == (
        "42 of the 53 numbers of the copy belong to a fact, these do not: "
        "2019 (line 8), 2019 (line 28), 2019 (line 40), 2020 (line 40), 10 (line 51), 38 (line 52), 39.5 (line 52), "
        "15.0 (line 52), 35.5 (line 52), 6.0 (line 52), 2019 (line 53)."
    )


def test_the_json_lists_each_difference(project: Path, altered_copy: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = run(project, str(altered_copy), "--format", "json", "--coverage", capsys=capsys)
    whole = json.loads(out)
    assert (code, whole["facts"], whole["consulted"]) == (1, 83, False)
    assert whole["outcomes"] == {
        "found": 78, "found elsewhere": 4, "found with another value": 1, "not found": 0,
    }  # fmt: skip
    (wrong,) = (each for each in whole["differences"] if each["outcome"] == "found with another value")
    assert wrong == {
        "fact": "finding/contact-chat", "kind": "finding", "outcome": "found with another value",
        "printed": "80%", "value": "8%", "place": "line 22", "reason": "at “Chat rooms”",
        "passage": "contact-chart", "file": "data/example-2020/findings.csv", "line": 6,
    }  # fmt: skip
    assert {"number": "8%", "place": "line 22"} not in whole["uncovered_numbers"]


def test_the_json_of_a_refusal_is_a_problem(project: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = run(project, str(tmp_path / "none.txt"), "--format", "json", capsys=capsys)
    assert (code, json.loads(out)["errors"]) == (1, 1)


def test_the_csv_has_a_row_for_each_fact(project: Path, altered_copy: Path, capsys: pytest.CaptureFixture[str]) -> None:
    _, out, _ = run(project, str(altered_copy), "--format", "csv", capsys=capsys)
    rows = {row["fact"]: row for row in csv.DictReader(io.StringIO(out))}
    assert len(rows) == 83
    assert (rows["finding/seen-yes"]["outcome"], rows["finding/seen-yes"]["place"]) == ("found", "line 17")
    assert rows["statement/example-same"]["outcome"] == "found elsewhere"


def test_the_triples_are_the_same_each_time(
    project: Path, altered_copy: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    _, first, _ = run(project, str(altered_copy), "--format", "ttl", capsys=capsys)
    _, second, _ = run(project, str(altered_copy), "--format", "ttl", capsys=capsys)
    assert first == second


def test_the_triples_measure_and_annotate(
    project: Path, altered_copy: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    _, out, _ = run(project, str(altered_copy), "--format", "ttl", "--base", "https://example.org/", capsys=capsys)
    graph = Graph().parse(data=out, format="turtle")
    assert not any(isinstance(term, BNode) for triple in graph for term in triple)
    (activity,) = graph.subjects(RDF.type, PROV.Activity)
    findings = URIRef(f"{activity}/found-with-another-value/finding")
    assert graph.value(findings, DQV.value) == Literal(1)
    annotation = URIRef(f"{activity}/difference/finding/contact-chat")
    assert graph.value(annotation, OA.hasTarget) == URIRef("https://example.org/example-2020/finding/contact-chat")
    assert len(set(graph.subjects(RDF.type, DQV.QualityAnnotation))) == 5


def test_several_files_are_read_as_one(project: Path, tmp_path: Path) -> None:
    text = EXAMPLE_TEXT.read_text("utf-8")
    middle = text.index("How have cases")
    (tmp_path / "a.txt").write_text(text[:middle], "utf-8")
    (tmp_path / "b.txt").write_text(text[middle:].replace("55.0%", "5.5%"), "utf-8")
    found = 'b.txt, line 4: found "5.5%" at “Extortion”, expected "55.0%" (finding/change-extortion-increased).'
    assert differences(verify(project, SOURCE, tmp_path / "a.txt", tmp_path / "b.txt")) == [found]


# ---------------------------------------------------------------- normalised text


def test_a_number_is_not_found_within_another() -> None:
    text = normalise("47% 7.7% 0.7% 7.1% 17 percent 7%")
    assert [text.of(span) for span in text.occurrences(phrase_of("7%"))] == ["7%"]


@pytest.mark.parametrize(
    ("printed", "normalised"),
    [
        ("0,9 %", "0.9%"),
        ("269,370", "269370"),
        ("269 370", "269 370"),
        ("5,000\u20136,000", "5000 6000"),
        ("2019,45", "2019 45"),
        ("2022,2930", "2022 2930"),
        ("ef\ufb01cient of\u00adficer", "efficientofficer"),
        ("investi-\ngation", "investigation"),
        ("< 5 years", "<5years"),
        ("Bo\u0308rn", "börn"),
        ("groups\u00b2", "groups"),
    ],
)
def test_what_carries_no_meaning_is_dropped(printed: str, normalised: str) -> None:
    assert normalise(printed).characters == normalised


def test_a_place_leads_back_to_its_line() -> None:
    text = normalise("one\n\ntwo three\nfour")
    assert [text.line_at(span.start) for phrase in ("two", "four") for span in text.occurrences(phrase)] == [2, 3]
    assert text.of(text.lines(2, 2)) == "twothree"
    assert text.lines(9, 9) == Span(15, 15)
