"""Log a moment: one interaction that happened, with all that was done well or badly in it.

Each practice makes an entry on the customer's account; for an unknown guest, on the house account of the touchpoint.
Every known witness gets the entry × ``witness`` on their own account; unnamed ones together on the house account.
What the plan has no practice for is kept as a moment with its note alone.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from uuid import UUID

from django.db import transaction

from touchbook.kernel.clock import now
from touchbook.kernel.errors import Refused
from touchbook.kernel.language import say
from touchbook.ledger.terms import Terms
from touchbook.ledger.witnesses import house_points, known_points
from touchbook.store.audit import Change, audit
from touchbook.store.models import Entry, Moment, PlanVersion, Practice, Touchpoint
from touchbook.store.models.things import AccountKind
from touchbook.store.plain import together
from touchbook.store.queries import account_kinds, plan_in_force, plan_said_by, terms_of
from touchbook.store.record import Occasion, Posting, record, record_witnesses, stored
from touchbook.workflows.checks import Checks, did_you_mean

_UNNAMED_MAX = 1_000_000


@dataclass(frozen=True, slots=True)
class Happened:
    """One practice that happened.

    ``kind`` is needed only where a deposit and a withdrawal share a name. ``staff_account`` puts the entry on the
    account of a member of staff instead (asked, thanked, unfair load); nobody else remembers that one.
    """

    practice: str
    kind: str = ""
    staff_account: UUID | None = None


@dataclass(frozen=True, slots=True)
class MomentRequest:
    """A moment to log. ``id`` is minted by whoever originates it; ``at`` has an offset; no customer: an unknown guest.

    ``witnesses`` are customers or staff; ``unnamed_witnesses`` is how many others saw it. ``by`` and ``origin`` are who
    wrote it down and from where, as the audit trail keeps them.
    """

    id: UUID
    at: datetime
    touchpoint: str
    happened: tuple[Happened, ...]
    customer: UUID | None = None
    staff: UUID | None = None
    channel: str = ""
    note: str = ""
    source: str = ""
    witnesses: tuple[UUID, ...] = ()
    unnamed_witnesses: int = 0
    by: str = ""
    origin: str = ""


@dataclass(frozen=True, slots=True)
class Logged:
    """The moment and its entries, as they are stored; ``is_new`` is false when it had been logged before."""

    moment: UUID
    entries: tuple[UUID, ...]
    is_new: bool


@dataclass(frozen=True, slots=True)
class Asked:
    """What the caller has just asked the store: the plan version in force, and a member of staff who is there."""

    version: PlanVersion | None = None
    staff: UUID | None = None


def log_moment(request: MomentRequest, asked: Asked = Asked()) -> Logged:
    """Log a moment; the same request again changes nothing.

    Raises ``Refused`` or ``NotFound`` with every reason at once; nothing is written then.
    """
    # What can be asked before is asked before: from ``stored`` on all others who write wait.
    version, plan = (asked.version, plan_said_by(asked.version)) if asked.version else plan_in_force()
    terms = terms_of(plan.ledger)
    checks = Checks()
    kinds = _kinds(request, asked)
    _check(request, kinds, checks)
    place = _places(version.id).get(request.touchpoint) or _place(request.touchpoint, checks)
    touchpoint = place.touchpoint if place else None
    practices = [_practice(happened, place, checks) for happened in request.happened] if place else []
    witnesses = {person: kinds[person] for person in request.witnesses if person in kinds}
    with together(), transaction.atomic():
        if (moment := stored(request.id)) is not None:
            return _again(request, moment)
        checks.settle()
        assert touchpoint is not None  # noqa: S101  settled above
        occasion = Occasion(
            request.id,
            request.at,
            touchpoint.id,
            request.customer,
            request.staff,
            request.channel or touchpoint.channel,
            request.source,
            request.note,
        )
        postings = [
            posting
            for happened, practice in zip(request.happened, practices, strict=True)
            if practice is not None
            for posting in _postings(request, happened, practice, touchpoint.id, witnesses, terms)
        ]
        entries = record(occasion, postings, terms)
        if request.witnesses or request.unnamed_witnesses:
            record_witnesses(occasion, request.witnesses, request.unnamed_witnesses)
        written = {"touchpoint": touchpoint.name, "practices": [one.practice for one in request.happened]}
        audit([Change("log", "moment", request.id, after=written)], request.by, now(), request.origin)
    return Logged(request.id, entries, True)


@dataclass(frozen=True, slots=True)
class _Place:
    """A touchpoint with all its practices, those that were retired too."""

    touchpoint: Touchpoint
    practices: tuple[Practice, ...]


@lru_cache(maxsize=4)
def _places(_version: UUID) -> dict[str, _Place]:
    """The living touchpoints of a plan version, which stay as they are while it is in force."""
    practices: dict[UUID, list[Practice]] = {}
    for practice in Practice.objects.all():
        practices.setdefault(practice.touchpoint_id, []).append(practice)
    alive = Touchpoint.objects.filter(retired_at=None)
    return {one.name: _Place(one, tuple(practices.get(one.id, ()))) for one in alive}


def _again(request: MomentRequest, moment: Moment) -> Logged:
    name = Touchpoint.objects.values_list("name", flat=True).get(id=moment.touchpoint)
    if (name, moment.at, moment.customer) != (request.touchpoint, request.at, request.customer):
        raise Refused(say("The id %(id)s belongs to another moment; mint a fresh one for each.", id=request.id))
    entries = Entry.objects.filter(moment=moment.id, corrects=None).order_by("number").values_list("id", flat=True)
    return Logged(moment.id, tuple(entries), False)


def _kinds(request: MomentRequest, asked: Asked) -> dict[UUID, AccountKind]:
    """Whose account each person is whom the request names, as far as they are known."""
    known = {asked.staff: AccountKind.STAFF} if asked.staff else {}
    customers = {one for one in (request.customer, *request.witnesses) if one}
    return known | account_kinds(customers, {*_staff_of(request), *request.witnesses} - set(known))


def _staff_of(request: MomentRequest) -> set[UUID]:
    return {one for one in (request.staff, *(each.staff_account for each in request.happened)) if one}


def _check(request: MomentRequest, kinds: Mapping[UUID, AccountKind], checks: Checks) -> None:
    """What can be told without the plan."""
    checks.instant(request.at, say("the moment"))
    checks.text(request.note, say("note"))
    checks.text(request.source, say("source"), 100)
    checks.text(request.channel, say("channel"), 20)
    checks.text(request.by, say("name of who logs it"), 200)
    checks.text(request.origin, say("origin"), 200)
    if not request.happened and not request.note.strip():
        checks.refuse(
            say(
                "The moment has no entries; name at least one deposit or withdrawal that happened, "
                "or write in the note what it was."
            )
        )
    if not 0 <= request.unnamed_witnesses <= _UNNAMED_MAX:
        checks.refuse(
            say(
                "%(number)s unnamed witnesses cannot be; give a number from 0 to %(most)s.",
                number=request.unnamed_witnesses,
                most=_UNNAMED_MAX,
            )
        )
    if len(set(request.witnesses)) < len(request.witnesses):
        checks.refuse(say("A witness is named twice; name each once."))
    if request.customer is not None and request.customer in request.witnesses:
        checks.refuse(say("The customer is named as a witness as well; leave them out of the witnesses."))
    if request.customer is not None and kinds.get(request.customer) is not AccountKind.CUSTOMER:
        checks.missing(
            say(
                "There is no customer %(customer)s; add them first, or log an unknown guest.", customer=request.customer
            )
        )
    for person in sorted(person for person in _staff_of(request) if kinds.get(person) is not AccountKind.STAFF):
        checks.missing(say("There is no member of staff %(person)s; add them first.", person=person))
    for person in request.witnesses:
        if person not in kinds:
            checks.missing(
                say(
                    "There is no customer or member of staff %(person)s; count an unknown witness as unnamed.",
                    person=person,
                )
            )


def _place(name: str, checks: Checks) -> _Place | None:
    """A touchpoint that the plan in force may not have: why it cannot be used, in a sentence."""
    found = Touchpoint.objects.filter(name=name).first()
    if found is not None and found.retired_at is None:
        return _Place(found, tuple(Practice.objects.filter(touchpoint=found)))
    known = Touchpoint.objects.filter(retired_at=None).values_list("name", flat=True)
    if found is None:
        checks.missing(
            say(
                "The plan in force has no touchpoint '%(name)s'; %(remedy)s",
                name=name,
                remedy=did_you_mean(name, known),
            )
        )
    else:
        checks.refuse(
            say(
                "The touchpoint '%(name)s' was retired on %(day)s; %(remedy)s",
                name=name,
                day=f"{found.retired_at:%Y-%m-%d}",
                remedy=did_you_mean(name, known),
            )
        )
    return None


def _practice(happened: Happened, place: _Place, checks: Checks) -> Practice | None:
    touchpoint, of_touchpoint = place.touchpoint, place.practices
    named = [one for one in of_touchpoint if one.name == happened.practice and happened.kind in ("", one.kind)]
    living = [one for one in named if one.retired_at is None]
    if len(living) == 1:
        return living[0]
    what = _what(happened)
    known = [one.name for one in of_touchpoint if one.retired_at is None and happened.kind in ("", one.kind)]
    if living:
        checks.refuse(
            say(
                "'%(practice)s' is both a deposit and a withdrawal at '%(place)s'; say which.",
                practice=happened.practice,
                place=touchpoint.name,
            )
        )
    elif named:
        when = f"{named[0].retired_at:%Y-%m-%d}"
        checks.refuse(
            say(
                "The %(what)s at '%(place)s' was retired on %(when)s; %(remedy)s",
                what=what,
                place=touchpoint.name,
                when=when,
                remedy=did_you_mean(happened.practice, known),
            )
        )
    else:
        checks.missing(
            say(
                "'%(place)s' has no %(what)s; %(remedy)s",
                place=touchpoint.name,
                what=what,
                remedy=did_you_mean(happened.practice, known),
            )
        )
    return None


def _what(happened: Happened) -> str:
    if happened.kind == "deposit":
        return say("deposit '%(name)s'", name=happened.practice)
    if happened.kind == "withdrawal":
        return say("withdrawal '%(name)s'", name=happened.practice)
    return say("practice '%(name)s'", name=happened.practice)


def _postings(
    request: MomentRequest,
    happened: Happened,
    practice: Practice,
    house: UUID,
    witnesses: dict[UUID, AccountKind],
    terms: Terms,
) -> Iterator[Posting]:
    """The lines of one practice: whom it happened to, then who saw it."""
    points = float(practice.impact)
    if happened.staff_account is not None:
        yield Posting(happened.staff_account, AccountKind.STAFF, practice.kind, points, practice.id)
        return
    if request.customer is not None:
        yield Posting(request.customer, AccountKind.CUSTOMER, practice.kind, points, practice.id)
    else:
        yield Posting(house, AccountKind.HOUSE, practice.kind, points, practice.id)
    for person, kind in witnesses.items():
        yield Posting(person, kind, practice.kind, known_points(points, terms), practice.id)
    if request.unnamed_witnesses:
        shared = house_points(points, request.unnamed_witnesses, terms)
        yield Posting(house, AccountKind.HOUSE, practice.kind, shared, practice.id)
