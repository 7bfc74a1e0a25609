"""Moments, in bulk: their entries, their witnesses, and what they make good."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple, cast
from uuid import UUID

from touchbook.kernel.ids import derive, uuid_from
from touchbook.ledger.entries import Entry, Kind, day_of
from touchbook.ledger.witnesses import house_points, known_points
from touchbook.store.accounts import enter, post_fresh
from touchbook.store.append import append
from touchbook.store.models import Entry as EntryRow
from touchbook.store.models import Moment, Witness
from touchbook.workflows.import_records.batches import Counts, Keys, Task
from touchbook.workflows.import_records.customers import Directory
from touchbook.workflows.import_records.playbook import Place
from touchbook.workflows.import_records.records import MomentRecord, Record, Reject
from touchbook.workflows.import_records.recoveries import OpenWithdrawal, PageLine, Recoveries
from touchbook.workflows.import_records.values import BadValue, shown

_MOMENT = ("id", "at", "offset_minutes", "touchpoint", "customer", "staff", "channel", "source", "note", "import_id")
_ENTRY = (
    "id", "at", "offset_minutes", "moment", "account", "account_kind", "touchpoint",
    "practice", "kind", "points", "recovers",
)  # fmt: skip
_RECOVERS = _ENTRY.index("recovers")
_WITNESS = ("id", "at", "offset_minutes", "moment", "account", "unnamed")


class Line(NamedTuple):
    """What one entry says, before it is on an account."""

    practice: UUID | None
    kind: str
    points: float
    recovers: UUID | None = None


class MomentsWriter:
    """Prepares and writes batches of moments."""

    def __init__(self, task: Task, recovers_column: str = "") -> None:
        self._task, self._recovers_column = task, recovers_column
        self._keys = Keys(task)
        self._directory = Directory(task.import_id, task.actor)
        self._recoveries = Recoveries(self._keys, task.terms) if recovers_column else None
        self._moments: list[tuple[Any, ...]] = []
        self._entries: list[tuple[Any, ...]] = []
        self._witnesses: list[tuple[Any, ...]] = []
        self._line = 0  # of the moment at hand

    def customers_made(self) -> int:
        """How many customers were made so far."""
        return self._directory.made_count

    def prepare(self, records: Sequence[Record]) -> Counts:
        """Find out what a batch brings."""
        batch = cast(Sequence[MomentRecord], records)
        self._moments, self._entries, self._witnesses = [], [], []
        counts = Counts()
        self._keys.look_up(key for record in batch for key in (record.key, record.recovers) if key)
        new = [record for record in batch if self._keys.import_of(record.key) is None]
        self._directory.look_up(
            (one for record in new for one in (*record.identifiers, *record.witnesses)),
            {record.staff for record in new},
        )
        waiting = {record.key: record.recovers for record in new if record.recovers}
        if self._recoveries is not None:
            known = (self._directory.known(record.identifiers) for record in new if record.recovers)
            self._recoveries.look_up(one for one in known if one is not None)
        counts.repeated = len(batch) - len(new)
        for record in new:
            if self._keys.import_of(record.key) is not None:
                counts.repeated += 1
                continue
            try:
                self._add(record, waiting)
            except BadValue as error:
                value = shown(record.recovers) if error.column else ""
                counts.rejects.append(Reject(record.row, error.column, value, error.problem, error.remedy))
            else:
                self._keys.take(record.key)
                counts.added += 1
        return counts

    def write(self, at: datetime) -> None:
        """Write what was prepared."""
        self._directory.write(at)
        append(Moment, _MOMENT, self._moments)
        if self._recoveries is not None and any(row[_RECOVERS] is not None for row in self._entries):
            enter(_ENTRY, self._entries, self._task.terms)
        else:
            append(EntryRow, _ENTRY, self._entries)
            day_at = {row[1]: 0.0 for row in self._entries}
            day_at = {instant: day_of(instant) for instant in day_at}
            post_fresh(((row[4], row[5], day_at[row[1]], row[8], row[9]) for row in self._entries), self._task.terms)
        append(Witness, _WITNESS, self._witnesses)
        self._keys.write()
        if self._recoveries is not None:
            self._recoveries.forget()

    def _add(self, record: MomentRecord, waiting: dict[str, str]) -> None:
        task, directory = self._task, self._directory
        place = record.meaning.place
        if place is None:
            raise BadValue("the row has no touchpoint", "add a rule to the map")
        # What can be refused comes first, so that a refused row leaves nothing behind.
        if len(record.identifiers) > 1:
            directory.check(record.identifiers)
        for one in record.witnesses:
            directory.check((one,))
        closing = []
        if record.recovers and self._recoveries is not None:
            customer = directory.known(record.identifiers)
            try:
                closing = self._recoveries.open_withdrawals(record, customer, waiting)
            except BadValue as error:
                error.column = self._recovers_column
                raise
        customer = directory.customer(record.identifiers, record.at, record.attributes) if record.identifiers else None
        staff = directory.staff(record.staff, record.at) if record.staff else None
        moment = derive(record.at, task.import_id, record.key)
        self._line = 0
        self._moments.append(
            (moment, record.at, record.offset_minutes, place.id, customer, staff, record.channel or place.channel,
             task.source, record.note, task.import_id)
        )  # fmt: skip
        lines = [Line(practice.id, practice.kind, practice.points) for practice in record.meaning.practices]
        if closing:
            lines = _making_good(lines, closing)
        # An unknown guest has no page of their own: the house remembers.
        owner, kind = (customer, "customer") if customer is not None else (place.id, "house")
        self._enter(record, moment, place, owner, kind, lines)
        if record.witnesses or record.unnamed:
            self._see(record, moment, place, customer, lines)

    def _enter(
        self,
        record: MomentRecord,
        moment: UUID,
        place: Place,
        account: UUID,
        account_kind: str,
        lines: Sequence[Line],
    ) -> None:
        """Entries for one account; their ids follow from the moment's, so that a resumed batch mints the same ones."""
        at, offset = record.at, record.offset_minutes
        for line in lines:
            self._line += 1
            # The moment's own digits with the line's number folded into the last of them: as unique, and quicker.
            identifier = uuid_from(moment.int ^ self._line)
            self._entries.append((identifier, at, offset, moment, account, account_kind, place.id, *line))
            if self._recoveries is not None and account_kind == "customer":
                entry = Entry(identifier, account, day_of(at), Kind(line.kind), line.points, None, line.recovers)
                self._recoveries.note(PageLine(entry, moment, place.id))

    def _see(
        self,
        record: MomentRecord,
        moment: UUID,
        place: Place,
        customer: UUID | None,
        lines: Sequence[Line],
    ) -> None:
        """What those who saw it remember."""
        terms, at, offset = self._task.terms, record.at, record.offset_minutes
        for one in record.witnesses:
            witness = self._directory.customer((one,), at, {})
            if witness == customer:
                continue
            self._witnesses.append((derive(at, moment, "witness", witness), at, offset, moment, witness, 0))
            seen = [Line(line.practice, line.kind, known_points(line.points, terms)) for line in lines]
            self._enter(record, moment, place, witness, "customer", seen)
        if record.unnamed:
            self._witnesses.append((derive(at, moment, "unnamed"), at, offset, moment, None, record.unnamed))
            points = [house_points(line.points, record.unnamed, terms) for line in lines]
            seen = [Line(line.practice, line.kind, share) for line, share in zip(lines, points, strict=True)]
            self._enter(record, moment, place, place.id, "house", seen)


def _making_good(lines: Sequence[Line], closing: Sequence[OpenWithdrawal]) -> list[Line]:
    """The lines of a moment that closes withdrawals: its deposits close them in turn, giving back what they may.

    Where it closes more withdrawals than it has deposits, the rest is closed by lines without points.
    """
    left = list(closing)
    made: list[Line] = []
    for line in lines:
        if line.kind == Kind.DEPOSIT and left:
            withdrawal = left.pop(0)
            made.append(Line(line.practice, line.kind, min(line.points, withdrawal.points_max), withdrawal.id))
        else:
            made.append(line)
    return made + [Line(None, Kind.DEPOSIT.value, 0.0, withdrawal.id) for withdrawal in left]
