"""The few IRIs that are needed before any RDF library is loaded."""

from __future__ import annotations

import re

BASE = "https://w3id.org/child-protection-kg/"
"""The default of `--base`, where the IRIs of things begin; reserved by convention, not yet registered at w3id.org."""

ABSOLUTE = "^[a-z]+://|^urn:"
"""The beginning of an absolute IRI, which needs no prefix."""

XSD = "http://www.w3.org/2001/XMLSchema#"


def last_part(iri: str) -> str:
    """Return the part of an IRI after its last slash or hash."""
    return re.split("[/#]", iri)[-1]
