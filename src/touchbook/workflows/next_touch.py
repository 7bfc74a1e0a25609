"""The next touch for one customer, now: from the prices of the week's run, with hard counters.

Looking writes nothing. Claiming takes what the touch needs of every capacity, and writes the touch and its events, in
one transaction: however many ask at once, no capacity is exceeded, and nobody is given two. The request's id is minted
by its originator; the same request again gets the same touch.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from pathlib import Path
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import transaction

from touchbook.kernel.clock import offset_minutes
from touchbook.kernel.errors import Refused
from touchbook.kernel.ids import derive
from touchbook.kernel.language import say, speaking
from touchbook.lake.judge import judge_one
from touchbook.lake.mirror import lake_folder
from touchbook.plan.model import EACH_OWNER, Channel, Touch
from touchbook.planner.next_touch import Desk, Option, Parts
from touchbook.planner.phrases import money
from touchbook.planner.takes import takes
from touchbook.store import customer_now
from touchbook.store.append import append, hold_arrivals
from touchbook.store.counters import NO_ROOM, Room, Take, Whose, lacking, reserve, rooms
from touchbook.store.models import PlannedTouch, Staff, TouchEvent
from touchbook.store.plain import together
from touchbook.store.queries import plan_version
from touchbook.workflows.checks import Checks, did_you_mean
from touchbook.workflows.gather_present import Gathered, WeekRun, gather, run_at

_STEP = ("id", "at", "offset_minutes", "touch", "customer", "name", "channel", "purpose", "event", "staff")


@dataclass(frozen=True, slots=True)
class NextRequest:
    """Who is asked about, when, and by whom; ``id`` is minted by its originator.

    ``claim``: take the touch, instead of only looking. ``channel`` and ``team`` narrow the choice. ``spoken_to``: the
    customer is being spoken to now, so that quiet hours are no matter.
    """

    id: UUID
    customer: UUID
    at: datetime
    claim: bool = False
    channel: str = ""
    team: str = ""
    spoken_to: bool = False
    staff: UUID | None = None


@dataclass(frozen=True, slots=True)
class Offer:
    """The touch to make now. ``id`` is there once it is planned; ``planned``: the week's plan had it already.

    ``value`` and ``charge``: money that it brings, and that what it takes is worth at the run's prices. ``parts``: what
    both are made of; not of one that was claimed before.
    """

    id: UUID | None
    touch: Touch
    value: float
    charge: float
    reason: str
    planned: bool
    claimed: bool
    parts: Parts | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class NextTouch:
    """The answer: a touch, or none; what stands in the way of those that were tried before it; and all in sentences.

    ``run`` and ``starts_on`` say on which week's plan it rests.
    """

    customer: UUID
    name: str
    run: UUID
    starts_on: date
    offer: Offer | None
    closed: tuple[Option, ...]
    sentences: tuple[str, ...]


def next_touch(home: Path, database_url: str, request: NextRequest) -> NextTouch:
    """Say, or claim, the best touch for a customer at an instant.

    Raises ``NotFound`` for an unknown customer, and when no run covers the instant; ``Refused`` for a request that
    cannot be meant.
    """
    _check(request)
    lake = lake_folder(home, database_url)
    view = _view(lake, request)
    looked = _answer(replace(request, claim=False), view)
    if not request.claim or (looked.offer is None and not customer_now.arrived(request.id, request.customer)[0]):
        return looked  # there is nothing to write, so nobody has to wait
    with together(), transaction.atomic():
        hold_arrivals()
        is_recorded, last_step = customer_now.arrived(request.id, request.customer)
        if is_recorded:
            return _again(request, view.known.person.name)
        if last_step != view.known.last_step or run_at(lake, request.at).id != view.run.id:
            view = _view(lake, request)  # nobody else writes from here on
        return _answer(request, view)


@dataclass(slots=True)
class _View:
    """What a request rests on: a run, the customer as they are, the counters, and the touches to be tried in order.

    ``desk`` is None for whom the run did not know. ``options`` may be gone through again; each is judged once.
    """

    run: WeekRun
    known: Gathered
    counters: Mapping[Whose, Room]
    desk: Desk | None
    _judged: list[Option]
    _waiting: Iterator[Option]

    def options(self) -> Iterator[Option]:
        """The touches in the order in which to try them."""
        yield from self._judged
        for option in self._waiting:
            self._judged.append(option)
            yield option


def _view(lake: Path, request: NextRequest) -> _View:
    run = run_at(lake, request.at)
    known = gather(request.customer, request.at, run)
    if known.kept is None:
        return _View(run, known, {}, None, [], iter(()))
    counters = rooms(run.number, known.person.owner)
    prices = {capacity: room.price for (capacity, _), room in counters.items()}
    desk = Desk(run.plan, known.kept, known.present, run.takes, prices, judge_one, request.spoken_to)
    return _View(run, known, counters, desk, [], desk.options(request.channel, request.team))


def _check(request: NextRequest) -> None:
    checks = Checks()
    checks.instant(request.at, say("the request"))
    channels = [str(channel) for channel in Channel]
    if request.channel and request.channel not in channels:
        checks.refuse(
            say(
                "'%(channel)s' is no channel; %(remedy)s",
                channel=request.channel,
                remedy=did_you_mean(request.channel, channels),
            )
        )
    if request.staff is not None and not Staff.objects.filter(id=request.staff).exists():
        checks.missing(say("There is no member of staff %(staff)s; add them first.", staff=request.staff))
    checks.settle()


def _answer(request: NextRequest, view: _View) -> NextTouch:
    """The first touch that is open and for which there is room; reserved and written down when it is claimed."""
    run, known, desk = view.run, view.known, view.desk
    name = known.person.name or str(request.customer)
    week = f"the week of {run.starts_on:%-d %B %Y}"
    if desk is None:
        sentence = (
            f"Nothing for {name} yet: the plan of {week} was made before they were known; "
            "the next one, by 'touchbook plan', will know them."
        )
        return NextTouch(request.customer, name, run.id, run.starts_on, None, (), (sentence,))
    closed: list[Option] = []
    for judged in view.options():
        option = judged
        if not option.closed and option.touch not in known.planned:
            wanted = _wanted(desk, option.touch, view.counters, known.person.owner)
            full = reserve(wanted) if request.claim else lacking(wanted)
            option = replace(option, closed=desk.full(run.plan.touches[option.touch], full) if full else "")
        if not option.closed:
            offer = _offer(request, run, known, desk, option)
            told = _sentences(run.plan.currency, offer)
            return NextTouch(request.customer, name, run.id, run.starts_on, offer, tuple(closed), told)
        closed.append(option)
    opening = f"Nothing for {name} just now, by the plan of {week}."
    reasons = tuple(f"Not “{option.touch}”: {option.closed}." for option in closed)
    return NextTouch(request.customer, name, run.id, run.starts_on, None, tuple(closed), (opening, *reasons))


def _wanted(desk: Desk, touch: str, counters: Mapping[Whose, Room], owner: UUID | None) -> list[Take]:
    """What a touch takes of the counters; each owner has one of their own."""
    return [
        Take(capacity, counters.get((capacity, owner if capacity == EACH_OWNER else None), NO_ROOM), amount)
        for capacity, amount in desk.takes[touch].items()
    ]


def _offer(request: NextRequest, run: WeekRun, known: Gathered, desk: Desk, option: Option) -> Offer:
    """The touch that was found, written down when it is claimed."""
    touch, planned = run.plan.touches[option.touch], known.planned.get(option.touch)
    why = planned.reason if planned else _reason(run, desk, touch)
    identifier = planned.id if planned else None
    if request.claim:
        steps = [("claimed", request.id)]
        if identifier is None:
            identifier = derive(request.at, "next touch", request.id)
            _plan(identifier, request, run, known, touch, option.value, why)
            steps.insert(0, ("planned", derive(request.at, "next touch planned", request.id)))
        _record(request, identifier, touch, steps)
    return Offer(identifier, touch, option.value, option.charge, why, bool(planned), request.claim, desk.parts(touch))


def _reason(run: WeekRun, desk: Desk, touch: Touch) -> str:
    """Why a touch, in the language of the house, as it is written down when the touch is claimed."""
    with speaking(run.plan.language):
        return desk.reason(touch)


def _plan(
    identifier: UUID, request: NextRequest, run: WeekRun, known: Gathered, touch: Touch, value: float, why: str
) -> None:
    """Add a touch to the week's plan, for the day of the request."""
    takes_owner = EACH_OWNER in run.takes[touch.name]
    PlannedTouch.objects.create(
        id=identifier, run_id=run.number, customer=request.customer, name=touch.name, purpose=touch.purpose,
        channel=touch.channel, team=touch.team or "", due_on=request.at.astimezone(ZoneInfo(run.plan.timezone)).date(),
        value=value, reason=why, must=touch.must, owner=known.person.owner if takes_owner else None,
    )  # fmt: skip


def _record(request: NextRequest, identifier: UUID, touch: Touch, steps: list[tuple[str, UUID]]) -> None:
    rows = [
        (
            step, request.at, offset_minutes(request.at), identifier, request.customer, touch.name,
            str(touch.channel), str(touch.purpose), event, request.staff,
        )
        for event, step in steps
    ]  # fmt: skip
    append(TouchEvent, _STEP, rows)


def _again(request: NextRequest, name: str) -> NextTouch:
    """The answer that the same request was given before; *name* is the customer's."""
    before = TouchEvent.objects.get(id=request.id)
    if (before.customer, before.event) != (request.customer, "claimed"):
        raise Refused(say("The id %(id)s belongs to another request; mint a fresh one for each.", id=request.id))
    row = PlannedTouch.objects.select_related("run").get(id=before.touch)
    plan = plan_version(row.run.plan_version_id)[1]
    counters = rooms(row.run_id, row.owner)
    charge = sum(
        counters.get((capacity, row.owner if capacity == EACH_OWNER else None), NO_ROOM).price * amount
        for capacity, amount in takes(plan)[row.name].items()
    )
    planned = row.id != derive(before.at, "next touch", request.id)
    offer = Offer(row.id, plan.touches[row.name], row.value, charge, row.reason, planned, True)
    told = _sentences(plan.currency, offer)
    return NextTouch(request.customer, name or str(request.customer), row.run.id, row.run.starts_on, offer, (), told)


def _sentences(currency: str, offer: Offer) -> tuple[str, ...]:
    """The touch, why it, and what it takes."""
    touch = offer.touch
    by = f"{touch.purpose} by {touch.channel}{f', {touch.team}' if touch.team else ''}"
    now = "is claimed" if offer.claimed else "is what to do now"
    why = "it must be made" if touch.must else "it gains most of what is open"
    price = f"What it takes is worth {money(offer.charge, currency)} at this week's prices."
    free = "Nothing that it takes is scarce this week."
    return (
        f"“{touch.name}” ({by}) {now}: {'the plan of the week has it' if offer.planned else why}.",
        offer.reason,
        price if offer.charge >= 0.005 else free,
    )
