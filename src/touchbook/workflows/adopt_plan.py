"""Adopt a plan: store its text as a new version, and bring what it names in line with it.

Touchpoints and practices that the plan drops are retired, those that return are revived, none is deleted: entries
refer to them. When the plan changes a half-life, all running sums are counted anew by the new one.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from uuid import UUID

from django.db import transaction

from touchbook.kernel.clock import now
from touchbook.kernel.errors import PlanInvalid, Refused
from touchbook.kernel.ids import mint
from touchbook.kernel.language import say
from touchbook.ledger.terms import Terms
from touchbook.plan.loader import load, read_plan
from touchbook.plan.model import Plan
from touchbook.store.append import hold_arrivals
from touchbook.store.audit import Change, audit
from touchbook.store.models import PlanVersion
from touchbook.store.plan_things import bring_in_line
from touchbook.store.queries import terms_in_force, terms_of
from touchbook.store.recount import rebuild
from touchbook.workflows.checks import Checks


@dataclass(frozen=True, slots=True)
class Adopted:
    """What came of it: the version in force, what changed in words, and how many accounts were counted anew.

    ``before`` is the plan that it takes the place of: None for the first, and for one that cannot be read any more.
    """

    version: PlanVersion
    plan: Plan
    is_new: bool
    changes: tuple[str, ...]
    recounted: int
    before: Plan | None = None


class Overtaken(Refused):
    """Somebody else adopted a plan meanwhile: ``latest`` is theirs."""

    def __init__(self, latest: PlanVersion) -> None:
        self.latest = latest
        who = latest.adopted_by or say("somebody")
        super().__init__(
            say(
                "%(who)s published version %(number)s while you were writing, and your text does not have what they "
                "changed; look at the difference, bring both together, and publish again.",
                who=who,
                number=latest.number,
            )
        )


def adopt_plan(
    text: str,
    note: str,
    by: str,
    at: datetime,
    source: str = "plan.yaml",
    *,
    origin: str = "",
    version_id: UUID | None = None,
    based_on: int | None = None,
) -> Adopted:
    """Put the plan in *text* in force from *at* on; the text that is in force already changes nothing.

    *version_id* is minted by whoever asks, who may ask again; *based_on* is the number of the version that the text was
    written from (0: there was none). Raises ``PlanInvalid`` with every error of the text, ``Refused`` when a later
    version is in force already, ``Overtaken`` when it is another one than *based_on*.
    """
    plan = read_plan(text, source)
    checks = Checks()
    checks.instant(at, say("the adoption"))
    if at.utcoffset() is not None and at > now():
        checks.refuse(say("A plan is in force as soon as it is adopted; adopt it on the day that it is to begin."))
    for value, what, length_max in (
        (text, say("plan"), None),
        (note, say("note"), None),
        (by, say("name of who adopts it"), 200),
        (origin, say("origin"), 200),
    ):
        checks.text(value, what, length_max)
    checks.settle()
    digest = sha256(text.encode()).hexdigest()
    with transaction.atomic():
        hold_arrivals()
        if version_id is not None and (same := PlanVersion.objects.filter(id=version_id).first()) is not None:
            return Adopted(same, plan, False, (), 0)
        latest = PlanVersion.objects.order_by("-number").first()
        if latest is not None and latest.digest == digest:
            return Adopted(latest, plan, False, (), 0)
        if latest is not None and based_on is not None and latest.number != based_on:
            raise Overtaken(latest)
        if latest is not None and latest.in_force_from > at:
            raise Refused(
                say(
                    "A plan is in force from %(day)s UTC; adopt this one later.",
                    day=f"{latest.in_force_from:%Y-%m-%d %H:%M}",
                )
            )
        half_lives = _half_lives_in_force()
        version = PlanVersion.objects.create(
            id=version_id or mint(at), text=text, digest=digest, note=note, adopted_by=by, in_force_from=at
        )
        changes = bring_in_line(plan, at)
        adoption = Change("adopt", "plan", version.id, after={"version": version.number, "note": note})
        audit([adoption, *changes], by, at, origin)
        after = terms_of(plan.ledger)
        recounted = rebuild(after) if half_lives != _half_lives(after) else 0
    before = load(latest.text).plan if latest is not None else None
    return Adopted(version, plan, True, tuple(_words(change) for change in changes), recounted, before)


def _half_lives_in_force() -> tuple[float, float] | None:
    """What the sums were kept by; None when an older program accepted a plan that this one cannot read any more."""
    try:
        return _half_lives(terms_in_force())
    except PlanInvalid:
        return None


def _half_lives(terms: Terms) -> tuple[float, float]:
    return terms.half_life_days, terms.unresolved_half_life_days


def _words(change: Change) -> str:
    """A change as people read it: ``practice 'fixed a ticket' changed: impact 3, was 2``."""
    before, after = dict(change.before or {}), dict(change.after or {})
    named = f"{change.subject_kind} '{after.pop('name')}'"
    if change.action != "change":
        return f"{named} {'made' if change.action == 'create' else change.action + 'd'}"
    listed = ", ".join(f"{name.removesuffix('_id')} {value}, was {before[name]}" for name, value in after.items())
    return f"{named} changed: {listed}"
