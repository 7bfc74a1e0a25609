"""Moments, in bulk: their entries, their witnesses, and what they make good."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple, cast

from django.db import connection, models

from touchbook.kernel.clock import now
from touchbook.kernel.ids import Deriver, derive
from touchbook.kernel.language import say
from touchbook.ledger.entries import Entry, Kind, day_of
from touchbook.ledger.witnesses import house_points, known_points
from touchbook.store.accounts import FreshEntry, post, post_fresh
from touchbook.store.append import append_ready
from touchbook.store.models import Entry as EntryRow
from touchbook.store.models import Moment, Witness
from touchbook.store.values import converter, uuid_of
from touchbook.workflows.import_records.batches import Counts, Keys, Task
from touchbook.workflows.import_records.customers import Directory
from touchbook.workflows.import_records.playbook import Line
from touchbook.workflows.import_records.records import MomentRecord, Record
from touchbook.workflows.import_records.recoveries import OpenWithdrawal, PageLine, Recoveries
from touchbook.workflows.import_records.values import BadValue, shown

# All rows are made once, as the driver takes them: ids are their 32 digits, instants what ``store.values`` makes them.
_MOMENT = (
    "id", "at", "offset_minutes", "recorded_at", "touchpoint", "customer", "staff", "channel", "source", "note",
    "import_id",
)  # fmt: skip
_ENTRY = (
    "id", "at", "offset_minutes", "recorded_at", "moment", "account", "account_kind", "touchpoint",
    "practice", "kind", "points", "recovers",
)  # fmt: skip
_WITNESS = ("id", "at", "offset_minutes", "recorded_at", "moment", "account", "unnamed")


class Happening(NamedTuple):
    """What all rows of one moment share."""

    number: int  # the moment's id
    moment: str  # its digits
    instant: datetime
    at: object
    offset_minutes: int
    touchpoint: str


class MomentsWriter:
    """Prepares and writes batches of moments."""

    def __init__(self, task: Task, recovers_column: str = "") -> None:
        self._task, self._recovers_column = task, recovers_column
        self._keys = Keys(task)
        self._directory = Directory(task.import_id, task.actor)
        self._recoveries = Recoveries(self._keys, task.terms) if recovers_column else None
        self._derived, self._import_digits = Deriver(task.import_id), task.import_id.hex
        field = cast("models.Field[Any, Any]", Moment._meta.get_field("at"))
        self._raw_instant = converter(field, connection) or (lambda instant: instant)
        self._moments: list[tuple[Any, ...]] = []
        self._entries: list[tuple[Any, ...]] = []
        self._fresh: list[FreshEntry] = []  # the same entries, as the accounts' sums take them
        self._witnesses: list[tuple[Any, ...]] = []
        self._recovers_any = False
        self._waiting: dict[str, str] = {}  # of a batch's records, which key each makes good
        self._recorded_at: object = None
        self._line = 0  # of the moment at hand

    def prepare(self, records: Sequence[Record]) -> Counts:
        """Find out what a batch brings."""
        batch = cast(Sequence[MomentRecord], records)
        self._moments, self._entries, self._fresh, self._witnesses = [], [], [], []
        self._recovers_any = False
        self._recorded_at = self._raw_instant(now())
        self._keys.look_up(key for record in batch for key in (record.key, record.recovers) if key)
        new = [record for record in batch if self._keys.import_of(record.key) is None]
        self._directory.look_up(
            (one for record in new for one in (*record.identifiers, *record.witnesses)),
            {record.staff for record in new},
        )
        self._directory.look_up_held(record.identifiers for record in new)
        self._waiting = {record.key: record.recovers for record in new if record.recovers}
        if self._recoveries is not None:
            known = (self._directory.known(record.identifiers) for record in new if record.recovers)
            self._recoveries.look_up(one for one in known if one is not None)
            batch = self._recoveries.in_order(batch)
        counts = self._keys.take_new(batch, self._add)
        counts.customers_made = self._directory.take_count()
        return counts

    def write(self, at: datetime) -> None:
        """Write what was prepared."""
        self._directory.write(at)
        append_ready(Moment, _MOMENT, self._moments)
        append_ready(EntryRow, _ENTRY, self._entries)
        if self._recovers_any:
            post([uuid_of(row[0]) for row in self._entries], self._task.terms)
        else:
            post_fresh(self._fresh, self._task.terms)
        append_ready(Witness, _WITNESS, self._witnesses)
        self._keys.write()
        if self._recoveries is not None:
            self._recoveries.forget()

    def _add(self, record: MomentRecord) -> None:
        task, directory = self._task, self._directory
        place = record.meaning.place
        if place is None:
            raise BadValue(say("the row has no touchpoint"), say("add a rule to the map"))
        # What can be refused comes first, so that a refused row leaves nothing behind.
        if len(record.identifiers) > 1:
            directory.check(record.identifiers)
        for one in record.witnesses:
            directory.check((one,))
        closing = []
        if record.recovers and self._recoveries is not None:
            customer = directory.known(record.identifiers)
            try:
                closing = self._recoveries.open_withdrawals(record, customer, self._waiting)
            except BadValue as error:
                error.column, error.value = self._recovers_column, shown(record.recovers)
                raise
        customer = directory.customer(record.identifiers, record.at, record.attributes) if record.identifiers else None
        staff = directory.staff(record.staff, record.at) if record.staff else None
        number = self._derived.number(record.at, record.key)
        what = Happening(
            number, f"{number:032x}", record.at, self._raw_instant(record.at), record.offset_minutes, place.id
        )
        self._line = 0
        self._moments.append(
            (what.moment, what.at, what.offset_minutes, self._recorded_at, place.id, customer, staff,
             record.channel or place.channel, task.source, record.note, self._import_digits)
        )  # fmt: skip
        lines: Sequence[Line] = record.meaning.lines
        if closing:
            lines = _making_good(lines, closing)
            self._recovers_any = True
        # An unknown guest has no page of their own: the house remembers.
        owner, kind = (customer, "customer") if customer is not None else (place.id, "house")
        self._enter(what, owner, kind, lines)
        if record.witnesses or record.unnamed:
            self._see(record, what, customer, lines)

    def _enter(self, what: Happening, account: str, account_kind: str, lines: Sequence[Line]) -> None:
        """Entries for one account; their ids follow from the moment's, so that a resumed batch mints the same ones."""
        number, moment, instant, at, offset, touchpoint = what
        day = day_of(instant)
        for line in lines:
            self._line += 1
            # The moment's own digits with the line's number folded into the last of them: as unique, and quicker.
            identifier = f"{number ^ self._line:032x}"
            self._entries.append(
                (identifier, at, offset, self._recorded_at, moment, account, account_kind, touchpoint, *line)
            )
            self._fresh.append((account, account_kind, day, line.kind, line.points))
            if self._recoveries is not None and account_kind == "customer":
                recovers = None if line.recovers is None else uuid_of(line.recovers)
                entry = Entry(uuid_of(identifier), uuid_of(account), day, Kind(line.kind), line.points, None, recovers)
                self._recoveries.note(PageLine(entry, moment, touchpoint))

    def _see(self, record: MomentRecord, what: Happening, customer: str | None, lines: Sequence[Line]) -> None:
        """What those who saw it remember: what was done, not what it closed on the customer's page."""
        terms = self._task.terms
        lines = [line for line in lines if line.practice is not None]
        for one in record.witnesses:
            witness = self._directory.customer((one,), record.at, {})
            if witness == customer:
                continue
            self._witness(what, "witness", witness, 0)
            seen = [Line(line.practice, line.kind, known_points(line.points, terms)) for line in lines]
            self._enter(what, witness, "customer", seen)
        if record.unnamed:
            self._witness(what, "unnamed", None, record.unnamed)
            points = [house_points(line.points, record.unnamed, terms) for line in lines]
            seen = [Line(line.practice, line.kind, share) for line, share in zip(lines, points, strict=True)]
            self._enter(what, what.touchpoint, "house", seen)

    def _witness(self, what: Happening, role: str, account: str | None, unnamed: int) -> None:
        identifier = derive(what.instant, what.moment, role, account or "").hex
        self._witnesses.append(
            (identifier, what.at, what.offset_minutes, self._recorded_at, what.moment, account, unnamed)
        )


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
