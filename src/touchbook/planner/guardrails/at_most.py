"""At most: so many touches in a sliding window, in all, by channel or by purpose. Counts what was really made."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from touchbook.insight.columns import numbers
from touchbook.kernel.language import say, say_many
from touchbook.plan.model import AtMost, Plan, Touch
from touchbook.planner.guardrails.registry import Facts, Family, Guardrail, register
from touchbook.planner.phrases import whole_number
from touchbook.planner.population import Floats, Mask, Population
from touchbook.planner.touch_words import kind_of_touch


def concerns(limit: AtMost, touch: Touch) -> bool:
    """Whether a limit counts a touch."""
    return limit.key in ("any", touch.channel, touch.purpose)


def _had(population: Population, place: int) -> Floats:
    """How many touches the limit at a place counts for each customer within its window (n)."""
    return numbers(population.state, f"_window_{place}")


def _sentence(facts: Facts, touch: Touch, customer: int) -> str:
    for place, limit in enumerate(facts.plan.guardrails.at_most):
        had = _had(facts.population, place)[customer]
        if concerns(limit, touch) and had >= limit.count:
            whole, filled = round(had), {"days": f"{limit.days:g}", "allowed": limit.count}
            if limit.key == "any":
                return say_many(
                    "the customer has had %(count)s touch within %(days)s days, and the plan allows %(allowed)s",
                    "the customer has had %(count)s touches within %(days)s days, and the plan allows %(allowed)s",
                    whole, count=whole_number(whole), **filled,
                )  # fmt: skip
            kind = kind_of_touch(limit.key)
            return say_many(
                "the customer has had %(count)s %(kind)s touch within %(days)s days, and the plan allows %(allowed)s",
                "the customer has had %(count)s %(kind)s touches within %(days)s days, and the plan allows %(allowed)s",
                whole, count=whole_number(whole), kind=kind, **filled,
            )  # fmt: skip
    return say("with what else is planned this week the customer has had as many as the plan allows")


def _bar(facts: Facts, touch: Touch) -> Mask | None:
    """Who has had as many as the plan allows."""
    limits = enumerate(facts.plan.guardrails.at_most)
    full = [_had(facts.population, place) >= limit.count for place, limit in limits if concerns(limit, touch)]
    return np.asarray(np.logical_or.reduce(full)) if full else None


def _families(plan: Plan, population: Population) -> Sequence[Family]:
    """The touches that each limit counts: as many as it leaves."""
    touches = plan.touches.values()
    return [
        Family(
            np.array([concerns(limit, touch) for touch in touches], dtype=np.bool_),
            np.maximum(limit.count - _had(population, place), 0.0),
        )
        for place, limit in enumerate(plan.guardrails.at_most)
    ]


register(Guardrail(name="at_most", sentence=_sentence, bar=_bar, families=_families, binds_must=False))
