"""What became of addresses that nothing has any more, and of things that should no longer be used."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from functools import cached_property
from itertools import groupby

from kg_builder.answers.graph_reader import GraphReader
from kg_builder.queries.stored_queries import stored_query


@dataclasses.dataclass(frozen=True)
class AddressRecord:
    """What became of an address: `address` and `by`, those that take its place, are without the base."""

    address: str
    kind: str
    retired: bool
    date: str
    because: str
    by: tuple[str, ...]

    @property
    def moved_to(self) -> str:
        """The one address that takes the place of a retired one; empty if none or several do."""
        return self.by[0] if self.retired and len(self.by) == 1 else ""


class AddressRecords:
    """The records of a graph."""

    def __init__(self, graph: GraphReader) -> None:
        self.graph = graph

    @cached_property
    def retired(self) -> dict[str, AddressRecord]:
        """The former addresses, which nothing has any more."""
        return {record.address: record for record in self._read() if record.retired}

    @cached_property
    def deprecated(self) -> dict[str, AddressRecord]:
        """The addresses of things that should no longer be used."""
        return {record.address: record for record in self._read() if not record.retired}

    def ends(self, record: AddressRecord) -> tuple[str, ...]:
        """Return the addresses to which a record leads at last: of things, or ones that have no single successor."""
        found = []
        for each in record.by:
            while (next_ := self.retired.get(each)) and next_.moved_to:
                each = next_.moved_to  # noqa: PLW2901  (the builder has refused circles)
            found.append(each)
        return tuple(found)

    def _read(self) -> Iterator[AddressRecord]:
        query = stored_query(self.graph.root / "queries" / "find" / "address-changes.rq", "find")
        rows = self.graph.answer(query.text, {}, "")
        for _, group in groupby(rows, key=lambda row: row["address"]):
            first, *rest = group
            by = tuple(str(row["by"]) for row in (first, *rest) if row["by"])
            because = str(first["because"] or "")
            yield AddressRecord(
                first["address"], first["kind"], bool(first["retired"]), str(first["date"]), because, by
            )
