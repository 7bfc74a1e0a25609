"""At most: so many touches in a sliding window, in all, by channel or by purpose. Counts what was really made."""

from __future__ import annotations

import numpy as np

from touchbook.insight.columns import numbers
from touchbook.plan.model import AtMost, Plan, Touch
from touchbook.planner.guardrails.registry import Facts, guardrail
from touchbook.planner.phrases import count
from touchbook.planner.population import Floats, Mask, Population


def concerns(limit: AtMost, touch: Touch) -> bool:
    """Whether a limit counts a touch."""
    return limit.key in ("any", touch.channel, touch.purpose)


def left(plan: Plan, population: Population) -> Floats:
    """How many touches each limit still leaves each customer (n × limits, never below 0)."""
    limits = plan.guardrails.at_most
    counts = [numbers(population.state, f"_window_{index}") for index in range(len(limits))]
    columns = [np.maximum(limit.count - count, 0.0) for limit, count in zip(limits, counts, strict=True)]
    return np.column_stack(columns) if columns else np.zeros((population.size, 0))


def _sentence(facts: Facts, touch: Touch, customer: int) -> str:
    rooms = left(facts.plan, facts.population)[customer]
    for index, (limit, room) in enumerate(zip(facts.plan.guardrails.at_most, rooms, strict=True)):
        if concerns(limit, touch) and room <= 0:
            had = numbers(facts.population.state, f"_window_{index}")[customer]
            kind = "" if limit.key == "any" else f"{limit.key} "
            return (
                f"the customer has had {count(had, f'{kind}touch', f'{kind}touches')} within {limit.days:g} days, "
                f"and the plan allows {limit.count}"
            )
    return "the plan allows no more"


@guardrail("at_most", _sentence, binds_must=False)
def at_most(facts: Facts, touch: Touch) -> Mask | None:
    """Who has had as many as the plan allows."""
    rooms = left(facts.plan, facts.population)
    mine = [index for index, limit in enumerate(facts.plan.guardrails.at_most) if concerns(limit, touch)]
    return np.asarray((rooms[:, mine] <= 0).any(axis=1)) if mine else None
