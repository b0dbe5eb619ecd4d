"""A client for the SPARQL endpoints that the user has listed, with limits on time, size and trust."""

from __future__ import annotations

import contextlib
import dataclasses
import re
import socket
import threading
from collections.abc import Iterator, Mapping
from http.client import HTTPConnection, HTTPException, HTTPResponse, HTTPSConnection
from pathlib import Path
from urllib.parse import urlencode, urlsplit

import pyoxigraph

from kg_builder import __version__
from kg_builder.core.problems import Location, Problem, ProblemsFound, quoted
from kg_builder.linking.untrusted_text import JsonWatch
from kg_builder.queries.federated_questions import LIST
from kg_builder.schema.model import Column, Table
from kg_builder.tables.delimited_text import CSV
from kg_builder.tables.table_files import TableFile, rows_of

NAME, ADDRESS = "name", "address"
COLUMNS = Table((Column(NAME, required=1), Column(ADDRESS, required=1)))

SECONDS = 30
"""Time limit of an answer in seconds, from host name lookup to the last byte."""

ANSWER = 10_000_000
"""Maximum size of an answer in bytes."""

JSON = "application/sparql-results+json"
CONNECTIONS = {"http": HTTPConnection, "https": HTTPSConnection}


@dataclasses.dataclass(frozen=True)
class Service:
    """An endpoint: its name in queries, its address, and the place where it is listed."""

    name: str
    address: str
    line: int = 0
    file: str = LIST


def services(root: Path) -> dict[str, Service]:
    """Return the endpoints that the user has listed, by name; raise `ProblemsFound` for invalid entries."""
    if not (root / LIST).exists():
        return {}
    listed: dict[str, Service] = {}
    problems: list[Problem] = []
    for line, row in rows_of(TableFile(root / LIST, LIST, "", COLUMNS, CSV)):
        found = list(_row_problems(line, row, listed))
        problems += found
        if not found:
            listed[row[NAME]] = Service(row[NAME], row[ADDRESS], line)
    if problems:
        raise ProblemsFound(problems)
    return listed


def _row_problems(line: int, row: Mapping[str, str], listed: Mapping[str, Service]) -> Iterator[Problem]:
    """Yield the problems of a row of the list."""
    name, address = row[NAME], row[ADDRESS]
    if not re.fullmatch(r"[a-z][a-z0-9]*(-[a-z0-9]+)*", name) or name in listed:
        expected = "a name of its own, of lower-case ASCII words joined by hyphens"
        yield Problem(Location(LIST, line, field=NAME), rule="name", found=quoted(name), expected=expected)
    if not _is_endpoint(address):
        expected = "the address of a SPARQL endpoint, which begins with http or https and holds no password"
        yield Problem(Location(LIST, line, field=ADDRESS), rule="address", found=quoted(address), expected=expected)


def _is_endpoint(address: str) -> bool:
    """Return whether a connection to an address can be tried: its scheme, host and port are valid."""
    try:
        parts = urlsplit(address)
        host, _ = (parts.hostname or "").encode("idna"), parts.port
    except ValueError:
        return False
    return parts.scheme in CONNECTIONS and bool(host) and "@" not in parts.netloc and not re.search("[^!-~]", address)


def solutions_of(service: Service, query: str) -> pyoxigraph.QuerySolutions:
    """Return the answer of an endpoint to a SELECT; raise `ProblemsFound` if there is none within the limits.

    Redirects are not followed, compressed data is not unpacked, and invalid terms are refused.
    """
    body = _answer_of(service, query)
    try:
        JsonWatch(service.file).look(body)  # pyoxigraph 0.5 crashes on deep JSON
        found = pyoxigraph.parse_query_results(body, format=pyoxigraph.QueryResultsFormat.JSON)
    except (ProblemsFound, SyntaxError) as error:
        raise service_refusal(service, f"an answer that is no result of a query ({_said_by(error)})") from error
    if not isinstance(found, pyoxigraph.QuerySolutions):
        raise service_refusal(service, "an answer without rows")
    return found


def _said_by(error: ProblemsFound | SyntaxError) -> str:
    """Return the error in an answer."""
    return error.problems[0].found if isinstance(error, ProblemsFound) else error.msg


def _answer_of(service: Service, query: str) -> bytes:
    """Return the body of an answer, fetched in a thread, because socket time-outs do not limit the total time."""
    address = urlsplit(service.address)
    connection = CONNECTIONS[address.scheme](str(address.hostname), address.port, timeout=SECONDS)
    got: list[bytes | list[Problem]] = []  # no exceptions: their frames would keep the list alive in a cycle

    def get() -> None:
        try:
            got.append(_body_of(service, connection, query))
        except ProblemsFound as found:
            got.append(found.problems)
        except (OSError, HTTPException) as error:
            got.append(service_refusal(service, f"no answer ({error or type(error).__name__})").problems)

    thread = threading.Thread(target=get, daemon=True)
    thread.start()
    thread.join(SECONDS)
    if not got:
        with contextlib.suppress(OSError, AttributeError):  # not connected yet, or already closed
            connection.sock.shutdown(socket.SHUT_RDWR)
        raise service_refusal(service, f"no whole answer within {SECONDS} seconds")
    if isinstance(got[0], list):
        raise ProblemsFound(got[0])
    return got[0]


def _body_of(service: Service, connection: HTTPConnection, query: str) -> bytes:
    """Return the body of an answer; raise `ProblemsFound` if it is not a table, or too long."""
    address = urlsplit(service.address)
    target = (address.path or "/") + (f"?{address.query}" if address.query else "")
    headers = {
        "Accept": JSON,
        "Content-Type": "application/x-www-form-urlencoded",
        "User-Agent": f"kg-builder/{__version__}",
    }
    with contextlib.closing(connection):
        connection.request("POST", target, urlencode({"query": query}), headers)
        with connection.getresponse() as response:
            _refuse_other(service, response)
            body = response.read(ANSWER + 1)
    if len(body) > ANSWER:
        raise service_refusal(service, f"an answer of more than {ANSWER:,} bytes", "Ask for less.")
    return body


def _refuse_other(service: Service, response: HTTPResponse) -> None:
    """Raise `ProblemsFound` for an answer that is not a table, or redirects."""
    media = response.headers.get_content_type()
    if 300 <= response.status < 400:  # noqa: PLR2004  (the statuses for redirects)
        found = f"a redirect to {quoted(response.headers.get('Location', ''))}"
        raise service_refusal(service, found, "None is followed: write the address that it leads to, if you trust it.")
    if response.status != 200:  # noqa: PLR2004
        raise service_refusal(service, f"the status {response.status} {response.reason}")
    if media not in {JSON, "application/json"}:
        raise service_refusal(service, f"an answer as {media}")


def service_refusal(service: Service, found: str, hint: str = "") -> ProblemsFound:
    """Return the exception for an error of an endpoint."""
    return ProblemsFound.at(
        Location(service.file, service.line, field=service.name),
        rule="answer",
        found=found,
        expected=f"rows as {JSON} from {service.address}",
        hint=hint,
    )
