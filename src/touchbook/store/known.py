"""What is known of a few customers, for whoever is about to speak to them: asked for all of them at once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

from touchbook.ledger.balance import Sums
from touchbook.ledger.book import stands
from touchbook.ledger.entries import day_of
from touchbook.ledger.terms import Terms
from touchbook.store.append import select_by_ids
from touchbook.store.values import instant_of, uuid_of

REACHED_BY = {"phone": ("phone", "mobile"), "sms": ("mobile", "phone"), "email": ("email", "e-mail")}


@dataclass(frozen=True, slots=True)
class Said:
    """The last answer to a question: a text, or a number on its scale, and when it was given."""

    question: str
    value: str
    number: float | None
    at: datetime


@dataclass(slots=True)
class Known:
    """What is known of one customer. ``open_points``: what open withdrawals still weigh in the balance.

    ``balance`` is None before the first entry. ``last``: the touchpoint and instant of the last moment.
    ``identifiers``: by kind. ``promises``: what is open, and by when.
    """

    answers: dict[str, Said] = field(default_factory=dict)
    balance: float | None = None
    open_points: float = 0.0
    last: tuple[str, datetime] | None = None
    identifiers: dict[str, str] = field(default_factory=dict)
    promises: list[tuple[str, date]] = field(default_factory=list)


def known_of(customers: Collection[UUID], terms: Terms, at: datetime) -> dict[UUID, Known]:
    """What is known of each of *customers* at an instant, in five queries however many there are."""
    known: defaultdict[UUID, Known] = defaultdict(Known)
    _answers(known, customers)
    day = day_of(at)
    query = "SELECT id, day, deposits, unresolved, recovered FROM store_account WHERE id"
    for account, *raw in select_by_ids(query, customers):
        kept = Sums(*raw)
        sums = kept.at(max(day, kept.day), terms)
        one = known[uuid_of(account)]
        one.balance, one.open_points = sums.balance(sums.day, terms), terms.asymmetry * sums.unresolved
    _moments(known, customers)
    for customer, kind, value in select_by_ids(
        "SELECT customer_id, kind, value FROM store_identifier WHERE customer_id", customers
    ):
        known[uuid_of(customer)].identifiers[kind] = value
    query = "SELECT customer_id, what, due_on FROM store_promise WHERE settled_at IS NULL AND customer_id"
    for customer, what, due_on in select_by_ids(query, customers, "ORDER BY due_on"):
        day_due = date.fromisoformat(due_on) if isinstance(due_on, str) else due_on
        known[uuid_of(customer)].promises.append((what, day_due))
    return known


def _answers(known: defaultdict[UUID, Known], customers: Collection[UUID]) -> None:
    """The last answer that stands to each question."""
    query = "SELECT id, customer, question, value, number_value, at, corrects FROM store_answer WHERE customer"
    rows = select_by_ids(query, customers, "ORDER BY at, number")
    corrections: dict[UUID, list[UUID]] = {}
    for row in rows:
        if row[6] is not None:
            corrections.setdefault(uuid_of(row[6]), []).append(uuid_of(row[0]))
    for identifier, customer, question, value, number, given_at, corrects in rows:
        if corrects is None and stands(uuid_of(identifier), corrections):
            known[uuid_of(customer)].answers[question] = Said(question, value, number, instant_of(given_at))


def _moments(known: defaultdict[UUID, Known], customers: Collection[UUID]) -> None:
    """The last moment of each."""
    last: dict[UUID, tuple[str | datetime, str]] = {}
    query = (
        "SELECT moment.customer, moment.at, touchpoint.name FROM store_moment AS moment "
        "JOIN store_touchpoint AS touchpoint ON touchpoint.id = moment.touchpoint WHERE moment.customer"
    )
    for raw, at, name in select_by_ids(query, customers):
        customer = uuid_of(raw)
        if customer not in last or at > last[customer][0]:
            last[customer] = (at, name)
    for customer, (at, name) in last.items():
        known[customer].last = (name, instant_of(at))
