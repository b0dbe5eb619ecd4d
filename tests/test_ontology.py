"""The ontology as others load it: in owlready2, and by the reasoner HermiT; and whether the data are as it says."""

from __future__ import annotations

import json
import subprocess
from collections import defaultdict
from collections.abc import Iterable
from itertools import combinations
from pathlib import Path
from typing import Any

import pyoxigraph
import pytest
from rdflib import OWL, RDF, RDFS, SKOS, Graph, Literal, Namespace, Node, URIRef

from tests.bench import ROOT
from tests.validators import JAVA_NEEDED, NEEDED, validated

OURS = Namespace("https://w3id.org/child-protection-kg/ontology#")
ONTOLOGY = URIRef("https://w3id.org/child-protection-kg/ontology")
RESERVED = (str(OWL), str(RDF), str(RDFS))
"""Vocabularies whose terms OWL 2 DL allows in axioms only: mappings and reified relations use them as properties."""

LOAD = """
import json, sys
import owlready2
world = owlready2.World()
ontology = world.get_ontology("file://" + sys.argv[1]).load()
if sys.argv[2:]:
    try:
        owlready2.sync_reasoner_hermit(world, debug=0)
    except owlready2.OwlReadyInconsistentOntologyError:
        print(json.dumps("inconsistent"))
    else:
        print(json.dumps([each.iri for each in world.inconsistent_classes()]))
else:
    print(json.dumps([sorted(each.iri for each in found()) for found in (ontology.classes, ontology.properties)]))
"""
"""Prints the classes and properties of a file, or with a second argument what the reasoner finds: classes that can have
no member, or that all of it contradicts itself."""


@pytest.fixture(scope="module")
def ontology() -> Graph:
    return Graph(bind_namespaces="none").parse(ROOT / "ontology/kg.ttl", format="turtle")


@pytest.fixture(scope="module")
def triples(real_build: Path) -> list[pyoxigraph.Triple]:
    """All triples of the real data and of the ontology, once each, in the order of the file."""
    quads = pyoxigraph.parse(path=real_build / "kg.nq", format=pyoxigraph.RdfFormat.N_QUADS)
    return list(dict.fromkeys(quad.triple for quad in quads))


def published(real_build: Path, *names: str) -> list[pyoxigraph.Triple]:
    """The triples of published files of the ontology."""
    paths = [real_build / "ontology" / name for name in names]
    found = (pyoxigraph.parse(path=path, format=pyoxigraph.RdfFormat.TURTLE) for path in paths)
    return [quad.triple for quads in found for quad in quads]


def reasoned(triples: Iterable[pyoxigraph.Triple], path: Path) -> list[str] | str:
    """What the reasoner finds in triples."""
    pyoxigraph.serialize(triples, path, format=pyoxigraph.RdfFormat.N_TRIPLES)
    found: list[str] | str = said(validated("python", "-c", LOAD, path, "reason"))
    return found


def said(run: subprocess.CompletedProcess[str]) -> Any:
    """What a script has printed in its last line."""
    assert run.returncode == 0, run.stderr[-2000:]
    return json.loads(run.stdout.splitlines()[-1])


# ---------------------------------------------------------------- other tools load it


@NEEDED
def test_owlready2_loads_all_classes_and_properties_without_a_warning(
    ontology: Graph, real_build: Path, tmp_path: Path
) -> None:
    path = tmp_path / "kg.nt"
    pyoxigraph.serialize(published(real_build, "kg.ttl"), path, format=pyoxigraph.RdfFormat.N_TRIPLES)
    run = validated("python", "-c", LOAD, path)
    classes, properties = said(run)
    kinds = (OWL.ObjectProperty, OWL.DatatypeProperty, OWL.AnnotationProperty)
    assert str(OURS.Finding) in classes
    assert set(classes) >= set(map(str, ontology.subjects(RDF.type, OWL.Class)))
    assert set(properties) >= {str(term) for kind in kinds for term in ontology.subjects(RDF.type, kind)}
    assert "WARNING" not in run.stderr


@JAVA_NEEDED
def test_hermit_finds_the_ontology_consistent_and_every_class_able_to_have_members(
    real_build: Path, tmp_path: Path
) -> None:
    assert reasoned(published(real_build, "kg.ttl", "codes.ttl"), tmp_path / "kg.nt") == []


@JAVA_NEEDED
def test_hermit_finds_the_ontology_with_all_data_consistent(
    real_build: Path, triples: list[pyoxigraph.Triple], tmp_path: Path
) -> None:
    terms = set(published(real_build, "kg.ttl", "codes.ttl"))
    beyond = set(published(real_build, "beyond-owl.ttl"))
    data = [triple for triple in triples if triple not in terms | beyond and not is_reserved(triple)]
    assert len(data) > 50_000
    assert reasoned([*terms, *data], tmp_path / "data.nt") == []


@JAVA_NEEDED
@pytest.mark.parametrize(
    "line",
    [
        f"<urn:x> <{RDF.type}> <{OURS.Threat}> .\n<urn:x> <{RDF.type}> <{OURS.Organisation}> .\n",
        f"<urn:x> <{OURS.speaker}> <urn:y> .\n<urn:y> <{RDF.type}> <{OURS.Survey}> .\n",
        f"<urn:x> <{OURS.sisterCompanyOf}> <urn:y> .\n<urn:y> <{RDF.type}> <{OURS.Place}> .\n",
    ],
    ids=["two-kinds", "range", "range-of-a-relation"],
)
def test_hermit_finds_data_that_contradict_the_ontology(line: str, real_build: Path, tmp_path: Path) -> None:
    wrong = [quad.triple for quad in pyoxigraph.parse(line.encode(), format=pyoxigraph.RdfFormat.N_TRIPLES)]
    assert reasoned([*published(real_build, "kg.ttl"), *wrong], tmp_path / "wrong.nt") == "inconsistent"


def is_reserved(triple: pyoxigraph.Triple) -> bool:
    """Whether a triple uses a term of OWL or RDF as if it were a property or a class of an ontology."""
    term = triple.predicate.value
    if term == str(RDF.type):
        return isinstance(triple.object, pyoxigraph.NamedNode) and triple.object.value.startswith(RESERVED)
    return term.startswith(RESERVED) and term != str(RDFS.label)


# ---------------------------------------------------------------- what it says is true of the data


@pytest.fixture(scope="module")
def kinds(triples: list[pyoxigraph.Triple]) -> dict[str, set[str]]:
    """The classes of each thing; a literal is of its datatype."""
    found: dict[str, set[str]] = defaultdict(set)
    for triple in triples:
        if triple.predicate.value == str(RDF.type):
            found[value(triple.subject)].add(value(triple.object))
    return found


@pytest.fixture(scope="module")
def uses(triples: list[pyoxigraph.Triple]) -> list[tuple[str, str, str]]:
    """Each use of an own property: property, kind or thing it leads from, and thing or datatype it leads to.

    What a relation links counts too, also where the relation is nobody's plain statement.
    """
    direct = [
        (triple.predicate.value, value(triple.subject), value(triple.object))
        for triple in triples
        if triple.predicate.value.startswith(OURS)
    ]
    ends: dict[str, dict[str, str]] = defaultdict(dict)
    for triple in triples:
        if triple.predicate.value in {str(RDF.subject), str(RDF.predicate), str(RDF.object)}:
            ends[value(triple.subject)][triple.predicate.value] = value(triple.object)
    relations = [(end[str(RDF.predicate)], end[str(RDF.subject)], end[str(RDF.object)]) for end in ends.values()]
    assert len(relations) > 100
    return direct + relations


def value(term: object) -> str:
    """The address of a thing, or the datatype of a literal."""
    if isinstance(term, pyoxigraph.Literal):
        return term.datatype.value
    assert isinstance(term, pyoxigraph.NamedNode)
    return term.value


def test_every_use_of_a_property_leads_from_its_domain(
    ontology: Graph, kinds: dict[str, set[str]], uses: list[tuple[str, str, str]]
) -> None:
    domains = {str(term): str(name) for term, name in ontology.subject_objects(RDFS.domain)}
    assert len(domains) > 70
    wrong = {(term, thing) for term, thing, _ in uses if term in domains and domains[term] not in kinds[thing]}
    assert wrong == set()


def test_every_use_of_a_property_leads_to_its_range(
    ontology: Graph, kinds: dict[str, set[str]], uses: list[tuple[str, str, str]]
) -> None:
    ranges = {str(term): str(name) for term, name in ontology.subject_objects(RDFS.range)}
    assert len(ranges) > 70
    wrong = {(term, end) for term, _, end in uses if term in ranges and ranges[term] not in {end, *kinds[end]}}
    assert wrong == set()


def test_a_property_has_one_domain_and_one_range_at_most(ontology: Graph) -> None:
    for stated in (RDFS.domain, RDFS.range):
        terms = list(ontology.subjects(stated, None))
        assert len(terms) == len(set(terms))


def test_nothing_is_a_member_of_two_disjoint_classes(ontology: Graph, kinds: dict[str, set[str]]) -> None:
    disjoint = {frozenset(map(str, pair)) for pair in ontology.subject_objects(OWL.disjointWith)}
    assert len(disjoint) > 300
    wrong = {thing: found for thing, found in kinds.items() if any({*pair} <= found for pair in disjoint)}
    assert wrong == {}


@pytest.mark.parametrize("above", [OURS.Fact, OURS.Subject])
def test_the_classes_below_facts_and_below_subjects_are_disjoint(above: Node, ontology: Graph) -> None:
    below = sorted(ontology.subjects(RDFS.subClassOf, above), key=str)
    assert len(below) > 10
    pairs = {frozenset(pair) for pair in ontology.subject_objects(OWL.disjointWith)}
    assert [pair for pair in combinations(below, 2) if frozenset(pair) not in pairs] == []


def test_a_relation_is_symmetric_where_it_reads_the_same_in_both_directions(ontology: Graph) -> None:
    same = {
        term for term, label in ontology.subject_objects(OURS.inverseLabel) if ontology.value(term, RDFS.label) == label
    }
    assert len(same) == 3
    assert set(ontology.subjects(RDF.type, OWL.SymmetricProperty)) == {*same, SKOS.related}


def test_every_own_term_names_the_ontology_that_defines_it(ontology: Graph) -> None:
    own = {term for term in ontology.subjects(SKOS.definition, None) if str(term).startswith(OURS)}
    assert len(own) > 140
    assert set(ontology.subjects(RDFS.isDefinedBy, ONTOLOGY)) == own


def test_every_reused_term_names_the_vocabulary_that_defines_it(ontology: Graph) -> None:
    kinds = (OWL.ObjectProperty, OWL.DatatypeProperty, OWL.AnnotationProperty)
    reused = {term for kind in kinds for term in ontology.subjects(RDF.type, kind) if not str(term).startswith(OURS)}
    sources = {term: [str(source) for source in ontology.objects(term, RDFS.isDefinedBy)] for term in reused}
    assert len(reused) > 40
    assert [term for term, found in sources.items() if len(found) != 1 or not str(term).startswith(found[0])] == []


def test_the_ontology_holds_no_blank_node_and_no_term_that_owl_keeps(ontology: Graph) -> None:
    assert [node for triple in ontology for node in triple if not isinstance(node, URIRef | Literal)] == []
    assert [term for term in ontology.subjects() if str(term).startswith(RESERVED)] == []
