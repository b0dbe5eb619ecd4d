"""Reads YAML that people write, strictly: each value is text until a field reads it as something else.

Anchors, aliases and tags are refused, and so is a key that stands twice.
So `NO`, `007`, `1.10` and `12:30:45` stay as they are, and no value can grow or be made into an object.
"""

from __future__ import annotations

import dataclasses
import difflib
import re
from collections.abc import Callable, Container, Iterator, Mapping, Sequence
from typing import Any

import yaml

from kg_builder.core.problems import quoted

DEPTH_LIMIT = 10
"""Lists and mappings within each other; deeper ones are no header."""

LOADER = getattr(yaml, "CBaseLoader", yaml.BaseLoader)
"""libyaml is some ten times as fast, and not everywhere."""


@dataclasses.dataclass(frozen=True)
class YamlFault:
    """What is wrong, with line and column, both counted from 1, in the text that was read."""

    line: int
    column: int
    found: str
    expected: str
    hint: str = ""


@dataclasses.dataclass(frozen=True)
class Field:
    """How the value of a key is read; `read` raises ValueError for a value that is not what `expected` says."""

    read: Callable[[yaml.Node], Any]
    expected: str
    required: bool = False


Fields = Mapping[str, Field]


def read_record(
    text: str, fields: Fields, called: str = "a text", form: str = "YAML"
) -> tuple[dict[str, Any], dict[str, int], list[YamlFault]]:
    """Return the values of a mapping, the line on which each key stands, and all that is wrong with it.

    Where the text is no YAML, the fault says what it is called and which form is expected.

    >>> read_record("name: NO", {"name": Field(as_text, "a text")})
    ({'name': 'NO'}, {'name': 1}, [])
    >>> _, _, (fault,) = read_record("nam: NO", {"name": Field(as_text, "a text")})
    >>> fault.found, fault.hint
    ('the unknown key "nam"', 'Did you mean name?')
    """
    try:
        faults, node = _strictly_composed(text, LOADER)
    except (yaml.YAMLError, RecursionError):
        try:
            faults, node = _strictly_composed(text, yaml.BaseLoader)  # so that faults are worded alike without libyaml
        except (yaml.YAMLError, RecursionError) as error:
            return {}, {}, [_syntax_fault(text, error, called, form)]
    if faults:
        return {}, {}, faults
    if node is None:
        return {}, {}, [*_missing(fields, (), 1, 1)]
    values, lines = _read_fields(node, fields, faults)
    return values, lines, faults


# ---------------------------------------------------------------- kinds of values


def as_text(node: yaml.Node) -> str:
    """Return a text; raise ValueError for a list or a mapping."""
    if not isinstance(node, yaml.ScalarNode):
        raise ValueError(node.tag)  # noqa: TRY004  (all readers raise the same)
    return str(node.value).strip()


def as_flag(node: yaml.Node) -> bool:
    """Return true or false; raise ValueError for anything else."""
    return {"true": True, "false": False}[_matching("true|false", as_text(node))]


def as_number(node: yaml.Node) -> int:
    """Return a whole number; raise ValueError for anything else."""
    return int(_matching("-?[0-9]{1,9}", as_text(node)))


def as_match(pattern: str) -> Callable[[yaml.Node], str]:
    """Return the reader of texts that match a pattern as a whole."""
    return lambda node: _matching(pattern, as_text(node))


def as_texts(node: yaml.Node) -> tuple[str, ...]:
    """Return a list of texts; raise ValueError for anything else."""
    return tuple(map(as_text, _items(node)))


def as_pairs(node: yaml.Node) -> tuple[tuple[str, str], ...]:
    """Return the keys and values of a list of mappings to texts; raise ValueError for anything else."""
    return tuple((as_text(key), as_text(value)) for item in _items(node) for key, value in _pairs(item))


def as_records(fields: Fields, make: Callable[..., Any]) -> Callable[[yaml.Node], tuple[Any, ...]]:
    """Return the reader of a list of records, which hands the fields of each to `make`; it raises `RecordError`."""

    def read(node: yaml.Node) -> tuple[Any, ...]:
        faults: list[YamlFault] = []
        found = [_read_fields(item, fields, faults)[0] for item in _items(node)]
        if faults:
            raise RecordError(faults)
        return tuple(make(**values) for values in found)

    return read


class RecordError(ValueError):
    """Raised by a reader of records with what is wrong with them."""

    def __init__(self, faults: Sequence[YamlFault]) -> None:
        super().__init__(len(faults))
        self.faults = faults


# ---------------------------------------------------------------- how it is read


def _strictly_composed(text: str, loader: Any) -> tuple[list[YamlFault], yaml.Node | None]:
    """Return what strict YAML leaves out, or else the node of a text.

    Only what is neither deep nor has aliases is made into nodes, which are then walked to their ends.
    """
    faults = [*_structure_faults(text, loader)]
    if faults:
        return faults, None
    node: yaml.Node | None = yaml.compose(text, Loader=loader)
    return [*_repeated_keys(node)], node


def _syntax_fault(text: str, error: Exception, called: str, form: str) -> YamlFault:
    mark = getattr(error, "problem_mark", None)
    line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
    reason = getattr(error, "problem", None) or getattr(error, "reason", None) or "too deep"
    if isinstance(error, yaml.reader.ReaderError):
        before = text[: error.position]
        line, column = before.count("\n") + 1, error.position - before.rfind("\n")
        reason = f"the control character U+{int(error.character):04X}"
    found, hint = f"{called} that is not YAML ({reason})", "Put text that has a colon in quotes."
    return YamlFault(line, column, found, form, hint)


def _structure_faults(text: str, loader: Any) -> Iterator[YamlFault]:
    """Yield what strict YAML leaves out, in the order of the text, the first one alone."""
    depth = 0
    event: Any  # its type depends on what is parsed
    for event in yaml.parse(text, Loader=loader):
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        found = ""
        if isinstance(event, yaml.AliasEvent):
            found = f"the alias *{event.anchor}"
        elif getattr(event, "anchor", None):
            found = f"the anchor &{event.anchor}"
        elif getattr(event, "tag", None):
            found = f"the tag {event.tag}"
        elif depth > DEPTH_LIMIT:
            found = f"more than {DEPTH_LIMIT} lists and mappings within each other"
        if found:
            mark = event.start_mark
            yield YamlFault(mark.line + 1, mark.column + 1, found, "plain texts, lists and mappings", "Write it out.")
            return


def _repeated_keys(node: yaml.Node | None) -> Iterator[YamlFault]:
    """Yield the keys of mappings that stand in them twice, or are no texts."""
    seen = set()
    for key, value in node.value if isinstance(node, yaml.MappingNode) else ():
        line, column = _place(key)
        if not isinstance(key, yaml.ScalarNode):
            yield YamlFault(line, column, "a key that is no text", "a text before the colon")
            continue
        if key.value in seen:
            yield YamlFault(line, column, f"the key {key.value} twice", "each key once", "Remove one.")
        seen.add(key.value)
        yield from _repeated_keys(value)
    for item in node.value if isinstance(node, yaml.SequenceNode) else ():
        yield from _repeated_keys(item)


def _read_fields(node: yaml.Node, fields: Fields, faults: list[YamlFault]) -> tuple[dict[str, Any], dict[str, int]]:
    """Return the values of a mapping and the lines of its keys; add what is wrong to the faults."""
    line, column = _place(node)
    if not isinstance(node, yaml.MappingNode):
        expected = f"lines such as `{next(iter(fields))}: …`"
        faults.append(YamlFault(line, column, "a list or a text", expected))
        return {}, {}
    values, lines = {}, {}
    for key, value in node.value:
        lines[key.value] = _place(key)[0]
        field = fields.get(key.value)
        if field is None:
            faults.append(_unknown_key(key, fields))
            continue
        try:
            values[key.value] = field.read(value)
        except RecordError as found:
            faults += found.faults
        except ValueError:
            shown = quoted(str(value.value)) if isinstance(value, yaml.ScalarNode) else f"a {_called(value)}"
            faults.append(YamlFault(*_place(value), f"the {key.value} {shown}", field.expected))
    faults += _missing(fields, lines, line, column)
    return values, lines


def _missing(fields: Fields, given: Container[str], line: int, column: int) -> Iterator[YamlFault]:
    for name, field in fields.items():
        if field.required and name not in given:
            yield YamlFault(line, column, f"no {name}", f"a line `{name}: …`, {field.expected}")


def _unknown_key(key: yaml.Node, fields: Fields) -> YamlFault:
    near = difflib.get_close_matches(key.value, fields, n=1)
    hint = f"Did you mean {near[0]}?" if near else ""
    return YamlFault(*_place(key), f"the unknown key {quoted(key.value)}", f"one of {', '.join(fields)}", hint)


def _place(node: yaml.Node) -> tuple[int, int]:
    return node.start_mark.line + 1, node.start_mark.column + 1


def _called(node: yaml.Node) -> str:
    return "list" if isinstance(node, yaml.SequenceNode) else "mapping"


def _items(node: yaml.Node) -> list[yaml.Node]:
    if not isinstance(node, yaml.SequenceNode):
        raise ValueError(node.tag)  # noqa: TRY004  (all readers raise the same)
    return list(node.value)


def _pairs(node: yaml.Node) -> list[tuple[yaml.Node, yaml.Node]]:
    if not isinstance(node, yaml.MappingNode):
        raise ValueError(node.tag)  # noqa: TRY004  (all readers raise the same)
    return list(node.value)


def _matching(pattern: str, text: str) -> str:
    if not re.fullmatch(pattern, text):
        raise ValueError(text)
    return text
