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
    address: URIRef
    ageFrom: URIRef  # noqa: N815  (the ontology's own spelling)
    ageTo: URIRef  # noqa: N815
    because: URIRef
    changed: URIRef
    column: URIRef
    exclusive: URIRef
    file: URIRef
    hasValue: URIRef  # noqa: N815
    idFrom: URIRef  # noqa: N815
    item: URIRef
    line: URIRef
    mark: URIRef
    newAddress: URIRef  # noqa: N815
    option: URIRef
    printed: URIRef
    printedPart: URIRef  # noqa: N815
    question: URIRef
    residual: URIRef
    retires: URIRef
    shownWith: URIRef  # noqa: N815
    textSha256: URIRef  # noqa: N815
    was: URIRef


class CSVW(DefinedNamespace):
    """The terms of CSV on the Web (https://www.w3.org/TR/tabular-metadata/) that turn a shape into a table schema."""

    _NS = Namespace("http://www.w3.org/ns/csvw#")
    _fail = True

    aboutUrl: URIRef  # noqa: N815  (the vocabulary's own spelling)
    commentPrefix: URIRef  # noqa: N815
    lang: URIRef
    name: URIRef
    separator: URIRef
    url: URIRef


class DQV(DefinedNamespace):
    """The terms of the Data Quality Vocabulary (https://www.w3.org/TR/vocab-dqv/) for measurements and annotations."""

    _NS = Namespace("http://www.w3.org/ns/dqv#")
    _fail = True

    Metric: URIRef
    QualityAnnotation: URIRef
    QualityMeasurement: URIRef
    computedOn: URIRef  # noqa: N815  (the vocabulary's own spelling)
    expectedDataType: URIRef  # noqa: N815
    isMeasurementOf: URIRef  # noqa: N815
    qualityAssessment: URIRef  # noqa: N815
    value: URIRef


class OA(DefinedNamespace):
    """The terms of Web Annotation (https://www.w3.org/TR/annotation-vocab/) that say what an annotation is about."""

    _NS = Namespace("http://www.w3.org/ns/oa#")
    _fail = True

    bodyValue: URIRef  # noqa: N815  (the vocabulary's own spelling)
    hasTarget: URIRef  # noqa: N815
    motivatedBy: URIRef  # noqa: N815


class SEMAPV(DefinedNamespace):
    """The ways in which a mapping was found (https://mapping-commons.github.io/semantic-mapping-vocabulary/)."""

    _NS = Namespace("https://w3id.org/semapv/vocab/")
    _fail = True

    LexicalMatching: URIRef
    LexicalSimilarityThresholdMatching: URIRef
    MappingChaining: URIRef


class SHNEX(DefinedNamespace):
    """The terms of SHACL node expressions (https://www.w3.org/TR/shacl12-node-expr/) that defaults use."""

    _NS = Namespace("http://www.w3.org/ns/shnex#")
    _fail = True

    pathValues: URIRef  # noqa: N815  (the vocabulary's own spelling)
