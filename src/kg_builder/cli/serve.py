"""The options of the command that serves a built graph."""

from __future__ import annotations

import argparse
import re
from collections.abc import Callable
from pathlib import Path

UNITS = {"KB": 10**3, "MB": 10**6, "GB": 10**9}

AddCommand = Callable[[str, Callable[[argparse.Namespace], int], str], argparse.ArgumentParser]


def add_serving(add: AddCommand, run: Callable[[argparse.Namespace], int]) -> None:
    """Add the parser of the command."""
    serving = add(
        "serve", run, "serve pages, questions and a SPARQL endpoint over HTTP, read only, until it is stopped"
    )
    serving.add_argument("--out", type=Path, metavar="DIR", help="the folder of the build (default: ROOT/build)")
    serving.add_argument("--host", default="127.0.0.1", help="the address to listen at (default: this machine alone)")
    serving.add_argument(
        "--port", type=int, default=8000, help="the port to listen at (default: 8000; 0: any that is free)"
    )
    serving.add_argument(
        "--allow-host",
        action="append",
        default=[],
        metavar="NAME",
        help="a further name by which it may be asked, such as kg.example.org; may be repeated",
    )
    serving.add_argument(
        "--workers", type=number, default=2, help="processes that answer, each with the graph in memory (default: 2)"
    )
    serving.add_argument("--timeout", type=number, default=10, help="seconds that an answer may take (default: 10)")
    serving.add_argument(
        "--memory", type=size, default="1GB", help="memory of each of these processes, such as 500MB (default: 1GB)"
    )
    serving.add_argument(
        "--log-queries", action="store_true", help="log the text of queries too, which may tell about who asks"
    )
    serving.add_argument("--quiet", action="store_true", help="log faults alone, not every request")


def number(text: str) -> int:
    """Return a number from 1; raise ValueError for anything else."""
    if int(text) < 1:
        raise ValueError(text)
    return int(text)


def size(text: str) -> int:
    """Return the bytes of a size such as 500MB; raise ValueError for anything else."""
    found = re.fullmatch(r"([1-9][0-9]*) ?([KMG]B)", text, re.IGNORECASE)
    if not found:
        raise ValueError(text)
    return int(found[1]) * UNITS[found[2].upper()]
