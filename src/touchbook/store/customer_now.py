"""What the database knows of one customer at this instant, asked in a few queries that an index answers each."""

from __future__ import annotations

import json
from collections.abc import Container
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from touchbook.ledger.balance import Sums
from touchbook.ledger.book import lines_of, stands
from touchbook.ledger.entries import Line
from touchbook.store.accounts import ENTRY_COLUMNS, entry_of
from touchbook.store.plain import select
from touchbook.store.values import digits_of, instant_of, uuid_of


@dataclass(frozen=True, slots=True)
class Person:
    """A customer's row, and when it was last written."""

    name: str
    timezone: str
    attributes: dict[str, Any]
    owner: UUID | None
    changed_at: datetime


@dataclass(frozen=True, slots=True)
class Step:
    """One touch event: its arrival number, and what it says. ``due_on``: the day to which it puts the touch off."""

    number: int
    touch: UUID
    name: str
    channel: str
    purpose: str
    event: str
    at: datetime
    due_on: date | None = None


@dataclass(frozen=True, slots=True)
class Planned:
    """A touch that a run planned for the customer."""

    id: UUID
    name: str
    reason: str
    due_on: date
    held_out: bool


def person(customer: UUID) -> Person | None:
    """The customer, if there is one of that id."""
    rows = _rows("SELECT name, timezone, attributes, owner_id, changed_at FROM store_customer WHERE id = %s", customer)
    if not rows:
        return None
    name, timezone, attributes, owner, changed_at = rows[0]
    attributes = json.loads(attributes) if isinstance(attributes, str) else attributes
    return Person(name, timezone, attributes or {}, owner and uuid_of(owner), instant_of(changed_at))


def staff_name(staff: UUID) -> str:
    """What a member of staff is called."""
    return str(_rows("SELECT name FROM store_staff WHERE id = %s", staff)[0][0])


def steps(customer: UUID) -> list[Step]:
    """All touch events of the customer, in the order of their arrival."""
    rows = _rows(
        "SELECT number, touch, name, channel, purpose, event, at, due_on FROM store_touchevent WHERE customer = %s "
        "ORDER BY number",
        customer,
    )
    return [
        Step(number, uuid_of(touch), name, channel, purpose, event, instant_of(at), due_on and _day(due_on))
        for number, touch, name, channel, purpose, event, at, due_on in rows
    ]


def last_step(customer: UUID) -> int:
    """The number of the customer's last touch event; 0 when there is none."""
    return int(_rows("SELECT COALESCE(MAX(number), 0) FROM store_touchevent WHERE customer = %s", customer)[0][0])


def is_recorded(step: UUID) -> bool:
    """Whether a touch event of that id is there."""
    return bool(_rows("SELECT 1 FROM store_touchevent WHERE id = %s", step))


def consents(customer: UUID) -> list[tuple[str, str, bool, datetime]]:
    """What the customer allows: channel, purpose, allowed, and when the row was last written."""
    rows = _rows("SELECT channel, purpose, allowed, changed_at FROM store_consent WHERE customer_id = %s", customer)
    return [(row[0], row[1], bool(row[2]), instant_of(row[3])) for row in rows]


def answers(customer: UUID) -> list[tuple[str, str | None, float | None, datetime]]:
    """The answers that stand, the last one last: question, text, number, and when it was given."""
    rows = _rows(
        "SELECT id, question, value, number_value, at, corrects FROM store_answer WHERE customer = %s "
        "ORDER BY at, number",
        customer,
    )
    corrections: dict[UUID, list[UUID]] = {}
    for row in rows:
        if row[5] is not None:
            corrections.setdefault(uuid_of(row[5]), []).append(uuid_of(row[0]))
    standing = [row for row in rows if row[5] is None and stands(uuid_of(row[0]), corrections)]
    return [(row[1], row[2] or None, row[3], instant_of(row[4])) for row in standing]


def sums(customer: UUID) -> Sums | None:
    """The account's running sums; None before its first entry."""
    rows = _rows("SELECT day, deposits, unresolved, recovered FROM store_account WHERE id = %s", customer)
    return Sums(*rows[0]) if rows else None


def lines(customer: UUID) -> list[tuple[Line, UUID]]:
    """Every line of the account, with its touchpoint."""
    rows = _rows(f"SELECT {ENTRY_COLUMNS}, touchpoint FROM store_entry WHERE account = %s", customer)  # noqa: S608
    entries = [entry_of(row) for row in rows]
    fates = lines_of(entries)
    return [(fates[entry.id], uuid_of(row[-1])) for entry, row in zip(entries, rows, strict=True) if entry.id in fates]


def touchpoint_name(touchpoint: UUID) -> str:
    """What a touchpoint is called."""
    return str(_rows("SELECT name FROM store_touchpoint WHERE id = %s", touchpoint)[0][0])


def outreach(customer: UUID) -> list[datetime]:
    """When the customer had a moment that began with us; not one that they only saw."""
    rows = _rows(
        "SELECT entry.at FROM store_entry AS entry JOIN store_touchpoint AS kind ON kind.id = entry.touchpoint "
        "WHERE entry.account = %s AND kind.outreach AND entry.corrects IS NULL AND NOT EXISTS ("
        "  SELECT 1 FROM store_entry AS taken WHERE taken.corrects = entry.id AND NOT EXISTS ("
        "    SELECT 1 FROM store_entry AS given WHERE given.corrects = taken.id)"
        ") AND NOT EXISTS ("
        "  SELECT 1 FROM store_witness AS seen WHERE seen.moment = entry.moment AND seen.account = entry.account)",
        customer,
    )
    return [instant_of(row[0]) for row in rows]


def planned(customer: UUID, run: int, waiting: Container[UUID] = ()) -> list[Planned]:
    """The touches that a run (by its number) has for the customer, and those of other runs that are *waiting*."""
    rows = _rows(
        "SELECT id, name, reason, due_on, held_out, run_id FROM store_plannedtouch WHERE customer = %s", customer
    )
    # The run is looked at here, because a database might take its index, and look through all of the run.
    return [
        Planned(uuid_of(row[0]), row[1], row[2], _day(row[3]), bool(row[4]))
        for row in rows
        if row[5] == run or uuid_of(row[0]) in waiting
    ]


def last_runs(count: int) -> list[tuple[UUID, date]]:
    """The last runs, the very last first, with the first day of each one's week."""
    rows = _rows("SELECT id, starts_on FROM store_planrun ORDER BY number DESC LIMIT %s", count)
    return [(uuid_of(row[0]), _day(row[1])) for row in rows]


def _rows(query: str, *parameters: UUID | int) -> list[tuple[Any, ...]]:
    return select(query, [digits_of(one) if isinstance(one, UUID) else one for one in parameters])


def _day(raw: str | date) -> date:
    return date.fromisoformat(raw) if isinstance(raw, str) else raw
