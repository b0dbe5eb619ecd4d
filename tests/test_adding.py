"""What is added as a row, a table, a column, a code or a query is in the graph; no Python is touched."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from kg_builder.cli.main import main
from kg_builder.core.iris import BASE
from kg_builder.graph.built_graph import BuiltGraph, Project
from kg_builder.pipeline import build_graph
from tests.bench import EXAMPLE, Edit, problems_of, project_at

SKOS = "http://www.w3.org/2004/02/skos/core#"
XSD = "http://www.w3.org/2001/XMLSchema#"
TYPE = "<http://www.w3.org/1999/02/22-rdf-syntax-ns#type>"
LABEL = f"<{SKOS}prefLabel>"

QUESTION = (
    Edit(
        "data/example-2020/questions.csv",
        append="trained,Have you been trained?,officer-survey,officers,single-choice,,,,,4,chapter-text\n",
    ),
    Edit(
        "data/example-2020/options.csv",
        append="trained-no,trained,No,false,,2,\ntrained-yes,trained,Yes,false,,1,\n",
    ),
    Edit(
        "data/example-2020/findings.csv",
        append=(
            "trained-no,trained,whole-question,trained-no,officers,all-places,all-ages,2020,first,30,percent,0,"
            "table,30%,chapter-text\n"
            "trained-yes,trained,whole-question,trained-yes,officers,all-places,all-ages,2020,first,70,percent,0,"
            "table,70%,chapter-text\n"
        ),
    ),
)

ENTITY_TYPE = (
    Edit(
        "ontology/kg.ttl",
        append="""
kg:Law a owl:Class ; rdfs:subClassOf schema:Legislation, kg:Subject ;
    rdfs:label "law"@en ;
    skos:definition "An act that a report names."@en .

kg:adopted a owl:DatatypeProperty ; rdfs:label "adopted"@en ; skos:definition "The day on which it was adopted."@en .
""",
    ),
    Edit(
        "ontology/shapes/laws.ttl",
        append="""@prefix csvw: <http://www.w3.org/ns/csvw#> .
@prefix kg: <https://w3id.org/child-protection-kg/ontology#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix sh: <http://www.w3.org/ns/shacl#> .
@prefix shape: <https://w3id.org/child-protection-kg/shapes#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .

shape:Law a sh:NodeShape ;
    rdfs:label "law"@en ;
    sh:description "An act that a report names."@en ;
    csvw:url "shared/laws.csv" ;
    csvw:aboutUrl "law/{id}" ;
    sh:targetClass kg:Law ;
    sh:property shape:id, shape:label, shape:Law-adopted .

shape:Law-adopted a sh:PropertyShape ;
    sh:name "adopted"@en ;
    sh:description "The day on which it was adopted."@en ;
    csvw:name "adopted" ;
    sh:path kg:adopted ;
    sh:order 20 ;
    sh:datatype xsd:date ;
    sh:maxCount 1 .
""",
    ),
    Edit("data/shared/laws.csv", append="id,label,adopted\nexample-act,Example Act,2019-12-31\n"),
    Edit("data/example-2020/mentions.csv", append="example-act,law/example-act,topic,Example Act,chapter-text\n"),
)

COLUMN = (
    Edit(
        "ontology/kg.ttl",
        append="""
kg:closed a owl:DatatypeProperty ; rdfs:label "closed"@en ; skos:definition "Whether it has been closed."@en .
""",
    ),
    Edit(
        "ontology/shapes/concepts.ttl",
        append="""
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .

shape:Platform sh:property shape:Platform-closed .

shape:Platform-closed a sh:PropertyShape ;
    sh:name "closed"@en ;
    sh:description "Whether it has been closed."@en ;
    csvw:name "closed" ;
    sh:path kg:closed ;
    sh:order 20 ;
    sh:datatype xsd:boolean ;
    sh:maxCount 1 .
""",
    ),
    Edit("data/shared/platforms.csv", replace="hidden_labels,definition\n", by="hidden_labels,definition,closed\n"),
    Edit("data/shared/platforms.csv", replace="A messenger.\n", by="A messenger.,false\n"),
)

CODE = (
    Edit(
        "ontology/codes.ttl",
        append="""
origin:appendix a kg:Origin ;
    skos:prefLabel "appendix"@en ;
    skos:definition "An appendix of the report."@en .
""",
    ),
    Edit("data/example-2020/findings.csv", replace="0,chart-label,80%", by="0,chart-label;appendix,80%"),
)

RELATION_TYPE = (
    Edit(
        "ontology/kg.ttl",
        append="""
kg:replaces a owl:ObjectProperty, kg:RelationType ; rdfs:label "replaces"@en ;
    skos:definition "The subject takes the place of the object."@en .
""",
    ),
    Edit(
        "data/example-2020/relations.csv",
        append="chat-replaces-portal,platform/example-chat,replaces,service/example-portal,"
        "speaker/report,stated,pay with,chapter-text\n",
    ),
)

DERIVATION = (
    Edit(
        "queries/derive/narrower.rq",
        append="""#+ summary: What is broader has something narrower.

PREFIX skos: <http://www.w3.org/2004/02/skos/core#>

CONSTRUCT { ?above skos:narrower ?below . }
WHERE { ?below skos:broader ?above . }
""",
    ),
)

CHECK = (
    Edit(
        "queries/checks/short-labels.rq",
        append="""#+ summary: A label is short
#+ hint: Shorten it.

PREFIX kg: <https://w3id.org/child-protection-kg/ontology#>
PREFIX skos: <http://www.w3.org/2004/02/skos/core#>

SELECT ?this ("label" AS ?column) (STR(?label) AS ?found) ("at most 15 characters" AS ?expected)
WHERE { ?this a kg:Product ; skos:prefLabel ?label . FILTER (STRLEN(STR(?label)) > 15) }
""",
    ),
    Edit("data/shared/products.csv", append="long,Example Viewer Deluxe,,,\n"),
    Edit("data/example-2020/mentions.csv", append="long,product/long,topic,Example Viewer Deluxe,chapter-text\n"),
)

REPORT = {
    "report": "example-2021,Example Report 2021,,example-institute,2021,en,example-reports,,example-report-2019,,,,3\n",
    "parts": "grooming,1 Grooming,insight-chapter,example-2021,,,2,printed,,1\n",
    "passages": "title,heading,grooming,1 Grooming,1,2,2,printed,,\n",
    "insights": "insight-1,1,Grooming again,,threat/grooming,,title\n",
}


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The example's project with everything added at once; the second report by the command that makes its folder."""
    folder = tmp_path_factory.mktemp("adding") / "project"
    project_at(folder, (*QUESTION, *ENTITY_TYPE, *COLUMN, *CODE, *RELATION_TYPE, *DERIVATION))
    assert main(["new-report", "--root", str(folder), "example-2021"]) == 0
    for stem, row in REPORT.items():
        with (folder / "data" / "example-2021" / f"{stem}.csv").open("a", encoding="utf-8") as stream:
            stream.write(row)
    return folder


@pytest.fixture(scope="module")
def graph(root: Path, tmp_path_factory: pytest.TempPathFactory) -> BuiltGraph:
    return build_graph(Project(root), tmp_path_factory.mktemp("work"))


@pytest.fixture(scope="module")
def quads(graph: BuiltGraph) -> set[str]:
    """The graph as N-Quads, what begins as all things of ours do cut to `:`."""
    return set(graph.lines.read_text(encoding="utf-8").replace(f"<{BASE}", "<:").splitlines())


def test_what_is_added_has_no_problems(graph: BuiltGraph) -> None:
    assert graph.problems == ()


def test_the_folder_of_a_new_report_has_a_table_for_each_kind_that_reports_have(root: Path) -> None:
    assert stems(root / "data" / "example-2021") == stems(EXAMPLE / "data" / "example-2020")


def test_a_new_table_has_the_columns_of_its_shape(root: Path) -> None:
    assert header(root / "data/example-2021/statements.csv") == header(EXAMPLE / "data/example-2020/statements.csv")


def test_a_new_report_is_a_named_graph(quads: set[str]) -> None:
    assert f"<:example-2021/report/example-2021> {TYPE} <:ontology#Report> <:graph/example-2021> ." in quads


def test_an_id_of_one_report_may_be_used_again_in_another(quads: set[str]) -> None:
    assert f'<:example-2021/insight/insight-1> {LABEL} "Grooming again"@en <:graph/example-2021> .' in quads
    assert f'<:example-2020/insight/insight-1> {LABEL} "Grooming"@en <:graph/example-2020> .' in quads


def test_a_new_question_is_in_the_graph(quads: set[str]) -> None:
    assert f"<:example-2020/question/trained> {TYPE} <:ontology#Question> <:graph/example-2020> ." in quads


def test_a_finding_of_a_new_question_is_named_after_it(quads: set[str]) -> None:
    label = '"Have you been trained? Yes: 70 percent"@en'
    assert f"<:example-2020/finding/trained-yes> {LABEL} {label} <:graph/derived> ." in quads


def test_a_row_of_a_new_table_is_in_the_graph(quads: set[str]) -> None:
    assert f'<:law/example-act> <:ontology#adopted> "2019-12-31"^^<{XSD}date> <:graph/shared> .' in quads


def test_a_row_of_a_new_table_has_the_superclasses_of_its_class(quads: set[str]) -> None:
    assert f"<:law/example-act> {TYPE} <https://schema.org/Legislation> <:graph/shared> ." in quads


def test_a_row_of_a_new_table_can_be_named_where_subjects_are(quads: set[str]) -> None:
    body = "<http://www.w3.org/ns/oa#hasBody>"
    assert f"<:example-2020/mention/example-act> {body} <:law/example-act> <:graph/example-2020> ." in quads


def test_a_new_column_is_in_the_graph(quads: set[str]) -> None:
    assert f'<:platform/example-chat> <:ontology#closed> "false"^^<{XSD}boolean> <:graph/shared> .' in quads


def test_a_new_code_can_be_named_in_a_list(quads: set[str]) -> None:
    finding = "<:example-2020/finding/contact-chat>"
    assert f"{finding} <:ontology#origin> <:origin/appendix> <:graph/example-2020> ." in quads


def test_a_relation_of_a_new_type_is_a_plain_triple(quads: set[str]) -> None:
    assert "<:platform/example-chat> <:ontology#replaces> <:service/example-portal> <:graph/derived> ." in quads


def test_what_a_new_query_derives_is_in_the_graph(quads: set[str]) -> None:
    assert f"<:crime/crime> <{SKOS}narrower> <:crime/fraud> <:graph/derived> ." in quads


def test_a_new_check_tells_what_it_finds(tmp_path: Path) -> None:
    found = problems_of(project_at(tmp_path / "project", CHECK), tmp_path / "work")
    assert [str(problem) for problem in found] == [
        'data/shared/products.csv:3: label: found "Example Viewer Deluxe", expected at most 15 characters. Shorten it.'
    ]


def test_a_fault_in_a_new_table_is_told_with_file_line_and_column(tmp_path: Path) -> None:
    fault = Edit("data/shared/laws.csv", replace="2019-12-31", by="2019-02-31")
    found = problems_of(project_at(tmp_path / "project", (*ENTITY_TYPE, fault)), tmp_path / "work")
    (problem,) = found
    assert str(problem) == (
        'data/shared/laws.csv:2: adopted: found "2019-02-31", expected a date that exists, as YYYY-MM-DD. '
        "The day on which it was adopted."
    )


# ---------------------------------------------------------------- what the assertions read


def stems(folder: Path) -> list[str]:
    return sorted({path.name.split(".")[0] for path in folder.glob("*.csv")})


def header(path: Path) -> list[str]:
    with path.open(encoding="utf-8", newline="") as stream:
        return next(csv.reader(stream))
