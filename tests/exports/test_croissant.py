"""The published files as Croissant metadata, which data catalogues and machine learning libraries load.

Tables with a head of YAML are listed as files alone: readers of Croissant take the first line for the names of columns.
"""

from __future__ import annotations

import csv
import hashlib
import json
from pathlib import Path
from typing import Any

import pytest
from rdflib import RDF, Graph, Namespace, URIRef

from tests.draft import Draft
from tests.validators import NEEDED, validated

CR = Namespace("http://mlcommons.org/croissant/")
SDO = Namespace("https://schema.org/")


@pytest.fixture(scope="module")
def croissant(real_build: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((real_build / "croissant.json").read_text(encoding="utf-8"))
    return found


def test_it_says_what_the_dataset_is_and_how_it_is_cited(croissant: dict[str, Any]) -> None:
    said = ("@type", "conformsTo", "version", "datePublished", "license", "creator", "citeAs", "url")
    assert {name: croissant[name] for name in said} == {
        "@type": "sc:Dataset",
        "conformsTo": "http://mlcommons.org/croissant/1.0",
        "version": "0.1.0",
        "datePublished": "2026-11-22",
        "license": "https://creativecommons.org/licenses/by/4.0/",
        "creator": [{"@type": "sc:Organization", "name": "Child Protection Knowledge Graph project"}],
        "citeAs": "Child Protection Survey Ontology, version 0.1.0, 2026.",
        "url": "https://w3id.org/child-protection-kg/",
    }


def test_every_published_file_is_listed_with_size_and_checksum(croissant: dict[str, Any], real_build: Path) -> None:
    listed = {each["contentUrl"]: each for each in croissant["distribution"]}
    there = {path.relative_to(real_build).as_posix() for path in real_build.rglob("*") if path.is_file()}
    others = {"croissant.json", "SHA256SUMS"}
    assert set(listed) == {name for name in there if not name.startswith("site/")} - others
    for name, each in listed.items():
        content = (real_build / name).read_bytes()
        assert each["sha256"] == hashlib.sha256(content).hexdigest()
        assert each["contentSize"] == f"{len(content)} B"
    assert listed["kg.nq"]["encodingFormat"] == "application/n-quads"
    assert listed["tables/csv-metadata.json"]["encodingFormat"] == "application/json"
    tables = {each["encodingFormat"] for name, each in listed.items() if name.endswith(".tsv")}
    assert tables == {"text/tab-separated-values"}


def test_every_table_is_a_record_set_with_a_field_for_each_column(croissant: dict[str, Any], real_build: Path) -> None:
    sets = croissant["recordSet"]
    assert len(sets) == len(list(real_build.glob("tables/*/*.csv"))) > 30
    for each in sets:
        (path,) = {field["source"]["fileObject"]["@id"] for field in each["field"]}
        with (real_build / path).open(encoding="utf-8", newline="") as stream:
            header = next(csv.reader(stream))
        assert [field["source"]["extract"]["column"] for field in each["field"]] == header
        assert each["key"] == {"@id": f"{each['@id']}/id"}


def test_a_field_has_the_type_of_its_column(croissant: dict[str, Any]) -> None:
    (findings,) = (each for each in croissant["recordSet"] if each["@id"] == "netclean-2018/findings")
    fields = {field["name"]: field for field in findings["field"]}
    assert {name: fields[name]["dataType"] for name in ("value", "decimals", "population", "printed")} == {
        "value": "sc:Float",
        "decimals": "sc:Integer",
        "population": "sc:Text",
        "printed": "sc:Text",
    }
    assert fields["value"]["equivalentProperty"] == "https://w3id.org/child-protection-kg/ontology#value"


def test_a_column_with_several_values_is_a_list(croissant: dict[str, Any]) -> None:
    (findings,) = (each for each in croissant["recordSet"] if each["@id"] == "netclean-2018/findings")
    (origin,) = (field for field in findings["field"] if field["name"] == "origin")
    assert origin["repeated"] is True
    assert origin["source"]["transform"] == {"separator": ";"}


def test_it_is_the_json_ld_that_it_looks_like(croissant: dict[str, Any]) -> None:
    graph = Graph().parse(data=json.dumps(croissant), format="json-ld", publicID="http://example.org/")
    (dataset,) = graph.subjects(RDF.type, SDO.Dataset)
    assert len(list(graph.objects(dataset, CR.recordSet))) == len(croissant["recordSet"])
    value = URIRef("http://example.org/netclean-2018/findings/value")
    assert (value, CR.dataType, SDO.Float) in graph


def test_it_describes_no_table_that_was_not_written(draft: Draft) -> None:
    assert draft.build("--format", "nq", "--format", "croissant").code == 0
    found = json.loads((draft.out / "croissant.json").read_text(encoding="utf-8"))
    assert [each["contentUrl"] for each in found["distribution"]] == ["kg.nq"]
    assert found["recordSet"] == []


@NEEDED
def test_mlcroissant_finds_neither_error_nor_warning(example_build: Path) -> None:
    run = validated("mlcroissant", "validate", "--jsonld", example_build / "croissant.json")
    assert run.returncode == 0, run.stderr[-2000:]
    assert [line for line in run.stderr.splitlines() if "WARNING" in line or "ERROR" in line] == []
