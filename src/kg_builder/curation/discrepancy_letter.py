"""The letter to a publisher: every contradiction in a report, with both sides, and the value that the data prefer."""

from __future__ import annotations

from jinja2 import Environment, PackageLoader, StrictUndefined

from kg_builder.answers.answer import Answer


def letter(contradictions: Answer) -> str:
    """Return a letter for each report, in Markdown; each row of the answer is one side of a contradiction."""
    environment = Environment(
        loader=PackageLoader("kg_builder", "templates"),
        autoescape=False,  # noqa: S701  (Markdown, not HTML)
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    return environment.get_template("letter.md").render(rows=list(contradictions))
