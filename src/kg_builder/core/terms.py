"""The RDF terms that the code uses; every other term is read from the ontology and the shapes."""

from rdflib import URIRef
from rdflib.namespace import DefinedNamespace, Namespace

from kg_builder.core.iris import BASE

ONTOLOGY = URIRef(BASE + "ontology")


class KG(DefinedNamespace):
    """Annotations of our ontology that control the builder."""

    _NS = Namespace(BASE + "ontology#")
    _fail = True

    acyclic: URIRef
    column: URIRef
    exclusive: URIRef
    file: URIRef
    line: URIRef
    shownWith: URIRef  # noqa: N815  (the ontology's own spelling)


class CSVW(DefinedNamespace):
    """The terms of CSV on the Web (https://www.w3.org/TR/tabular-metadata/) that turn a shape into a table schema."""

    _NS = Namespace("http://www.w3.org/ns/csvw#")
    _fail = True

    aboutUrl: URIRef  # noqa: N815  (the vocabulary's own spelling)
    commentPrefix: URIRef  # noqa: N815
    delimiter: URIRef
    lang: URIRef
    name: URIRef
    separator: URIRef
    url: URIRef


class SEMAPV(DefinedNamespace):
    """The ways in which a mapping was found (https://mapping-commons.github.io/semantic-mapping-vocabulary/)."""

    _NS = Namespace("https://w3id.org/semapv/vocab/")
    _fail = True

    LexicalMatching: URIRef
    LexicalSimilarityThresholdMatching: URIRef
    MappingChaining: URIRef
