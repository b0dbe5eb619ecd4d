"""Writes tests/expected_answers, the answers of the stored questions; read what changed before you commit it.

A table is the answer with the default parameters on the real data, as CSV, IRIs without the base.
"""

from __future__ import annotations

from pathlib import Path

from kg_builder import open_graph
from kg_builder.answers.answer import Answer

ROOT = Path(__file__).resolve().parent.parent
ANSWERS = ROOT / "tests" / "expected_answers"


def as_table(answer: Answer) -> str:
    """Return an answer as the tests hold it."""
    return answer.to_csv().replace(answer.base, "")


def main() -> None:
    """Write all tables anew; `build/` must be fresh."""
    graph = open_graph(ROOT)
    for path in ANSWERS.glob("*.csv"):
        path.unlink()
    for name in graph.questions:
        (ANSWERS / f"{name}.csv").write_text(as_table(graph.ask(name)), encoding="utf-8")


if __name__ == "__main__":
    main()
