"""A customer's page as a terminal shows it: the last lines, and the balance."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from touchbook.kernel.clock import now
from touchbook.ledger.balance import weigh
from touchbook.ledger.book import lines_of
from touchbook.ledger.entries import Kind, day_of
from touchbook.store.accounts import read, related
from touchbook.store.models import Entry, Practice, Touchpoint
from touchbook.store.queries import plan_in_force, terms_in_force

LINES = 5


def instant(at: datetime | None) -> datetime:
    """An instant that was given in the plan's time zone; now when none was."""
    return at.replace(tzinfo=ZoneInfo(plan_in_force()[1].timezone)) if at else now()


def heaviest_open(customer: UUID, at: datetime) -> UUID | None:
    """The open withdrawal that weighs most with a customer at an instant, if there is any."""
    ids = Entry.objects.filter(account=customer, kind=Kind.WITHDRAWAL, corrects=None).values_list("id", flat=True)
    terms, day = terms_in_force(), day_of(at)
    lines = lines_of(entry for entry, _ in related(ids).values())
    weights = {name: weigh(lines[name], day, terms).unresolved for name in ids if name in lines}
    return max(weights, key=lambda name: weights[name], default=None) if any(weights.values()) else None


def passbook(customer: UUID) -> list[str]:
    """The last lines of a customer's account, the newest last, and the balance now."""
    zone = ZoneInfo(plan_in_force()[1].timezone)
    rows = list(Entry.objects.filter(account=customer).order_by("-at", "-number")[:LINES])[::-1]
    touchpoints = dict(Touchpoint.objects.filter(id__in={row.touchpoint for row in rows}).values_list("id", "name"))
    practices = dict(Practice.objects.filter(id__in={row.practice for row in rows}).values_list("id", "name"))
    lines = []
    for row in rows:
        what = "taken back" if row.corrects else "made good" if row.recovers else practices.get(row.practice, "")
        sign = " " if row.corrects else "+" if row.kind == Kind.DEPOSIT else "−"
        points = "" if row.corrects else f"{row.points:.1f}"
        place = touchpoints.get(row.touchpoint, "")
        lines.append(f"  {row.at.astimezone(zone):%d %b %Y}  {sign} {points:>4}  {place}: {what}")
    sums = read([customer]).get(customer)
    balance = sums.balance(max(day_of(now()), sums.day), terms_in_force()) if sums else 0.0
    return [*lines, f"  Balance {f'{balance:+.1f}'.replace('-', '−')}"]
