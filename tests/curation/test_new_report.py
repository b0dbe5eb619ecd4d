"""A new report: its tables are empty, or hold the rows that options or answers make, and always validate."""

from __future__ import annotations

import io
import shutil
import sys
from pathlib import Path

import pytest

from kg_builder.cli.main import main
from tests.bench import ROOT, Edit, problems_of, project_at, sheet

ANOTHER = ROOT / "tests" / "another"

REPORT = ("--title", "Example Report 2021", "--publisher", "Example Institute", "--issued", "2021", "--language", "en")
SURVEY = (
    *("--survey", "The survey", "--mode", "online-questionnaire", "--respondents", "Everybody who took part"),
    *("--section", "About", "--anchor", "We asked", "--line-from", "3", "--line-to", "5"),
)


def new(project: Path, *options: str) -> int:
    return main(["new-report", "--root", str(project), "example-2021", *options])


def test_options_become_the_rows_of_tables_without_problems(project: Path, tmp_path: Path) -> None:
    assert new(project, *REPORT, *SURVEY) == 0
    folder = project / "data" / "example-2021"
    (report,) = sheet(folder / "report.csv").rows
    assert {name: cell for name, cell in report.items() if cell} == {
        "id": "example-2021",
        "title": "Example Report 2021",
        "publisher": "example-institute",
        "issued": "2021",
        "language": "en",
    }
    (survey,) = sheet(folder / "surveys.csv").rows
    assert (survey["label"], survey["mode"], survey["population"]) == (
        "The survey",
        "online-questionnaire",
        "respondents",
    )
    assert sheet(folder / "findings.csv").rows == []
    assert problems_of(project, tmp_path / "work") == ()


def test_a_report_on_a_web_page_needs_no_lines(project: Path, tmp_path: Path) -> None:
    web = ("--address", "https://example.org/", "--accessed", "2021-11-30", "--web-page", "https://example.org/survey")
    assert new(project, *REPORT, *SURVEY[:-4], *web) == 0
    (passage,) = sheet(project / "data" / "example-2021" / "passages.csv").rows
    assert (passage["line_from"], passage["address"]) == ("", "https://example.org/survey")
    assert problems_of(project, tmp_path / "work") == ()


def test_a_report_without_a_survey_has_a_row_in_its_own_table_alone(project: Path, tmp_path: Path) -> None:
    assert new(project, *REPORT) == 0
    folder = project / "data" / "example-2021"
    assert [path.name for path in sorted(folder.iterdir()) if sheet(path).rows] == ["report.csv"]
    assert problems_of(project, tmp_path / "work") == ()


def test_answers_that_the_tables_do_not_allow_are_named_by_option_and_nothing_is_written(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert new(project, "--title", "x", "--publisher", "Nobody", "--issued", "21", "--survey", "y") == 1
    found = [line.split(": found")[0] for line in capsys.readouterr().err.splitlines()]
    assert found[:-1] == sorted(found[:-1])
    assert {"--issued", "--language", "--publisher", "--mode", "--respondents", "--line-from"} <= set(found)
    assert [path.name for path in (project / "data").iterdir() if "2021" in path.name] == []


def test_an_answer_without_a_column_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    without = Edit("ontology/shapes/reports.ttl", "shape:address, shape:Report-accessed,", "shape:Report-accessed,")
    project = project_at(tmp_path / "project", (without,))
    assert new(project, *REPORT, "--address", "https://example.org/") == 1
    assert "--address: found an answer that no column of the tables holds" in capsys.readouterr().err


class Terminal(io.StringIO):
    """Typed lines, on a terminal."""

    def isatty(self) -> bool:
        return True


def test_on_a_terminal_it_asks_and_asks_again_what_was_wrong(
    project: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = ["Example Report 2021", "example-institute", "21", "en", "", "", "", "", "2021"]
    monkeypatch.setattr(sys, "stdin", Terminal("\n".join(asked)))
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    assert new(project) == 0
    (report,) = sheet(project / "data" / "example-2021" / "report.csv").rows
    assert (report["title"], report["issued"]) == ("Example Report 2021", "2021")
    printed = capsys.readouterr().err
    assert printed.count("Title, as printed: ") == 1
    assert printed.count("Year of publication: ") == 2
    assert "How answers were collected" not in printed


def test_it_asks_no_more_when_nobody_answers(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", Terminal("Example Report 2021\n"))
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    assert new(project) == 1
    assert not (project / "data" / "example-2021").exists()


def test_an_empty_report_is_reported_as_empty_and_is_no_error(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert new(project) == 0
    assert main(["validate", "--root", str(project)]) == 0
    (sentence,) = capsys.readouterr().err.splitlines()
    assert sentence == (
        "warning: data/example-2021: found a report without rows, expected the row of report.csv at least. "
        "Fill its tables, report.csv first."
    )


def test_a_report_stands_alone_and_what_only_its_findings_and_surveys_use_needs_no_mention(tmp_path: Path) -> None:
    project = project_at(tmp_path / "project", tables=ANOTHER)
    shutil.rmtree(project / "data" / "made-up-2022")
    shutil.rmtree(project / "data" / "links")
    (project / "data" / "made-up-2021" / "mentions.csv").unlink()
    problems = problems_of(project, tmp_path / "work")
    assert problems == ()
