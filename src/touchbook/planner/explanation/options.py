"""Each touch of the plan for one customer: its worth in parts, what it takes, what forbids it, and its fate."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

import numpy as np

from touchbook.plan.model import Plan, Touch
from touchbook.planner.explanation.data import Bar, Fact, Option, Terms, Worth
from touchbook.planner.explanation.evidence import per_touch
from touchbook.planner.explanation.scarcity import Scarcity, charges_of
from touchbook.planner.facts import columns_for, fact
from touchbook.planner.phrases import Row
from touchbook.planner.population import Population
from touchbook.planner.values import at_stake, expected_sales, goodwill_cost

ALWAYS = ("balance", "stay_probability", "worth", "lifetime_value")
"""What every value rests on."""
_AT_LAST_MOMENT = frozenset({
    "balance", "deposits", "withdrawals", "standing", "moments_90", "deposits_30", "withdrawals_30",
    "last_moment_days", "last_touchpoint", "last_kind",
})  # fmt: skip
_AT_WORST_OPEN = frozenset({"open_withdrawals", "open_weight", "worst_open_touchpoint", "worst_open_days"})
_AT_LAST_TOUCH = frozenset({"touches_30", "touches_90", "asks_90", "last_touch_days"})


def options_of(
    terms: Terms, row: Row, population: Population, scarcity: Scarcity, bars: Mapping[str, tuple[Bar, ...]]
) -> list[Option]:
    """All touches for one customer, in the order of the plan; *population* is theirs alone."""
    stake = float(at_stake(population)[0])
    values, gains, asking, fates = (per_touch(row, name) for name in ("_values", "_gains", "_asking", "_fate"))
    lost = goodwill_cost(np.array(gains), np.array(stake)).tolist()
    return [
        Option(
            touch=touch.name,
            value=values[place],
            worth=_worth(touch, gains[place], stake, asking[place], lost[place]),
            charges=charges_of(terms.plan, scarcity, place),
            bars=bars[touch.name],
            must=touch.must,
            fate=int(fates[place]),
        )
        for place, touch in enumerate(terms.plan.touches.values())
    ]


def _worth(touch: Touch, gain: float, stake: float, answers: float, lost: float) -> Worth:
    return Worth(
        gain=gain,
        at_stake=stake,
        kept=gain * stake + lost,
        sales=expected_sales(touch),
        answers=answers,
        cost=touch.cost,
        goodwill=lost,
    )


def facts_of(terms: Terms, row: Row, touches: list[Touch]) -> tuple[Fact, ...]:
    """What was known of a customer and looked at for some touches, with the day on which each was learnt."""
    plan = terms.plan
    columns = [column for touch in touches for column in columns_for(plan, touch, row)]
    found = []
    for column in dict.fromkeys([*columns, *ALWAYS]):
        value, age = row.get(column), _age(plan, column, row)
        if value is None:
            continue
        learnt = None if age is None else terms.starts_on - timedelta(days=int(age))
        found.append(Fact(column, value, fact(plan, column, row), age, learnt))
    return tuple(found)


def _age(plan: Plan, column: str, row: Row) -> float | None:
    """How many days ago a column was learnt; None where nothing keeps it (an attribute) or it is worked out."""
    question = next((name for name in plan.questions if column in (name, f"{name}_age_days")), None)
    if column.startswith("feeling_"):
        question = "feeling"
    place = (
        f"{question}_age_days" if question
        else "last_moment_days" if column in _AT_LAST_MOMENT
        else "worst_open_days" if column in _AT_WORST_OPEN
        else "last_touch_days" if column in _AT_LAST_TOUCH
        else column if column == "last_withdrawal_days" else ""
    )  # fmt: skip
    age = row.get(place)
    return float(str(age)) if age is not None else None
