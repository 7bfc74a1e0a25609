"""An account book: entries in, in whatever order they arrive; lines and sums out.

``Book`` keeps the sums incrementally, ``recompute`` adds them up from the entries alone. Both rest on the same three
rules, which do not depend on the order of arrival:

- an entry that any other entry corrects is void, and so is a correction or recovery that was itself corrected;
- a withdrawal is recovered from the earliest day of the recoveries that stand;
- whatever refers to an entry that has not arrived yet waits for it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from uuid import UUID

from touchbook.ledger.balance import Sums, weigh
from touchbook.ledger.entries import Entry, Kind, Line
from touchbook.ledger.terms import Terms


class Book:
    """The lines of one account and their running sums."""

    def __init__(self, terms: Terms) -> None:
        self.terms = terms
        self.sums: Sums | None = None
        self.lines: dict[UUID, Line] = {}
        self._entries: dict[UUID, Entry] = {}
        self._corrections: defaultdict[UUID, list[Entry]] = defaultdict(list)
        self._recoveries: defaultdict[UUID, list[Entry]] = defaultdict(list)

    def post(self, entry: Entry) -> None:
        """Add an entry. One that is already in the book changes nothing."""
        if entry.id in self._entries:
            return
        self._entries[entry.id] = entry
        if entry.corrects is not None:
            self._corrections[entry.corrects].append(entry)
        if entry.recovers is not None:
            self._recoveries[entry.recovers].append(entry)
        self._settle(entry.id)

    def stands(self, identifier: UUID) -> bool:
        """Whether an entry has not been taken back by a correction that stands itself."""
        return not any(self.stands(correction.id) for correction in self._corrections[identifier])

    def recovered_day(self, identifier: UUID) -> float | None:
        """The earliest day of the standing recoveries of a withdrawal, if any."""
        return min((entry.day for entry in self._recoveries[identifier] if self.stands(entry.id)), default=None)

    def _settle(self, identifier: UUID) -> None:
        """Bring the line of an entry up to date, and then those whose fate depends on it."""
        entry = self._entries.get(identifier)
        if entry is None:
            return
        if entry.corrects is None:
            self._place(entry)
        for dependent in (entry.corrects, entry.recovers):
            if dependent is not None:
                self._settle(dependent)

    def _place(self, entry: Entry) -> None:
        line = Line(entry.kind, entry.day, entry.points, void=not self.stands(entry.id))
        if entry.kind is Kind.WITHDRAWAL:
            line = line.recovered(self.recovered_day(entry.id))
        before = self.lines.get(entry.id)
        if line != before:
            self.sums = (self.sums or Sums(line.day)).change(before, line, self.terms)
            self.lines[entry.id] = line


def recompute(entries: Iterable[Entry], day: float, terms: Terms) -> Sums:
    """The sums on *day* from the entries alone: what the incremental ones must agree with to 1e-9."""
    by_id = {entry.id: entry for entry in entries}
    corrections: defaultdict[UUID, list[UUID]] = defaultdict(list)
    for entry in by_id.values():
        if entry.corrects is not None:
            corrections[entry.corrects].append(entry.id)

    def void(identifier: UUID) -> bool:
        return any(not void(correction) for correction in corrections[identifier])

    recovered: dict[UUID, float] = {}
    for entry in by_id.values():
        if entry.recovers is not None and not void(entry.id):
            recovered[entry.recovers] = min(entry.day, recovered.get(entry.recovers, entry.day))
    deposits = unresolved = closed = 0.0
    for entry in by_id.values():
        if entry.corrects is not None or void(entry.id):
            continue
        line = Line(entry.kind, entry.day, entry.points).recovered(recovered.get(entry.id))
        part = weigh(line, day, terms)
        deposits, unresolved, closed = deposits + part.deposits, unresolved + part.unresolved, closed + part.recovered
    return Sums(day, deposits, unresolved, closed)
