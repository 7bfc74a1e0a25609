"""Describe one customer as they are now: what is known from the books alone, and what the last run adds.

What a run alone can count (such as touches in a window) is taken from its evidence; everything else is worked out from
the database at this instant. Whoever is new, and whoever lives under no plan, is described by what there is.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from pathlib import Path
from uuid import UUID

import pyarrow as pa

from touchbook.insight.feeling import Feeling, feeling_of
from touchbook.insight.state import OPEN_AT_LEAST_POINTS
from touchbook.insight.stay import Stay, lifetime_value, stay
from touchbook.insight.stay_parts import StayPart, stay_parts
from touchbook.kernel.errors import NotFound
from touchbook.lake.judge import amount_one, judge_one
from touchbook.lake.mirror import lake_folder
from touchbook.ledger.balance import Standing, standing
from touchbook.ledger.entries import Kind, day_of
from touchbook.ledger.history import Part, parts
from touchbook.ledger.terms import Terms
from touchbook.plan.model import Condition, Plan, Question
from touchbook.store import customer_now
from touchbook.store.models import Customer, Outcome
from touchbook.store.passbook import BookLine, book_of
from touchbook.store.queries import plan_said_by, terms_of, version_in_force
from touchbook.workflows.gather_present import WeekRun, run_at
from touchbook.workflows.state_now import columns_now, table_of

_LAST_OUTCOMES = ("left", "renewed", "returned", "bought")


@dataclass(frozen=True, slots=True)
class Told:
    """The last answer to one question of the plan; ``value`` is None where it was never answered."""

    question: Question
    value: float | str | None
    at: datetime | None
    age_days: float

    @property
    def is_stale(self) -> bool:
        """Whether it is older than the plan trusts it."""
        return self.value is not None and self.age_days > self.question.good_for_days


@dataclass
class Described:
    """One customer now. What needs arithmetic is worked out when it is asked for.

    ``kept``: their row of the last run's evidence, by column; empty where no run knows them. ``run`` is None where no
    run covers this day. ``plan`` is None before the first one is adopted.
    """

    customer: Customer
    at: datetime
    plan: Plan | None
    terms: Terms
    run: WeekRun | None
    kept: Mapping[str, object]
    book: Sequence[BookLine]
    told: Sequence[Told]
    feelings: Sequence[tuple[datetime, float]]
    has_left: bool

    @property
    def day(self) -> float:
        """This instant in days since 1970."""
        return day_of(self.at)

    @cached_property
    def parts(self) -> list[Part]:
        """What each line of the book weighs now."""
        return parts([one.line for one in self.book], self.day, self.terms)

    @cached_property
    def deposits(self) -> float:
        """What the deposits weigh now."""
        return sum(part.contribution for part in self.parts if part.line.kind is Kind.DEPOSIT)

    @cached_property
    def withdrawals(self) -> float:
        """What the withdrawals weigh now, as a number of 0 or more."""
        return sum(-part.contribution for part in self.parts if part.line.kind is Kind.WITHDRAWAL) + 0.0

    @property
    def balance(self) -> float:
        """The balance now."""
        return self.deposits - self.withdrawals

    @cached_property
    def open_weights(self) -> list[tuple[BookLine, float]]:
        """Open withdrawals with what they take from the balance now, the heaviest first."""
        found = [(one, -part.contribution) for one, part in zip(self.book, self.parts, strict=True) if one.is_open]
        return sorted((pair for pair in found if pair[1] > 0), key=lambda pair: -pair[1])

    @cached_property
    def felt_open(self) -> list[tuple[BookLine, float]]:
        """Those of them that are still felt."""
        return [pair for pair in self.open_weights if pair[1] >= OPEN_AT_LEAST_POINTS]

    @property
    def standing(self) -> Standing:
        """Where they stand; a referral is known by the last run."""
        return standing(self.balance, int(_number(self.kept.get("referrals")) or 0), self.terms)

    @cached_property
    def feeling(self) -> Feeling | None:
        """The feeling behind all answers about it, however old."""
        return feeling_of([((self.at - at) / timedelta(days=1), value) for at, value in self.feelings])

    @cached_property
    def state(self) -> pa.Table:
        """One row with every column that is known; what a run alone can count is as it was then."""
        return table_of({**self.kept, **columns_now(self)}, self.plan)

    @cached_property
    def type(self) -> str:
        """Their type by the plan in force; empty where it rests on what no run has counted for them yet."""
        if self.plan is None:
            return ""
        if any(not self._knows(condition) for condition in self.plan.types.values()):
            return str(self.kept.get("type") or "")
        truths = judge_one(self.state, {name: condition.sql for name, condition in self.plan.types.items()})
        return next((name for name, holds in truths.items() if holds[0]), "other")

    @cached_property
    def worth(self) -> float | None:
        """What one kept period brings; None where it is not known yet."""
        if self.plan is None:
            return None
        if not self._knows(self.plan.success.worth):
            return _number(self.kept.get("worth"))
        return max(0.0, amount_one(self.state, self.plan.success.worth.sql) or 0.0)

    @cached_property
    def stay(self) -> Stay | None:
        """The chance that they stay; None without a plan."""
        return stay(self.state, self.plan) if self.plan else None

    @property
    def stay_parts(self) -> list[StayPart]:
        """The same, line by line."""
        return stay_parts(self.state, self.plan) if self.plan else []

    @property
    def probability(self) -> float | None:
        """The chance that they stay."""
        return float(self.stay.probability[0]) if self.stay else None

    @property
    def probability_error(self) -> float:
        """Its standard error."""
        return float(self.stay.error[0]) if self.stay else 0.0

    @property
    def lifetime_value(self) -> float | None:
        """Money from now on, discounted; None where the worth is not known."""
        if self.plan is None or self.stay is None or self.worth is None:
            return None
        worth = pa.array([self.worth]).to_numpy()
        return float(lifetime_value(worth, self.stay.probability, self.plan.success.discount)[0])

    def _knows(self, condition: Condition) -> bool:
        return condition.columns <= set(self.state.column_names)


def describe_customer(home: Path, database_url: str, customer: Customer, at: datetime) -> Described:
    """Everything that is known of a customer at an instant. Nothing is written, and nothing need be there."""
    version = version_in_force(at)
    plan = plan_said_by(version) if version else None
    run = _run(home, database_url, at)
    row = run.evidence.row(customer.id) if run else None
    kept = row.slice(0, 1).to_pylist()[0] if row is not None else {}
    answers = [one for one in customer_now.answers(customer.id) if one[3] <= at]
    return Described(
        customer=customer,
        at=at,
        plan=plan,
        terms=terms_of(plan.ledger) if plan else Terms(),
        run=run,
        kept={name: value for name, value in kept.items() if not name.startswith("_")},
        book=[one for one in book_of(customer.id) if one.at <= at],
        told=_told(plan, answers, at),
        feelings=[
            (given_at, number) for name, _, number, given_at in answers if name == "feeling" and number is not None
        ],
        has_left=_has_left(customer.id, plan),
    )


def _run(home: Path, database_url: str, at: datetime) -> WeekRun | None:
    try:
        return run_at(lake_folder(home, database_url), at)
    except NotFound:
        return None


def _told(
    plan: Plan | None, answers: Sequence[tuple[str, str | None, float | None, datetime]], at: datetime
) -> list[Told]:
    """Every question of the plan with its last answer, in the plan's order."""
    last: dict[str, tuple[float | str, datetime]] = {}
    for name, text, number, given_at in answers:
        given = number if number is not None else text
        if given is not None:
            last[name] = (given, given_at)
    told = []
    for question in plan.questions.values() if plan else ():
        if question.name in last:
            value, given_at = last[question.name]
            told.append(Told(question, value, given_at, (at - given_at) / timedelta(days=1)))
        else:
            told.append(Told(question, None, None, 0.0))
    return told


def _has_left(customer: UUID, plan: Plan | None) -> bool:
    """Whether the last outcome that stands is that they left."""
    names = {*_LAST_OUTCOMES, *([plan.success.outcome] if plan else [])}
    rows = list(Outcome.objects.filter(customer=customer).order_by("at", "number").values("id", "outcome", "corrects"))
    corrected = {row["corrects"] for row in rows}
    last = [row["outcome"] for row in rows if row["corrects"] is None and row["id"] not in corrected]
    return next((name for name in reversed(last) if name in names), "") == "left"


def _number(value: object) -> float | None:
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None
