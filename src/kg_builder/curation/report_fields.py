"""What is asked about a new report; each answer is one cell of its tables."""

from __future__ import annotations

import dataclasses


@dataclasses.dataclass(frozen=True)
class Field:
    """One thing to ask about a new report: its option, the table and column of the answer, and the question."""

    name: str
    table: str
    column: str
    question: str


FIELDS = (
    Field("title", "report", "title", "Title, as printed"),
    Field("publisher", "report", "publisher", "Publisher: an id or a label of shared/organisations.csv"),
    Field("issued", "report", "issued", "Year of publication"),
    Field("language", "report", "language", "Language of the text, such as en"),
    Field("address", "report", "address", "Address of the publisher's web edition"),
    Field("accessed", "report", "accessed", "Day on which that address was last looked at, such as 2026-11-28"),
    Field("license", "report", "license", "Address of its licence"),
    Field("survey", "surveys", "label", "Name of its survey; empty for none"),
    Field("mode", "surveys", "mode", "How answers were collected, such as online-questionnaire"),
    Field("respondents", "populations", "label", "Who took part in the survey"),
    Field("section", "parts", "label", "Section that describes the survey"),
    Field("anchor", "passages", "anchor", "First words of that description, or the heading above it"),
    Field("line-from", "passages", "line_from", "First line of the description, if a text was consulted"),
    Field("line-to", "passages", "line_to", "Last line of the description"),
    Field("web-page", "passages", "address", "Address of the description, if it is on a web page"),
)
"""What is asked, in order. A field whose column no shape has is not asked."""

SURVEY = "survey"
"""The field without which no other field of the survey is asked."""

FIXED = {
    "report": {"id": "{source}"},
    "surveys": {"id": "survey", "population": "respondents", "passage": "about-survey"},
    "populations": {"id": "respondents", "survey": "survey", "passage": "about-survey"},
    "parts": {"id": "about-the-survey", "kind": "survey-part", "report": "{source}"},
    "passages": {"id": "about-survey", "kind": "running-text", "part": "about-the-survey"},
}
"""The cells of new rows that nobody has to type."""
