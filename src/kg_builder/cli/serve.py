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
    serving = add("serve", run, "serve pages, questions and a read-only SPARQL endpoint over HTTP until stopped")
    serving.add_argument("--out", type=Path, metavar="DIR", help="the folder of the build (default: ROOT/build)")
    serving.add_argument(
        "--host", default="127.0.0.1", help="the address to listen on (default: 127.0.0.1, this machine only)"
    )
    serving.add_argument(
        "--port", type=int, default=8000, help="the port to listen on (default: 8000; 0: any free port)"
    )
    serving.add_argument(
        "--allow-host",
        action="append",
        default=[],
        metavar="NAME",
        help="another host name that requests may use, such as kg.example.org; may be repeated",
    )
    serving.add_argument(
        "--workers", type=number, default=2, help="worker processes, each with the graph in memory (default: 2)"
    )
    serving.add_argument(
        "--timeout", type=number, default=10, help="the time limit of an answer in seconds (default: 10)"
    )
    serving.add_argument(
        "--memory",
        type=size,
        default="1GB",
        help="the memory limit of each worker process, such as 500MB (default: 1GB)",
    )
    serving.add_argument(
        "--log-queries", action="store_true", help="also log the text of queries, which may reveal personal data"
    )
    serving.add_argument("--quiet", action="store_true", help="log only errors, not every request")


def number(text: str) -> int:
    """Return a number of at least 1; raise ValueError for anything else."""
    if int(text) < 1:
        raise ValueError(text)
    return int(text)


def size(text: str) -> int:
    """Return the bytes of a size such as 500MB; raise ValueError for anything else."""
    found = re.fullmatch(r"([1-9][0-9]*) ?([KMG]B)", text, re.IGNORECASE)
    if not found:
        raise ValueError(text)
    return int(found[1]) * UNITS[found[2].upper()]
