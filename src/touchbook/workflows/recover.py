"""Recover: make good an open withdrawal, a customer's or a witness's.

A recovery is a moment of its own, with a deposit of at most what the withdrawal still weighs; at most half of it when
the same touchpoint failed the same account within 90 days. A recovery that fails is a new withdrawal instead.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from math import isfinite
from uuid import UUID

from django.db import transaction

from touchbook.kernel.clock import now
from touchbook.kernel.errors import NotFound, Refused
from touchbook.kernel.language import say
from touchbook.ledger.book import lines_of
from touchbook.ledger.entries import Kind, Line, day_of
from touchbook.ledger.recovery import is_repeat, recoverable
from touchbook.ledger.terms import Terms
from touchbook.plan.model import Recovery
from touchbook.store.accounts import related
from touchbook.store.audit import Change, audit
from touchbook.store.models import Entry, Moment, Staff, Touchpoint
from touchbook.store.models.things import AccountKind
from touchbook.store.queries import plan_in_force, terms_in_force
from touchbook.store.record import Occasion, Posting, record, stored
from touchbook.workflows.checks import Checks, did_you_mean


@dataclass(frozen=True, slots=True)
class RecoveryRequest:
    """A recovery to record. ``id`` is that of its moment, minted by its originator; ``withdrawal`` is an entry's.

    ``points`` is what was given back; None means all that may be. ``failed``: it was tried, and went wrong.
    ``using`` names one of the plan's recoveries, which limits who may and how much; the note begins with its name.
    ``by`` and ``origin`` are who wrote it down and from where, as the audit trail keeps them.
    """

    id: UUID
    withdrawal: UUID
    at: datetime
    points: float | None = None
    failed: bool = False
    staff: UUID | None = None
    channel: str = ""
    note: str = ""
    source: str = ""
    using: str = ""
    by: str = ""
    origin: str = ""


@dataclass(frozen=True, slots=True)
class Recovered:
    """The recovery's moment and entry, its points, and the most that could have been given back.

    Of a request that was recorded before (``is_new`` is false) only what was given is known.
    """

    moment: UUID
    entry: UUID
    points: float
    points_max: float
    is_repeat: bool
    is_new: bool


def recover(request: RecoveryRequest) -> Recovered:
    """Record a recovery; the same request again changes nothing.

    Raises ``NotFound`` for an unknown withdrawal, ``Refused`` for one that cannot be recovered.
    """
    with transaction.atomic():
        moment = stored(request.id)
        withdrawal = Entry.objects.filter(id=request.withdrawal).first()
        if withdrawal is None:
            raise NotFound(
                say("There is no entry %(withdrawal)s; give the id of a withdrawal.", withdrawal=request.withdrawal)
            )
        terms, day = terms_in_force(), day_of(request.at) if request.at.utcoffset() is not None else 0.0
        if moment is not None:
            return _again(request, moment, withdrawal)
        line = lines_of(entry for entry, _ in related([withdrawal.id]).values()).get(withdrawal.id)
        _check(request, withdrawal, line)
        assert line is not None  # noqa: S101  checked above
        others = _others(withdrawal)
        points_max = recoverable(line, day, others, terms)
        if request.using:
            points_max = min(points_max, _offer(request, withdrawal).points)
        posting = _posting(request, withdrawal, points_max)
        occasion = Occasion(
            request.id,
            request.at,
            withdrawal.touchpoint,
            withdrawal.account if withdrawal.account_kind == AccountKind.CUSTOMER else None,
            request.staff,
            request.channel,
            request.source,
            ": ".join(part for part in (request.using, request.note) if part),
        )
        (entry,) = record(occasion, [posting], terms)
        written = {"withdrawal": str(withdrawal.id), "points": posting.points, "using": request.using}
        done = "fail to recover" if request.failed else "recover"
        audit([Change(done, "moment", request.id, after=written)], request.by, now(), request.origin)
    return Recovered(request.id, entry, posting.points, points_max, is_repeat(line, day, others), True)


def what_may_be_recovered(withdrawal: UUID, at: datetime, terms: Terms) -> float:
    """The most points that a recovery of a withdrawal could give back at an instant; 0 for what cannot be recovered."""
    row = Entry.objects.filter(id=withdrawal).first()
    line = lines_of(entry for entry, _ in related([withdrawal]).values()).get(withdrawal)
    return recoverable(line, day_of(at), _others(row), terms) if row is not None and line is not None else 0.0


def offers_for(role: str, touchpoint: str) -> list[Recovery]:
    """What the plan in force lets somebody of a role offer for a withdrawal at a touchpoint."""
    return [one for one in plan_in_force()[1].recoveries.values() if one.is_for(role, touchpoint)]


def _offer(request: RecoveryRequest, withdrawal: Entry) -> Recovery:
    """The plan's recovery that a request names. Raises ``NotFound``, or ``Refused`` when it is not theirs to give."""
    known = plan_in_force()[1].recoveries
    offer = known.get(request.using)
    if offer is None:
        raise NotFound(
            say(
                "The plan in force has no recovery '%(using)s'; %(remedy)s",
                using=request.using,
                remedy=did_you_mean(request.using, known),
            )
        )
    roles = Staff.objects.filter(id=request.staff).values_list("role", flat=True) if request.staff else ()
    role = next(iter(roles), "")
    place = _name(withdrawal.touchpoint)
    if not offer.is_for(role, place):
        mine = [one.name for one in offers_for(role, place)]
        remedy = say("you may offer: %(offers)s.", offers=", ".join(mine)) if mine else say("ask your manager.")
        raise Refused(
            say(
                "'%(name)s' is not yours to offer for what went wrong at '%(place)s'; %(remedy)s",
                name=request.using,
                place=place,
                remedy=remedy,
            )
        )
    return offer


def _again(request: RecoveryRequest, moment: Moment, withdrawal: Entry) -> Recovered:
    """What was recorded under this id before. One that failed names no withdrawal, but is one of its sort."""
    entry = Entry.objects.filter(moment=moment.id, corrects=None).order_by("number").first()
    if entry is None or moment.at != request.at or not _is_of(request, withdrawal, entry):
        raise Refused(say("The id %(id)s belongs to another moment; mint a fresh one for each.", id=request.id))
    return Recovered(moment.id, entry.id, entry.points, entry.points, False, False)


def _is_of(request: RecoveryRequest, withdrawal: Entry, entry: Entry) -> bool:
    if not request.failed:
        return entry.recovers == withdrawal.id
    alike = ("account", "touchpoint", "practice", "kind", "points")
    return all(getattr(entry, name) == getattr(withdrawal, name) for name in alike)


def _check(request: RecoveryRequest, withdrawal: Entry, line: Line | None) -> None:
    checks = Checks()
    checks.instant(request.at, say("the recovery"))
    checks.text(request.note, say("note"))
    checks.text(request.source, say("source"), 100)
    checks.text(request.channel, say("channel"), 20)
    checks.text(request.by, say("name of who recovers"), 200)
    checks.text(request.origin, say("origin"), 200)
    if request.points is not None and not (isfinite(request.points) and request.points >= 0):
        checks.refuse(say("A recovery gives back 0 points or more, not %(points)s.", points=f"{request.points:g}"))
    if request.staff is not None and not Staff.objects.filter(id=request.staff).exists():
        checks.missing(say("There is no member of staff %(staff)s; add them first.", staff=request.staff))
    which = say(
        "The entry of %(day)s at '%(place)s'", day=f"{withdrawal.at:%Y-%m-%d}", place=_name(withdrawal.touchpoint)
    )
    if line is None or line.kind is not Kind.WITHDRAWAL:
        checks.refuse(say("%(which)s is no withdrawal; only a withdrawal can be recovered.", which=which))
    elif line.void:
        checks.refuse(say("%(which)s was corrected away; there is nothing to recover.", which=which))
    elif line.recovered_day is not None:
        checks.refuse(
            say("%(which)s is recovered already; correct that recovery first if it was a mistake.", which=which)
        )
    elif request.at.utcoffset() is not None and request.at < withdrawal.at:
        checks.refuse(
            say(
                "%(which)s happened after the recovery of %(day)s; correct the time.",
                which=which,
                day=f"{request.at:%Y-%m-%d}",
            )
        )
    checks.settle()


def _name(touchpoint: UUID) -> str:
    return Touchpoint.objects.filter(id=touchpoint).values_list("name", flat=True).first() or say("a touchpoint")


def _others(withdrawal: Entry) -> list[Line]:
    """The account's withdrawals at the same touchpoint in other moments, with their fates."""
    ids = list(
        Entry.objects.filter(account=withdrawal.account, touchpoint=withdrawal.touchpoint, kind=Kind.WITHDRAWAL)
        .exclude(moment=withdrawal.moment)
        .values_list("id", flat=True)
    )
    lines = lines_of(entry for entry, _ in related(ids).values())
    return [lines[identifier] for identifier in ids if identifier in lines]


def _posting(request: RecoveryRequest, withdrawal: Entry, points_max: float) -> Posting:
    if request.failed:
        return Posting(
            withdrawal.account, withdrawal.account_kind, Kind.WITHDRAWAL, withdrawal.points, withdrawal.practice
        )
    points = points_max if request.points is None else min(request.points, points_max)
    return Posting(withdrawal.account, withdrawal.account_kind, Kind.DEPOSIT, points, recovers=withdrawal.id)
