"""Draws Vega-Lite without a browser; as a program, it turns each input line into one output line."""

from __future__ import annotations

import json
import sys
from typing import Any, Final

import vl_convert

VERSION: Final = "6.4"
"""The version of Vega-Lite that charts are written for."""


def as_svg(specification: dict[str, Any]) -> str:
    """Return a chart in Vega-Lite as SVG."""
    return str(vl_convert.vegalite_to_svg(specification, vl_version=VERSION))


def as_png(specification: dict[str, Any], scale: float) -> bytes:
    """Return a chart in Vega-Lite as PNG, enlarged by a scale factor."""
    return bytes(vl_convert.vegalite_to_png(specification, vl_version=VERSION, scale=scale))


if __name__ == "__main__":
    for line in sys.stdin:
        text = line.rstrip("\n")
        print(json.dumps([text, as_svg(json.loads(text))], ensure_ascii=False), flush=True)  # noqa: T201
