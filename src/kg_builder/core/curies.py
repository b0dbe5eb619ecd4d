"""Shortens IRIs to prefix and name, as in mapping tables, and expands them again."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from urllib.parse import urlsplit

BUILT_IN = frozenset({"dcterms", "linkml", "owl", "rdf", "rdfs", "semapv", "skos", "sssom", "xsd"})
"""Prefixes that SSSOM defines itself."""

PARTS = re.compile(r"(.*[/#:])([^/#:]+/?)")


class Curies:
    """The prefixes of some tables; missing ones are generated when IRIs are shortened."""

    def __init__(self, known: Mapping[str, str]) -> None:
        self.prefixes = dict(known)
        self.names = {namespace: prefix for prefix, namespace in known.items()}

    def short(self, iri: str) -> str:
        """Return an IRI as prefix and name."""
        nearest = max((space for space in self.names if iri.startswith(space) and iri != space), key=len, default="")
        parted = PARTS.fullmatch(iri)
        namespace = parted[1] if parted else iri
        if nearest and (len(nearest) >= len(namespace) or self.names[nearest] == "cpkg"):
            namespace = nearest
        if namespace not in self.names:
            prefix = self.unused(namespace)
            self.prefixes[prefix] = namespace
            self.names[namespace] = prefix
        return f"{self.names[namespace]}:{iri.removeprefix(namespace)}"

    def unused(self, namespace: str) -> str:
        """Return an unused prefix for a namespace, derived from its host name."""
        parts = (urlsplit(namespace).hostname or "").removeprefix("www.").split(".")
        word = re.sub("[^a-z0-9]", "", max(parts[:-1] or parts, key=len))
        word = word if re.match("[a-z]", word) else "ns"
        number, prefix = 1, word
        while prefix in self.prefixes or prefix in BUILT_IN:
            number += 1
            prefix = f"{word}{number}"
        return prefix

    def whole(self, text: str) -> str:
        """Return the full IRI, or the text unchanged if its prefix is unknown."""
        prefix, colon, name = text.partition(":")
        return self.prefixes[prefix] + name if colon and prefix in self.prefixes else text


def compact(prefixes: dict[str, str], iri: str) -> str:
    """Return an IRI as prefix and local name if a prefix fits, else unchanged."""
    return compactor(prefixes)(iri)


def compactor(prefixes: dict[str, str]) -> Callable[[str], str]:
    """Return a function that compacts IRIs with those of these prefixes whose namespace ends in / or #.

    >>> compactor({"skos": "http://www.w3.org/2004/02/skos/core#"})("http://www.w3.org/2004/02/skos/core#Concept")
    'skos:Concept'
    """
    names = {namespace: prefix for prefix, namespace in sorted(prefixes.items())}

    def compacted(iri: str) -> str:
        cut = max(iri.rfind("/"), iri.rfind("#")) + 1
        prefix = names.get(iri[:cut])
        return iri if prefix is None else f"{prefix}:{iri[cut:]}"

    return compacted
