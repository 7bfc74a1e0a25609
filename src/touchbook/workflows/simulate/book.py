"""What the club's own books know of a simulated life: the lake's tables, kept in memory, and nothing of the truth."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from types import TracebackType
from uuid import UUID, uuid5

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from touchbook.insight.state import CONSENT_STATEMENT, RECENT_STATEMENT, state_statements
from touchbook.insight.stay import Stay, with_estimates
from touchbook.kernel.ids import uuid_from
from touchbook.lake.engine import Engine
from touchbook.ledger.entries import Kind, Line, day_of
from touchbook.ledger.recovery import recoverable
from touchbook.ledger.terms import Terms
from touchbook.plan.model import Plan
from touchbook.planner.population import Population
from touchbook.world.club import Club
from touchbook.world.crowd import Ints, Mask
from touchbook.world.happenings import Lived
from touchbook.world.life import CONTACT_HOUR, Life, Made, Reply, Week
from touchbook.world.people import Member

_PEOPLE = UUID("6b1d2f0e-3c55-4d0a-9a53-0f6d5b8c7e21")  # any will do: the ids of people are derived from it


@dataclass(frozen=True, slots=True)
class _Open:
    """A withdrawal in the books that nobody has made good."""

    entry: UUID
    touchpoint: str
    line: Line


@dataclass(frozen=True, slots=True)
class Seen:
    """The customers as the books have them at the beginning of a week, and each one's place in the simulation."""

    population: Population
    stay: Stay
    places: Ints


class Book:
    """The books of one simulated club; it begins with the past of *club* and grows by a ``Week`` at a time.

    ``reachable`` says for each channel who may be reached by it: everybody who has not refused.
    """

    def __init__(self, plan: Plan, club: Club, life: Life) -> None:
        self._plan = plan
        terms = plan.ledger
        self._terms = Terms(
            terms.half_life_days, terms.unresolved_half_life_days, terms.asymmetry, terms.witness, terms.engaged_at
        )
        self._life = life
        self.engine = Engine()
        self._ids = [str(uuid5(_PEOPLE, f"{life.luck.seed} {place}")) for place in range(len(life.people))]
        self._touchpoints = {name: uuid5(_PEOPLE, name) for name in plan.touchpoints}
        self._since: dict[int, date] = {place: one.since for place, one in enumerate(club.members)}
        self._open: defaultdict[int, list[_Open]] = defaultdict(list)
        self._numbers = 0
        self._rows: defaultdict[str, list[Mapping[str, object]]] = defaultdict(list)
        people: Sequence[Member] = life.people
        self.reachable: dict[str, Mask] = {
            "email": np.array([one.email_allowed for one in people]),
            "phone": np.array([one.phone_allowed for one in people]),
        }
        self._rows["touchpoint"] = [
            {"id": str(one), "name": name, "outreach": plan.touchpoints[name].outreach}
            for name, one in self._touchpoints.items()
        ]
        self._staff = {one.code: str(uuid5(_PEOPLE, f"staff {one.code}")) for one in life.staff}
        self._rows["staff"] = [{"id": self._staff[one.code], "name": one.name, "code": one.code} for one in life.staff]
        self._write_past(club)
        self._flush()

    def note(self, week: Week) -> None:
        """Write down what a week brought, as far as the club could see it."""
        for place in week.joined.tolist():
            self._since[place] = week.monday + timedelta(days=4)
        for made in week.made:
            self._note_touches(week.monday, made)
        for moment in week.moments:
            if moment.written_down:
                self._note_moment(moment)
        for reply in week.replies:
            self._note_reply(reply)
        friday = datetime.combine(week.monday + timedelta(days=4), CONTACT_HOUR)
        for place in week.renewed.tolist():
            self._note_outcome(friday, place, "renewed", self._life.people[place].annual_value)
        for place in week.left.tolist():
            self._note_outcome(friday, place, "left")
        for place, referrer in zip(week.joined.tolist(), week.brought_by.tolist(), strict=True):
            if referrer >= 0:
                self._note_outcome(friday, place, "referred", referrer=referrer)
        self._flush()

    def read(self, monday: date) -> Seen:
        """The state of every customer, by the same SQL as anywhere else, as the week from *monday* begins."""
        self._write_people()
        instant = datetime.combine(monday, time(), UTC)
        state, stay = with_estimates(self.engine.run(state_statements(self._plan, instant)), self._plan)
        recent, consents = self.engine.run([RECENT_STATEMENT]), self.engine.run([CONSENT_STATEMENT])
        population = Population(state, recent, consents, monday)
        found = pc.index_in(state.column("customer").cast(pa.string()), value_set=pa.array(self._ids))
        return Seen(population, stay, np.asarray(found.to_numpy(), dtype=np.int64))

    def __enter__(self) -> Book:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.engine.close()

    def _write_past(self, club: Club) -> None:
        places = {member.number: place for place, member in enumerate(club.members)}
        withdrawals: dict[str, _Open] = {}
        impacts = {one.name: {**one.deposits, **one.withdrawals} for one in self._plan.touchpoints.values()}
        for moment in club.moments:
            at, place = _naive(moment.at), places[moment.member]
            seen_by = [places[one] for one in moment.witnesses]
            points = {name: float(impacts[moment.touchpoint][name]) for name in moment.practices}
            if moment.recovers:
                self._recover(at, place, withdrawals[moment.recovers], sum(points.values()))
                continue
            opened = self._enter(at, place, moment.touchpoint, points, moment.felt < 0, seen_by)
            if opened:
                withdrawals[moment.id] = opened
        for answer in club.answers:
            self._answer(_naive(answer.at), places[answer.member], answer.question, answer.value)
        for outcome in club.outcomes:
            referrer = places[outcome.referrer] if outcome.referrer else -1
            self._note_outcome(_naive(outcome.at), places[outcome.member], outcome.outcome, outcome.value, referrer)

    def _note_touches(self, monday: date, made: Made) -> None:
        contact, landed = made.contact, made.landed
        for place, weekday, accepted in zip(
            made.places.tolist(), made.days.tolist(), landed.accepted.tolist(), strict=True
        ):
            at = datetime.combine(monday + timedelta(days=weekday), CONTACT_HOUR)
            self._add(
                "touch_event", at, touch=str(uuid_from(self._numbers)), customer=self._ids[place], event="made",
                name=contact.name, channel=contact.channel, purpose=contact.purpose,
            )  # fmt: skip
            if accepted:  # whoever called writes down that it is settled
                for wrong in list(self._open[place]):
                    self._recover(at + timedelta(minutes=20), place, wrong, float("inf"))
        for place in made.places[landed.opted_out].tolist():
            self.reachable[contact.channel][place] = False

    def _note_moment(self, moment: Lived) -> None:
        seen_by = [moment.witness] if moment.witness >= 0 else []
        opened = self._enter(moment.at, moment.place, moment.touchpoint, moment.practices, moment.wrong, seen_by)
        if opened and moment.amended_at is not None:
            self._recover(moment.amended_at, moment.place, opened, moment.amends_points)

    def _note_reply(self, reply: Reply) -> None:
        for question, value in reply.said.items():
            self._answer(reply.at, reply.place, question, value)

    def _enter(
        self,
        at: datetime,
        place: int,
        touchpoint: str,
        points: Mapping[str, float],
        wrong: bool,
        seen_by: Sequence[int],
    ) -> _Open | None:
        """Entries for one moment, its witnesses' among them; returns the withdrawal that it opened."""
        moment = str(uuid_from(self._numbers))
        kind = Kind.WITHDRAWAL if wrong else Kind.DEPOSIT
        opened = None
        for witness in seen_by:
            self._add("witness", at, moment=moment, account=self._ids[witness])
        for account, share in [(place, 1.0), *((one, self._terms.witness) for one in seen_by)]:
            for value in points.values():
                entry = self._entry(at, account, touchpoint, kind, value * share, moment=moment)
                if wrong:
                    found = _Open(entry, touchpoint, Line(kind, day_of(at.replace(tzinfo=UTC)), value * share))
                    self._open[account].append(found)
                    opened = opened or found
        return opened

    def _recover(self, at: datetime, place: int, wrong: _Open, at_most: float) -> None:
        """A deposit that closes a withdrawal: at most what the ledger's rule allows."""
        day = day_of(at.replace(tzinfo=UTC))
        others = [one.line for one in self._open[place] if one.touchpoint == wrong.touchpoint and one is not wrong]
        points = min(at_most, recoverable(wrong.line, day, others, self._terms))
        self._entry(at, place, wrong.touchpoint, Kind.DEPOSIT, points, recovers=str(wrong.entry))
        self._open[place] = [one for one in self._open[place] if one is not wrong]

    def _entry(self, at: datetime, place: int, touchpoint: str, kind: Kind, points: float, **more: str) -> UUID:
        return self._add(
            "entry", at, account=self._ids[place], account_kind="customer",
            touchpoint=str(self._touchpoints[touchpoint]), kind=str(kind), points=points, **more,
        )  # fmt: skip

    def _answer(self, at: datetime, place: int, question: str, value: str) -> None:
        number = float(value) if self._plan.questions[question].scale else None
        self._add(
            "answer", at, customer=self._ids[place], question=question, value="" if number is not None else value,
            number_value=number,
        )  # fmt: skip

    def _note_outcome(
        self, at: datetime, place: int, outcome: str, value: float | None = None, referrer: int = -1
    ) -> None:
        self._add(
            "outcome", at, customer=self._ids[place], outcome=outcome, currency=self._plan.currency,
            value_minor=None if value is None else round(value * 100),
            referrer=self._ids[referrer] if referrer >= 0 else None,
        )  # fmt: skip

    def _add(self, table: str, at: datetime, **values: object) -> UUID:
        self._numbers += 1
        made = uuid_from(self._numbers)
        self._rows[table].append({"number": self._numbers, "id": str(made), "at": at, **values})
        return made

    def _flush(self) -> None:
        for table, rows in self._rows.items():
            self._put(table, rows)
        self._rows.clear()

    def _write_people(self) -> None:
        """The things that change: who is a customer, what the files say of them, and what they allow."""
        customers, consents = [], []
        for place, since in self._since.items():
            one = self._life.people[place]
            renewal = self._life.first_day + timedelta(days=int(self._life.renewal_day[place]))
            attributes = {
                "annual_value": one.annual_value, "seats": one.seats, "account_kind": one.account_kind,
                "hardship": one.hardship, "renewal": renewal.isoformat(),
            }  # fmt: skip
            customers.append(
                {
                    "id": self._ids[place], "name": one.name, "since": since, "timezone": one.timezone,
                    "owner_id": self._staff.get(one.owner), "attributes": json.dumps(attributes),
                }
            )  # fmt: skip
            consents += [
                {"customer_id": self._ids[place], "channel": channel, "purpose": "", "allowed": bool(allowed[place])}
                for channel, allowed in self.reachable.items()
            ]
        self._put("customer", customers, anew=True)
        self._put("consent", consents, anew=True)

    def _put(self, table: str, rows: Sequence[Mapping[str, object]], *, anew: bool = False) -> None:
        names = dict.fromkeys(name for row in rows for name in row)
        self.engine.add(table, pa.table({name: [row.get(name) for row in rows] for name in names}), anew=anew)


def _naive(at: datetime) -> datetime:
    return at.astimezone(UTC).replace(tzinfo=None)
