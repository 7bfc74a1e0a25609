"""The customers of a page as they are this minute: who may still be seen, their balances, and what comes next."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.utils import timezone
from django.utils.translation import ngettext

from touchbook.insight.feeling import moves
from touchbook.kernel.clock import now
from touchbook.ledger.balance import Standing, standing
from touchbook.ledger.entries import day_of
from touchbook.ledger.terms import Terms
from touchbook.store import accounts
from touchbook.store.models import Answer, Customer, Entry, Identifier, Outcome, PlannedTouch, TouchEvent
from touchbook.store.people import Person, customers_seen_by
from touchbook.store.people_search import reaches
from touchbook.store.queries import touches_whose_last_event_is
from touchbook.web.customers.filters import SILENT_DAYS
from touchbook.web.feelings import feeling_in_words

_OPEN = ("planned", "approved", "claimed", "put off")
_STILL_DUE_DAYS = 7


@dataclass(frozen=True, slots=True)
class Row:
    """One customer of the list. ``signals`` say in a few words why somebody might need us."""

    id: UUID
    name: str
    code: str
    type: str
    standing: Standing
    balance: float
    feeling: str
    is_falling: bool
    last_moment: date | None
    is_silent: bool
    owner: str
    signals: Sequence[str]
    next_touch: PlannedTouch | None
    has_left: bool

    @property
    def tone(self) -> str:
        """The class that goes with the standing's word."""
        return {Standing.OVERDRAWN: "withdrawal", Standing.NEUTRAL: "quiet"}.get(self.standing, "deposit")


def live_rows(person: Person, found: Sequence[Mapping[str, Any]], taken_at: date, terms: Terms) -> list[Row]:
    """The customers found, in their order, without those whom the visitor may no longer see."""
    ids = [one["customer"] for one in found]
    people = {one.id: one for one in customers_seen_by(person).filter(id__in=ids).select_related("owner")}
    sums = accounts.read(people)
    codes = _codes(list(people))
    touches = _next_touches(list(people))
    today = day_of(now())
    rows = []
    for one in found:
        customer = people.get(one["customer"])
        if customer is None:
            continue
        balance = sums[customer.id].balance(today, terms) if customer.id in sums else 0.0
        rows.append(
            Row(
                customer.id,
                customer.name or codes.get(customer.id, "") or str(customer.id),
                codes.get(customer.id, ""),
                one["type"] or "",
                standing(balance, one["referrals"] or 0, terms),
                balance,
                feeling_in_words(one["feeling"], one["feeling_trend"]),
                moves(one["feeling_trend"] or 0.0).startswith("falling"),
                _days_before(taken_at, one["last_moment_days"]),
                (one["silent_days"] or 0.0) > SILENT_DAYS,
                customer.owner.name if customer.owner else "",
                [] if one["has_left"] else _signals(one),
                touches.get(customer.id),
                bool(one["has_left"]),
            )
        )
    return rows


def fresh_rows(person: Person, customers: Sequence[UUID], terms: Terms) -> list[Row]:
    """Customers whom the last description does not know yet, or knows as they were."""
    unknown = dict.fromkeys(("type", "referrals", "feeling", "feeling_trend", "last_moment_days", "has_left"))
    none: dict[str, Any] = {**unknown, "open_withdrawals": 0, "promises_overdue": 0, "silent_days": None}
    return live_rows(person, [{**none, "customer": one} for one in customers], timezone.localdate(), terms)


def _signals(one: Mapping[str, Any]) -> list[str]:
    found = []
    if one["open_withdrawals"]:
        count = one["open_withdrawals"]
        found.append(ngettext("%(count)d open withdrawal", "%(count)d open withdrawals", count) % {"count": count})
    if one["promises_overdue"]:
        count = one["promises_overdue"]
        found.append(ngettext("%(count)d promise overdue", "%(count)d promises overdue", count) % {"count": count})
    return found


def _days_before(day: date, days: float | None) -> date | None:
    return None if days is None else day - timedelta(days=int(days))


def _codes(customers: Sequence[UUID]) -> dict[UUID, str]:
    """What tells namesakes apart: a member number, a seat; never how somebody is reached."""
    found: dict[UUID, str] = {}
    rows = Identifier.objects.filter(customer__in=customers).order_by("kind", "value")
    for customer, kind, value in rows.values_list("customer", "kind", "value"):
        if not reaches(kind):
            found.setdefault(customer, value)
    return found


def _next_touches(customers: Sequence[UUID]) -> dict[UUID, PlannedTouch]:
    found: dict[UUID, PlannedTouch] = {}
    earliest = timezone.localdate() - timedelta(days=_STILL_DUE_DAYS)
    planned = touches_whose_last_event_is(_OPEN).filter(customer__in=customers, held_out=False, due_on__gte=earliest)
    for touch in planned.order_by("due_on", "-value"):
        found.setdefault(touch.customer, touch)
    return found


def changed_since(person: Person, marks: Mapping[str, Any], taken_at: datetime, at_most: int) -> list[UUID]:
    """Customers whom the visitor may see and of whom something is new since an instant; no more than so many."""
    found: dict[UUID, None] = {}
    changed = Customer.objects.filter(changed_at__gt=taken_at).order_by("-changed_at")
    found |= dict.fromkeys(changed.values_list("id", flat=True)[:at_most])
    news = (
        Entry.objects.filter(number__gt=marks["entry"], account_kind="customer").values_list("account", flat=True),
        Answer.objects.filter(number__gt=marks["answer"]).values_list("customer", flat=True),
        Outcome.objects.filter(number__gt=marks["outcome"]).values_list("customer", flat=True),
        TouchEvent.objects.filter(number__gt=marks["touch_event"], event="made").values_list("customer", flat=True),
    )
    for rows in news:
        found |= dict.fromkeys(rows.order_by("-number")[:at_most])
    seen = set(customers_seen_by(person).filter(id__in=list(found)[:at_most]).values_list("id", flat=True))
    return [one for one in found if one in seen]
