"""Views and neighbourhoods: which things they hold, where these lie, and what the measures say."""

from __future__ import annotations

import json
import math
import os
import subprocess
import sys
from itertools import combinations
from pathlib import Path
from typing import Any

import networkx
import pytest

from kg_builder import open_graph
from kg_builder.core.cache import Cache
from kg_builder.core.iris import BASE
from kg_builder.site.graph_layout import GAP, LARGE, measured, positions
from kg_builder.site.graph_views import Pictures
from kg_builder.site.page_index import Directory
from kg_builder.site.related_items import Neighbourhood, Neighbourhoods, shortened
from tests.bench import ROOT
from tests.draft import Draft


@pytest.fixture(scope="module")
def pictures(real_build: Path) -> Pictures:
    return Pictures(Directory(open_graph(ROOT, real_build)), Cache(None))


@pytest.fixture(scope="module")
def data(pictures: Pictures) -> dict[str, Any]:
    return pictures.graph_data()


# ---------------------------------------------------------------- positions


def test_a_path_lies_straight_its_nodes_a_link_apart() -> None:
    found = positions(networkx.path_graph(5))
    assert [math.dist(found[0], found[node]) for node in range(5)] == pytest.approx([0, 1, 2, 3, 4], abs=0.05)


def test_parts_that_are_not_linked_lie_apart() -> None:
    parts = [networkx.path_graph(4), networkx.cycle_graph(3), networkx.star_graph(5), networkx.path_graph(1)]
    whole = networkx.disjoint_union_all(parts)
    found = positions(whole)
    for one, other in combinations(networkx.connected_components(whole), 2):
        assert min(math.dist(found[a], found[b]) for a in one for b in other) >= GAP


def test_in_a_large_graph_what_is_closely_linked_lies_together() -> None:
    size = 20
    found = positions(networkx.connected_caveman_graph(LARGE // size + 1, size))
    nearest = {
        node: min((other for other in found if other != node), key=lambda other: math.dist(found[node], found[other]))
        for node in found
    }
    assert [node for node, other in nearest.items() if node // size != other // size] == []


def test_nothing_has_no_positions() -> None:
    assert positions(networkx.Graph()) == {}
    assert measured(0, []) == []


def test_positions_are_the_same_whatever_the_hash_seed() -> None:
    program = """
import networkx
from kg_builder.site.graph_layout import measured
graph = networkx.connected_caveman_graph(20, 10)
print(measured(len(graph), graph.edges))
"""
    printed = {
        subprocess.run(
            [sys.executable, "-c", program],
            check=True,
            capture_output=True,
            text=True,
            env={**os.environ, "PYTHONHASHSEED": seed},
        ).stdout
        for seed in ("1", "2")
    }
    assert len(printed) == 1


# ---------------------------------------------------------------- measures


def test_betweenness_is_told_in_thousandths() -> None:
    """The middle of a star lies on every shortest path between others, its tips on none."""
    assert [between for _, _, between, _ in measured(5, networkx.star_graph(4).edges)] == [1000, 0, 0, 0, 0]


def test_groups_are_numbered_by_size() -> None:
    graph = networkx.disjoint_union(networkx.complete_graph(3), networkx.complete_graph(5))
    assert [group for _, _, _, group in measured(len(graph), graph.edges)] == [1, 1, 1, 0, 0, 0, 0, 0]


# ---------------------------------------------------------------- views


def test_the_views_stand_in_the_order_that_they_give_themselves(pictures: Pictures) -> None:
    assert [(view.name, view.title) for view in pictures.views] == [
        ("subjects", "What is linked with what"),
        ("threats", "Threats and what contributes to them"),
        ("experts", "Experts, organisations and insights"),
        ("questions", "Questions by topic"),
        ("stances", "Who supports or disagrees with what"),
        ("whole", "The whole graph"),
    ]


@pytest.mark.parametrize(
    ("view", "link"),
    [
        ("subjects", ("organisation/europol", "runs", "project/trace-an-object")),
        ("threats", ("technology/chat-rooms", "contributes to", "threat/grooming")),
        ("experts", ("expert/anna-borgstrom", "has a post at", "organisation/netclean")),
        ("experts", ("expert/thomas-andersson", "comments on", "netclean-2018/insight/insight-4")),
        ("questions", ("netclean-2018/question/cases-changed", "asks about", "threat/grooming")),
        ("stances", ("expert/thomas-andersson", "supports", "netclean-2018/claim/crypto-not-frequent")),
        ("whole", ("netclean-2018/statement/andersson-fake-pages", "speaker", "expert/thomas-andersson")),
    ],
)
def test_a_view_draws_the_link(view: str, link: tuple[str, str, str], data: dict[str, Any]) -> None:
    (found,) = (each for each in data["views"] if each["name"] == view)
    paths = [path for path, *_ in data["things"]]
    assert link in {(paths[start], data["relations"][by], paths[end]) for start, end, by, *_ in found["links"]}


def test_a_link_that_the_report_does_not_state_says_who_does_and_how_firmly(data: dict[str, Any]) -> None:
    (threats,) = (each for each in data["views"] if each["name"] == "threats")
    paths = [path for path, *_ in data["things"]]
    said = {
        (paths[start], data["relations"][by], paths[end]): [data["reservations"][each] for each in reservation]
        for start, end, by, *reservation in threats["links"]
    }
    offenders = "threat/technically-advanced-offenders"
    assert said[offenders, "uses", "technology/cryptocurrencies"] == ["possible: the report"]
    assert said["technology/work-computers", "used for", "threat/consumption-of-material"] == []


def test_every_threat_that_something_facilitates_is_in_the_view_of_threats(pictures: Pictures) -> None:
    (whole,) = (view for view in pictures.views if view.whole)
    (threats,) = (view for view in pictures.views if view.name == "threats")
    named = pictures.named
    facilitated = {end for _, by, end, _ in whole.links if by == "contributes to" and named[end].kind == "threat"}
    assert len(facilitated) == 5
    assert facilitated - set(threats.nodes) == set()


def test_every_link_of_a_view_is_between_things_of_it(data: dict[str, Any]) -> None:
    for view in data["views"]:
        things = {thing for thing, *_ in view["things"]}
        assert {end for start, end, *_ in view["links"] for end in (start, end)} == things


def test_rows_that_merely_link_two_things_are_lines(data: dict[str, Any]) -> None:
    assert {"mention", "membership", "relation"} & set(data["types"]) == set()


def test_types_that_are_left_out_at_first_are_types_of_the_view(data: dict[str, Any]) -> None:
    whole = data["views"][-1]
    kinds = {data["things"][thing][2] for thing, *_ in whole["things"]}
    assert len(whole["hidden"]) == 9
    assert set(whole["hidden"]) <= kinds


def test_no_two_things_of_a_small_view_lie_on_each_other(data: dict[str, Any]) -> None:
    for view in data["views"][:-1]:
        places = [(x, y) for _, x, y, *_ in view["things"]]
        assert min(math.dist(one, other) for one, other in combinations(places, 2)) > 5


def test_the_data_are_json(data: dict[str, Any]) -> None:
    assert json.loads(json.dumps(data)) == data


def test_a_view_with_other_variables_is_refused(draft: Draft) -> None:
    draft.write("queries/views/faulty.rq", "#+ summary: Faulty\nSELECT ?a ?b { ?a ?x ?b }\n")
    expected = "a SELECT of ?from ?relation ?to ?reservation. Every row is a line that is drawn."
    assert draft.refusal() == [f"queries/views/faulty.rq: found other variables, expected {expected}"]


# ---------------------------------------------------------------- neighbourhoods


def told(around: Neighbourhood) -> tuple[dict[str, list[str]], dict[str, list[str]]]:
    before, after = (
        {group.relation: [thing.name for thing in group.things] for group in side}
        for side in (around.before, around.after)
    )
    return before, after


def around(pictures: Pictures, path: str, limit: int) -> Neighbourhood:
    found = Neighbourhoods(pictures).of(BASE + path, limit)
    assert found
    return found


def test_a_neighbourhood_has_what_leads_to_a_thing_and_whither_it_leads(pictures: Pictures) -> None:
    before, after = told(around(pictures, "threat/grooming", 80))
    assert before["contributes to*"] == ["chat rooms", "social media"]
    assert after["develops into*"] == ["physical sexual abuse", "sexual extortion"]


def test_a_neighbourhood_that_is_too_large_keeps_some_of_every_relation(pictures: Pictures) -> None:
    found = around(pictures, "threat/grooming", 14)
    whole = around(pictures, "threat/grooming", 1000)
    assert [group.relation for group in found.before] == [group.relation for group in whole.before]
    assert sum(len(group.things) for group in (*found.before, *found.after)) == 14
    assert found.more == sum(len(group.things) for group in (*whole.before, *whole.after)) - 14


def test_groups_are_shortened_evenly() -> None:
    assert shortened({"a": ["1", "2", "3", "4"], "b": ["5"], "c": ["6", "7"]}, 5) == {
        "a": ["1", "2"],
        "b": ["5"],
        "c": ["6", "7"],
    }


def test_nothing_is_around_a_row_that_merely_links(pictures: Pictures) -> None:
    (mention, *_) = (iri for iri, thing in pictures.named.items() if thing.kind == "mention")
    assert Neighbourhoods(pictures).of(mention) is None


# ---------------------------------------------------------------- the scripts


def test_every_package_of_the_scripts_is_pinned() -> None:
    wanted = json.loads((ROOT / "explorer/package.json").read_text(encoding="utf-8"))
    versions = {**wanted["dependencies"], **wanted["devDependencies"]}
    assert "sigma" in versions
    assert [version for version in versions.values() if not version[0].isdigit()] == []


def test_the_lock_of_the_packages_has_a_hash_for_each_and_no_address() -> None:
    locked = json.loads((ROOT / "explorer/package-lock.json").read_text(encoding="utf-8"))["packages"]
    packages = {name: entry for name, entry in locked.items() if name}
    assert [name for name, entry in packages.items() if "integrity" not in entry or "resolved" in entry] == []
