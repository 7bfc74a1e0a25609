"""What the database knows of one customer at this instant, by a few queries that an index answers each."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from touchbook.ledger.balance import Sums
from touchbook.ledger.book import lines_of, stands
from touchbook.ledger.entries import Line
from touchbook.store.accounts import ENTRY_COLUMNS, entry_of
from touchbook.store.plain import select, select_all
from touchbook.store.values import digits_of, instant_of, uuid_of

Answer = tuple[str, str | None, float | None, datetime]
"""An answer: its question, its text, its number, and when it was given."""


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
    """A touch that a run (by its number) planned for the customer."""

    id: UUID
    run: int
    name: str
    reason: str
    due_on: date
    held_out: bool


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of a customer.

    ``steps``: all touch events, in the order of their arrival. ``planned``: by all runs. ``consents``: channel,
    purpose, allowed, and when the row was last written. ``answers``: as ``answers`` gives them. ``sums``: the account's
    running sums, None before its first entry. ``outreach``: when there was a moment that began with us, not one that
    the customer only saw.
    """

    person: Person
    steps: Sequence[Step]
    planned: Sequence[Planned]
    consents: Sequence[tuple[str, str, bool, datetime]]
    answers: Sequence[Answer]
    sums: Sums | None
    outreach: Sequence[datetime]


def known(customer: UUID, with_outreach: bool) -> Known | None:
    """All of that, asked in one go; None when there is no customer of that id. Outreach is asked about on demand."""
    queries = [_PERSON, _STEPS, _PLANNED, _CONSENTS, _ANSWERS, _SUMS, *[_OUTREACH] * with_outreach]
    person, steps, planned, consents, answers, sums, *outreach = select_all(
        [(query, [digits_of(customer)]) for query in queries]
    )
    if not person:
        return None
    return Known(
        person=_person(*person[0]),
        steps=[_step(*row) for row in steps],
        planned=[
            Planned(uuid_of(number), run, name, reason, _day(due_on), bool(held_out))
            for number, name, reason, due_on, held_out, run in planned
        ],
        consents=[(channel, purpose, bool(allowed), instant_of(at)) for channel, purpose, allowed, at in consents],
        answers=_standing(answers),
        sums=Sums(*sums[0]) if sums else None,
        outreach=[instant_of(row[0]) for rows in outreach for row in rows],
    )


def _person(name: str, timezone: str, attributes: Any, owner: Any, changed_at: Any) -> Person:
    attributes = json.loads(attributes) if isinstance(attributes, str) else attributes
    return Person(name, timezone, attributes or {}, owner and uuid_of(owner), instant_of(changed_at))


def staff_name(staff: UUID) -> str:
    """What a member of staff is called."""
    return str(_rows("SELECT name FROM store_staff WHERE id = %s", staff)[0][0])


def steps(customer: UUID) -> list[Step]:
    """All touch events of the customer, in the order of their arrival."""
    return [_step(*row) for row in _rows(_STEPS, customer)]


def _step(number: int, touch: Any, name: str, channel: str, purpose: str, event: str, at: Any, due_on: Any) -> Step:
    return Step(number, uuid_of(touch), name, channel, purpose, event, instant_of(at), due_on and _day(due_on))


def arrived(step: UUID, customer: UUID) -> tuple[bool, int]:
    """Whether a touch event of that id is there, and the number of the customer's last one; 0 when there is none."""
    there, last = select_all([(_STEP_THERE, [digits_of(step)]), (_LAST_STEP, [digits_of(customer)])])
    return bool(there), int(last[0][0])


def answers(customer: UUID) -> list[Answer]:
    """The answers that stand, the last one last."""
    return _standing(_rows(_ANSWERS, customer))


def _standing(rows: Sequence[tuple[Any, ...]]) -> list[Answer]:
    """The answers that no correction took back."""
    corrections: dict[UUID, list[UUID]] = {}
    for row in rows:
        if row[5] is not None:
            corrections.setdefault(uuid_of(row[5]), []).append(uuid_of(row[0]))
    standing = [row for row in rows if row[5] is None and stands(uuid_of(row[0]), corrections)]
    return [(row[1], row[2] or None, row[3], instant_of(row[4])) for row in standing]


def sums(customer: UUID) -> Sums | None:
    """The account's running sums; None before its first entry."""
    rows = _rows(_SUMS, customer)
    return Sums(*rows[0]) if rows else None


def lines(customer: UUID) -> list[tuple[Line, str]]:
    """Every line of the account, with the name of its touchpoint."""
    rows = _rows(_ENTRIES, customer)
    entries = [entry_of(row) for row in rows]
    fates = lines_of(entries)
    return [(fates[entry.id], row[-1]) for entry, row in zip(entries, rows, strict=True) if entry.id in fates]


def last_runs(count: int) -> list[tuple[UUID, date]]:
    """The last runs, the very last first, with the first day of each one's week."""
    rows = _rows("SELECT id, starts_on FROM store_planrun ORDER BY number DESC LIMIT %s", count)
    return [(uuid_of(row[0]), _day(row[1])) for row in rows]


def _rows(query: str, *parameters: UUID | int) -> list[tuple[Any, ...]]:
    return select(query, [digits_of(one) if isinstance(one, UUID) else one for one in parameters])


def _day(raw: str | date) -> date:
    return date.fromisoformat(raw) if isinstance(raw, str) else raw


_PERSON = "SELECT name, timezone, attributes, owner_id, changed_at FROM store_customer WHERE id = %s"
_STEPS = (
    "SELECT number, touch, name, channel, purpose, event, at, due_on FROM store_touchevent WHERE customer = %s "
    "ORDER BY number"
)
_STEP_THERE = "SELECT 1 FROM store_touchevent WHERE id = %s"
_LAST_STEP = "SELECT COALESCE(MAX(number), 0) FROM store_touchevent WHERE customer = %s"
# Which run is looked at afterwards, because a database might take its index, and look through all of the run.
_PLANNED = "SELECT id, name, reason, due_on, held_out, run_id FROM store_plannedtouch WHERE customer = %s"
_CONSENTS = "SELECT channel, purpose, allowed, changed_at FROM store_consent WHERE customer_id = %s"
_ANSWERS = (
    "SELECT id, question, value, number_value, at, corrects FROM store_answer WHERE customer = %s ORDER BY at, number"
)
_SUMS = "SELECT day, deposits, unresolved, recovered FROM store_account WHERE id = %s"
_ENTRIES = (
    f"SELECT {ENTRY_COLUMNS}, (SELECT name FROM store_touchpoint AS kind WHERE kind.id = touchpoint) "  # noqa: S608
    "FROM store_entry WHERE account = %s"
)
_OUTREACH = (
    "SELECT entry.at FROM store_entry AS entry JOIN store_touchpoint AS kind ON kind.id = entry.touchpoint "
    "WHERE entry.account = %s AND kind.outreach AND entry.corrects IS NULL AND NOT EXISTS ("
    "  SELECT 1 FROM store_entry AS taken WHERE taken.corrects = entry.id AND NOT EXISTS ("
    "    SELECT 1 FROM store_entry AS given WHERE given.corrects = taken.id)"
    ") AND NOT EXISTS ("
    "  SELECT 1 FROM store_witness AS seen WHERE seen.moment = entry.moment AND seen.account = entry.account)"
)
