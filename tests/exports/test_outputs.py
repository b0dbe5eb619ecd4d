"""Every published form of the real data holds the same graph, is described, and can be read without a network."""

from __future__ import annotations

import doctest
import json
import os
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any
from xml.etree import ElementTree

import networkx
import pyoxigraph
import pytest
from pyoxigraph import Literal, NamedNode, Quad, RdfFormat
from rdflib import RDF, SH, XSD, BNode, Dataset, Graph

from kg_builder.cli.main import main
from kg_builder.core import curies
from kg_builder.core.iris import BASE
from kg_builder.core.terms import KG
from kg_builder.exports import csvw, data_dictionary, jsonld, statements, turtle
from kg_builder.graph.built_graph import Project
from kg_builder.schema.ontology_folder import read_schema
from tests.bench import ROOT, project_at, sheet, tables_of
from tests.draft import Draft, Run
from tests.processes import COMMAND, in_own_process

FORMATS = {
    "kg.nq": ("nquads", RdfFormat.N_QUADS),
    "kg.trig": ("trig", RdfFormat.TRIG),
    "kg.jsonld": ("json-ld", RdfFormat.JSON_LD),
}
"""The forms that hold named graphs, as rdflib and as pyoxigraph call them."""

REPORTS = sorted(path.parent.name for path in (ROOT / "data").glob("*/report.csv"))
"""The reports; each is a named graph."""


@pytest.fixture(scope="module")
def lines(real_build: Path) -> list[str]:
    return (real_build / "kg.nq").read_text(encoding="utf-8").splitlines()


def canonical(quads: Iterator[pyoxigraph.Quad]) -> set[str]:
    """Quads as lines of N-Quads."""
    return set(pyoxigraph.serialize(quads, format=RdfFormat.N_QUADS).decode().split("\n")[:-1])  # type: ignore[union-attr]


def by_rdflib(path: Path, form: str) -> set[str]:
    """What rdflib reads, as lines of N-Quads in pyoxigraph's spelling."""
    found = Dataset().parse(path, format=form).serialize(format="nquads")
    return canonical(pyoxigraph.parse(found, format=RdfFormat.N_QUADS))


# ---------------------------------------------------------------- N-Quads


def test_the_lines_of_the_n_quads_are_sorted_and_unique(lines: list[str]) -> None:
    assert lines == sorted(set(lines))


def test_the_graph_has_thousands_of_quads(lines: list[str]) -> None:
    assert len(lines) > 15_000


def test_nothing_that_is_published_is_a_blank_node(lines: list[str]) -> None:
    assert [line for line in lines if re.search(r"(^| )_:", line.split('"')[0] + line.rsplit('"')[-1])] == []


def test_every_quad_is_in_a_named_graph(lines: list[str]) -> None:
    assert {line.rsplit(" ", 2)[1] for line in lines} == {
        f"<{BASE}graph/{name}>" for name in ("derived", "links", "ontology", "shared", *REPORTS)
    }


def test_the_n_quads_are_in_canonical_form(real_build: Path, lines: list[str]) -> None:
    assert canonical(pyoxigraph.parse(path=real_build / "kg.nq", format=RdfFormat.N_QUADS)) == set(lines)


# ---------------------------------------------------------------- the other forms of RDF


@pytest.mark.slow
@pytest.mark.parametrize("name", FORMATS)
def test_rdflib_reads_exactly_the_quads(name: str, real_build: Path, lines: list[str]) -> None:
    assert by_rdflib(real_build / name, FORMATS[name][0]) == set(lines)


@pytest.mark.parametrize("name", FORMATS)
def test_pyoxigraph_reads_exactly_the_quads(name: str, real_build: Path, lines: list[str]) -> None:
    assert canonical(pyoxigraph.parse(path=real_build / name, format=FORMATS[name][1])) == set(lines)


@pytest.fixture(scope="module")
def triples(lines: list[str]) -> set[str]:
    """The triples of all named graphs together."""
    return {line.rsplit(" <", 1)[0] + " ." for line in lines}


def test_pyoxigraph_reads_exactly_the_triples_of_the_turtle(real_build: Path, triples: set[str]) -> None:
    found = pyoxigraph.parse(path=real_build / "kg.ttl", format=RdfFormat.TURTLE)
    assert canonical(found) == triples


@pytest.mark.slow
def test_rdflib_reads_exactly_the_triples_of_the_turtle(real_build: Path, triples: set[str]) -> None:
    found = Graph().parse(real_build / "kg.ttl", format="turtle").serialize(format="nt")
    assert canonical(pyoxigraph.parse(found, format=RdfFormat.N_TRIPLES)) == triples


def test_the_turtle_says_each_triple_once(real_build: Path, triples: set[str]) -> None:
    assert sum(1 for _ in pyoxigraph.parse(path=real_build / "kg.ttl", format=RdfFormat.TURTLE)) == len(triples)


@pytest.mark.parametrize("name", ["kg.ttl", "kg.trig"])
def test_the_prefixes_of_our_shapes_shorten_what_is_written(name: str, real_build: Path) -> None:
    text = (real_build / name).read_text(encoding="utf-8")
    assert "@prefix kg: <https://w3id.org/child-protection-kg/ontology#>" in text
    assert "kg:Finding" in text


TERM = "http://example.org/terms#"
TEXTS = (
    "", " ", 'He said "no"', "back\\slash", "a\tb\nc\rd\be\fg", "\x00\x1f\x7f", "\u2028\uffff\U0001f9d2", "\\u0041",
    "^^<http://example.org/x>", "ends with >", " <http://example.org/graph/a> .", "@en", '"@en',
)  # fmt: skip
NUMBERS = {
    "boolean": ("true", "false", "1"),
    "integer": ("17", "-1", "+1", "007"),
    "decimal": ("28.6", ".5", "17", "17."),
    "double": ("1e5", "1.E5", ".5e-1", "1.5", "INF"),
    "date": ("2018-01-01",),
}
LOCAL_NAMES = ("", "-a", "a.", "a.b", "a/b", "a%20b", "a:b", "1~!$&'()*+,;=?@", "\u00e9")
IRIS = ("urn:uuid:1", "http://example.org/things/a/b", "http://example.org/things/a#b")

TRICKY: tuple[Literal | NamedNode, ...] = (
    *(Literal(text) for text in TEXTS),
    *(Literal(text, language=language) for text in TEXTS for language in ("en", "en-gb")),
    *(Literal(text, datatype=NamedNode(f"{XSD}{name}")) for name, texts in NUMBERS.items() for text in texts),
    *(Literal(text, datatype=NamedNode(f"{TERM}type")) for text in TEXTS),
    *(NamedNode(f"{TERM}{name}") for name in LOCAL_NAMES),
    *(NamedNode(iri) for iri in IRIS),
)
"""Terms that are easily spelled wrong: escapes, numbers that are not canonical, names that no prefix can shorten."""


@pytest.fixture(scope="module")
def tricky(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Canonical N-Quads with tricky terms, in two graphs that share half of them."""
    things = [NamedNode(f"http://example.org/things/{name}") for name in ("a", "a-b", "-")]
    made = [
        Quad(thing, NamedNode(predicate), value, NamedNode(f"http://example.org/graph/{graph}"))
        for thing in things
        for predicate in (f"{TERM}of", f"{TERM}in", "http://example.org/whole/predicate")
        for number, value in enumerate(TRICKY)
        for graph in ("b", "a")[: 1 + number % 2]
    ]
    graph = NamedNode("http://example.org/graph/a")
    made += [Quad(thing, NamedNode(RDF.type), NamedNode(f"{TERM}Thing"), graph) for thing in things]
    path = tmp_path_factory.mktemp("tricky") / "kg.nq"
    path.write_text("".join(f"{line}\n" for line in sorted(canonical(iter(made)))), encoding="utf-8", newline="\n")
    return path


PREFIXES = {"": TERM, "things": "http://example.org/things/", "xsd": str(XSD)}


def test_tricky_terms_are_the_same_in_turtle(tricky: Path, tmp_path: Path) -> None:
    turtle.write_turtle(tricky, PREFIXES, tmp_path / "kg.ttl")
    found = [*pyoxigraph.parse(path=tmp_path / "kg.ttl", format=RdfFormat.TURTLE)]
    triples = {quad.triple for quad in pyoxigraph.parse(path=tricky, format=RdfFormat.N_QUADS)}
    assert (len(found), {quad.triple for quad in found}) == (len(triples), triples)


def test_tricky_terms_are_the_same_in_trig(tricky: Path, tmp_path: Path) -> None:
    turtle.write_trig(tricky, PREFIXES, tmp_path / "kg.trig")
    found = pyoxigraph.parse(path=tmp_path / "kg.trig", format=RdfFormat.TRIG)
    assert canonical(found) == set(tricky.read_text(encoding="utf-8").split("\n")) - {""}


def test_turtle_is_spelled_as_a_well_known_writer_spells_it(tricky: Path, tmp_path: Path) -> None:
    turtle.write_turtle(tricky, PREFIXES, tmp_path / "kg.ttl")
    triples = dict.fromkeys(quad.triple for quad in pyoxigraph.parse(path=tricky, format=RdfFormat.N_QUADS))
    expected = pyoxigraph.serialize(triples, format=RdfFormat.TURTLE, prefixes=PREFIXES)
    whole = f"<{TERM}\u00e9>"  # which may be shortened, but need not
    assert (tmp_path / "kg.ttl").read_text(encoding="utf-8").replace(whole, ":\u00e9") == expected.decode()  # type: ignore[union-attr]


@pytest.mark.parametrize(
    "definition",
    [{}, {"@type": "@id"}, {"@language": "en"}, {"@type": "xsd:decimal"}, {"@type": "xsd:integer"}],
    ids=["any", "reference", "text", "decimal", "integer"],
)
def test_tricky_terms_are_the_same_in_json_ld_whatever_the_context_says(
    definition: dict[str, str], tricky: Path
) -> None:
    prefixes = {name or "terms": namespace for name, namespace in PREFIXES.items()}
    context = {"id": "@id", "type": "@type", **prefixes, "of": {"@id": "terms:of", **definition}}
    found = [*jsonld.nodes(statements.union(tricky), context)]
    assert {key for node in found for key in node} == {
        "id", "type", "of", "terms:in", "http://example.org/whole/predicate"
    }  # fmt: skip
    text = json.dumps({"@context": context, "@graph": found})
    triples = {quad.triple for quad in pyoxigraph.parse(path=tricky, format=RdfFormat.N_QUADS)}
    assert {quad.triple for quad in pyoxigraph.parse(text, format=RdfFormat.JSON_LD)} == triples


@pytest.mark.parametrize("module", [curies, csvw, data_dictionary, statements])
def test_the_examples_in_the_documentation_are_true(module: ModuleType) -> None:
    found = doctest.testmod(module)
    assert found.attempted > 0
    assert found.failed == 0


# ---------------------------------------------------------------- JSON-LD


@pytest.fixture(scope="module")
def document(real_build: Path) -> Any:
    return json.loads((real_build / "kg.jsonld").read_text(encoding="utf-8"))


def test_the_context_stands_in_the_document_itself(document: Any) -> None:
    assert isinstance(document["@context"], dict)


def test_no_context_is_named_by_an_address(document: Any) -> None:
    assert [found for found in values_of(document, "@context") if not isinstance(found, dict)] == []


def test_the_context_is_published_alone_too(real_build: Path, document: Any) -> None:
    assert json.loads((real_build / "context.jsonld").read_text(encoding="utf-8")) == {"@context": document["@context"]}


def test_the_keys_of_a_finding_are_the_names_of_its_columns(document: Any) -> None:
    (finding,) = (
        node for node in nodes(document, "netclean-2018") if node["id"].endswith("/finding/cases-changed-yes")
    )
    assert {"question", "option", "reading", "unit", "decimals", "printed"} <= finding.keys()


def test_decimals_are_strings_as_printed(document: Any) -> None:
    (finding,) = (
        node for node in nodes(document, "netclean-2018") if node["id"].endswith("/finding/cases-changed-yes")
    )
    assert finding["value"] == "28.6"


def nodes(document: Any, graph: str) -> list[dict[str, Any]]:
    """The objects of one named graph."""
    (found,) = (each for each in document["@graph"] if each["@id"] == f"{BASE}graph/{graph}")
    return list(found["@graph"])


def values_of(document: Any, key: str) -> Iterator[Any]:
    """All values of a key, however deep."""
    if isinstance(document, dict):
        yield from ([document[key]] if key in document else [])
        for value in document.values():
            yield from values_of(value, key)
    elif isinstance(document, list):
        for value in document:
            yield from values_of(value, key)


# ---------------------------------------------------------------- tables and their description


@pytest.fixture(scope="module")
def metadata(real_build: Path) -> Any:
    return json.loads((real_build / "tables/csv-metadata.json").read_text(encoding="utf-8"))


def test_every_table_is_published_and_described(real_build: Path, metadata: Any) -> None:
    published = sorted(path.relative_to(real_build / "tables").as_posix() for path in tables_of(real_build / "tables"))
    assert len(published) == len(tables_of(ROOT / "data"))
    assert sorted(table["url"] for table in metadata["tables"]) == published


def test_every_column_of_a_published_table_is_described_in_its_order(real_build: Path, metadata: Any) -> None:
    for table in metadata["tables"]:
        header = sheet(real_build / "tables" / table["url"]).header
        columns = [column for column in table["tableSchema"]["columns"] if not column.get("virtual")]
        assert [column["titles"] for column in columns] == header
        assert [column for column in columns if not column["dc:description"]] == []


def test_a_published_table_has_the_rows_of_its_source(real_build: Path) -> None:
    for source in tables_of(ROOT / "data"):
        published = real_build / "tables" / source.relative_to(ROOT / "data")
        assert len(sheet(published).cells) == len(sheet(source).cells)


def test_a_published_table_keeps_the_lines_before_it(real_build: Path) -> None:
    source, published = (sheet(folder / "links/places.sssom.tsv") for folder in (ROOT / "data", real_build / "tables"))
    assert source.preamble[0] == "#curie_map:\n"
    assert published.preamble == source.preamble


def test_the_metadata_say_how_a_table_with_lines_before_it_is_read(metadata: Any) -> None:
    assert {table["url"].split("/")[0]: table.get("dialect") for table in metadata["tables"]} == {
        "links": {"delimiter": "\t", "commentPrefix": "#"},
        **dict.fromkeys(("shared", *REPORTS)),
    }


def test_the_metadata_name_their_vocabulary_and_language(metadata: Any) -> None:
    assert metadata["@context"] == ["http://www.w3.org/ns/csvw", {"@language": "en"}]


@pytest.mark.parametrize("kind", ["table", "dialect", "schema", "column", "datatype"])
def test_the_metadata_use_terms_of_csvw_alone(kind: str, metadata: Any) -> None:
    """Those of https://www.w3.org/TR/tabular-metadata/ 5.3, 5.5, 5.6, 5.9, 5.11.2, with Dublin Core beside them."""
    known = {
        "table": {"url", "dc:title", "dc:description", "dialect", "tableSchema"},
        "dialect": {"delimiter", "commentPrefix"},
        "schema": {"aboutUrl", "primaryKey", "columns", "foreignKeys", "rowTitles"},
        "column": {"name", "titles", "dc:description", "propertyUrl", "valueUrl", "required", "separator", "lang"}
        | {"datatype", "virtual", "ordered", "null"},
        "datatype": {"base", "format", "minimum", "maximum", "maxLength", "minLength", "length"},
    }[kind]
    schemas = [table["tableSchema"] for table in metadata["tables"]]
    columns = [column for schema in schemas for column in schema["columns"]]
    found: list[dict[str, Any]] = {
        "table": metadata["tables"],
        "dialect": [table["dialect"] for table in metadata["tables"] if "dialect" in table],
        "schema": schemas,
        "column": columns,
        "datatype": [column["datatype"] for column in columns if "datatype" in column],
    }[kind]
    assert set().union(*found) <= known


@pytest.mark.parametrize(
    ("pattern", "expected", "matching", "others"),
    [
        ("^[a-z]+$", "^[a-z]+$", ["ab"], ["", "a1"]),
        ("^(https?://|urn:)", "^(https?://|urn:).*$", ["urn:", "https://a"], ["a", " urn:a"]),
        ("kg$", "^.*kg$", ["kg", "5 kg"], ["kg 5"]),
        ("[0-9]", "^.*[0-9].*$", ["a1b"], ["ab"]),
        ("^a|b$", "^.*(?:^a|b$).*$", ["ac", "cb"], ["cac"]),
        ("^[|(]+$", "^[|(]+$", ["(|"], ["a"]),
        (r"^\(a|b\)$", r"^.*(?:^\(a|b\)$).*$", ["(ac", "cb)"], ["a"]),
        (r"^5\$", r"^5\$.*$", ["5$", "5$ each"], ["5"]),
        (r"^5\\$", r"^5\\$", ["5\\"], ["5\\ each"]),
    ],
)
def test_a_pattern_matches_whole_values_where_shacl_finds_it_in_them(
    pattern: str, expected: str, matching: list[str], others: list[str]
) -> None:
    whole = csvw.closed(pattern)
    assert whole == expected
    assert [bool(re.search(pattern, value)) for value in matching + others] == [True] * len(matching) + [False] * len(
        others
    )
    assert [bool(re.fullmatch(whole, value)) for value in matching + others] == [True] * len(matching) + [False] * len(
        others
    )


def test_every_published_pattern_matches_the_whole_of_every_value_of_its_column(
    real_build: Path, metadata: Any
) -> None:
    checked = set()
    for table in metadata["tables"]:
        rows = sheet(real_build / "tables" / table["url"]).rows
        for column in table["tableSchema"]["columns"]:
            pattern = column.get("datatype", {}).get("format")
            if pattern:
                cells = [row[column["name"]] for row in rows]
                split = [cell.split(column["separator"]) if "separator" in column else [cell] for cell in cells]
                values = {value for cell in split for value in cell if value}
                assert {value for value in values if not re.fullmatch(pattern, value)} == set()
                checked |= {pattern} if values else set()
    assert "^(https?://|urn:).*$" in checked
    assert len(checked) == 12


def test_published_tables_have_the_defaults_of_empty_cells(real_build: Path) -> None:
    rows = sheet(real_build / "tables" / "netclean-2018" / "findings.csv").rows
    assert {(row["status"], row["statistic"], row["from_period"]) for row in rows} == {("A", "percentage", "no-period")}


def test_no_other_document_is_needed_to_read_the_tables(metadata: Any) -> None:
    """The context is known to every reader (https://www.w3.org/TR/tabular-metadata/#top-level-properties)."""
    assert set(metadata) == {"@context", "tables"}
    assert [table["url"] for table in metadata["tables"] if ":" in table["url"]] == []
    assert list(values_of(metadata["tables"], "@context")) == []
    assert [table for table in metadata["tables"] if not isinstance(table["tableSchema"], dict)] == []


def test_virtual_columns_stand_after_all_others(metadata: Any) -> None:
    for table in metadata["tables"]:
        virtual = [bool(column.get("virtual")) for column in table["tableSchema"]["columns"]]
        assert virtual == sorted(virtual)


def test_the_rows_described_by_the_metadata_are_things_of_the_graph(
    real_build: Path, metadata: Any, lines: list[str]
) -> None:
    subjects = {line.split(" ", 1)[0] for line in lines}
    for table in metadata["tables"]:
        about = table["tableSchema"]["aboutUrl"]
        found = {f"<{about.replace('{id}', row['id'])}>" for row in sheet(real_build / "tables" / table["url"]).rows}
        assert found <= subjects


def test_the_data_dictionary_names_every_table_and_column(real_build: Path) -> None:
    text = (real_build / "dictionary.md").read_text(encoding="utf-8")
    for table in read_schema(ROOT / "ontology").tables:
        section = text.split(f"\n## {table.url}\n", 1)[1].split("\n## ", 1)[0]
        assert [column.name for column in table.columns if f"| `{column.name}`" not in section] == []


def test_the_data_dictionary_names_every_code_that_a_cell_may_hold(real_build: Path) -> None:
    text = (real_build / "dictionary.md").read_text(encoding="utf-8").split("\n## Code lists\n", 1)[1]
    schema = read_schema(ROOT / "ontology")
    named = {code for target in schema.targets.values() for code in target.codes}
    assert len(named) > 80
    assert [
        code.key for code in named if f"| `{code.key}` |" not in text and f"| `{code.kind}/{code.key}` |" not in text
    ] == []


@pytest.mark.parametrize(
    "words",
    [
        "a decimal number with a point, such as 28.6, at least 0, at most 100",
        "at most 80 characters",
        r"matches `^(https?://\|urn:)`",
        "never leads back to its start",
        "not above `age_to`",
        "one of `skos:exactMatch`",
        "several separated by `;`",
    ],
)
def test_the_data_dictionary_names_each_facet(words: str, real_build: Path) -> None:
    assert words in (real_build / "dictionary.md").read_text(encoding="utf-8")


def test_every_row_of_the_data_dictionary_has_as_many_cells_as_its_header(real_build: Path) -> None:
    rows = [line for line in (real_build / "dictionary.md").read_text("utf-8").splitlines() if line.startswith("|")]
    assert {len(re.findall(r"(?<!\\)\|", row)) for row in rows} == {4, 5}


# ---------------------------------------------------------------- networks


def read_graphml(path: Path) -> networkx.Graph[str]:
    return networkx.read_graphml(path, force_multigraph=True)


def read_gexf(path: Path) -> networkx.Graph[str]:
    return networkx.read_gexf(path, version="1.2draft")


@pytest.fixture(scope="module", params=["kg.graphml", "kg.gexf"])
def network(request: pytest.FixtureRequest, real_build: Path) -> networkx.Graph[str]:
    return (read_graphml if request.param == "kg.graphml" else read_gexf)(real_build / request.param)


def test_a_network_has_the_rows_of_all_tables_as_nodes(network: networkx.Graph[str], real_build: Path) -> None:
    rows = sum(len(sheet(path).cells) for path in tables_of(real_build / "tables"))
    assert network.number_of_nodes() == rows


def test_a_network_has_a_label_and_a_type_for_every_node(network: networkx.Graph[str]) -> None:
    assert [node for node, about in network.nodes(data=True) if not (about.get("label") and about.get("type"))] == []


def test_a_network_has_the_links_between_its_nodes_with_their_predicate(
    network: networkx.Graph[str], triples: set[str]
) -> None:
    things = set(network.nodes())
    found = [re.fullmatch("<([^ ]*)> <([^ ]*)> <([^ ]*)> [.]", triple) for triple in triples]
    expected = [match.groups() for match in found if match and match[1] in things and match[3] in things]
    edges = [(start, about["predicate"], end) for start, end, about in network.edges(data=True)]
    assert sorted(edges) == sorted(expected)


def test_a_link_has_the_last_part_of_its_predicate_as_its_relation(network: networkx.Graph[str]) -> None:
    pairs = {(about["predicate"], about["relation"]) for _, _, about in network.edges(data=True)}
    assert (f"{BASE}ontology#operatesIn", "operatesIn") in pairs
    assert [(iri, word) for iri, word in pairs if re.split("[/#]", iri)[-1] != word] == []


def test_a_node_knows_how_many_links_it_has(network: networkx.Graph[str]) -> None:
    degrees = {node: about["links"] for node, about in network.nodes(data=True)}
    assert degrees == dict(network.degree())


@pytest.mark.parametrize("name", ["kg.graphml", "kg.gexf"])
def test_every_node_and_every_edge_has_an_id_of_its_own(name: str, real_build: Path) -> None:
    for kind in ("node", "edge"):
        ids = [each.get("id") for each in elements(real_build / name) if local_name(each) == kind]
        assert len(ids) > 5_000
        assert (len(set(ids)), None in ids) == (len(ids), False)


def elements(path: Path) -> Iterator[ElementTree.Element]:
    return ElementTree.parse(path).iter()  # noqa: S314  (our own file)


def local_name(element: ElementTree.Element) -> str:
    return element.tag.rpartition("}")[2]


GEXF_ATTRIBUTES: dict[str, tuple[set[str], set[str]]] = {
    "gexf": ({"version"}, {"variant"}),
    "graph": (set(), {"defaultedgetype", "idtype", "mode", "timeformat", "start", "end"}),
    "attributes": ({"class"}, {"mode", "start", "end"}),
    "attribute": ({"id", "title", "type"}, set()),
    "nodes": (set(), {"count"}),
    "node": ({"id"}, {"label", "start", "end", "pid"}),
    "edges": (set(), {"count"}),
    "edge": ({"id", "source", "target"}, {"type", "label", "weight", "start", "end"}),
    "attvalues": (set(), set()),
    "attvalue": ({"for", "value"}, {"start", "end"}),
}
"""The elements of GEXF that we use: what each must have and what it may have (the schema of 1.2draft)."""


def test_the_elements_of_the_gexf_have_the_attributes_of_its_schema(real_build: Path) -> None:
    found = {(local_name(each), frozenset(each.attrib)) for each in elements(real_build / "kg.gexf")}
    assert {name for name, _ in found} == set(GEXF_ATTRIBUTES)
    for name, attributes in found:
        needed, allowed = GEXF_ATTRIBUTES[name]
        assert needed <= attributes <= needed | allowed


def test_the_elements_of_the_gexf_are_nested_as_in_its_schema(real_build: Path) -> None:
    namespace = "{http://www.gexf.net/1.2draft}"
    found = {
        (each.tag.removeprefix(namespace), *dict.fromkeys(inner.tag.removeprefix(namespace) for inner in each))
        for each in elements(real_build / "kg.gexf")
    }
    assert found == {
        ("gexf", "graph"),
        ("graph", "attributes", "nodes", "edges"),
        ("attributes", "attribute"),
        ("attribute",),
        ("nodes", "node"),
        ("node", "attvalues"),
        ("edges", "edge"),
        ("edge", "attvalues"),
        ("attvalues", "attvalue"),
        ("attvalue",),
    }


def test_the_values_of_the_gexf_are_those_that_its_schema_allows(real_build: Path) -> None:
    root = ElementTree.parse(real_build / "kg.gexf").getroot()  # noqa: S314  (our own file)
    declared = {each.get("id") for each in root.iter() if local_name(each) == "attribute"}
    assert root.get("version") == "1.2"
    for each in root.iter():
        if local_name(each) == "attvalue":
            assert each.get("for") in declared
        elif local_name(each) == "attribute":
            assert each.get("type") in {"boolean", "double", "float", "integer", "long", "string"}
        elif local_name(each) == "attributes":
            assert each.get("class") in {"node", "edge"}
        elif local_name(each) == "graph":
            assert (each.get("defaultedgetype"), each.get("mode")) == ("directed", "static")


def test_the_two_networks_are_one(real_build: Path) -> None:
    one, other = read_graphml(real_build / "kg.graphml"), read_gexf(real_build / "kg.gexf")
    assert sorted(one.nodes(data="label")) == sorted(other.nodes(data="label"))
    assert sorted(one.edges(data="predicate")) == sorted(other.edges(data="predicate"))


def test_labels_are_escaped_in_xml(draft: Draft) -> None:
    draft.change("data/shared/threats.csv", "extortion,extortion,", """extortion,"<b>""Tom"" & 'Jerry'</b>",""")
    assert draft.build("--format", "network").code == 0
    for network in (read_graphml(draft.out / "kg.graphml"), read_gexf(draft.out / "kg.gexf")):
        assert network.nodes[f"{BASE}threat/extortion"]["label"] == """<b>"Tom" & 'Jerry'</b>"""


@pytest.mark.parametrize("name", ["kg.graphml", "kg.gexf"])
def test_a_network_holds_no_date_of_its_making(name: str, real_build: Path) -> None:
    head = (real_build / name).read_text(encoding="utf-8")[:2000]
    assert re.findall(r"lastmodified|20[0-9]{2}-[0-9]{2}-[0-9]{2}", head) == []


# ---------------------------------------------------------------- reports of the commands


@pytest.fixture(scope="module")
def faulty(tmp_path_factory: pytest.TempPathFactory) -> Draft:
    """The example with a fault in the graph, and a note; to be validated, not built or changed."""
    folder = tmp_path_factory.mktemp("faulty")
    draft = Draft(project_at(folder / "project"), folder / "build")
    draft.change("data/example-2020/findings.csv", ",37.5%,", ",37.6%,")
    draft.change("data/shared/units.csv", "People.", "Pe\u0301ople.")
    return draft


def report_of(draft: Draft) -> Graph:
    return Graph().parse(data=draft.run("validate", "--format", "shacl").printed, format="turtle")


@pytest.fixture(scope="module")
def report(faulty: Draft) -> Graph:
    return report_of(faulty)


def test_the_validation_report_names_file_line_and_column(report: Graph) -> None:
    (result,) = (node for node in report.subjects(SH.resultSeverity, SH.Violation))
    places = [str(report.value(result, term)) for term in (KG.file, KG.line, KG.column)]
    assert places == ["data/example-2020/findings.csv", "8", "printed"]


def test_the_validation_report_is_one_of_shacl(report: Graph) -> None:
    """https://www.w3.org/TR/shacl/#results-validation-result: what every result must have."""
    (whole,) = report.subjects(RDF.type, SH.ValidationReport)
    results = list(report.objects(whole, SH.result))
    assert len(results) == 2
    for result in results:
        assert (result, RDF.type, SH.ValidationResult) in report
        for term in (SH.focusNode, SH.resultSeverity, SH.sourceConstraintComponent):
            assert len(list(report.objects(result, term))) == 1


def test_the_validation_report_of_a_fault_does_not_conform(report: Graph) -> None:
    (verdict,) = report.objects(None, SH.conforms)
    assert verdict.toPython() is False  # type: ignore[attr-defined]


def test_the_validation_report_of_the_example_conforms(draft: Draft) -> None:
    (verdict,) = report_of(draft).objects(None, SH.conforms)
    assert verdict.toPython() is True  # type: ignore[attr-defined]


def test_the_validation_report_holds_no_blank_node(report: Graph) -> None:
    assert [term for triple in report for term in triple if isinstance(term, BNode)] == []


def test_the_validation_report_comes_for_broken_shapes_too(draft: Draft) -> None:
    draft.change("ontology/shapes/common.ttl", 'csvw:name "id" ;', "csvw:name id ;")
    report = report_of(draft)
    assert [str(file) for file in report.objects(None, KG.file)] == ["ontology/shapes/common.ttl"]


@pytest.fixture(scope="module")
def as_json(faulty: Draft) -> Run:
    return faulty.run("validate", "--format", "json")


def test_the_json_of_validate_holds_the_sentences_in_parts(as_json: Run) -> None:
    found = json.loads(as_json.printed)
    assert found["errors"] == 1
    assert [(each["severity"], each["file"], each["line"], each["field"]) for each in found["problems"]] == [
        ("error", "data/example-2020/findings.csv", 8, "printed"),
        ("note", "data/shared/units.csv", 1, ""),
    ]


def test_json_goes_to_standard_output_alone(as_json: Run) -> None:
    assert as_json.sentences == ()


def test_the_json_of_build_tells_what_was_built(draft: Draft) -> None:
    found = json.loads(draft.build("--json", "--format", "nq").printed)
    assert found["written"] == ["SHA256SUMS", "kg.nq"]
    assert found["rows"]["finding"] == 31
    assert found["problems"] == []


# ---------------------------------------------------------------- manners of the command line


@pytest.fixture(scope="module")
def piped(tmp_path_factory: pytest.TempPathFactory) -> subprocess.CompletedProcess[str]:
    """A build whose outputs go into pipes."""
    folder = tmp_path_factory.mktemp("piped")
    root = project_at(folder / "project")
    return in_own_process("build", "--root", str(root), "--out", str(folder / "build"))


def test_no_progress_is_shown_in_a_pipe(piped: subprocess.CompletedProcess[str]) -> None:
    assert (piped.returncode, piped.stderr) == (0, "")


def test_no_control_characters_are_printed_in_a_pipe(piped: subprocess.CompletedProcess[str]) -> None:
    assert [character for character in piped.stdout if ord(character) < 32 and character != "\n"] == []


@pytest.mark.parametrize("command", ["", "build", "validate", "new-report", "verify"])
def test_every_command_explains_itself(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main([*filter(None, [command]), "--help"])
    assert ended.value.code == 0
    assert capsys.readouterr().out.startswith(f"usage: kg-builder {command}".rstrip())


def test_the_help_lists_every_command(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["--help"])
    listed = re.findall(r"^    ([a-z-]+)", capsys.readouterr().out, re.MULTILINE)
    assert listed == [
        "build", "validate", "explain", "new-report", "verify", "rename", "merge", "retract", "deprecate", "correct",
        "release", "import", "queries", "ask", "chart", "query", "find", "compare", "discrepancies", "link", "serve",
    ]  # fmt: skip


def test_a_call_that_cannot_be_understood_ends_with_two(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["bild"])
    assert ended.value.code == 2
    assert "invalid choice: 'bild'" in capsys.readouterr().err


def test_a_reader_that_closes_the_pipe_early_sees_no_traceback(faulty: Draft) -> None:
    read, write = os.pipe()
    os.close(read)
    run = subprocess.run(
        [*COMMAND, "validate", "--root", str(faulty.root), "--format", "json"],
        check=False,
        stdout=write,
        stderr=subprocess.PIPE,
        text=True,
    )
    os.close(write)
    assert "Traceback" not in run.stderr


# ---------------------------------------------------------------- another base


def test_another_base_moves_all_things_and_leaves_the_ontology(draft: Draft) -> None:
    base = "https://example.org/kg/"
    assert draft.build("--base", base, "--format", "nq").code == 0
    lines = (draft.out / "kg.nq").read_text(encoding="utf-8").splitlines()
    subjects = {line.split(" ", 1)[0] for line in lines if not line.endswith(f"<{base}graph/ontology> .")}
    others = {subject for subject in subjects if not subject.startswith(f"<{base}")}
    assert others == scheme_subjects(subjects) | {f"<{BASE}ontology#Platform>"}
    assert any(line.startswith(f"<{BASE}ontology#Finding> ") for line in lines)


def scheme_subjects(subjects: set[str]) -> set[str]:
    """Subjects of derived facts that the ontology itself names: its code lists and their schemes."""
    schema = read_schema(ROOT / "ontology")
    codes = {f"<{code.iri}>" for code in schema.codes}
    return {subject for subject in subjects if subject in codes or "/scheme/" in subject}


def test_another_base_is_in_the_metadata_of_the_tables(draft: Draft) -> None:
    draft.build("--base", "https://example.org/kg/", "--format", "csvw")
    metadata = json.loads((draft.out / "tables/csv-metadata.json").read_text(encoding="utf-8"))
    assert {table["tableSchema"]["aboutUrl"].split("/kg/")[0] for table in metadata["tables"]} == {
        "https://example.org"
    }


def test_the_default_base_is_that_of_the_ontology() -> None:
    assert Project(ROOT).base == "https://w3id.org/child-protection-kg/"
