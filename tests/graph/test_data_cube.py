"""The integrity constraints of the RDF Data Cube, IC-1 to IC-21, over all findings, each in our own words.

A constraint is a query for what breaks it. It must find nothing in the real data, and something in a small cube that
breaks it. One exception is ours: IC-14 asks each observation for its measure, but a missing value has none. It has a
status instead, as in SDMX; the status is the only attribute that each observation needs.
Source: section 11 of the RDF Data Cube Vocabulary, W3C Recommendation of 16 January 2014.
"""

from __future__ import annotations

import pyoxigraph
import pytest

from kg_builder.answers.graph_reader import GraphReader

PREFIXES = """
PREFIX : <http://example.org/>
PREFIX kg: <https://w3id.org/child-protection-kg/ontology#>
PREFIX qb: <http://purl.org/linked-data/cube#>
PREFIX rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#>
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
PREFIX sdmx-attribute: <http://purl.org/linked-data/sdmx/2009/attribute#>
PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
"""

NOT_ONE = "} GROUP BY ?this HAVING (COUNT(DISTINCT ?one) != 1)"
OF_OBSERVATION = "?this qb:dataSet/qb:structure/qb:component ?component ."
CODED = "?component qb:dimension ?dimension . ?dimension a qb:CodedProperty ; qb:codeList ?list ."

CONSTRAINTS = {
    1: f"?this a qb:Observation . OPTIONAL {{ ?this qb:dataSet ?one }} {NOT_ONE}",
    2: f"?this a qb:DataSet . OPTIONAL {{ ?this qb:structure ?one }} {NOT_ONE}",
    3: "?this a qb:DataStructureDefinition . FILTER NOT EXISTS { ?this qb:component/qb:measure ?any } }",
    4: "?this a qb:DimensionProperty . FILTER NOT EXISTS { ?this rdfs:range ?any } }",
    5: "?this a qb:DimensionProperty ; rdfs:range skos:Concept . FILTER NOT EXISTS { ?this qb:codeList ?any } }",
    6: "?this qb:componentRequired false . FILTER NOT EXISTS { ?this qb:attribute ?any } }",
    7: "?this a qb:SliceKey . FILTER NOT EXISTS { [] a qb:DataStructureDefinition ; qb:sliceKey ?this } }",
    8: "?cube qb:sliceKey ?this . ?this qb:componentProperty ?part . FILTER NOT EXISTS {"
    " ?cube qb:component/(qb:dimension|qb:measure|qb:attribute) ?part } }",
    9: f"?this a qb:Slice . OPTIONAL {{ ?this qb:sliceStructure ?one }} {NOT_ONE}",
    10: "?this qb:sliceStructure/qb:componentProperty ?fixed . FILTER NOT EXISTS { ?this ?fixed ?any } }",
    11: f"{OF_OBSERVATION} ?component qb:dimension ?dimension . FILTER NOT EXISTS {{ ?this ?dimension ?any }} }}",
    12: "{ SELECT ?set ?key (COUNT(?each) AS ?alike) (MIN(STR(?each)) AS ?this) { { SELECT ?set ?each"
    ' (GROUP_CONCAT(?part; separator=" ") AS ?key) { { SELECT ?set ?each ?part { ?each qb:dataSet ?set . ?set'
    " qb:structure/qb:component/qb:dimension ?dimension . ?each ?dimension ?of ."
    ' BIND (CONCAT(STR(?dimension), "=", STR(?of)) AS ?part) } ORDER BY ?part } } GROUP BY ?set ?each } }'
    " GROUP BY ?set ?key HAVING (COUNT(?each) > 1) } }",
    13: f"{OF_OBSERVATION} ?component qb:attribute ?attribute ; qb:componentRequired true ."
    " FILTER NOT EXISTS { ?this ?attribute ?any } }",
    14: f"{OF_OBSERVATION} ?component qb:measure ?measure . FILTER NOT EXISTS {{ ?this ?measure ?any }}"
    " FILTER NOT EXISTS { ?this qb:dataSet/qb:structure/qb:component/qb:dimension qb:measureType } }",
    15: "?this qb:dataSet/qb:structure/qb:component/qb:dimension qb:measureType ; qb:measureType ?measure ."
    " FILTER NOT EXISTS { ?this ?measure ?any } }",
    16: "?this qb:dataSet/qb:structure ?cube ; qb:measureType ?measure . ?cube qb:component/qb:dimension"
    " qb:measureType ; qb:component/qb:measure ?other . FILTER (?other != ?measure) ?this ?other ?any }",
    17: "?this qb:dataSet ?set . ?set qb:structure ?cube . ?cube qb:component/qb:dimension qb:measureType ;"
    " qb:component/qb:measure ?measure . FILTER NOT EXISTS { ?twin qb:dataSet ?set ; qb:measureType ?measure } }",
    18: "?set qb:slice/qb:observation ?this . FILTER NOT EXISTS { ?this qb:dataSet ?set } }",
    19: f"{OF_OBSERVATION} {CODED} ?list a skos:ConceptScheme . ?this ?dimension ?code ."
    " FILTER NOT EXISTS { ?code a skos:Concept ; skos:inScheme ?list } }",
    20: f"{OF_OBSERVATION} {CODED} ?list a qb:HierarchicalCodeList ; qb:parentChildProperty ?child ."
    " FILTER ISIRI(?child) ?this ?dimension ?code . FILTER NOT EXISTS { ?list qb:hierarchyRoot ?code }"
    " FILTER NOT EXISTS { ?above ?child ?code } }",
    21: f"{OF_OBSERVATION} {CODED} ?list a qb:HierarchicalCodeList ; qb:parentChildProperty ?way ."
    " ?way <http://www.w3.org/2002/07/owl#inverseOf> ?parent . ?this ?dimension ?code ."
    " FILTER NOT EXISTS { ?list qb:hierarchyRoot ?code } FILTER NOT EXISTS { ?code ?parent ?above } }",
}
"""For each constraint what follows `SELECT ?this WHERE {`."""

CUBE = """
:place a qb:DimensionProperty, qb:CodedProperty ; rdfs:range skos:Concept ; qb:codeList :places .
:places a skos:ConceptScheme . :here a skos:Concept ; skos:inScheme :places .
:cube a qb:DataStructureDefinition ; qb:component :c1, :c2, :c3 .
:c1 qb:dimension :place . :c2 qb:measure :value . :c3 qb:attribute :unit ; qb:componentRequired true .
:set a qb:DataSet ; qb:structure :cube .
:one a qb:Observation ; qb:dataSet :set ; :place :here ; :value 1 ; :unit :people .
"""

TWO_MEASURES = ":cube qb:component [ qb:dimension qb:measureType ], [ qb:measure :rank ] ."

BROKEN = {
    1: ":two a qb:Observation .",
    2: ":other a qb:DataSet .",
    3: ":other a qb:DataStructureDefinition .",
    4: ":time a qb:DimensionProperty .",
    5: ":time a qb:DimensionProperty ; rdfs:range skos:Concept .",
    6: ":c1 qb:componentRequired false .",
    7: ":key a qb:SliceKey .",
    8: ":cube qb:sliceKey :key . :key qb:componentProperty :time .",
    9: ":slice a qb:Slice .",
    10: ":slice a qb:Slice ; qb:sliceStructure :key . :key qb:componentProperty :place .",
    11: ":two a qb:Observation ; qb:dataSet :set ; :value 1 ; :unit :people .",
    12: ":two a qb:Observation ; qb:dataSet :set ; :place :here ; :value 2 ; :unit :people .",
    13: ":two a qb:Observation ; qb:dataSet :set ; :place :here ; :value 2 .",
    14: ":two a qb:Observation ; qb:dataSet :set ; :place :here ; :unit :people .",
    15: ":cube qb:component [ qb:dimension qb:measureType ] . :one qb:measureType :rank .",
    16: f"{TWO_MEASURES} :one qb:measureType :value ; :rank 3 .",
    17: f"{TWO_MEASURES} :one qb:measureType :value .",
    18: ":other a qb:DataSet ; qb:slice [ qb:observation :one ] .",
    19: ":one :place :elsewhere .",
    20: ":places a qb:HierarchicalCodeList ; qb:hierarchyRoot :world ; qb:parentChildProperty :contains .",
    21: ":places a qb:HierarchicalCodeList ; qb:hierarchyRoot :world ; qb:parentChildProperty"
    " [ <http://www.w3.org/2002/07/owl#inverseOf> :within ] .",
}
"""For each constraint triples that break it when they are added to the small cube."""

WITHOUT_MEASURE = 14
"""The constraint with the exception."""


def found(store: pyoxigraph.Store, pattern: str) -> set[str]:
    """Return what a pattern, which ends its own group, finds as `?this` in all graphs."""
    solutions = store.query(f"{PREFIXES} SELECT ?this WHERE {{ {pattern}", use_default_graph_as_union=True)
    assert isinstance(solutions, pyoxigraph.QuerySolutions)
    return {str(solution["this"]) for solution in solutions}


def cube(more: str = "") -> pyoxigraph.Store:
    """Return a small cube, with further triples."""
    store = pyoxigraph.Store()
    turtle = PREFIXES.replace("PREFIX", "@prefix").replace(">\n", "> .\n") + CUBE + more
    store.load(turtle.encode(), format=pyoxigraph.RdfFormat.TURTLE)
    return store


@pytest.mark.parametrize("number", CONSTRAINTS)
def test_the_findings_are_a_well_formed_cube(number: int, graph: GraphReader) -> None:
    broken = found(graph.store, CONSTRAINTS[number])
    if number == WITHOUT_MEASURE:
        missing = found(graph.store, "?this sdmx-attribute:obsStatus/kg:hasValue false }")
        assert missing >= broken != set()
        broken -= missing
    assert broken == set()


@pytest.mark.parametrize("number", CONSTRAINTS)
def test_a_small_cube_breaks_each_constraint(number: int) -> None:
    assert found(cube(), CONSTRAINTS[number]) == set()
    assert found(cube(BROKEN[number]), CONSTRAINTS[number]) != set()


def test_the_cube_has_its_findings(graph: GraphReader) -> None:
    assert len(found(graph.store, "?this a qb:Observation }")) > 2_000
