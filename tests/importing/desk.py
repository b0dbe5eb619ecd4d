"""A curator's desk: the example's project with a question that others have asked, and a folder of tables and maps."""

from __future__ import annotations

import csv
import dataclasses
from pathlib import Path

import pytest

from kg_builder.core.problems import ProblemsFound
from kg_builder.importing.table_import import ImportResult, import_table
from tests.bench import SOURCE, project_at

FINDINGS = "findings.table.csv"
ADDED = {
    "shared/age_brackets.csv": ["13-14,13 to 14 years,,,Teens.,13,14", "15-17,15 to 17 years,,,Teens.,15,17"],
    f"{SOURCE}/questions.2.csv": [
        "met,What have you met?,officer-survey,officers,multiple-choice,some,,9,your-training,2020,percent,table",
        "online,How long are you online?,officer-survey,officers,count,,mean,10,your-training,2020,,table",
    ],
    f"{SOURCE}/options.2.csv": ["met-insults,met,,Insults,false,1", "met-threats,met,,Threats,false,2"],
}
WIDE = """
layout = "wide"
rows = { column = "What", to = "option", question = "met", new = "ask" }
[columns]
"All" = {}
"Girls" = { group = "female" }
"""


@dataclasses.dataclass(frozen=True)
class Desk:
    """A project at `root`, and a folder beside it."""

    root: Path

    @property
    def folder(self) -> Path:
        return self.root.parent

    @property
    def report(self) -> Path:
        return self.root / "data" / SOURCE

    def write(self, name: str, text: str | bytes) -> Path:
        """Write a file beside the project."""
        path = self.folder / name
        path.write_bytes(text.encode() if isinstance(text, str) else text)
        return path

    def run(
        self, text: str | bytes, stated: str = "", *, name: str = "table.csv", dry_run: bool = False
    ) -> ImportResult:
        """Import a table with a map."""
        stated_path = self.write("table.toml", stated) if stated else None
        return import_table(self.root, self.write(name, text), SOURCE, stated_path, dry_run=dry_run)

    def refused(self, text: str | bytes, stated: str = "", name: str = "table.csv") -> list[str]:
        """Import a table that is refused, which must change nothing; return the sentences without the folder."""
        before = self.contents()
        with pytest.raises(ProblemsFound) as raised:
            self.run(text, stated, name=name)
        assert self.contents() == before
        return [str(problem).replace(f"{self.folder}/", "") for problem in raised.value.problems]

    def contents(self) -> dict[str, bytes]:
        """The files of the project and the answers beside it."""
        paths = [path for path in (self.root / "data").rglob("*") if path.is_file()]
        return {str(path): path.read_bytes() for path in (*paths, *self.folder.glob("unknown.csv"))}

    def findings(self, name: str = FINDINGS) -> list[dict[str, str]]:
        """The rows that an import has written."""
        with (self.report / name).open(encoding="utf-8", newline="") as stream:
            return list(csv.DictReader(stream))

    def answer(self, use: str) -> None:
        """Answer all unknown values alike."""
        path = self.folder / "unknown.csv"
        header, *rows = path.read_text(encoding="utf-8").splitlines()
        path.write_text("".join(f"{row}\n" for row in (header, *(f"{row}{use}" for row in rows))), encoding="utf-8")


def desk_at(folder: Path) -> Desk:
    root = project_at(folder / "project")
    for name, rows in ADDED.items():
        path = root / "data" / name
        path.write_text(path.read_text(encoding="utf-8") + "".join(f"{row}\n" for row in rows), encoding="utf-8")
    return Desk(root)
