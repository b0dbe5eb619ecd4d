"""The few IRIs that are needed before any library of RDF is loaded."""

from __future__ import annotations

import re

BASE = "https://w3id.org/child-protection-kg/"
"""Where things live unless `--base` says otherwise; reserved by convention, not yet registered at w3id.org."""

ABSOLUTE = "^[a-z]+://|^urn:"
"""What an IRI begins with that needs no prefix."""

XSD = "http://www.w3.org/2001/XMLSchema#"


def last_part(iri: str) -> str:
    """Return what stands behind the last slash or hash of an IRI."""
    return re.split("[/#]", iri)[-1]
