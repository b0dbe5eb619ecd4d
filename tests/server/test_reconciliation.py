"""The reconciliation service as OpenRefine speaks it: queries, suggestions, previews, data, and refusals."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

import pytest

from tests.bench import project_at
from tests.server.served import Got, Served, served

FORM = {"Content-Type": "application/x-www-form-urlencoded; charset=UTF-8"}
OURS = "https://w3id.org/child-protection-kg/ontology#"
PREF = "http://www.w3.org/2004/02/skos/core#prefLabel"
HIDDEN = "http://www.w3.org/2004/02/skos/core#hiddenLabel"
BROADER = "http://www.w3.org/2004/02/skos/core#broader"

Json = dict[str, Any]


@pytest.fixture(scope="module")
def server(example_build: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with served(example_build, root=project_at(tmp_path_factory.mktemp("served") / "project")) as running:
        yield running


def posted(server: Served, **form: object) -> Got:
    body = urlencode({name: value if isinstance(value, str) else json.dumps(value) for name, value in form.items()})
    return server.ask("/reconcile", FORM, method="POST", body=body)


def results(server: Served, **query: object) -> list[Json]:
    """The candidates for one query."""
    got = posted(server, queries={"q0": query})
    assert got.status == 200, got.text
    found: list[Json] = json.loads(got.body)["q0"]["result"]
    for each in found:
        assert {"id", "name", "score", "match", "type", "features"} <= set(each)
        assert isinstance(each["match"], bool)
        assert 0 <= each["score"] <= 100
    return found


# ---------------------------------------------------------------- manifest


def test_the_manifest_tells_what_there_is_with_whole_addresses(server: Served) -> None:
    got = server.ask("/reconcile", {"Origin": "http://127.0.0.1:3333"})
    manifest = json.loads(got.body)
    own = f"http://127.0.0.1:{server.port}"
    assert got.headers["Access-Control-Allow-Origin"] == "*"
    assert manifest["versions"] == ["0.2"]
    assert manifest["identifierSpace"] == "https://w3id.org/child-protection-kg/"
    assert manifest["view"] == {"url": own + "/{{id}}"}
    assert manifest["preview"] == {"url": own + "/reconcile/preview?id={{id}}", "width": 430, "height": 180}
    assert sorted(manifest["suggest"]) == ["entity", "property", "type"]
    assert manifest["suggest"]["type"] == {"service_url": own, "service_path": "/reconcile/suggest/type"}
    assert manifest["extend"]["propose_properties"] == {"service_url": own, "service_path": "/reconcile/properties"}
    assert [each["name"] for each in manifest["extend"]["property_settings"]] == ["limit"]
    assert manifest["batchSize"] == 50
    assert {"id": f"{OURS}Place", "name": "place"} in manifest["defaultTypes"]
    assert {"id": f"{OURS}Expert", "name": "expert"} not in manifest["defaultTypes"]


# ---------------------------------------------------------------- queries


def test_a_label_is_matched_for_certain(server: Served) -> None:
    (first,) = results(server, query="firstland", type="", type_strict="should")
    assert (first["id"], first["name"], first["match"], first["score"]) == ("place/firstland", "Firstland", True, 95)
    assert first["type"] == [{"id": f"{OURS}Place", "name": "place"}]
    assert {"id": "same_identifier", "value": False} in first["features"]


def test_a_hidden_label_is_matched_and_not_shown(server: Served) -> None:
    got = posted(server, queries={"q0": {"query": "child pornography"}})
    assert json.loads(got.body)["q0"]["result"][0]["name"] == "child sexual abuse material"
    assert "pornography" not in got.text


def test_a_misspelt_label_is_a_candidate_and_no_match(server: Served) -> None:
    (first, *_) = results(server, query="Secundlant")
    assert (first["id"], first["match"]) == ("place/secondland", False)


@pytest.mark.parametrize("query", ["place/firstland", "https://w3id.org/child-protection-kg/place/firstland"])
def test_an_identifier_is_matched(query: str, server: Served) -> None:
    (first,) = results(server, query=query)
    assert (first["id"], first["score"], first["match"]) == ("place/firstland", 100, True)


def test_a_type_leaves_out_what_has_another_one(server: Served) -> None:
    assert results(server, query="Firstland", type=f"{OURS}Threat") == []
    assert [each["id"] for each in results(server, query="Firstland", type=["place", "x"])] == ["place/firstland"]


def test_a_code_is_a_property_that_decides(server: Served) -> None:
    given = [{"pid": f"{OURS}isoAlpha3", "p": "iso3", "v": "XBB"}]
    (first, *_) = results(server, query="Firstland", properties=given)
    assert (first["id"], first["score"]) == ("place/secondland", 100)
    assert [each["id"] for each in results(server, properties=given)] == ["place/secondland"]


@pytest.mark.parametrize("query", ["XBB", "xb", "903"])
def test_a_text_that_is_a_code_is_matched_for_certain_only_with_a_type(query: str, server: Served) -> None:
    (typed,) = results(server, query=query, type="place")
    (untyped,) = results(server, query=query)
    assert (typed["id"], typed["score"], typed["match"]) == ("place/secondland", 100, True)
    assert (untyped["id"], untyped["score"], untyped["match"]) == ("place/secondland", 85, False)
    assert results(server, query=query, type=f"{OURS}Threat") == []


@pytest.mark.parametrize(
    "value", ["Examplia", "place/examplia", {"id": "place/examplia"}, ["x", {"id": "place/examplia"}]]
)
def test_a_property_that_fits_counts_and_one_that_does_not_takes_off(value: object, server: Served) -> None:
    (fits,) = results(server, query="Firstland", properties=[{"pid": BROADER, "v": value}])
    (fails,) = results(server, query="Firstland", properties=[{"pid": BROADER, "v": "elsewhere"}])
    assert (fits["score"], fails["score"]) == (95, 76)


def test_things_are_found_by_a_property_alone(server: Served) -> None:
    found = results(server, properties=[{"pid": BROADER, "v": {"id": "place/examplia"}}])
    assert [each["id"] for each in found] == ["place/firstland", "place/secondland"]
    assert [each["match"] for each in found] == [False, False]


def test_the_limit_holds(server: Served) -> None:
    assert len(results(server, properties=[{"pid": BROADER, "v": "Examplia"}], limit=1)) == 1


def test_a_batch_is_answered_by_name_and_by_get(server: Served) -> None:
    batch = {"a b": {"query": "grooming"}, "é": {"query": "nothing like this"}}
    got = server.ask("/reconcile?" + urlencode({"queries": json.dumps(batch)}))
    answer = json.loads(got.body)
    assert [each["id"] for each in answer["a b"]["result"]] == ["threat/grooming"]
    assert answer["é"] == {"result": []}


def test_persons_are_not_reconciled(server: Served) -> None:
    assert results(server, query="expert/alex-example") == []
    assert results(server, query="Alex Example") == []


# ---------------------------------------------------------------- suggestions, previews, data


def test_entities_properties_and_types_are_suggested(server: Served) -> None:
    (first, *_) = json.loads(server.ask("/reconcile/suggest/entity?prefix=FIRST").body)["result"]
    assert (first["id"], first["name"]) == ("place/firstland", "Firstland")
    assert first["notable"] == [{"id": f"{OURS}Place", "name": "place"}]
    types = json.loads(server.ask("/reconcile/suggest/type?prefix=plac").body)["result"]
    assert types == [{"id": f"{OURS}Place", "name": "place"}]
    properties = json.loads(server.ask("/reconcile/suggest/property?prefix=iso").body)["result"]
    assert [each["id"] for each in properties] == [f"{OURS}isoAlpha2", f"{OURS}isoAlpha3"]


def test_an_entity_is_suggested_by_its_whole_code(server: Served) -> None:
    found = [
        json.loads(server.ask(f"/reconcile/suggest/entity?prefix={code}").body)["result"] for code in ("xb", "xbb")
    ]
    assert [[each["id"] for each in listed] for listed in found] == [["place/secondland"], ["place/secondland"]]


def test_suggestions_go_on_at_a_cursor(server: Served) -> None:
    whole, rest = (
        json.loads(server.ask(f"/reconcile/suggest/entity?prefix=&cursor={cursor}").body)["result"] for cursor in (0, 3)
    )
    assert len(whole) == 20
    assert rest[:17] == whole[3:]


def test_a_preview_may_be_framed_and_nothing_else(server: Served) -> None:
    got = server.ask("/reconcile/preview?id=" + quote("place/firstland", safe=""))
    assert (got.status, got.media) == (200, "text/html")
    assert f'href="http://127.0.0.1:{server.port}/place/firstland"' in got.text
    assert "<script" not in got.text
    assert "X-Frame-Options" not in got.headers
    assert "frame-ancestors *; sandbox" in got.headers["Content-Security-Policy"]
    for other in ("/reconcile", "/reconcile/preview?id=x", "/health"):
        headers = server.ask(other).headers
        assert headers["X-Frame-Options"] == "DENY"
        assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]


def test_the_view_of_an_entity_leads_to_it(server: Served) -> None:
    got = server.ask("/" + quote("place/firstland", safe=""), {"Accept": "text/turtle"})
    assert (got.status, got.headers["Location"]) == (303, "place%2Ffirstland.ttl")


def test_properties_of_a_type_are_proposed(server: Served) -> None:
    answer = json.loads(server.ask(f"/reconcile/properties?type={quote(OURS)}Place&limit=50").body)
    assert (answer["type"], answer["limit"]) == (f"{OURS}Place", 50)
    assert {"id": f"{OURS}isoAlpha3", "name": "ISO 3166-1 alpha-3 code"} in answer["properties"]
    assert HIDDEN not in {each["id"] for each in answer["properties"]}


def test_data_are_fetched(server: Served) -> None:
    wanted = [{"id": f"{OURS}isoAlpha3"}, {"id": BROADER, "settings": {"limit": "1"}}, {"id": HIDDEN}, {"id": "x"}]
    got = posted(server, extend={"ids": ["place/firstland", "nowhere"], "properties": wanted})
    answer = json.loads(got.body)
    assert answer["meta"][0] == {"id": f"{OURS}isoAlpha3", "name": "ISO 3166-1 alpha-3 code"}
    assert answer["rows"]["place/firstland"] == {
        f"{OURS}isoAlpha3": [{"str": "XAA"}],
        BROADER: [{"id": "place/examplia", "name": "Examplia"}],
        HIDDEN: [],
        "x": [],
    }
    assert answer["rows"]["nowhere"] == {f"{OURS}isoAlpha3": [], BROADER: [], HIDDEN: [], "x": []}


def test_numbers_are_numbers(server: Served) -> None:
    extend = {"ids": ["age-bracket/10-12"], "properties": [{"id": f"{OURS}ageFrom"}]}
    got = server.ask("/reconcile?" + urlencode({"extend": json.dumps(extend)}))
    assert json.loads(got.body)["rows"]["age-bracket/10-12"] == {f"{OURS}ageFrom": [{"int": 10}]}


# ---------------------------------------------------------------- refusals


@pytest.mark.parametrize(
    ("form", "status"),
    [
        ({}, 400),
        ({"queries": "{"}, 400),
        ({"queries": "[" * 100_000}, 400),
        ({"queries": "[]"}, 400),
        ({"queries": '{"a": 1}'}, 400),
        ({"queries": {"a": {}}}, 400),
        ({"queries": {"a": {"query": " "}}}, 400),
        ({"queries": {"a": {"query": "x", "limit": 0}}}, 400),
        ({"queries": {"a": {"query": "x", "limit": "many"}}}, 400),
        ({"queries": {"a": {"query": ["x"]}}}, 400),
        ({"queries": {"a": {"query": "x", "properties": [{"pid": 1}]}}}, 400),
        ({"queries": {"a": {"query": "x", "type": [1]}}}, 400),
        ({"queries": {str(number): {"query": "x"} for number in range(51)}}, 413),
        ({"queries": {"a": {"query": "x" * 1_000_001}}}, 413),
        ({"queries": {"a": {"query": "x"}}, "callback": "f"}, 400),
        ({"extend": "1"}, 400),
        ({"extend": {"ids": ["a"]}}, 400),
        ({"extend": {"ids": ["a"] * 100, "properties": [{"id": "b"}] * 11}}, 413),
    ],
)
def test_a_request_is_refused(form: Json, status: int, server: Served) -> None:
    got = posted(server, **form)
    assert (got.status, got.media) == (status, "application/json"), got.text
    assert json.loads(got.body)["errors"] == 1


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/reconcile/suggest/person?prefix=a", 404),
        ("/reconcile/suggest/entity?prefix=a&cursor=-1", 400),
        ("/reconcile/suggest/entity?prefix=a&cursor=9999999", 400),
        ("/reconcile/properties?limit=x", 400),
        ("/reconcile/preview", 404),
        ("/reconcile/preview?id=expert/alex-example", 404),
        ("/reconcile?callback=f", 400),
    ],
)
def test_an_address_is_refused(path: str, status: int, server: Served) -> None:
    got = server.ask(path)
    assert (got.status, got.media) == (status, "application/json"), got.text


@pytest.mark.parametrize("text", ["\x00", "😀" * 500, "'\" } UNION", "../../x", "x\ny", "\ud800"])
def test_any_text_is_answered(text: str, server: Served) -> None:
    assert isinstance(results(server, query=text), list) if text.strip() else True
    got = server.ask("/reconcile/suggest/entity?prefix=" + quote(text.encode("utf-8", "replace")))
    assert got.status == 200
