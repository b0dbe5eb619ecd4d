"""The house is in order: one way through the modules, no name of our data in code, an ontology that is all used."""

from __future__ import annotations

import ast
import re
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from itertools import chain
from pathlib import Path

import pytest
import yaml
from rdflib import DCTERMS, OWL, QB, RDF, RDFS, SH, SKOS, VANN, Graph, Literal, Namespace, Node, URIRef

from kg_builder.core.terms import CSVW, KG, ONTOLOGY
from kg_builder.schema.model import Schema
from kg_builder.schema.ontology_folder import read_schema, shape_files
from tests.bench import ROOT, lines_of
from tests.draft import Draft
from tests.packages import CONTRIBUTING, diagram
from tests.processes import COMMAND

SOURCE = ROOT / "src" / "kg_builder"
LINTER = Path(sys.executable).with_name("lint-imports")
MODULES = {
    path.relative_to(SOURCE).with_suffix("").as_posix(): ast.parse(path.read_text(encoding="utf-8"))
    for path in sorted(SOURCE.rglob("*.py"))
}

# ---------------------------------------------------------------- modules


def test_a_package_imports_only_those_below_it() -> None:
    run = subprocess.run([LINTER, "--no-cache"], cwd=ROOT, check=False, capture_output=True, text=True)
    assert run.returncode == 0, run.stdout


def test_the_diagram_of_the_packages_is_drawn_from_their_imports() -> None:
    assert diagram() in CONTRIBUTING.read_text(encoding="utf-8")


@pytest.mark.parametrize("name", MODULES)
def test_a_module_opens_with_one_sentence(name: str) -> None:
    first = (ast.get_docstring(MODULES[name]) or "").split("\n\n")[0]
    assert first.endswith(".")


PRINTING = {"__main__", "charts/renderer", "cli/main", "cli/terminal"}


@pytest.mark.parametrize("name", sorted(set(MODULES) - PRINTING))
def test_only_the_command_line_prints_and_exits(name: str) -> None:
    calls = {ast.unparse(node.func) for node in ast.walk(MODULES[name]) if isinstance(node, ast.Call)}
    raised = {ast.unparse(node.exc) for node in ast.walk(MODULES[name]) if isinstance(node, ast.Raise) and node.exc}
    assert calls & {"print", "input", "exit", "quit", "sys.exit", "os._exit", "logging.basicConfig"} == set()
    assert [text for text in calls | raised if text.startswith(("sys.std", "SystemExit", "warnings."))] == []


@pytest.fixture(scope="module")
def schema() -> Schema:
    return read_schema(ROOT / "ontology")


def test_no_module_names_a_class_of_ours(schema: Schema) -> None:
    names = {name for table in schema.tables for name in (table.classes[0], short(table.classes[0]))}
    assert {(name, text) for name, module in MODULES.items() for text in strings(module) if text in names} == set()


def test_no_module_spells_a_term_of_a_vocabulary() -> None:
    """Terms come from namespaces; only two modules of `core` and the few that begin an IRI hold addresses."""
    found = {(name, text) for name, module in MODULES.items() for text in strings(module) if "://" in text}
    assert {(name, text) for name, text in found if name not in {"core/iris", "core/terms"}} == {
        ("charts/charts", "https://vega.github.io/schema/vega-lite/v6.json"),
        ("cli/main", "The graph is at http://"),
        ("exports/csvw", "http://www.w3.org/ns/csvw"),
        ("graph/rendering", "http://www.w3.org/2001/XMLSchema#"),
    }


def test_no_module_holds_a_query_or_turtle() -> None:
    found = [
        text for module in MODULES.values() for text in strings(module) if re.search(r"\bkg:[A-Za-z]|@prefix ", text)
    ]
    assert found == []


def strings(module: ast.Module) -> Iterator[str]:
    """The string constants of a module, but for its docstrings."""
    documentation = {
        id(node.value)
        for node in ast.walk(module)
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    }
    for node in ast.walk(module):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in documentation:
            yield node.value


def short(iri: object) -> str:
    return re.split("[/#]", str(iri))[-1]


def test_the_help_imports_no_heavy_library() -> None:
    heavy = (
        "altair",
        "duckdb",
        "jinja2",
        "networkx",
        "pyoxigraph",
        "pyshacl",
        "rapidfuzz",
        "rdflib",
        "scipy",
        "starlette",
        "tabulate",
        "uvicorn",
        "vl_convert",
        "werkzeug",
    )
    program = f"""
import sys
from kg_builder.cli.main import main
try:
    main(["--help"])
except SystemExit:
    print("heavy:", *sorted(set({heavy}) & set(sys.modules)))
"""
    run = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True)
    assert run.stdout.splitlines()[-1] == "heavy:"


# ---------------------------------------------------------------- no network, no machine


def test_nothing_opens_a_socket(draft: Draft, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("a socket was opened")

    for name in ("socket", "create_connection", "getaddrinfo", "gethostbyname"):
        monkeypatch.setattr(socket, name, refuse)
    assert draft.run("validate").code == 0
    assert draft.build().code == 0


def test_a_build_works_where_there_is_no_network_at_all(draft: Draft) -> None:
    unshare = shutil.which("unshare")
    cut = [str(unshare), "--map-root-user", "--net"]
    if unshare is None or subprocess.run([*cut, "true"], check=False, capture_output=True).returncode:
        pytest.skip("no name space without a network can be made here")
    command = [*COMMAND, "build", "--root", str(draft.root), "--out", str(draft.out)]
    run = subprocess.run([*cut, *command], check=False, capture_output=True, text=True)
    assert run.returncode == 0, run.stderr


def texts() -> Iterator[tuple[str, str]]:
    """The names and contents of the text files that belong to the project."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],  # noqa: S607  (git, wherever it is)
        check=False,
        capture_output=True,
        text=True,
        cwd=ROOT,
    )
    if listed.returncode:
        pytest.skip("this copy of the project is no git repository")
    for name in listed.stdout.splitlines():
        path = ROOT / name
        if path.is_file() and b"\0" not in path.read_bytes()[:8000]:
            yield name, path.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "pattern",
    [
        r"(?<![\w}])/(wo[r]k|roo[t]|hom[e]|User[s]|tm[p])/|[A-Z]:\\\\User[s]",
        r"pyp[i]\.org|pythonhoste[d]|--(extra-)?index-ur[l]|npmj[s]|anacond[a]|artifactor[y]|devp[i]",
        r"(user|pass(?!age\b)|toke[n])[a-z]*\s*[:=]\s*['\"][A-Za-z0-9+/_-]{16,}",
    ],
    ids=["path-of-a-machine", "host-of-packages", "secret"],
)
def test_no_file_names(pattern: str) -> None:
    found = [f"{name}: {match[0]}" for name, text in texts() for match in re.finditer(pattern, text)]
    assert found == []


LOCKS = ("installer.lock", "requirements.lock", "tests/requirements.lock", "tests/validators.lock",
         "explorer/requirements.lock")  # fmt: skip


def locked(name: str) -> dict[str, str]:
    """What a lock file pins, each name with versions and environments, with its hashes."""
    text = (ROOT / name).read_text(encoding="utf-8").replace("\\\n", "")
    return dict(line.split(maxsplit=1) for line in text.splitlines())


@pytest.mark.parametrize("name", LOCKS)
def test_a_lock_file_pins_each_package_by_its_hash(name: str) -> None:
    assert {pin for pin, rest in locked(name).items() if "==" not in pin or "--hash=sha256:" not in rest} == set()


def test_the_tests_have_the_versions_of_a_build() -> None:
    build, tests = locked("requirements.lock"), locked("tests/requirements.lock")
    shared = {pin.split("==")[0] for pin in build} & {pin.split("==")[0] for pin in tests}
    assert "numpy" in shared
    assert {pin for pin in tests if pin.split("==")[0] in shared} <= set(build)


def test_a_build_installs_no_package_of_the_tests() -> None:
    names = {pin.split("==")[0] for pin in locked("requirements.lock")}
    assert not names & {"hypothesis", "mypy", "pandas", "playwright", "polars", "pytest", "ruff"}


def test_every_text_file_ends_with_one_line_feed() -> None:
    assert [name for name, text in texts() if text and (not text.endswith("\n") or text.endswith("\n\n"))] == []


# ---------------------------------------------------------------- the ontology

OURS = Namespace("https://w3id.org/child-protection-kg/ontology#")
TURTLE = ("beyond-owl.ttl", "codes.ttl", "kg.ttl", *shape_files(ROOT / "ontology"))


@pytest.fixture(scope="module")
def ontology() -> Graph:
    read = Graph(bind_namespaces="none").parse(ROOT / "ontology/kg.ttl", format="turtle")
    return read.parse(ROOT / "ontology/beyond-owl.ttl", format="turtle")


@pytest.fixture(scope="module")
def codes() -> Graph:
    return Graph(bind_namespaces="none").parse(ROOT / "ontology/codes.ttl", format="turtle")


@pytest.fixture(scope="module")
def shapes() -> Graph:
    read = Graph(bind_namespaces="none")
    for name in shape_files(ROOT / "ontology"):
        read.parse(ROOT / "ontology" / name, format="turtle")
    return read


PROPERTIES = (OWL.ObjectProperty, OWL.DatatypeProperty, OWL.AnnotationProperty)


def declared(ontology: Graph, *kinds: Node) -> set[str]:
    return {str(node) for kind in kinds for node in ontology.subjects(RDF.type, kind)}


def test_every_property_in_the_shapes_is_declared(ontology: Graph, shapes: Graph) -> None:
    used = {str(value) for term in (SH.path, SH.lessThanOrEquals) for value in shapes.objects(None, term)}
    assert len(used) > 60
    assert used - declared(ontology, *PROPERTIES) == set()


def test_every_class_in_the_shapes_is_declared(ontology: Graph, shapes: Graph) -> None:
    used = {str(value) for term in (SH.targetClass, SH["class"]) for value in shapes.objects(None, term)}
    assert len(used) > 40
    assert used - declared(ontology, OWL.Class) == set()


def test_every_declared_term_has_a_label(ontology: Graph) -> None:
    terms = declared(ontology, OWL.Class, *PROPERTIES)
    assert len(terms) > 120
    assert [term for term in terms if len(list(ontology.objects(URIRef(term), RDFS.label))) != 1] == []


def test_every_own_term_has_a_definition_that_is_a_sentence(ontology: Graph) -> None:
    own = [term for term in declared(ontology, OWL.Class, *PROPERTIES) if term.startswith(OURS)]
    definitions = {term: [str(text) for text in ontology.objects(URIRef(term), SKOS.definition)] for term in own}
    wrong = {term for term, found in definitions.items() if len(found) != 1 or not re.match(r"[A-Z].*[.…]$", found[0])}
    assert wrong == set()


def test_every_own_class_stands_below_a_standard_one(ontology: Graph) -> None:
    own = [term for term in declared(ontology, OWL.Class) if term.startswith(OURS)]
    above = {term: {str(each) for each in ontology.transitive_objects(URIRef(term), RDFS.subClassOf)} for term in own}
    assert [term for term, found in above.items() if all(each.startswith(OURS) for each in found)] == []


def test_no_term_has_two_kinds_of_property(ontology: Graph) -> None:
    kinds = [declared(ontology, kind) for kind in PROPERTIES]
    assert [one & other for one in kinds for other in kinds if one is not other and one & other] == []


def test_every_declared_term_is_used(
    ontology: Graph, shapes: Graph, codes: Graph, real_build: Path, example_files: Path
) -> None:
    used = {str(term) for graph in (shapes, codes) for triple in graph for term in triple}
    used |= {str(above) for term in (RDFS.subClassOf, RDFS.subPropertyOf) for above in ontology.objects(None, term)}
    used |= {str(KG[name]) for name in KG.__annotations__}
    used |= {str(term) for term in ontology.predicates()}
    for line in chain.from_iterable(lines_of(build / "kg.nq") for build in (real_build, example_files)):
        if not line.endswith("/graph/ontology> .\n"):
            used |= set(re.findall(r"<([^>]*)>", line))
    assert declared(ontology, OWL.Class, *PROPERTIES) - used == set()


def test_every_property_of_the_graph_is_declared(ontology: Graph, real_build: Path) -> None:
    lines = (real_build / "kg.nq").read_text(encoding="utf-8").splitlines()
    used = {line.split(" ", 2)[1][1:-1] for line in lines if not line.endswith("/graph/ontology> .")}
    assert len(used) > 60
    assert used - declared(ontology, *PROPERTIES) - {str(RDF.type), str(RDFS.label)} == set()


def test_every_class_of_the_graph_is_declared_or_standard(ontology: Graph, real_build: Path) -> None:
    lines = (real_build / "kg.nq").read_text(encoding="utf-8").splitlines()
    used = {line.split(" ", 3)[2][1:-1] for line in lines if f" <{RDF.type}> " in line}
    own = {name for name in used if name.startswith(OURS)}
    assert len(own) > 40
    assert own - declared(ontology, OWL.Class) == set()


@pytest.mark.parametrize(
    ("term", "value"),
    [
        (DCTERMS.title, Literal("Child Protection Survey Ontology", lang="en")),
        (DCTERMS.license, URIRef("https://creativecommons.org/licenses/by/4.0/")),
        (VANN.preferredNamespacePrefix, Literal("kg")),
        (VANN.preferredNamespaceUri, Literal("https://w3id.org/child-protection-kg/ontology#")),
    ],
)
def test_the_ontology_says_of_itself(term: URIRef, value: Node, ontology: Graph) -> None:
    assert list(ontology.objects(ONTOLOGY, term)) == [value]


@pytest.mark.parametrize(
    "term",
    [
        DCTERMS.abstract, DCTERMS.bibliographicCitation, DCTERMS.contributor, DCTERMS.created, DCTERMS.creator,
        DCTERMS.description, DCTERMS.issued, DCTERMS.language, DCTERMS.modified, DCTERMS.publisher, DCTERMS.source,
        OWL.versionIRI, OWL.versionInfo, RDFS.label,
    ],
)  # fmt: skip
def test_the_ontology_has_one_value_of(term: URIRef, ontology: Graph) -> None:
    assert len(list(ontology.objects(ONTOLOGY, term))) == 1


def test_the_version_of_the_ontology_is_the_end_of_its_version_iri(ontology: Graph) -> None:
    version = ontology.value(ONTOLOGY, OWL.versionInfo)
    assert str(ontology.value(ONTOLOGY, OWL.versionIRI)) == f"{ONTOLOGY}/{version}"


def test_every_agent_of_the_ontology_has_an_iri_and_a_name(ontology: Graph) -> None:
    agents = {agent for term in (DCTERMS.creator, DCTERMS.publisher) for agent in ontology.objects(ONTOLOGY, term)}
    assert len(agents) == 1
    assert [agent for agent in agents if ontology.value(agent, SKOS.prefLabel) is None] == []


def test_the_cube_has_every_dimension_of_a_finding(ontology: Graph, schema: Schema) -> None:
    (table,) = (table for table in schema.tables if table.stem == "findings")
    required = {column.path for column in table.columns if column.required}
    dimensions = {str(node) for node in ontology.objects(None, QB.dimension)}
    expected = (
        *("question", "item", "option", "population", "place", "ageBracket", "group"),
        *("period", "fromPeriod", "statistic", "reading"),
    )
    assert dimensions == {str(OURS[name]) for name in expected}
    assert dimensions - {str(OURS.group)} <= required  # groups are derived from the categories of a finding


@pytest.mark.parametrize("name", TURTLE)
def test_prefixes_are_sorted_and_used(name: str) -> None:
    text = (ROOT / "ontology" / name).read_text(encoding="utf-8")
    prefixes = re.findall(r"^@prefix ([\w-]*): ", text, re.MULTILINE)
    assert prefixes == sorted(set(prefixes))
    assert [prefix for prefix in prefixes if len(re.findall(rf"(?<![\w-]){prefix}:", text)) < 2] == []


def test_a_prefix_means_the_same_in_every_file() -> None:
    meant: dict[str, set[str]] = {}
    for name in TURTLE:
        text = (ROOT / "ontology" / name).read_text(encoding="utf-8")
        for prefix, namespace in re.findall(r"^@prefix ([\w-]*): <(.*)> \.$", text, re.MULTILINE):
            meant.setdefault(prefix, set()).add(namespace)
    assert {prefix: found for prefix, found in meant.items() if len(found) > 1} == {}


# ---------------------------------------------------------------- code lists


def test_every_code_list_that_a_column_names_has_codes_or_a_table(schema: Schema) -> None:
    assert [name for name, target in schema.targets.items() if not target.tables and not target.codes] == []


def test_every_code_has_a_label_a_definition_and_a_declared_class(codes: Graph, ontology: Graph) -> None:
    found = set(codes.subjects(RDF.type, None))
    assert len(found) > 70
    classes = declared(ontology, OWL.Class)
    for code in found:
        assert len(list(codes.objects(code, SKOS.prefLabel))) == 1, code
        assert len(list(codes.objects(code, SKOS.definition))) == 1, code
        assert {str(kind) for kind in codes.objects(code, RDF.type)} <= classes, code


def test_the_labels_of_a_code_list_are_unique(codes: Graph) -> None:
    labels = [(kind, str(codes.value(code, SKOS.prefLabel))) for code, kind in codes.subject_objects(RDF.type)]
    assert sorted(set(labels)) == sorted(labels)


def test_every_class_of_concepts_has_a_scheme_or_each_row_names_one(ontology: Graph, schema: Schema) -> None:
    named = {
        table.classes[0]
        for table in schema.tables
        for column in table.columns
        if column.path == str(SKOS.inScheme) and column.required
    }
    concepts = {
        str(node)
        for node in ontology.subjects(RDF.type, OWL.Class)
        if str(node).startswith(OURS) and SKOS.Concept in set(ontology.transitive_objects(node, RDFS.subClassOf))
    }
    assert len(concepts) > 25
    assert {name for name in concepts if not scheme_of(ontology, URIRef(name))} == named


def scheme_of(ontology: Graph, name: URIRef) -> list[Node]:
    """The schemes of a class and of those above it, as a concept is in the schemes of all its classes."""
    classes = ontology.transitive_objects(name, RDFS.subClassOf)
    return [scheme for each in classes for scheme in ontology.objects(each, OURS.conceptScheme)]


# ---------------------------------------------------------------- shapes


def test_every_shape_of_a_column_belongs_to_a_table(shapes: Graph) -> None:
    columns = set(shapes.subjects(RDF.type, SH.PropertyShape))
    assert len(columns) > 110
    assert columns - set(shapes.objects(None, SH.property)) == set()


def test_every_constraint_belongs_to_a_table(shapes: Graph) -> None:
    assert set(shapes.subjects(RDF.type, SH.SPARQLConstraint)) == set(shapes.objects(None, SH.sparql))


def test_every_column_says_what_it_holds_in_a_sentence(shapes: Graph) -> None:
    described = {node: str(shapes.value(node, SH.description)) for node in shapes.subjects(RDF.type, SH.PropertyShape)}
    assert [node for node, text in described.items() if not re.fullmatch(r"(?s)\S.*[.…]", text)] == []


def test_every_column_has_one_name_in_lower_snake_case(shapes: Graph) -> None:
    for column in shapes.subjects(RDF.type, SH.PropertyShape):
        (name,) = (str(name) for name in shapes.objects(column, CSVW.name))
        assert re.fullmatch(r"[a-z][a-z0-9]*(_[a-z0-9]+)*", name), name
        assert str(shapes.value(column, SH.name)) == name


def test_every_table_begins_with_its_id(schema: Schema) -> None:
    assert [table.stem for table in schema.tables if table.columns[0].name != "id"] == []


def test_no_two_tables_share_a_file_an_address_or_a_class(schema: Schema) -> None:
    for key in ("url", "about", "label"):
        values = [getattr(table, key) for table in schema.tables]
        assert sorted(set(values)) == sorted(values)
    classes = [table.classes[0] for table in schema.tables]
    assert sorted(set(classes)) == sorted(classes)


def test_every_column_that_nests_is_acyclic(schema: Schema) -> None:
    """A column that leads to its own table makes chains; related concepts alone may lead back."""
    nesting = {
        (table.stem, column.name)
        for table in schema.tables
        for column in table.columns
        if column.target == table.classes[0] and not column.acyclic
    }
    assert nesting == set()


def test_no_language_is_given_but_english(shapes: Graph) -> None:
    assert {str(tag) for tag in shapes.objects(None, CSVW.lang)} == {"en"}


def test_every_text_with_a_language_is_bounded(schema: Schema) -> None:
    assert [
        column.shape
        for table in schema.tables
        for column in table.columns
        if column.lang and not column.limit("maxLength")
    ] == []


# ---------------------------------------------------------------- stored queries

QUERIES = sorted((ROOT / "queries").rglob("*.rq"))


def test_there_are_dozens_of_stored_queries() -> None:
    assert len(QUERIES) > 25


@pytest.mark.parametrize("path", QUERIES, ids=lambda path: "/".join(path.parts[-2:]))
def test_a_stored_query_has_a_summary_in_one_line(path: Path) -> None:
    header = "\n".join(line[2:] for line in path.read_text("utf-8").splitlines() if line.startswith("#+"))
    summary = yaml.safe_load(header)["summary"]
    assert 10 < len(summary) < 130
    assert "\n" not in summary


def test_the_summaries_are_unique() -> None:
    summaries = [path.read_text("utf-8").splitlines()[0] for path in QUERIES]
    assert sorted(set(summaries)) == sorted(summaries)


@pytest.mark.parametrize("path", QUERIES, ids=lambda path: "/".join(path.parts[-2:]))
def test_the_prefixes_of_a_stored_query_are_sorted_and_used(path: Path) -> None:
    text = "\n".join(line for line in path.read_text("utf-8").splitlines() if not line.startswith("#"))
    prefixes = re.findall(r"^PREFIX ([\w-]*):", text, re.MULTILINE)
    assert prefixes == sorted(set(prefixes))
    assert [prefix for prefix in prefixes if len(re.findall(rf"(?<![\w-]){prefix}:", text)) < 2] == []


def test_every_check_says_how_to_mend() -> None:
    checks = [path for path in QUERIES if "checks" in path.parts]
    assert [path.name for path in checks if "\n#+ hint: " not in path.read_text("utf-8")] == []
