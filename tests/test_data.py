"""The real dataset, tested as data: in order, complete, consistent with its own checks, and in our own words."""

from __future__ import annotations

import hashlib
import re
import shutil
import unicodedata
from bisect import bisect
from collections import Counter
from pathlib import Path
from typing import Any

import pyoxigraph
import pytest
import yaml
from rdflib import RDF, RDFS, SKOS, Graph

from kg_builder.core.iris import BASE
from kg_builder.core.problems import Problem
from kg_builder.curation.verification import verify
from kg_builder.curation.verification_outcomes import Outcome
from kg_builder.graph.built_graph import Project
from kg_builder.pipeline import build_graph
from kg_builder.schema.model import Schema
from kg_builder.schema.ontology_folder import read_schema
from tests.bench import ROOT, sheet, tables_of

REPORT = ROOT / "data/netclean-2018"
TABLES = tables_of(ROOT / "data")
LINKS = [path for path in TABLES if path.parent.name == "links"]
TEXT = ROOT.parent / "shared/source/netclean-report-2018.txt"

needs_text = pytest.mark.skipif(
    not TEXT.is_file(), reason="the report is under copyright and not shipped; its text is not at ../shared/source"
)


def rows(path: Path) -> list[dict[str, str]]:
    return sheet(path).rows


def number_of(table: str, **wanted: str) -> int:
    return sum(all(row[column] == value for column, value in wanted.items()) for row in rows(REPORT / f"{table}.csv"))


@pytest.fixture(scope="module")
def schema() -> Schema:
    return read_schema(ROOT / "ontology")


# ---------------------------------------------------------------- in order


def test_every_table_has_its_file_and_every_file_its_table(schema: Schema) -> None:
    expected = {table.url.replace("{source}", "netclean-2018") for table in schema.tables}
    found = {path.relative_to(ROOT / "data").as_posix() for path in TABLES}
    assert expected - found == {"links/*.sssom.tsv", "netclean-2018/bases.csv", "shared/indicators.csv"}
    assert [path.name.split(".")[0] for path in LINKS] == [
        *("classes", "cryptocurrencies", "organisations", "places"),
        *("platforms", "questions", "technologies", "threats"),
    ]
    assert [path for path in TABLES if schema.table_at(path.parent.name, path.name) is None] == []


def named(path: Path) -> str:
    return "/".join(path.parts[-2:])


@pytest.mark.parametrize("path", TABLES, ids=named)
def test_the_header_of_a_table_is_in_the_order_of_its_shape(path: Path, schema: Schema) -> None:
    table = schema.table_at(path.parent.name, path.name)
    assert table is not None
    header = sheet(path).header
    assert header == [column.name for column in table.columns if column.name in header]


@pytest.mark.parametrize("path", TABLES, ids=named)
def test_the_rows_of_a_table_are_sorted_by_unique_ids(path: Path) -> None:
    ids = [row["id"] for row in rows(path)]
    assert ids == sorted(set(ids))


@pytest.mark.parametrize("path", TABLES, ids=named)
def test_a_table_is_plain_csv_quoted_only_where_needed(path: Path) -> None:
    assert path.read_bytes() == sheet(path).text.encode()


@pytest.mark.parametrize("path", TABLES, ids=named)
def test_a_table_holds_normal_text_without_blanks_around_cells(path: Path) -> None:
    text = path.read_text("utf-8")
    assert unicodedata.is_normalized("NFC", text)
    cells = [cell for row in rows(path) for cell in row.values()]
    assert [cell for cell in cells if cell != cell.strip() or "  " in cell] == []


# ---------------------------------------------------------------- complete


def test_the_police_survey_has_28_questions_and_the_employer_survey_12() -> None:
    assert [number_of("questions", survey=survey) for survey in ("police-survey", "employer-interviews")] == [28, 12]


def test_the_police_survey_has_6_focus_areas_with_an_insight_each() -> None:
    areas = rows(REPORT / "focus_areas.csv")
    assert {(area["order"], area["insight"]) for area in areas} == {(str(at), f"insight-{at}") for at in range(1, 7)}


def test_there_are_at_least_210_findings_and_figures() -> None:
    assert number_of("findings") + number_of("figures") >= 210


def test_there_are_at_least_100_claims() -> None:
    assert number_of("claims") >= 100


def test_there_are_9_experts() -> None:
    assert len(rows(ROOT / "data/shared/experts.csv")) == 9


def test_there_are_8_insights_in_their_order() -> None:
    assert [row["number"] for row in rows(REPORT / "insights.csv")] == ["1", "2", "3", "4", "5", "6", "7", "8"]


def test_there_are_at_least_46_quotes_of_officers() -> None:
    assert number_of("statements", kind="officer-quote") >= 46


def test_there_are_several_dozen_discrepancies() -> None:
    assert number_of("discrepancies") >= 60


def test_every_question_has_findings_or_else_claims_and_statements() -> None:
    found, claimed, said = (
        {row["question"] for row in rows(REPORT / f"{table}.csv")} - {""}
        for table in ("findings", "claims", "statements")
    )
    worded = {row["id"] for row in rows(REPORT / "questions.csv")} - found
    assert worded - claimed == set()
    assert worded - said <= {"employers-number-of-alerts"}  # numbers and headings only


def test_every_expert_makes_statements() -> None:
    speakers = {row["speaker"] for row in rows(REPORT / "statements.csv")}
    experts = {f"expert/{row['id']}" for row in rows(ROOT / "data/shared/experts.csv")}
    assert experts - speakers == set()


def test_every_expert_has_a_role_with_an_organisation() -> None:
    members = {row["expert"] for row in rows(REPORT / "memberships.csv")}
    assert members == {row["id"] for row in rows(ROOT / "data/shared/experts.csv")}


def test_every_insight_has_a_comment_or_a_statement() -> None:
    told = {row["insight"] for row in rows(REPORT / "statements.csv")}
    assert {row["id"] for row in rows(REPORT / "insights.csv")} <= told


def test_every_passage_is_used() -> None:
    used = {row["passage"] for path in TABLES for row in rows(path) if "passage" in row}
    facts = {fact for row in rows(REPORT / "discrepancies.csv") for fact in row["facts"].split(";")}
    passages = {row["id"] for row in rows(REPORT / "passages.csv")}
    assert {name for name in passages - used if f"passage/{name}" not in facts} == set()


# ---------------------------------------------------------------- pages


def test_the_printed_page_number_is_that_of_the_passages_around_it() -> None:
    """The number 37 is printed once, before the introduction of the employer survey."""
    pages = {row["id"]: (row["page"], row["page_origin"]) for row in rows(REPORT / "passages.csv")}
    assert {name: page for name, (page, origin) in pages.items() if origin == "printed"} == dict.fromkeys(
        ("employers-alerts-box", "employers-intro", "employers-proactive"), "37"
    )


def test_pages_never_go_back_from_one_line_to_a_later_one() -> None:
    found = sorted(rows(REPORT / "passages.csv"), key=lambda row: (int(row["line_from"]), int(row["line_to"])))
    first = [int(row["page"].split("-")[0]) for row in found]
    assert first == sorted(first)


def test_sections_of_two_pages_lie_open_before_the_reader() -> None:
    """An even page and the odd page after it face each other. Only chapter 8 goes over the leaf."""
    spans = [row["page"].split("-") for row in rows(REPORT / "parts.csv")]
    pairs = [(int(first), int(last)) for first, last in (span for span in spans if len(span) == 2)]
    two = [(first, last) for first, last in pairs if last == first + 1]
    assert len(two) == 16
    assert [pair for pair in two if pair[0] % 2] == [(39, 40)]


@needs_text
def test_pages_are_those_counted_along_the_page_breaks_of_the_text() -> None:
    """A page begins with a line that has one blank before it and follows a line with text that has none.

    Line 216 is like that too, but stands within a box of two columns.
    """
    text = TEXT.read_text(encoding="utf-8").split("\n")
    starts = [
        number
        for number, (above, line) in enumerate(zip(["-", *text], text, strict=False), 1)
        if re.match(r" \S", line) and re.match(r"\S| {2}", above) and number != 216
    ]
    offset = 37 - bisect(starts, 1 + text.index("37"))

    def page(line: str) -> str:
        return str(offset + bisect(starts, int(line)))

    wanted = {row["id"]: {page(row["line_from"]), page(row["line_to"])} for row in rows(REPORT / "passages.csv")}
    assert {row["id"]: set(row["page"].split("-")) for row in rows(REPORT / "passages.csv")} == wanted


def test_no_two_passages_have_the_same_label(names: dict[str, str]) -> None:
    labels = [label for name, label in names.items() if re.match("cpkg:[^/]*/passage/", name)]
    assert len(labels) > 200
    assert sorted(set(labels)) == sorted(labels)


def test_a_discrepancy_names_what_it_prefers_among_its_facts_or_says_why_it_cannot() -> None:
    found = rows(REPORT / "discrepancies.csv")
    assert [row["id"] for row in found if row["prefers"] and row["prefers"] not in row["facts"].split(";")] == []
    assert sum(1 for row in found if row["prefers"]) > len(found) / 2


UNUSED = {
    "author-kind/person": "no person has reviewed a mapping yet",
    "group/everyone": "only the cells that are derived from findings without a group name it",
    "option/all-answers": "no question of this report asks for a mean, a rate or a count of everything",
    "discrepancy-kind/sum-not-100": "the constraint Question-sum asks for it; no question of this report needs it",
    "response-type/matrix-multiple-choice": "no matrix of this report lets several answers be given in a row",
}
"""Codes that no row of the present reports names, and why they are there."""

FOR_OTHER_SURVEYS = ("address-change-kind/", "obs-status/", "published/", "statistic/")
"""Lists of codes that are complete, because other surveys need the codes that these reports don't."""


def test_every_code_is_used_or_there_for_a_reason(real_build: Path) -> None:
    codes = {str(code) for code in Graph().parse(ROOT / "ontology/codes.ttl").subjects(RDF.type, None)}
    assert len(codes) > 70
    used: set[str] = set()
    for line in (real_build / "kg.nq").read_text(encoding="utf-8").splitlines():
        if not line.endswith(("/graph/derived> .", "/graph/ontology> .")):
            used |= set(re.findall(r"<([^>]*)>", line))
    unused = {code.split("/", 4)[4] for code in codes - used}
    assert {code for code in unused if not code.startswith(FOR_OTHER_SURVEYS)} == set(UNUSED)


# ---------------------------------------------------------------- links

THINGS = ("subject_id", "predicate_id", "object_id", "object_source", "mapping_justification")
"""The columns of mappings that name things by a prefix."""

MAPPINGS = [row for path in LINKS for row in rows(path)]


def metadata(path: Path) -> dict[str, Any]:
    """What stands before a table of mappings."""
    found = yaml.safe_load("".join(line.removeprefix("#") for line in sheet(path).preamble))
    assert isinstance(found, dict)
    return found


@pytest.fixture(scope="module")
def names(real_build: Path) -> dict[str, str]:
    """The label of each thing of the graph, the things named as mappings name them."""
    quads = pyoxigraph.parse(path=real_build / "kg.nq", format=pyoxigraph.RdfFormat.N_QUADS)
    found = {quad.subject.value: quad.object.value for quad in quads if quad.predicate.value == str(RDFS.label)}
    return {iri.replace(f"{BASE}ontology#", "kg:").replace(BASE, "cpkg:"): label for iri, label in found.items()}


def test_a_country_has_all_three_codes_or_its_definition_says_that_it_has_none() -> None:
    countries = [row for row in rows(ROOT / "data/shared/places.csv") if row["kind"] == "country"]
    without = [row for row in countries if not (row["iso_alpha2"] and row["iso_alpha3"] and row["m49"])]
    assert len(countries) > 240
    assert [row["id"] for row in without] == ["kosovo", "netherlands-antilles"]
    assert all("code" in row["definition"] for row in without)


def test_there_are_hundreds_of_mappings() -> None:
    assert len(MAPPINGS) >= 400


def test_the_ids_of_mappings_are_unique_in_all_tables() -> None:
    ids = [row["id"] for row in MAPPINGS]
    assert sorted(set(ids)) == sorted(ids)


def test_every_mapping_is_about_a_thing_of_the_graph_and_gives_its_label(names: dict[str, str]) -> None:
    assert [row["id"] for row in MAPPINGS if names.get(row["subject_id"]) != row["subject_label"]] == []


def test_every_mapping_gives_the_label_of_the_thing_elsewhere_or_says_that_it_is_outdated() -> None:
    unlabelled = [row for row in MAPPINGS if not row["object_label"]]
    assert [row["id"] for row in unlabelled if "outdated term" not in row["comment"]] == []


@pytest.mark.parametrize("path", LINKS, ids=named)
def test_the_prefixes_of_a_table_of_mappings_are_sorted_and_used_in_it(path: Path) -> None:
    used = {row[column].split(":")[0] for row in rows(path) for column in THINGS}
    assert list(metadata(path)["curie_map"]) == sorted(used)


@pytest.mark.parametrize("path", LINKS, ids=named)
def test_a_set_of_mappings_is_named_after_its_file(path: Path) -> None:
    name = path.name.removesuffix(".sssom.tsv")
    assert metadata(path)["mapping_set_id"] == f"{BASE}mapping-set/{name}"


def test_every_vocabulary_is_linked() -> None:
    linked = {row["object_source"] for row in MAPPINGS}
    assert {f"cpkg:vocabulary/{row['id']}" for row in rows(ROOT / "data/shared/vocabularies.csv")} - linked == set()


def test_every_external_code_is_linked() -> None:
    linked = {row["object_id"].removeprefix("cpkg:external-code/") for row in MAPPINGS}
    assert {row["id"] for row in rows(ROOT / "data/shared/external_codes.csv")} - linked == set()


def test_a_dozen_mappings_are_rejected_each_with_its_reason() -> None:
    reasons = [row["comment"] for row in MAPPINGS if row["predicate_modifier"] == "Not"]
    assert len(reasons) >= 12
    assert [reason for reason in reasons if len(words(reason)) < 3] == []


# ---------------------------------------------------------------- contradictions are found again


@pytest.fixture(scope="module")
def undocumented(tmp_path_factory: pytest.TempPathFactory) -> tuple[Problem, ...]:
    """What is found in the real data where no discrepancy is recorded."""
    folder = tmp_path_factory.mktemp("undocumented")
    shutil.copytree(ROOT / "data", folder / "project/data", ignore=shutil.ignore_patterns("released.txt"))
    for name in ("ontology", "queries"):
        (folder / "project" / name).symlink_to(ROOT / name)
    table = folder / "project/data/netclean-2018/discrepancies.csv"
    table.write_text(table.read_text("utf-8").splitlines()[0] + "\n", encoding="utf-8")
    (folder / "work").mkdir()
    problems = build_graph(Project(folder / "project"), folder / "work").problems
    assert [problem for problem in problems if problem.more] == []
    return problems


CHECKED = [row for row in rows(REPORT / "discrepancies.csv") if row["check"]]


def test_a_dozen_discrepancies_are_found_by_checks() -> None:
    assert len(CHECKED) >= 12


@pytest.mark.parametrize("row", CHECKED, ids=lambda row: row["id"])
def test_a_discrepancy_is_found_by_the_check_that_it_names(
    row: dict[str, str], undocumented: tuple[Problem, ...]
) -> None:
    found = {fact_of(problem) for problem in undocumented if problem.rule == row["check"]}
    assert found & set(row["facts"].split(";"))


def test_whatever_a_check_finds_is_a_discrepancy_that_names_the_check(undocumented: tuple[Problem, ...]) -> None:
    recorded = {(row["check"], fact) for row in CHECKED for fact in row["facts"].split(";")}
    found = {(problem.rule, fact_of(problem)) for problem in undocumented}
    assert found - recorded == set()


def fact_of(problem: Problem) -> str:
    """The thing that a problem is about, as `facts` names it."""
    return "/".join(problem.focus.rsplit("/", 2)[-2:])


# ---------------------------------------------------------------- the report's text


COUNTS = ROOT.parent / "shared/datasets"
"""The texts of which the tables of counts were made, in the order in which they were read."""
CONSULTED = (
    *("ncmec-cybertipline/ocse-reports-per-year.csv", "ncmec-cybertipline/ncmec_reports_by_country_long.csv"),
    *("ncmec-cybertipline/ncmec_reports_by_esp_2019_2023.csv", "ncmec-cybertipline/ocse-report-contents.csv"),
    *("ncmec-cybertipline/ocse-report-recipients.csv", "README.md"),
)


@pytest.mark.skipif(not COUNTS.is_dir(), reason="the consulted tables are not at ../shared/datasets")
def test_every_count_stands_on_its_lines_of_the_files_one_after_the_other() -> None:
    copies = [COUNTS / name for name in CONSULTED]
    (report,) = rows(ROOT / "data/ncmec-cybertipline/report.csv")
    if hashlib.sha256(b"".join(path.read_bytes() for path in copies)).hexdigest() != report["text_sha256"]:
        pytest.skip("the tables at ../shared/datasets are another edition than the consulted one")
    result = verify(ROOT, "ncmec-cybertipline", *copies)
    assert (len(result.outcomes), result.is_consulted, result.count[Outcome.FOUND]) == (2412, True, 2412)


def test_what_providers_reported_adds_up_to_the_published_totals() -> None:
    found = rows(ROOT / "data/ncmec-cybertipline/findings.csv")
    sums = Counter[str]()
    for row in found:
        if row["question"] == "reports-by-provider":
            sums[row["period"]] += int(row["printed"].replace(",", ""))
    assert sorted(sums.values()) == [16_836_694, 21_447_786, 29_157_083, 31_802_525, 35_944_826]


AS_PRINTED = {"label", "alt_labels", "hidden_labels", "headline", "title", "name", "role", "anchor", "printed"}
"""Columns that hold titles, names and short printed tokens, which are facts."""
LONGEST = 7
"""Words of the report that may follow each other in a text of ours."""
LONGEST_PRINTED = 8
"""Words of the report that may follow each other in any cell, such as a label, a name or a printed token."""
TITLES = {"title"}
"""Columns that hold titles as printed, which may be longer: those of reports and of the comments of experts."""


def words(text: str) -> list[str]:
    return re.findall(r"[a-z0-9]+", re.sub(r"-\n|['\u2019]", "", text).lower())


def runs(text: str, longest: int = LONGEST) -> set[tuple[str, ...]]:
    """All runs of one word more than may be copied."""
    found = words(text)
    return {tuple(found[start : start + longest + 1]) for start in range(len(found) - longest)}


@needs_text
def test_no_text_of_ours_copies_a_sentence_of_the_report(schema: Schema) -> None:
    printed = runs(TEXT.read_text("utf-8"))
    assert len(printed) > 10_000
    texts = {column.name for table in schema.tables for column in table.columns if not column.target} - AS_PRINTED
    assert {"abstract", "definition", "expected", "found", "text", "why"} <= texts
    copied = [
        f"{named(path)} {row['id']} {column}: {' '.join(run)}"
        for path in TABLES
        for row in rows(path)
        for column, cell in row.items()
        if column in texts
        for run in runs(cell) & printed
    ]
    assert copied == []


@needs_text
def test_no_cell_but_a_title_repeats_more_than_eight_words_of_the_report(schema: Schema) -> None:
    printed = runs(TEXT.read_text("utf-8"), LONGEST_PRINTED)
    copied, checked = [], set()
    for path in TABLES:
        table = schema.table_at(path.parent.name, path.name)
        if path.parent.name not in ("netclean-2018", "shared") or table is None:
            continue
        texts = {column.name for column in table.columns if not column.target} - TITLES
        for row in rows(path):
            checked |= {column for column in texts if row.get(column)}
            copied += [
                f"{named(path)} {row['id']} {column}: {' '.join(run)}"
                for column in texts
                for run in runs(row.get(column) or "", LONGEST_PRINTED) & printed
            ]
    assert {"label", "alt_labels", "headline", "anchor", "printed", "text", "definition", "was"} <= checked
    assert copied == []


@needs_text
def test_no_definition_of_the_ontology_copies_a_sentence_of_the_report() -> None:
    printed = runs(TEXT.read_text("utf-8"))
    for name in ("kg.ttl", "beyond-owl.ttl", "codes.ttl"):
        for text in Graph().parse(ROOT / "ontology" / name).objects(None, SKOS.definition):
            assert runs(str(text)) & printed == set()


@needs_text
def test_printed_tokens_are_short() -> None:
    found = [row["printed"] for path in TABLES for row in rows(path) if row.get("printed")]
    assert len(found) > 1_000
    assert [token for token in found if len(words(token)) > 8] == []
