"""What next for one customer, at one instant: the touches that a run valued, judged by what holds now.

Values and prices are the run's; the guardrails are the plan's own, asked about one customer as they are. Where
something has happened since that a value or a condition may rest on, both are worked out anew for this one customer;
what an answer to a question would be worth stays as the run had it.

A touch that is planned and still open comes first, then what must be made, then what gains most over what it takes.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pyarrow as pa

from touchbook.insight.stay import with_estimates
from touchbook.kernel.language import say, say_day_of_year
from touchbook.plan.model import AT_ONCE, Plan, Touch
from touchbook.planner.assembly import rooms
from touchbook.planner.candidates import CONDITION, GUARDRAIL_FROM, NAMES, OTHER_TYPE, Candidates
from touchbook.planner.explanation import reason
from touchbook.planner.explanation.choice import Choice
from touchbook.planner.guardrails import GUARDRAILS, Facts
from touchbook.planner.hours import zone_for
from touchbook.planner.musts import duty
from touchbook.planner.phrases import money
from touchbook.planner.population import Floats, Judge, Mask, Population
from touchbook.planner.present import Present, has_news, population_now, since, with_columns
from touchbook.planner.solver.problem import Small
from touchbook.planner.takes import Amounts
from touchbook.planner.values import at_stake, expected_sales, gains, worth_of

QUIET, NEVER_SELL = "quiet_hours", "never_sell_when"


@dataclass(frozen=True, slots=True)
class Option:
    """One touch for one customer now: what it brings, what it takes at the run's prices, and what is in its way."""

    touch: str
    value: float
    charge: float
    closed: str  # the sentence; empty when it is open
    is_held_out: bool = False  # that is what is in its way
    is_too_dear: bool = False  # or that it is worth something, but less than what it takes

    @property
    def surplus(self) -> float:
        """The value less what the capacities it takes are worth."""
        return self.value - self.charge


@dataclass(frozen=True, slots=True)
class Parts:
    """What the value of a touch is made of: ``gain`` × ``at_stake`` + ``earned`` + ``answers``.

    ``gain``: the rise in the stay probability; ``at_stake``: money; ``earned``: expected sales less the cost;
    ``answers``: what they are worth. ``charges``: of each capacity the amount that it takes, and the price of one.
    """

    gain: float
    at_stake: float
    earned: float
    answers: float
    charges: tuple[tuple[str, float, float], ...]


@dataclass(frozen=True, slots=True)
class Worth:
    """What each touch is worth to one customer (T each): its value, its gain in the stay probability, its answers."""

    values: Floats
    gains: Floats
    asking: Floats


class Desk:
    """One customer's touches at one instant, each judged when it is asked about.

    *kept*: their row of the run's evidence. *amounts*: what each touch takes of each capacity (``takes``). *prices*:
    money for one unit of each capacity, by its name; that of ``each owner`` is the customer's own owner's.
    *spoken_to*: they are being spoken to now, so that it is never quiet.
    """

    def __init__(
        self,
        plan: Plan,
        kept: pa.Table,
        present: Present,
        amounts: Mapping[str, Amounts],
        prices: Mapping[str, float],
        judge: Judge,
        spoken_to: bool = False,
    ) -> None:
        self.plan, self.present, self.spoken_to = plan, present, spoken_to
        self.takes = amounts
        self._prices = prices
        self._place = {name: place for place, name in enumerate(plan.touches)}
        self._promised = {promised.touch.name: promised.due_on for promised in present.promised}
        population = population_now(plan, kept, present)
        if has_news(plan, kept, present):
            population, self._worth, self._closed_when, never = _anew(plan, kept, population, judge)
        else:
            self._worth, self._closed_when, never = _as_kept(kept)
        self.facts = Facts(plan, population, since(plan, present), np.array([never]))

    @cached_property
    def _families(self) -> tuple[Mask, Small]:
        """The touches of each family (T × F), and the room that the promised ones leave in it (F)."""
        made = np.array([[name in self._promised for name in self.plan.touches]], dtype=np.bool_)
        (room,), member = rooms(self.plan, self.facts.population, made)
        return member, room

    def options(self, channel: str = "", team: str = "") -> Iterator[Option]:
        """The touches by a channel and of a team (empty: by all), each with what stands in its way.

        Those to be tried first come first: what is planned, what must be made, then the largest surplus.
        """
        wanted = [
            touch for touch in self.plan.touches.values() if channel in ("", touch.channel) and team in ("", touch.team)
        ]
        first = [touch for touch in wanted if touch.must or touch.name in self._promised]
        first.sort(key=lambda touch: (touch.name not in self._promised, not touch.must, -self._surplus(touch)))
        yield from map(self._option, first)
        yield from self._chosen([self._option(touch) for touch in wanted if touch not in first])

    def _chosen(self, options: list[Option]) -> list[Option]:
        """The largest surplus first; but what is open and not among those that gain most together comes last."""
        surplus = np.zeros(len(self._place))
        free = np.zeros(len(self._place), dtype=np.bool_)
        for option in options:
            place = self._place[option.touch]
            surplus[place], free[place] = option.surplus, not option.closed
        best = Choice(free, *self._families).best(surplus) if free.any() else free
        return sorted(options, key=lambda one: ((free & ~best)[self._place[one.touch]], -one.surplus))

    def _option(self, touch: Touch) -> Option:
        """A touch with what stands in its way."""
        closed = self._closed(touch)
        chosen_freely = not touch.must and touch.name not in self._promised
        dear = "" if closed or not chosen_freely else self._too_dear(touch)
        held_out = "" if closed or dear or not chosen_freely else self._held_out(touch)
        value, charge = self.value(touch), self.charge(touch)
        return Option(touch.name, value, charge, closed or dear or held_out, bool(held_out), bool(dear) and value > 0)

    def value(self, touch: Touch) -> float:
        """What it would bring, in money."""
        return float(self._worth.values[self._place[touch.name]])

    def charge(self, touch: Touch) -> float:
        """What it takes, at the run's prices."""
        return sum(self._prices.get(name, 0.0) * amount for name, amount in self.takes[touch.name].items())

    def parts(self, touch: Touch) -> Parts:
        """The same two, line by line."""
        place = self._place[touch.name]
        return Parts(
            gain=float(self._worth.gains[place]),
            at_stake=float(at_stake(self.facts.population)[0]),
            earned=expected_sales(touch) - touch.cost,
            answers=float(self._worth.asking[place]),
            charges=tuple(
                (name, amount, self._prices.get(name, 0.0)) for name, amount in self.takes[touch.name].items()
            ),
        )

    def reason(self, touch: Touch) -> str:
        """Why a touch: the facts for it now, and what it is expected to bring."""
        row = self.facts.population.state.to_pylist()[0]
        gain, asking = (float(array[self._place[touch.name]]) for array in (self._worth.gains, self._worth.asking))
        return reason(self.plan, touch, row, self.value(touch), gain, asking)

    def _closed(self, touch: Touch) -> str:
        """Why a touch may not be made now; empty when it may, as far as its worth, hold-outs and capacities allow."""
        if barred := self._barred(touch) or self._quiet(touch):
            return barred
        if touch.name in self._promised:
            return ""  # the week's plan found that it is worth what it takes
        if touch.must:
            done = [other for other in self.present.served if other.must and duty(other) == duty(touch)]
            return say("“%(touch)s” does that already", touch=done[0].name) if done else ""
        return self._crowded(touch)

    def full(self, touch: Touch, capacity: str) -> str:
        """The sentence for a capacity of which too little is left."""
        for guardrail in GUARDRAILS.values():
            if any(share.name == capacity for share in guardrail.shares(self.plan)):
                return guardrail.sentence(self.facts, touch, 0)
        return GUARDRAILS["owner_minutes"].sentence(self.facts, touch, 0)

    def _surplus(self, touch: Touch) -> float:
        return self.value(touch) - self.charge(touch)

    def _barred(self, touch: Touch) -> str:
        """What the plan itself says: for whom a touch is meant, and the guardrails that bar."""
        code = self._closed_when[self._place[touch.name]]
        if not code:
            for place, guardrail in enumerate(GUARDRAILS.values()):
                if guardrail.name == QUIET or (touch.must and not guardrail.binds_must):
                    continue
                mask = guardrail.bar(self.facts, touch)
                if mask is not None and mask[0]:
                    code = GUARDRAIL_FROM + place
                    break
        return Candidates(self.facts, _NO_CODES, _NO_MASK).why_not(0, touch, code) if code else ""

    def _quiet(self, touch: Touch) -> str:
        """Whether it is quiet with the customer now, for what people make; the week's days are of no matter here."""
        quiet = self.plan.guardrails.quiet_hours
        if quiet is None or self.spoken_to or touch.channel not in AT_ONCE:
            return ""
        zone = zone_for(self.plan, self.facts.population.state.column("timezone")[0].as_py() or "")
        clock = f"{self.present.at.astimezone(zone):%H:%M}"
        first, last = quiet
        is_quiet = first <= clock < last if first < last else clock >= first or clock < last
        if not is_quiet:
            return ""
        return say(
            "it is %(clock)s where they are, and the plan keeps quiet from %(first)s to %(last)s",
            clock=clock, first=first, last=last,
        )  # fmt: skip

    def _held_out(self, touch: Touch) -> str:
        mask = np.zeros((1, len(self._place)), dtype=np.bool_)
        mask[0, self._place[touch.name]] = True
        for guardrail in GUARDRAILS.values():
            if guardrail.draw(self.plan, self.facts.population, mask).any():
                return guardrail.sentence(self.facts, touch, 0)
        return ""

    def _crowded(self, touch: Touch) -> str:
        """Whether, with what is planned for them already, there is no room for one more of a kind."""
        if not self._promised:
            return ""
        member, room = self._families
        full = member[self._place[touch.name]] & (room < 1)
        if not full.any():
            return ""
        alike = [name for name in self._promised if (member[self._place[name]] & full).any()]
        first = min(alike or self._promised, key=lambda name: self._promised[name])
        return say(
            "“%(touch)s” is planned for them on %(day)s, and both would be more than the plan allows",
            touch=first, day=say_day_of_year(self._promised[first]),
        )  # fmt: skip

    def _too_dear(self, touch: Touch) -> str:
        value, charge = self.value(touch), self.charge(touch)
        if value <= 0:
            return say("it would bring nothing just now")
        if value < charge:
            worth, price = (money(amount, self.plan.currency) for amount in (value, charge))
            return say(
                "it is worth %(worth)s, and what it takes is worth %(price)s at this week's prices",
                worth=worth, price=price,
            )  # fmt: skip
        return ""


def _as_kept(kept: pa.Table) -> tuple[Worth, list[int], bool]:
    """Values as the run had them, what was closed by type or condition, and whether nobody sells to them."""
    codes = _listed(kept, "_barred").astype(np.int64)
    never = GUARDRAIL_FROM + NAMES.index(NEVER_SELL)
    closed = [int(code) if code in (OTHER_TYPE, CONDITION) else 0 for code in codes]
    return (
        Worth(*(_listed(kept, name) for name in ("_values", "_gains", "_asking"))),
        closed,
        bool((codes == never).any()),
    )


def _anew(
    plan: Plan, kept: pa.Table, population: Population, judge: Judge
) -> tuple[Population, Worth, list[int], bool]:
    """The same, and the customer's state, with conditions, type and values worked out from what is known now."""
    state, stay = with_estimates(population.state, plan)
    before = state.column("type")[0].as_py()
    conditions = {f"type {name}": condition for name, condition in plan.types.items()}
    conditions |= {f"touch {touch.name}": touch.when for touch in plan.touches.values() if touch.when}
    if plan.guardrails.never_sell_when:
        conditions[NEVER_SELL] = plan.guardrails.never_sell_when
    truths = dict(judge(state, {name: condition.sql for name, condition in conditions.items()}))
    kind = next((name for name in plan.types if truths[f"type {name}"][0]), "other")
    if kind != before:
        state = with_columns(state, {"type": kind})
        again = {name: condition.sql for name, condition in conditions.items() if "type" in condition.columns}
        truths |= judge(state, again)
    population = Population(state, population.made, population.consent, population.starts_on)
    closed = [
        OTHER_TYPE if touch.to and kind not in touch.to
        else CONDITION if touch.when and not truths[f"touch {touch.name}"][0]
        else 0
        for touch in plan.touches.values()
    ]  # fmt: skip
    asking, rise = _listed(kept, "_asking"), gains(plan, population, stay)
    worth = Worth(worth_of(plan, population, rise)[0] + asking, rise[0], asking)
    return population, worth, closed, bool(NEVER_SELL in truths and truths[NEVER_SELL][0])


def _listed(kept: pa.Table, name: str) -> Floats:
    return np.array(kept.column(name)[0].as_py(), dtype=np.float64)


_NO_CODES, _NO_MASK = np.zeros((1, 0), dtype=np.int8), np.zeros((1, 0), dtype=np.bool_)
