"""What workflows and faces ask the store, in the words of the design."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import OuterRef, Q, QuerySet, Subquery

from touchbook.kernel.clock import now
from touchbook.kernel.errors import NotFound
from touchbook.kernel.language import say
from touchbook.ledger.terms import Terms
from touchbook.plan.loader import read_plan
from touchbook.plan.model import LedgerTerms, Plan
from touchbook.planner.schedule import HORIZON_DAYS
from touchbook.store.append import by_ids
from touchbook.store.models import Customer, Identifier, PlannedTouch, PlanRun, PlanVersion, TouchEvent
from touchbook.store.models.things import AccountKind
from touchbook.store.plain import select, select_all
from touchbook.store.values import said, uuid_of

_IN_FORCE = "SELECT number, id FROM store_planversion WHERE in_force_from <= %s ORDER BY number DESC LIMIT 1"


def plan_in_force(at: datetime | None = None) -> tuple[PlanVersion, Plan]:
    """The plan version in force at an instant (now, if none is given), and the plan it says.

    Raises ``NotFound`` when none was adopted by then.
    """
    version = version_in_force(at)
    if version is None:
        raise NotFound(say("No plan is in force yet; adopt one with: touchbook adopt plan.yaml"))
    return version, plan_said_by(version)


def version_in_force(at: datetime | None = None) -> PlanVersion | None:
    """The plan version in force at an instant (now, if none is given), if any."""
    return version_in(select(*in_force(at)))


def in_force(at: datetime | None = None) -> tuple[str, list[Any]]:
    """What to ask for the plan version in force, where something else is asked with it; ``version_in`` reads it."""
    return _IN_FORCE, [said(at or now())]


def version_in(rows: Sequence[tuple[Any, ...]]) -> PlanVersion | None:
    """The plan version that was found in force, if any."""
    return _version(*rows[0]) if rows else None


@lru_cache(maxsize=8)
def _version(number: int, _id: str | UUID) -> PlanVersion:
    """A version, which is never changed. Its text, which is long and asked for seldom, is read when it is."""
    return PlanVersion.objects.defer("text").get(number=number)


def plan_said_by(version: PlanVersion) -> Plan:
    """The plan that a version says."""
    return _read(version.digest)


def plan_version(number: int) -> tuple[PlanVersion, Plan]:
    """A plan version by its number, and the plan it says. Raises ``NotFound``."""
    version = PlanVersion.objects.filter(number=number).first()
    if version is None:
        raise NotFound(say("There is no plan version %(number)s; 'touchbook history' lists them.", number=number))
    return version, plan_said_by(version)


def runs_covering(at: datetime) -> list[PlanRun]:
    """The plan runs whose week covers an instant, where each plan's people are."""
    about = at.astimezone(UTC).date()
    near = PlanRun.objects.filter(starts_on__gte=about - timedelta(HORIZON_DAYS), starts_on__lte=about + timedelta(1))
    covering = []
    for run in near.select_related("plan_version").order_by("number"):
        zone = ZoneInfo(plan_said_by(run.plan_version).timezone)
        if run.starts_on <= at.astimezone(zone).date() < run.starts_on + timedelta(HORIZON_DAYS):
            covering.append(run)
    return covering


def terms_in_force() -> Terms:
    """The terms that the accounts' sums are kept by: those of the plan in force, else the defaults."""
    return terms_of(plan_in_force()[1].ledger) if version_in_force() else Terms()


def terms_of(ledger: LedgerTerms) -> Terms:
    """A plan's terms as the ledger takes them."""
    return Terms(
        ledger.half_life_days, ledger.unresolved_half_life_days, ledger.asymmetry, ledger.witness, ledger.engaged_at
    )


def account_kinds(customers: Collection[UUID], staff: Collection[UUID]) -> dict[UUID, AccountKind]:
    """The ids that are there, of those sought among customers and of those sought among staff: whose account each is.

    One that is sought among both and is not there is nobody's.
    """
    sought = [
        (AccountKind.STAFF, "SELECT id FROM store_staff WHERE id", staff),
        (AccountKind.CUSTOMER, "SELECT id FROM store_customer WHERE id", customers),
    ]
    asked = [(kind, by_ids(query, ids)) for kind, query, ids in sought if ids]
    found = select_all([question for _, question in asked])
    return {uuid_of(row[0]): kind for (kind, _), rows in zip(asked, found, strict=True) for row in rows}


def find_customer(who: str) -> UUID:
    """The one customer with that id, outside identifier or full name."""
    try:
        wanted = UUID(who)
    except ValueError:
        wanted = None
    if wanted and Customer.objects.filter(id=wanted).exists():
        return wanted
    address = Q(kind__in=("email", "e-mail"), value=who.lower())  # kept in lower case
    found = set(Identifier.objects.filter(Q(value=who) | address).values_list("customer_id", flat=True)[:10])
    found |= set(Customer.objects.filter(name__iexact=who).values_list("id", flat=True)[:10])
    if len(found) > 1:
        listed = ", ".join(_told_apart(found))
        raise NotFound(
            say(
                "%(count)s customers are called %(who)s; write one of their identifiers or ids: %(listed)s.",
                count=len(found),
                who=f"{who!r}",
                listed=listed,
            )
        )
    if not found:
        raise NotFound(
            say("No customer is called %(who)s; write a full name, an outside identifier or an id.", who=f"{who!r}")
        )
    return found.pop()


def _told_apart(customers: set[UUID]) -> list[str]:
    """Each customer by an outside identifier of theirs that means nobody else, where there is one, and by their id."""
    outside: dict[UUID, str] = {}
    known = Identifier.objects.filter(customer_id__in=customers).order_by("kind", "value")
    for kind, value, customer in known.values_list("kind", "value", "customer_id"):
        shared = Identifier.objects.filter(value=value).exclude(customer_id=customer).exists()
        if not shared and not Customer.objects.filter(name__iexact=value).exists():
            outside.setdefault(customer, f"{kind} {value}")
    return [f"{outside[one]} ({one})" if one in outside else str(one) for one in sorted(customers)]


def touches_whose_last_event_is(events: Iterable[str], put_off_before: date | None = None) -> QuerySet[PlannedTouch]:
    """Planned touches by what became of them last, of whatever run; not those that wait for a day from the given on."""
    last = TouchEvent.objects.filter(touch=OuterRef("id")).order_by("-number")
    found = PlannedTouch.objects.annotate(last=Subquery(last.values("event")[:1])).filter(last__in=list(events))
    if put_off_before is None:
        return found
    return found.annotate(until=Subquery(last.values("due_on")[:1])).filter(Q(until=None) | Q(until__lt=put_off_before))


@lru_cache(maxsize=8)
def _read(digest: str) -> Plan:
    text = PlanVersion.objects.filter(digest=digest).values_list("text", flat=True)[:1].get()
    return read_plan(text, "the plan in force")
