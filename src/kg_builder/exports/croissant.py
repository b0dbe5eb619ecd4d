"""Describes the published files as Croissant metadata (https://docs.mlcommons.org/croissant/), from the shapes."""

from __future__ import annotations

import json
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path
from typing import Any

from rdflib import DCTERMS, FOAF, OWL, XSD, Node
from rdflib import Graph as Triples

from kg_builder.core.media_types import FILES
from kg_builder.core.terms import ONTOLOGY
from kg_builder.exports import csvw
from kg_builder.exports.downloads import downloads
from kg_builder.graph.built_graph import BuiltGraph
from kg_builder.schema.model import Column
from kg_builder.tables.table_files import TableFile

NAME = "croissant.json"
TYPES = {
    XSD.boolean: "sc:Boolean",
    XSD.date: "sc:Date",
    XSD.decimal: "sc:Float",
    XSD.gYear: "sc:Integer",
    XSD.integer: "sc:Integer",
}
"""The types other than text; references are text, because cells hold ids."""


def write_croissant(graph: BuiltGraph, folder: Path) -> None:
    """Write `croissant.json`: all files written so far, and a record set for each CSV table among them."""
    whole = json.loads((files("kg_builder") / "templates" / NAME).read_text("utf-8"))
    whole |= about(graph.schema.ontology, graph.project.base)
    whole["distribution"] = [
        {
            "@type": "cr:FileObject",
            "@id": each.path,
            "name": each.path,
            "contentUrl": each.path,
            "contentSize": f"{each.size} B",
            "encodingFormat": FILES[Path(each.path).suffix],
            "sha256": each.sha256,
        }
        for each in downloads(folder)
    ]
    # readers take the first line of a table as its header, so tables with YAML before it are only listed as files
    plain = (file for file in graph.files if not file.table.comment)
    tables = [(file, f"{csvw.TABLES_FOLDER}/{file.source}/{file.published}") for file in plain]
    whole["recordSet"] = [_record_set(file, path) for file, path in tables if (folder / path).is_file()]
    (folder / NAME).write_text(json.dumps(whole, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")


def about(ontology: Triples, base: str) -> dict[str, Any]:
    """Return the project metadata in the ontology: version, date, licence, creators, citation."""
    names = (ontology.value(maker, FOAF.name) for maker in ontology.objects(ONTOLOGY, DCTERMS.creator))
    named = [{"@type": "sc:Organization", "name": name} for name in sorted(map(text, names))]
    return {
        "url": base,
        "version": text(ontology.value(ONTOLOGY, OWL.versionInfo)),
        "datePublished": text(ontology.value(ONTOLOGY, DCTERMS.issued)),
        "license": text(ontology.value(ONTOLOGY, DCTERMS.license)),
        "creator": named,
        "publisher": named,
        "citeAs": text(ontology.value(ONTOLOGY, DCTERMS.bibliographicCitation)),
    }


def text(value: Node | None) -> str:
    """Return a value as text, empty if there is none."""
    return "" if value is None else str(value)


def _record_set(file: TableFile, path: str) -> dict[str, Any]:
    """Return the description of a table, named after its file without the extension."""
    name = f"{file.source}/{Path(path).stem}"
    return {
        "@type": "cr:RecordSet",
        "@id": name,
        "name": name,
        "description": file.table.description,
        "key": {"@id": f"{name}/{file.table.columns[0].name}"},
        "field": [dict(field(column, name, path)) for column in file.table.columns],
    }


def field(column: Column, name: str, path: str) -> Iterator[tuple[str, Any]]:
    """Yield the description of a column; one with several values in a cell is a list."""
    source: dict[str, Any] = {"fileObject": {"@id": path}, "extract": {"column": column.name}}
    yield "@type", "cr:Field"
    yield "@id", f"{name}/{column.name}"
    yield "name", column.name
    yield "description", column.description
    yield "dataType", {str(key): value for key, value in TYPES.items()}.get(column.datatype or "", "sc:Text")
    yield "equivalentProperty", column.path
    if column.separator:
        source["transform"] = {"separator": column.separator}
        yield "repeated", True
    yield "source", source
