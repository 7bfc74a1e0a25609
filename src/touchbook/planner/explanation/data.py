"""An explanation as data: what a screen or another program shows without reading a sentence."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

import pyarrow as pa

from touchbook.plan.model import Plan
from touchbook.planner.population import Floats, Judge

NOT_CHOSEN, CHOSEN, MUST, HELD_OUT = 0, 1, 2, 3
FATES = ("not chosen", "chosen", "must be made", "held out")

Everybody = Callable[[Sequence[str]], Iterable[pa.Table]]
"""The evidence of all customers of a run: some of its columns, batch by batch."""


class ChangeKind(StrEnum):
    """What would have to be otherwise."""

    PRICE = "price"
    VALUE = "value"
    REST = "rest"
    BALANCE = "balance"
    CAPACITY = "capacity"


@dataclass(frozen=True, slots=True)
class Terms:
    """What a run decided under, beside a customer's own evidence.

    ``prices``: by capacity, money per minute, message or unit of money. ``short``: the capacities that what must be
    made takes all of, and by how much more it would. ``owner_price``: of the customer's owner's minutes. ``given``:
    how often each level of a question is answered. ``everybody``: for what depends on the other customers; without it
    no change of capacity is named.
    """

    plan: Plan
    prices: Mapping[str, float]
    starts_on: date
    judge: Judge
    short: Mapping[str, float] = field(default_factory=dict)
    owner_price: float = 0.0
    given: Mapping[str, Floats] | None = None
    everybody: Everybody | None = None


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing that was known: the column, its value, how people say it, and when it was learnt (None: not kept)."""

    column: str
    value: object
    says: str
    age_days: float | None
    learnt_on: date | None


@dataclass(frozen=True, slots=True)
class Worth:
    """The parts of a touch's value in money: kept + sales + answers − cost − goodwill.

    ``gain``: rise in the stay probability; ``at_stake``: what a kept customer brings from now on; ``kept``: the one
    times the other where that is a gain, and ``goodwill`` where it is a loss, as by a sale.
    """

    gain: float
    at_stake: float
    kept: float
    sales: float
    answers: float
    cost: float
    goodwill: float

    @property
    def total(self) -> float:
        """What the touch is worth."""
        return self.kept + self.sales + self.answers - self.cost - self.goodwill


@dataclass(frozen=True, slots=True)
class Charge:
    """What a touch takes of one shared capacity: the amount in its unit, the price of one, and both multiplied."""

    capacity: str
    kind: str  # minutes, messages, money, or share
    amount: float
    price: float
    money: float


@dataclass(frozen=True, slots=True)
class Bar:
    """One thing that forbids a touch: a guardrail, the type or the condition, the sentence, and when time lifts it.

    ``opens_on``: the first day that the week's plan could begin on without it; None when time alone does not lift it.
    ``exact``: whether it is that day, or that day at the latest.
    """

    guardrail: str
    sentence: str
    opens_on: date | None = None
    exact: bool = True


@dataclass(frozen=True, slots=True)
class Option:
    """One touch for one customer: what it would bring and take, what forbids it, and what became of it."""

    touch: str
    value: float
    worth: Worth
    charges: tuple[Charge, ...]
    bars: tuple[Bar, ...]
    must: bool
    fate: int

    @property
    def charge(self) -> float:
        """What it takes of the shared capacities, in money at their prices."""
        return sum(charge.money for charge in self.charges)

    def charge_of(self, capacity: str) -> float:
        """What it takes of one capacity, in the capacity's unit."""
        return sum(charge.amount for charge in self.charges if charge.capacity == capacity)

    @property
    def surplus(self) -> float:
        """The value less what the shared capacities it takes are worth."""
        return self.value - self.charge

    @property
    def barred(self) -> str:
        """The sentence of the first thing that forbids it; empty when nothing does."""
        return self.bars[0].sentence if self.bars else ""


@dataclass(frozen=True, slots=True)
class Change:
    """The least change of one thing that alters the decision, everything else being as it is.

    ``touch`` is the touch that it makes or ends, ``then`` what the customer would get after it. ``of`` names the
    capacity. ``from_``, ``to`` and ``by`` are in money (a price: per hour, message, or unit of money), points,
    days, or the capacity's unit; ``on`` is the day that time opens. ``exact``: whether just that much is needed, or
    about as much. ``nearness``: the change as a share of what is usual for its kind; smaller is nearer.
    """

    kind: ChangeKind
    touch: str
    from_: float
    to: float
    by: float
    nearness: float
    then: tuple[str, ...] = ()
    of: str = ""
    on: date | None = None
    exact: bool = True
    sentence: str = ""


@dataclass(frozen=True, slots=True)
class Explanation:
    """One customer's part of a decision: as data, and in sentences under the same headings.

    ``made`` and ``others`` are all touches of the plan; ``runner_up`` is the best of the others that nothing forbids.
    """

    customer: str
    name: str
    made: tuple[Option, ...]
    others: tuple[Option, ...]
    runner_up: str | None
    facts: tuple[Fact, ...]
    changes: tuple[Change, ...]
    why: tuple[str, ...]
    beside: tuple[str, ...]
    closed: tuple[str, ...]

    @property
    def sentences(self) -> tuple[str, ...]:
        """All that is said, in order."""
        return (*self.why, *self.beside, *(change.sentence for change in self.changes), *self.closed)
