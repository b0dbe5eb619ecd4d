"""The graph in the words of UCO 1.4.0 and CAC 3.0.0: what their shapes demand, and that no number loses its base.

The file for the real data was validated by case_validate 0.18.0 (CASE 1.4.0, nothing above Info, which asks for UUIDs)
and by CAC's shapes for claims, key findings, evidence and distributions, by hand; that for the example is, here.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import rdflib
from rdflib import RDF, XSD, Literal, Namespace

from tests.draft import Draft
from tests.validators import NEEDED, validated

CORE = Namespace("https://ontology.unifiedcyberontology.org/uco/core/")
OBSERVABLE = Namespace("https://ontology.unifiedcyberontology.org/uco/observable/")
TYPES = Namespace("https://ontology.unifiedcyberontology.org/uco/types/")
SYNTHESIS = Namespace("https://cacontology.projectvic.org/synthesis#")
KG = Namespace("https://w3id.org/child-protection-kg/ontology#")

WITH_LINES = {"netclean-2018", "ncmec-cybertipline"}
"""The reports of which a text with lines was read; of the others, web pages."""


@pytest.fixture(scope="module")
def nodes(real_build: Path) -> dict[str, dict[str, Any]]:
    """The objects of the file by what their address ends with."""
    whole = json.loads((real_build / "bridges" / "cac.jsonld").read_text(encoding="utf-8"))
    return {node["id"].removeprefix("https://w3id.org/child-protection-kg/"): node for node in whole["@graph"]}


@pytest.fixture(scope="module")
def graph(real_build: Path) -> rdflib.Graph:
    return rdflib.Graph().parse(real_build / "bridges" / "cac.jsonld", format="json-ld")


def test_a_share_names_its_scale_and_its_base(nodes: dict[str, dict[str, Any]]) -> None:
    share = nodes["netclean-2018/finding/deepfakes-encountered-yes"]
    assert share["type"] == ["synthesis:Claim", "core:Assertion"]
    assert share["core:statement"] == (
        "Have you come across deepfakes in your investigations? Yes: 17 percent, on a scale from 0 to 100, "
        "of: Police officers who took part"
    )
    assert share["kg:value"] == {"@value": "17", "@type": "xsd:decimal"}
    population = share["kg:population"]["id"].removeprefix("https://w3id.org/child-protection-kg/")
    assert nodes[population]["core:name"] == "Police officers who took part"


def test_every_share_keeps_base_unit_and_interval(graph: rdflib.Graph) -> None:
    shares = {share for share in graph.subjects(KG.question, None) if (share, KG.value, None) in graph}
    assert len(shares) >= 150
    for share in shares:
        for term in (KG.population, KG.unit, KG.value, KG.low, KG.high, KG.place, KG.item, KG.option, KG.reading):
            assert len(list(graph.objects(share, term))) == 1, (share, term)


def test_a_missing_value_is_a_claim_without_a_number(graph: rdflib.Graph) -> None:
    missing = {found for found in graph.subjects(KG.question, None) if (found, KG.value, None) not in graph}
    assert missing
    for found in missing:
        assert (found, RDF.type, SYNTHESIS.Claim) in graph
        assert [*graph.objects(found, SYNTHESIS["count"]), *graph.objects(found, KG.low)] == []


def test_every_claim_stands_in_a_report_and_points_to_its_lines(graph: rdflib.Graph) -> None:
    claims = set(graph.subjects(RDF.type, SYNTHESIS.Claim))
    assert len(claims) > 500
    for claim in claims:
        assert len(list(graph.objects(claim, SYNTHESIS.inReport))) == 1
        assert len(list(graph.objects(claim, CORE.statement))) == 1
        (pointer,) = graph.objects(claim, SYNTHESIS.supportedByEvidencePointer)
        lines = [[*graph.objects(pointer, term)] for term in (SYNTHESIS.lineStart, SYNTHESIS.lineEnd)]
        if f"{claim}".split("/")[4] in WITH_LINES:
            (start,), (end,) = lines
            assert isinstance(start, Literal)
            assert isinstance(end, Literal)
            assert start.datatype == end.datatype == XSD.integer
            assert 1 <= start.value <= end.value
        else:
            assert lines == [[], []]
        (text,) = graph.objects(pointer, SYNTHESIS.referencesArtifact)
        assert (text, RDF.type, OBSERVABLE.ObservableObject) in graph


def test_insights_are_numbered_key_findings(graph: rdflib.Graph) -> None:
    findings = graph.subjects(RDF.type, SYNTHESIS.KeyFinding)
    numbers = [int(str(graph.value(finding, SYNTHESIS.findingNumber))) for finding in findings]
    assert sorted(numbers) == [1, 2, 3, 4, 5, 6, 7, 8]


def test_a_text_is_known_by_its_hash(graph: rdflib.Graph) -> None:
    contents = set(graph.subjects(RDF.type, OBSERVABLE.ContentDataFacet))
    assert len(contents) == 2
    for content in contents:
        (hashed,) = graph.objects(content, OBSERVABLE.hash)
        assert str(graph.value(hashed, TYPES.hashMethod)) == "SHA256"
        (value,) = graph.objects(hashed, TYPES.hashValue)
        assert isinstance(value, Literal)
        assert (value.datatype, len(str(value))) == (XSD.hexBinary, 64)


def test_everything_that_is_named_is_typed_and_has_a_name(graph: rdflib.Graph) -> None:
    own = "https://w3id.org/child-protection-kg/"
    named = {node for _, predicate, node in graph if predicate != RDF.type and str(node).startswith(own)}
    assert len(named) > 300
    unnamed = {node for node in named if not list(graph.objects(node, RDF.type))}
    assert unnamed == set()


def test_the_terms_of_other_ontologies_are_those_that_were_looked_up(graph: rdflib.Graph) -> None:
    used = {str(term) for triple in graph for term in triple}
    others = ("https://ontology.unifiedcyberontology.org/uco/", "https://cacontology.projectvic.org/")
    assert sorted({term.rpartition("org/")[2] for term in used if term.startswith(others)}) == [
        "synthesis#Claim", "synthesis#DistributionObservation", "synthesis#KeyFinding", "synthesis#Report",
        "synthesis#ReportArtifact", "synthesis#ReportFigure", "synthesis#ReportSection",
        "synthesis#TextEvidencePointer", "synthesis#about", "synthesis#assertedInSection", "synthesis#category",
        "synthesis#count", "synthesis#derivedFromFigure", "synthesis#findingNumber", "synthesis#hasClaim",
        "synthesis#hasFigure", "synthesis#hasObservation", "synthesis#hasSection", "synthesis#inReport",
        "synthesis#lineEnd", "synthesis#lineNumberStart", "synthesis#lineNumbering", "synthesis#lineStart",
        "synthesis#realizedIn", "synthesis#referencesArtifact", "synthesis#supportedByEvidencePointer",
        "uco/core/Assertion", "uco/core/UcoObject", "uco/core/description", "uco/core/hasFacet", "uco/core/name",
        "uco/core/statement", "uco/observable/ContentDataFacet", "uco/observable/ObservableObject",
        "uco/observable/hash", "uco/types/Hash", "uco/types/hashMethod", "uco/types/hashValue",
    ]  # fmt: skip


def test_a_count_is_an_observation_of_a_distribution(nodes: dict[str, dict[str, Any]]) -> None:
    counted = nodes["ncmec-cybertipline/finding/reports-palau-2022"]
    assert (counted["synthesis:count"], "synthesis:DistributionObservation" in counted["type"]) == (113, True)
    assert counted["core:statement"] == (
        "How many reports are listed for each country? Reports for the place of the upload or of a proxy, Palau, 2022: "
        "113 reports to the clearing house, of: Reports to the CyberTipline, by country of upload or proxy"
    )
    categories = [each["id"].rsplit("/", 2)[1] for each in counted["synthesis:category"]]
    assert categories == ["age-bracket", "group", "item", "option", "period", "period", "place", "statistic"]


def test_a_weighted_number_that_is_estimated_is_a_count_and_a_share_none(nodes: dict[str, dict[str, Any]]) -> None:
    counts = {name for name, node in nodes.items() if "synthesis:count" in node}
    units = {nodes[name]["kg:unit"]["id"].rpartition("/")[2] for name in counts}
    assert units == {"children-estimated", "files", "reports-passed-on", "reports-received"}


def test_a_bridge_that_makes_no_triples_is_refused(draft: Draft) -> None:
    draft.write("queries/bridges/faulty.rq", "#+ summary: Something\nSELECT ?s { ?s a ?x }\n")
    assert draft.refusal() == [
        "queries/bridges/faulty.rq: found another form of query, expected a CONSTRUCT. It makes triples."
    ]


def test_a_bridge_that_finds_nothing_is_an_empty_graph(draft: Draft) -> None:
    draft.write(
        "queries/bridges/none.rq", "#+ summary: Nothing\nCONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o FILTER (false) }\n"
    )
    assert draft.build("--format", "bridges").code == 0
    assert json.loads((draft.out / "bridges" / "none.jsonld").read_text(encoding="utf-8"))["@graph"] == []


@NEEDED
def test_case_validate_finds_nothing_but_advice(example_build: Path) -> None:
    run = validated(
        "case_validate", "--built-version", "case-1.4.0", "--allow-info", example_build / "bridges" / "cac.jsonld"
    )
    assert (run.returncode, "Conforms: True" in run.stdout) == (0, True), run.stdout[-2000:] + run.stderr[-2000:]
