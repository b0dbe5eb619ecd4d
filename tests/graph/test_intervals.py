"""What each kind of number, and each kind of words, is read as in the data."""

from __future__ import annotations

import pytest

from kg_builder.answers.graph_reader import GraphReader

NONE = (None, None, None)


def found(graph: GraphReader, where: str) -> list[tuple[object, ...]]:
    """The rows of a query, whose variables are `?thing` and others."""
    prefixes = "PREFIX kg: <https://w3id.org/child-protection-kg/ontology#> PREFIX skos: <http://www.w3.org/2004/02/skos/core#>"
    return [tuple(row) for row in graph.query(f"{prefixes} {where}").rows]


@pytest.fixture(scope="module")
def intervals(graph: GraphReader) -> dict[str, tuple[object, ...]]:
    """Low and high of each fact, and the end that is not part of its interval."""
    rows = found(
        graph,
        "SELECT ?fact ?low ?high ?excluded WHERE { ?fact kg:printed ?printed OPTIONAL { ?fact kg:low ?low } "
        "OPTIONAL { ?fact kg:high ?high } OPTIONAL { ?fact kg:excludes ?excluded } }",
    )
    return {
        str(fact).removeprefix(graph.base): (*(None if end is None else float(str(end)) for end in ends), excluded)
        for fact, *ends, excluded in rows
    }


@pytest.mark.parametrize(
    ("fact", "interval"),
    [
        ("finding/cases-changed-yes", (28.55, 28.65, None)),
        ("finding/crypto-encountered-no", (71.5, 72.5, None)),
        ("figure/trace-an-object-children", (8, 8, None)),
        ("figure/deepfakes-first-media-year", (2017, 2017, None)),
        ("figure/advertised-price-access", (1, 1, None)),
        ("figure/alert-rate", (0.945, 0.955, None)),
        ("figure/ncmec-extortion-average-age", (14.5, 15.5, None)),
        ("figure/extortion-case-load", (20, 30, None)),
        ("figure/installation-period", (2, 11, None)),
        ("figure/images-per-alert-usual", (2, 5, None)),
        ("figure/bitcoin-value-eur", (585, 847, None)),
        ("figure/thanked-police-officers", (270, 300, "high")),
        ("figure/images-per-alert-thousands", (3000, 10000, "high")),
        ("figure/hidden-victims-per-case", (20, 100, "high")),
        ("figure/ecpat-countries", (90, None, "low")),
        ("figure/alerts-from-computers-of-women", (0, 5, "high")),
    ],
)
def test_a_number_is_read_as_its_unit_and_its_word_say(
    fact: str, interval: tuple[object, ...], intervals: dict[str, tuple[object, ...]]
) -> None:
    assert intervals[f"netclean-2018/{fact}"] == interval


@pytest.mark.parametrize(
    ("claim", "interval"),
    [
        ("deepfakes-will-increase", (72.6, 77.4, None)),
        ("encryption-share", (28.3, 33.3, "high")),
        ("voluntary-common", (90, 100, "low")),
        ("deepfakes-encountered", (0, 20, "high")),
        ("reactions-most-confess", (50, 100, "low")),
        ("one-in-500-headline", (0.1, 0.3, "high")),
        ("extortion-trend-like-grooming", (-5, 5, None)),
        ("alerts-handful-on-womens-computers", NONE),
        ("shehan-many-hidden-cases", NONE),
        ("bitcoin-most-common", NONE),
        ("shehan-faster-moves", NONE),
        ("alerts-all-professions", NONE),
    ],
)
def test_a_claim_is_read_as_its_words_say(
    claim: str, interval: tuple[object, ...], intervals: dict[str, tuple[object, ...]]
) -> None:
    assert intervals[f"netclean-2018/claim/{claim}"] == interval


@pytest.mark.parametrize(
    ("claim", "other", "interval"),
    [
        ("manipulation-uncommon", "manipulation-common", (35, 44.5, "high")),
        ("manipulation-rest-unchanged", "manipulation-increasing", (50, 55, "low")),
        ("larger-majority-individual-offenders", "large-majority-met-one-to-ten", (66.7, 100, "low")),
        ("adult-pornography-rest", "adult-pornography-half", (47, 53, None)),
    ],
)
def test_a_claim_that_refers_to_another_is_read_from_that_one(
    claim: str, other: str, interval: tuple[object, ...], graph: GraphReader, intervals: dict[str, tuple[object, ...]]
) -> None:
    compared = f"<{graph.base}netclean-2018/claim/{claim}> kg:comparedWith <{graph.base}netclean-2018/claim/{other}>"
    assert found(graph, f"SELECT ?word WHERE {{ {compared} ; kg:quantifier ?word }}") != []
    assert intervals[f"netclean-2018/claim/{claim}"] == interval


def test_every_count_is_exact_and_every_share_is_rounded(graph: GraphReader) -> None:
    rows = found(
        graph,
        "SELECT ?unit ?exact (COUNT(*) AS ?findings) WHERE { ?finding a kg:Finding ; kg:low ?low ; kg:high ?high ; "
        "kg:unit/skos:prefLabel ?unit BIND (?low = ?high AS ?exact) } GROUP BY ?unit ?exact ORDER BY ?unit ?exact",
    )
    assert [(str(unit), exact) for unit, exact, _ in rows] == [
        ("children (estimate)", False),
        ("files", True),
        ("percent", False),
        ("reports passed on", True),
        ("reports to the clearing house", True),
    ]


def test_no_interval_says_nothing(intervals: dict[str, tuple[object, ...]]) -> None:
    assert [fact for fact, (low, high, _) in intervals.items() if (low, high) == (0, 100)] == []


def test_every_scheme_has_top_concepts_and_every_relation_of_concepts_both_directions(graph: GraphReader) -> None:
    for missing in (
        "SELECT ?thing WHERE { ?thing a skos:ConceptScheme FILTER NOT EXISTS { ?thing skos:hasTopConcept ?top } }",
        "SELECT ?thing WHERE { ?thing skos:related ?other FILTER NOT EXISTS { ?other skos:related ?thing } }",
        "SELECT ?thing WHERE { ?thing skos:broader ?other FILTER NOT EXISTS { ?other skos:narrower ?thing } }",
        "SELECT ?thing WHERE { ?thing skos:narrower ?other FILTER NOT EXISTS { ?other skos:broader ?thing } }",
    ):
        assert found(graph, missing) == []
    assert len(found(graph, "SELECT ?scheme ?top WHERE { ?scheme skos:hasTopConcept ?top }")) > 1000
