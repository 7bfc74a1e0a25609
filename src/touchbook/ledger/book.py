"""An account book: entries in, in whatever order they arrive; lines and sums out.

``Book`` keeps the sums incrementally, ``recompute`` adds them up from the entries alone. Both rest on the same rules,
which do not depend on the order of arrival:

- an entry that any other entry corrects is void, and so is a correction or recovery that was itself corrected;
- a withdrawal is recovered from the day of the earliest recovery that stands;
- that one alone carries its points: a wrong is made good once, and what was no wrong is not made good at all;
- whatever corrects an entry that has not arrived yet waits for it.

Entries that correct or recover one another in a circle are harmless: whether an entry is void depends on corrections
alone, and one that nothing else corrects begins every chain of them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
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
        self._corrections: defaultdict[UUID, list[UUID]] = defaultdict(list)
        self._recoveries: defaultdict[UUID, list[Entry]] = defaultdict(list)

    def post(self, entry: Entry) -> None:
        """Add an entry. One that is already in the book changes nothing."""
        if entry.id in self._entries:
            return
        self._entries[entry.id] = entry
        if entry.corrects is not None:
            self._corrections[entry.corrects].append(entry.id)
        if entry.recovers is not None:
            self._recoveries[entry.recovers].append(entry)
        self._settle(entry.id)

    def _settle(self, identifier: UUID) -> None:
        """Bring the line of an entry up to date, and then those whose fate depends on it."""
        pending = [identifier]
        settled: set[UUID] = set()
        while pending:
            one = pending.pop()
            if one in settled:
                continue
            settled.add(one)
            pending += [recovery.id for recovery in self._recoveries.get(one, ())]
            if (entry := self._entries.get(one)) is not None:
                self._place(entry)
                pending += [other for other in (entry.corrects, entry.recovers) if other is not None]

    def _place(self, entry: Entry) -> None:
        if entry.corrects is not None:
            return
        line = line_of(entry, self._corrections, self._recoveries)
        before = self.lines.get(entry.id)
        if line != before:
            self.sums = (self.sums or Sums(line.day)).change(before, line, self.terms)
            self.lines[entry.id] = line


def lines_of(entries: Iterable[Entry]) -> dict[UUID, Line]:
    """Every entry that is no correction, with its fate once all *entries* have arrived."""
    by_id = {entry.id: entry for entry in entries}
    corrections: defaultdict[UUID, list[UUID]] = defaultdict(list)
    recoveries: defaultdict[UUID, list[Entry]] = defaultdict(list)
    for entry in by_id.values():
        if entry.corrects is not None:
            corrections[entry.corrects].append(entry.id)
        if entry.recovers is not None:
            recoveries[entry.recovers].append(entry)
    return {entry.id: line_of(entry, corrections, recoveries) for entry in by_id.values() if entry.corrects is None}


def line_of(
    entry: Entry, corrections: Mapping[UUID, Sequence[UUID]], recoveries: Mapping[UUID, Sequence[Entry]]
) -> Line:
    """An entry with its fate. *corrections* and *recoveries*: by id, the ids or entries that correct or recover it."""
    line = Line(entry.kind, entry.day, entry.points, void=not stands(entry.id, corrections))
    if entry.kind is Kind.WITHDRAWAL:
        first = _first(recoveries.get(entry.id, ()), corrections)
        return line.recovered(None if first is None else first.day)
    if entry.recovers is not None and not line.void:
        first = _first(recoveries.get(entry.recovers, ()), corrections)
        if first is None or first.id != entry.id or not stands(entry.recovers, corrections):
            return replace(line, points=0.0)
    return line


def _first(recoveries: Iterable[Entry], corrections: Mapping[UUID, Sequence[UUID]]) -> Entry | None:
    """The earliest of the recoveries that stand; of several at one instant, the one with the lowest id."""
    standing = (other for other in recoveries if stands(other.id, corrections))
    return min(standing, key=lambda other: (other.day, other.id), default=None)


def stands(identifier: UUID, corrections: Mapping[UUID, Sequence[UUID]]) -> bool:
    """Whether an entry has not been taken back by a correction that stands itself."""
    chain = [identifier]
    seen = {identifier}
    for node in chain:  # grows: what corrects it, what corrects that, and so on; far too long a chain for recursion
        fresh = [other for other in corrections.get(node, ()) if other not in seen]
        seen.update(fresh)
        chain += fresh
    fate: dict[UUID, bool] = {}
    for node in reversed(chain):
        fate[node] = not any(fate.get(other, False) for other in corrections.get(node, ()))
    return fate[identifier]


def recompute(entries: Iterable[Entry], day: float, terms: Terms) -> Sums:
    """The sums on *day* from the entries alone: what the incremental ones must agree with to 1e-9."""
    deposits = unresolved = recovered = 0.0
    for line in lines_of(entries).values():
        part = weigh(line, day, terms)
        deposits, unresolved = deposits + part.deposits, unresolved + part.unresolved
        recovered += part.recovered
    return Sums(day, deposits, unresolved, recovered)
