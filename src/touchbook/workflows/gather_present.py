"""Gather what is known of one customer at an instant: the week's run, its evidence of them, and what happened since."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from math import isclose
from pathlib import Path
from uuid import UUID
from zoneinfo import ZoneInfo

import pyarrow as pa

from touchbook.insight.state import OPEN_AT_LEAST_POINTS
from touchbook.kernel.errors import NotFound
from touchbook.kernel.language import say, say_day
from touchbook.lake.evidence import Evidence
from touchbook.ledger.balance import Sums, standing, weigh
from touchbook.ledger.entries import Kind, day_of
from touchbook.ledger.terms import Terms
from touchbook.plan.model import Plan, ValueKind
from touchbook.planner.present import Present, Promised, Reached
from touchbook.planner.schedule import HORIZON_DAYS
from touchbook.planner.takes import Amounts, takes
from touchbook.store import customer_now
from touchbook.store.counters import RUNS_EXAMINED
from touchbook.store.customer_now import Known, Person, Planned, Step
from touchbook.store.models import PlanRun
from touchbook.store.queries import plan_version, terms_of

_AGREE = 1e-6  # sums of one account that were worked out in two ways differ by less, in points or as a share
_OPEN = ("planned", "approved", "tried", "deferred", "reopened")
_SERVED = (*_OPEN, "claimed", "unknown", "made", "answered")


@dataclass(frozen=True, slots=True)
class WeekRun:
    """What a run left for requests in the moment; it never changes."""

    number: int
    id: UUID
    starts_on: date
    made_at: datetime
    plan: Plan
    takes: Mapping[str, Amounts]
    evidence: Evidence

    @property
    def instant(self) -> datetime:
        """As of when the run knew the customers."""
        return datetime.combine(self.starts_on, datetime.min.time(), ZoneInfo(self.plan.timezone)).astimezone(UTC)

    def covers(self, at: datetime) -> bool:
        """Whether an instant lies in the run's week."""
        day = at.astimezone(ZoneInfo(self.plan.timezone)).date()
        return self.starts_on <= day < self.starts_on + timedelta(HORIZON_DAYS)


@dataclass(frozen=True, slots=True)
class Gathered:
    """One customer: their row of the run's evidence (None: the run did not know them), and how they are now.

    ``planned``: the run's touches that are still open, and earlier ones that wait for their day, by name.
    ``last_step``: the number of their last touch event.
    """

    person: Person
    kept: pa.Table | None
    present: Present
    planned: Mapping[str, Planned]
    last_step: int


def run_at(folder: Path, at: datetime) -> WeekRun:
    """The last run whose week covers an instant, with its evidence from the lake in *folder*.

    Raises ``NotFound`` when there is none, or its evidence is no longer kept.
    """
    about = at.astimezone(UTC).date()
    for run, starts_on in customer_now.last_runs(RUNS_EXAMINED):
        if about - timedelta(HORIZON_DAYS) <= starts_on <= about + timedelta(1):
            opened = _open(folder, run)
            if opened.covers(at):
                return opened
    raise NotFound(
        say("No plan covers %(day)s; make one with 'touchbook plan --from %(about)s'.", day=say_day(at), about=about)
    )


def gather(customer: UUID, at: datetime, run: WeekRun) -> Gathered:
    """What is known of a customer. Raises ``NotFound`` for one that does not exist."""
    known = customer_now.known(customer, with_outreach=run.plan.guardrails.contact_ceiling is not None)
    if known is None:
        raise NotFound(say("There is no customer %(customer)s; add them first.", customer=customer))
    steps = known.steps  # all that is recorded: of two who ask at once, one has the later clock
    last = {step.touch: step.event for step in steps}
    put_off = {step.touch: step.due_on for step in steps if step.due_on is not None and last[step.touch] == step.event}
    planned = [
        replace(one, due_on=put_off.get(one.id, one.due_on))
        for one in known.planned
        if one.name in run.plan.touches and (one.run == run.number or one.id in put_off)
    ]
    fates = {one.id: last.get(one.id, "held out" if one.held_out else "planned") for one in planned}
    is_open = {one.name: one for one in planned if fates[one.id] in _OPEN}
    reached = _reached(steps, last)
    row = run.evidence.row(customer)
    kept = None if row is None else pa.Table.from_batches([row])
    present = Present(
        at=at,
        days=(at - run.instant) / timedelta(days=1),
        starts_on=run.starts_on,
        columns={} if kept is None else _columns(customer, known, kept, run, at),
        told=_told(known, run.plan, at),
        changed=any(changed_at > run.made_at for *_, changed_at in known.consents),
        reached=[
            Reached(step.name, step.channel, step.purpose, max(0.0, (at - step.at) / timedelta(days=1)))
            for step in reached
        ],
        consents=[(channel, purpose, allowed) for channel, purpose, allowed, _ in known.consents],
        promised=[Promised(run.plan.touches[name], one.due_on) for name, one in is_open.items()],
        served=[run.plan.touches[one.name] for one in planned if fates[one.id] in _SERVED],
        contacts=_contacts(known, run.plan, reached, at),
    )
    return Gathered(known.person, kept, present, is_open, steps[-1].number if steps else 0)


@lru_cache(maxsize=8)
def _open(folder: Path, run: UUID) -> WeekRun:
    made = PlanRun.objects.get(id=run)
    try:
        evidence = Evidence(folder, run)
    except (pa.ArrowException, OSError, KeyError) as error:
        raise NotFound(
            say(
                "The evidence of run %(run)s is no longer kept, or damaged; make a new plan with 'touchbook plan'.",
                run=run,
            )
        ) from error
    plan = plan_version(made.plan_version_id)[1]
    return WeekRun(made.number, run, made.starts_on, made.made_at, plan, takes(plan), evidence)


def _reached(steps: Sequence[Step], last: Mapping[UUID, str]) -> list[Step]:
    """The steps by which a touch reached the customer, or may have: made, or in flight and not known to have failed.

    What was reopened after it was made reached nobody.
    """
    reopened = {step.touch: step.number for step in steps if step.event == "reopened"}
    return [
        step
        for step in steps
        if (step.event == "made" or (step.event in ("claimed", "unknown") and last[step.touch] == step.event))
        and step.number > reopened.get(step.touch, 0)
    ]


def _told(known: Known, plan: Plan, at: datetime) -> dict[str, tuple[float | str | None, float]]:
    """Per question the last answer and its age in days."""
    told: dict[str, tuple[float | str | None, float]] = {}
    for name, text, number, given_at in known.answers:
        question = plan.questions.get(name)
        value = number if question and question.scale else text
        if question and value is not None and given_at <= at:
            told[name] = (value, (at - given_at) / timedelta(days=1))
    return told


def _contacts(known: Known, plan: Plan, reached: Sequence[Step], at: datetime) -> int:
    """The days within the contact ceiling's window on which anybody reached out."""
    ceiling = plan.guardrails.contact_ceiling
    if ceiling is None:
        return 0
    zone = ZoneInfo(plan.timezone)
    instants = [*(step.at for step in reached), *known.outreach]
    window = [one for one in instants if at < one + timedelta(days=ceiling.days)]
    return len({one.astimezone(zone).date() for one in window})


def _columns(customer: UUID, known: Known, kept: pa.Table, run: WeekRun, at: datetime) -> dict[str, object]:
    """The columns of the state that are no longer as the run had them."""
    columns, person = _ledger(customer, known.sums, kept, run, at), known.person
    if person.changed_at > run.made_at:
        columns |= {"timezone": person.timezone, **_attributes(person, run.plan, at)}
    owner = str(person.owner) if person.owner else None
    if kept.column("_owner")[0].as_py() != owner:
        columns |= {"_owner": owner, "owner": person.owner and customer_now.staff_name(person.owner)}
    return columns


def _attributes(person: Person, plan: Plan, at: datetime) -> dict[str, object]:
    """What the company keeps of them; what is not of its declared type counts as unknown."""
    columns: dict[str, object] = {}
    kinds = {name: attribute.kind for name, attribute in plan.attributes.items()}
    for name, kind in kinds.items():
        value = person.attributes.get(name)
        if kind is ValueKind.DATE:
            value = _day(value)
            columns[f"{name}_in_days"] = value and (value - at.astimezone(ZoneInfo(plan.timezone)).date()).days
        elif kind is ValueKind.NUMBER:
            value = float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None
        elif not isinstance(value, bool if kind is ValueKind.YES_NO else str):
            value = None
        columns[name] = value
    return {**columns, "hardship": person.attributes.get("hardship") is True}


def _day(value: object) -> date | None:
    try:
        return date.fromisoformat(str(value))
    except ValueError:
        return None


def _ledger(customer: UUID, sums: Sums | None, kept: pa.Table, run: WeekRun, at: datetime) -> dict[str, object]:
    """The account, when it is another one than the run's evidence would have become by itself.

    That is seen from the running sums; only then are its lines read.
    """
    terms, day, elapsed = terms_of(run.plan.ledger), day_of(at), (at - run.instant) / timedelta(days=1)
    sums = (sums or Sums(day)).at(day, terms)
    deposits, withdrawals, still_open = (float(kept.column(name)[0].as_py()) for name in _WEIGHTS)
    aged = Sums(day - elapsed, deposits, still_open, withdrawals - still_open).at(day, terms)
    pairs = (
        (sums.deposits, aged.deposits),
        (terms.asymmetry * sums.unresolved, aged.unresolved),
        (terms.asymmetry * sums.recovered, aged.recovered),
    )
    if all(isclose(one, other, rel_tol=_AGREE, abs_tol=_AGREE) for one, other in pairs):
        return {}
    return _recounted(customer, int(kept.column("referrals")[0].as_py()), terms, day)


def _recounted(customer: UUID, referrals: int, terms: Terms, day: float) -> dict[str, object]:
    """The account from its lines."""
    lines = [(line, place) for line, place in customer_now.lines(customer) if not line.void and line.day <= day]
    parts = [weigh(line, day, terms) for line, _ in lines]
    deposits = sum(part.deposits for part in parts)
    withdrawals = terms.asymmetry * sum(part.unresolved + part.recovered for part in parts)
    still_open = [
        (terms.asymmetry * part.unresolved, line, place)
        for part, (line, place) in zip(parts, lines, strict=True)
        if part.unresolved
    ]
    worst = max(still_open, key=lambda one: one[0], default=None)
    wrongs = [day - line.day for line, _ in lines if line.kind is Kind.WITHDRAWAL]
    return {
        "balance": deposits - withdrawals,
        "deposits": deposits,
        "withdrawals": withdrawals,
        "standing": str(standing(deposits - withdrawals, referrals, terms)),
        "open_weight": sum(weight for weight, _, _ in still_open),
        "open_withdrawals": sum(weight >= OPEN_AT_LEAST_POINTS for weight, _, _ in still_open),
        "worst_open_touchpoint": worst and worst[2],
        "worst_open_days": worst and day - worst[1].day,
        "last_moment_days": min((day - line.day for line, _ in lines), default=None),
        "last_withdrawal_days": min(wrongs, default=None),
    }


_WEIGHTS = ("deposits", "withdrawals", "open_weight")
