"""The schema of the tables, read from the shapes: one node shape is one table, one property shape is one column."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterable, Mapping
from functools import cached_property
from pathlib import Path
from typing import cast

from rdflib import DCTERMS, RDF, RDFS, SH, Graph, Literal, Node, URIRef
from rdflib.collection import Collection

from kg_builder.core.iris import BASE, last_part
from kg_builder.core.terms import CSVW, KG, SHNEX
from kg_builder.schema.limits import LIMITS, Limit

SOURCE = "{source}"
"""Placeholder in `csvw:url` and `csvw:aboutUrl` for the folder of a report; a table without it is shared."""

SHARED = "shared"

ANY = "*"
"""Placeholder in `csvw:url` for the name of a file, if a table has files of any name."""


@dataclasses.dataclass(frozen=True)
class Default:
    """What stands for an empty cell: a constant, or the value at the end of a path of properties, from the row on."""

    constant: str = ""
    path: tuple[str, ...] = ()


@dataclasses.dataclass(frozen=True)
class Column:
    """One column: a property shape. `limits` are its limits on each value, with their parameters as written.

    Only a limit to a list of terms has more than one parameter. `is_made` is true for the ids of a table that makes
    ids for empty cells. `printed_part` names the part of a printed value that an empty cell takes.
    """

    name: str
    shape: str = ""
    path: str = ""
    description: str = ""
    message: str = ""
    order: float = 0
    datatype: str | None = None
    lang: str | None = None
    target: str | None = None
    separator: str | None = None
    required: int = 0
    limits: tuple[tuple[Limit, tuple[str, ...]], ...] = ()
    acyclic: bool = False
    is_iri: bool = False
    default: Default | None = None
    is_made: bool = False
    printed_part: str = ""

    def limit(self, rule: str) -> tuple[str, ...]:
        """Return the parameters of a limit by the name of its rule, such as `maxLength`; none where there is none."""
        return next((parameters for limit, parameters in self.limits if limit.rule == rule), ())

    @property
    def compared_with(self) -> tuple[str, ...]:
        """The properties of the other columns that limit its values."""
        return tuple(path for limit, paths in self.limits if limit.parameter == "property" for path in paths)

    @property
    def is_plain(self) -> bool:
        """Whether a cell holds one value that is not a reference to a table or a code."""
        return self.target is None and self.separator is None

    @property
    def must_be_typed(self) -> bool:
        """Whether each row needs a value in the file itself."""
        return self.must_be_filled and self.default is None and not self.printed_part

    @property
    def must_be_filled(self) -> bool:
        """Whether each row needs a value before references are followed: typed, read from what is printed, constant."""
        return bool(self.required) and not (self.default and self.default.path) and not self.is_made

    @property
    def is_reference(self) -> bool:
        """Whether cells name other things, of this graph or elsewhere."""
        return self.target is not None or self.is_iri


@dataclasses.dataclass(frozen=True)
class Constraint:
    """A SHACL-SPARQL constraint over several rows. Constraints that only repeat `kg:acyclic` are left out."""

    name: str
    message: str
    select: str


@dataclasses.dataclass(frozen=True)
class Table:
    """One table: a node shape. `classes` is its own class first, then every superclass.

    Files may begin with metadata lines marked with `comment`. A `*` in the `url` stands for files of any name.
    `id_from` are the properties from whose values ids are made; empty if each row needs an id of its own.
    """

    columns: tuple[Column, ...]
    shape: str = ""
    label: str = ""
    description: str = ""
    url: str = ""
    about: str = ""
    classes: tuple[str, ...] = ()
    constraints: tuple[Constraint, ...] = ()
    comment: str | None = None
    id_from: tuple[str, ...] = ()

    @property
    def folder(self) -> str:
        """The folder in `data/`, or `SOURCE` for the folder of a report."""
        return self.url.split("/")[0]

    @property
    def per_source(self) -> bool:
        """Whether each report has its own table."""
        return self.folder == SOURCE

    @property
    def stem(self) -> str:
        """The name of the file without folder and extension; also the name of its table in the engine."""
        name = self.place(self.folder).rpartition("/")[2]
        return self.folder if name == ANY else name

    @property
    def ending(self) -> str:
        """The extension of its files where they are published, such as `.csv`."""
        return self.url[self.url.index(".") :]

    def place(self, folder: str) -> str:
        """Return the folder and the name, without extension, of its file for a folder in `data/`."""
        return self.url.replace(SOURCE, folder).removesuffix(self.ending)

    @property
    def kind(self) -> str:
        """The part of the address before the id, as in `threat/grooming`."""
        return self.about.rsplit("/", 2)[-2]

    def column(self, name: str) -> Column:
        """Return a column by its name; raise KeyError if it does not exist."""
        return {column.name: column for column in self.columns}[name]

    def column_of(self, path: str) -> Column | None:
        """Return the column of a property, None if there is none."""
        return next((column for column in self.columns if column.path == path), None)


@dataclasses.dataclass(frozen=True)
class Code:
    """A concept declared in the ontology; cells may name it by the last part of its address."""

    iri: str
    classes: tuple[str, ...]

    @property
    def key(self) -> str:
        """The text in a cell."""
        return last_part(self.iri)

    @property
    def kind(self) -> str:
        """The part of the address before the key, as in `origin/legend`."""
        return re.split("[/#]", self.iri)[-2]


@dataclasses.dataclass(frozen=True)
class Target:
    """The targets of a reference: tables, codes, and whether the cell must name the table, as in `type/id`.

    `files` are those of the ontology that list the codes.
    """

    tables: tuple[Table, ...]
    codes: tuple[Code, ...]
    files: tuple[str, ...]

    @property
    def kinds(self) -> tuple[str, ...]:
        """The possible kinds of things, sorted."""
        return tuple(sorted({table.kind for table in self.tables} | {code.kind for code in self.codes}))

    @property
    def qualified(self) -> bool:
        """Whether cells use `type/id`, because several kinds of things are possible."""
        return len(self.kinds) > 1


@dataclasses.dataclass(frozen=True)
class Schema:
    """Tables in the order of their shapes' names, codes, prefixes, and their source graphs.

    `declared` holds, for each file of the ontology, the classes of which it declares members.
    """

    tables: tuple[Table, ...]
    codes: tuple[Code, ...]
    prefixes: dict[str, str]
    ontology: Graph
    shapes: Graph
    declared: Mapping[str, frozenset[Node]]

    @cached_property
    def targets(self) -> dict[str, Target]:
        """For each class in a reference: the tables and codes that hold its members."""
        wanted = {column.target for table in self.tables for column in table.columns if column.target}
        return {
            name: Target(
                tuple(table for table in self.tables if name in table.classes),
                tuple(code for code in self.codes if name in code.classes),
                self._files_of(name),
            )
            for name in sorted(wanted)
        }

    def code_value(self, code: Code, path: str) -> str:
        """Return what the ontology says of a code with a property, empty if nothing."""
        return text(self.ontology, URIRef(code.iri), URIRef(path))

    def _files_of(self, name: str) -> tuple[str, ...]:
        """Return the files of the ontology that declare members of a class, or of a narrower one."""
        kinds = {*self.ontology.transitive_subjects(RDFS.subClassOf, URIRef(name))}
        return tuple(file for file, members in self.declared.items() if kinds & members)

    def tables_in(self, folder: str) -> list[Table]:
        """Return the tables that a folder in `data/` may have; a folder that no table names belongs to a report."""
        named = [table for table in self.tables if table.folder == folder]
        return named or [table for table in self.tables if table.per_source]

    def table_at(self, folder: str, name: str) -> Table | None:
        """Return the table for a file of a folder in `data/`, or None; `a.csv` may be split: `a.2.csv` and so on."""
        stem = name.split(".", maxsplit=1)[0]
        return next(
            (table for table in self.tables_in(folder) if Path(table.url).name.split(".")[0] in {stem, ANY}), None
        )


def schema_of(ontology: Graph, shapes: Graph, declared: Mapping[str, frozenset[Node]]) -> Schema:
    """Return the schema in the shapes, without checking them; `shape_rules` does that."""
    nodes = ordered(node for node in shapes.subjects(RDF.type, SH.NodeShape) if (node, CSVW.url, None) in shapes)
    prefixes = {prefix: str(name) for prefix, name in shapes.namespaces()} | {
        prefix: str(name) for prefix, name in ontology.namespaces()
    }
    used = {prefix: name for prefix, name in sorted(prefixes.items()) if prefix}
    tables = tuple(_table_of(ontology, shapes, cast("URIRef", node)) for node in nodes)
    return Schema(tables, _codes_of(ontology), used, ontology, shapes, declared)


def _table_of(ontology: Graph, shapes: Graph, node: URIRef) -> Table:
    """Return the table that a node shape describes."""
    columns = [_column_of(shapes, shape) for shape in shapes.objects(node, SH.property)]
    id_from = _listed(shapes, shapes.value(node, KG.idFrom))
    if id_from:
        columns = [dataclasses.replace(each, is_made=each.path == str(DCTERMS.identifier)) for each in columns]
    constraints = [
        Constraint(str(name), text(shapes, name, SH.message), text(shapes, name, SH.select))
        for name in ordered(shapes.objects(node, SH.sparql))
        if (name, KG.acyclic, None) not in shapes
    ]
    return Table(
        shape=str(node),
        label=text(shapes, node, RDFS.label),
        description=text(shapes, node, SH.description),
        url=text(shapes, node, CSVW.url),
        about=text(shapes, node, CSVW.aboutUrl),
        classes=_superclasses(ontology, shapes.value(node, SH.targetClass)),
        columns=tuple(sorted(columns, key=lambda column: (column.order, column.name))),
        constraints=tuple(constraints),
        comment=text(shapes, node, CSVW.commentPrefix) or None,
        id_from=id_from,
    )


def _column_of(shapes: Graph, shape: Node) -> Column:
    """Return the column that a property shape describes."""
    target = text(shapes, shape, SH["class"]) or None
    return Column(
        name=text(shapes, shape, CSVW.name),
        shape=str(shape),
        path=text(shapes, shape, SH.path),
        description=text(shapes, shape, SH.description),
        message=text(shapes, shape, SH.message),
        order=float(text(shapes, shape, SH.order) or 0),
        datatype=text(shapes, shape, SH.datatype) or None,
        lang=text(shapes, shape, CSVW.lang) or None,
        target=target,
        separator=text(shapes, shape, CSVW.separator) or None,
        required=int(text(shapes, shape, SH.minCount) or 0),
        limits=tuple(
            (limit, tuple(map(str, limit.parameters(shapes, value))))
            for limit in LIMITS
            for value in shapes.objects(shape, limit.term)
        ),
        acyclic=shapes.value(shape, KG.acyclic) == Literal(True),  # noqa: FBT003  (an RDF literal)
        is_iri=target is None and shapes.value(shape, SH.nodeKind) == SH.IRI,
        default=_default_of(shapes, shape),
        printed_part=text(shapes, shape, KG.printedPart),
    )


def _default_of(shapes: Graph, shape: Node) -> Default | None:
    """Return the default of a property shape: a constant, or a path (`shnex:pathValues`)."""
    stated = shapes.value(shape, SH.defaultValue)
    if stated is None:
        return None
    steps = shapes.value(stated, SHNEX.pathValues)
    if steps is None:
        return Default(constant=str(stated))
    return Default(path=_listed(shapes, steps))


def _listed(shapes: Graph, start: Node | None) -> tuple[str, ...]:
    """Return the members of an RDF list as text; none without a list."""
    return tuple(map(str, Collection(shapes, start))) if start else ()


def sparql_prefixes(shapes: Graph) -> str:
    """Return the PREFIX lines for the constraints of the shapes."""
    return "".join(
        f"PREFIX {text(shapes, node, SH.prefix)}: <{text(shapes, node, SH.namespace)}>\n"
        for node in ordered(shapes.objects(None, SH.declare))
    )


def _codes_of(ontology: Graph) -> tuple[Code, ...]:
    """Return the things below our base that the ontology declares, with all their classes, sorted."""
    found = {
        node: {name for kind in ontology.objects(node, RDF.type) for name in _superclasses(ontology, kind)}
        for node in ontology.subjects(RDF.type, None)
        if str(node).startswith(BASE)
    }
    return tuple(Code(str(node), tuple(sorted(classes))) for node, classes in sorted(found.items()))


def _superclasses(ontology: Graph, name: Node | None) -> tuple[str, ...]:
    """Return a class and all its superclasses, the class itself first, the rest sorted."""
    rest = {str(above) for above in ontology.transitive_objects(name, RDFS.subClassOf)} - {str(name)}
    return (str(name), *sorted(rest))


def ordered(nodes: Iterable[Node]) -> list[Node]:
    """Return nodes sorted by their contents, an order that is the same on every machine."""
    return sorted(nodes, key=str)


def text(graph: Graph, subject: Node, predicate: URIRef) -> str:
    """Return a value as text, empty if there is none."""
    value = graph.value(subject, predicate)
    return "" if value is None else str(value)
