"""Reads hand-written YAML strictly: each value is text until a field converts it.

Anchors, aliases, tags and repeated keys are refused.
So `NO`, `007`, `1.10` and `12:30:45` are unchanged, and no value can expand or become an object.
"""

from __future__ import annotations

import dataclasses
import datetime
import difflib
import re
from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from typing import Any

import yaml

from kg_builder.core.problems import Location, Problem, quoted

DEPTH_LIMIT = 10
"""Maximum nesting of lists and mappings; no header is deeper."""

KEYS_LISTED = 12
"""Maximum number of keys that a message lists."""

OTHER_LINE_BREAKS = re.compile("[\x85\u2028\u2029]|\r(?!\n)")
"""Line breaks of YAML that editors do not count, so that the lines in messages would be wrong."""

LOADER = getattr(yaml, "CBaseLoader", yaml.BaseLoader)
"""libyaml is about ten times as fast, but not available everywhere."""


@dataclasses.dataclass(frozen=True)
class YamlFault:
    """One error, with its line and column in the text that was read, both counted from 1."""

    line: int
    column: int
    found: str
    expected: str
    hint: str = ""


@dataclasses.dataclass(frozen=True)
class Field:
    """How to read the value of a key; `read` raises ValueError for a value that does not match `expected`."""

    read: Callable[[yaml.Node], Any]
    expected: str
    required: bool = False


Fields = Mapping[str, Field]


def read_record(
    text: str, fields: Fields, called: str = "a text", form: str = "YAML"
) -> tuple[dict[str, Any], dict[str, int], list[YamlFault]]:
    """Return the values of a mapping, the line of each key, and all errors.

    If the text is not YAML, the error uses `called` as its name and `form` as what is expected.

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
            faults, node = _strictly_composed(text, yaml.BaseLoader)  # so that errors read the same without libyaml
        except (yaml.YAMLError, RecursionError) as error:
            return {}, {}, [_syntax_fault(text, error, called, form)]
    if faults:
        return {}, {}, faults
    if node is None:
        return {}, {}, [*_missing(fields, (), 1, 1)]
    values, lines = _read_fields(node, fields, faults)
    return values, lines, faults


def read_marked(
    file: str, numbered: Iterable[tuple[int, str]], mark: str, fields: Fields, called: str, *, rule: str
) -> tuple[dict[str, Any], dict[str, int], list[Problem]]:
    """Return what `read_record` returns, for YAML in lines of a file that begin with a mark; problems name the file.

    `numbered` are these lines with their numbers, `rule` is the rule of the problems.
    """
    marked = [*numbered]
    numbers = [number for number, _ in marked] or [1]
    content = "\n".join(line.removeprefix(mark) for _, line in marked)
    values, lines, faults = read_record(content, fields, called, f"YAML behind {mark}")
    problems = []
    for fault in faults:
        line, column = numbers[min(fault.line, len(numbers)) - 1], fault.column + len(mark)
        problems.append(
            Problem(
                Location(file, line, column=column),
                rule=rule,
                found=f"{fault.found} at column {column}" if fault.column > 1 else fault.found,
                expected=fault.expected,
                hint=fault.hint,
            )
        )
    return values, {key: numbers[line - 1] for key, line in lines.items()}, problems


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


def as_date(node: yaml.Node) -> datetime.date:
    """Return a day; raise ValueError for anything else than YYYY-MM-DD."""
    return datetime.date.fromisoformat(_matching("[0-9]{4}-[0-9]{2}-[0-9]{2}", as_text(node)))


def as_match(pattern: str) -> Callable[[yaml.Node], str]:
    """Return a reader of texts that match a whole pattern."""
    return lambda node: _matching(pattern, as_text(node))


def as_texts(node: yaml.Node) -> tuple[str, ...]:
    """Return a list of texts; raise ValueError for anything else."""
    return tuple(map(as_text, _items(node)))


def as_pairs(node: yaml.Node) -> tuple[tuple[str, str], ...]:
    """Return the keys and values of a list of mappings, all of them texts; raise ValueError for anything else."""
    return tuple((as_text(key), as_text(value)) for item in _items(node) for key, value in _pairs(item))


def as_records(fields: Fields, make: Callable[..., Any]) -> Callable[[yaml.Node], tuple[Any, ...]]:
    """Return a reader of a list of records, which passes the fields of each to `make`; it raises `RecordError`."""

    def read(node: yaml.Node) -> tuple[Any, ...]:
        faults: list[YamlFault] = []
        found = [_read_fields(item, fields, faults)[0] for item in _items(node)]
        if faults:
            raise RecordError(faults)
        return tuple(make(**values) for values in found)

    return read


def as_mapping(field_of: Callable[[str], Field]) -> Callable[[yaml.Node], dict[str, Any]]:
    """Return a reader of a mapping with any keys, each read as its field; it raises `RecordError`."""

    def read(node: yaml.Node) -> dict[str, Any]:
        faults: list[YamlFault] = []
        values, _ = _read_fields(node, {key.value: field_of(key.value) for key, _ in _pairs(node)}, faults)
        if faults:
            raise RecordError(faults)
        return values

    return read


class RecordError(ValueError):
    """Raised by a reader of records with their errors."""

    def __init__(self, faults: Sequence[YamlFault]) -> None:
        super().__init__(len(faults))
        self.faults = faults


# ---------------------------------------------------------------- reading


def _strictly_composed(text: str, loader: Any) -> tuple[list[YamlFault], yaml.Node | None]:
    """Return the errors of what strict YAML forbids, or else the node of a text.

    Nodes are composed only from text without deep nesting and without aliases, because they are then walked fully.
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
    """Yield the first use of anything that strict YAML forbids, in the order of the text."""
    if seen := OTHER_LINE_BREAKS.search(text):
        line, column = text.count("\n", 0, seen.start()) + 1, seen.start() - text.rfind("\n", 0, seen.start())
        found = f"the control character U+{ord(seen[0]):04X}"
        yield YamlFault(line, column, found, "plain text without it", "Take it out.")
        return
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
    """Yield the keys of mappings that are repeated, or are not texts."""
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
    """Return the values of a mapping and the lines of its keys; add errors to `faults`."""
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
    listed = ", ".join([*fields][:KEYS_LISTED]) + (" …" if len(fields) > KEYS_LISTED else "")
    return YamlFault(*_place(key), f"the unknown key {quoted(key.value)}", f"one of {listed}", hint)


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
