"""Contact ceiling: on so many days at most does anybody reach out to a customer, whichever team it is.

What was done counts: touches, and moments that began with us. In the week each touch counts as a day of its own.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from touchbook.insight.columns import numbers
from touchbook.kernel.language import say, say_many
from touchbook.plan.model import Plan, Touch
from touchbook.planner.guardrails.registry import Facts, Family, Guardrail, register
from touchbook.planner.phrases import whole_number
from touchbook.planner.population import Floats, Mask, Population


def _contacts(population: Population) -> Floats:
    """On how many days within the window each customer heard from us (n)."""
    state = population.state
    is_there = state.schema.get_field_index("_contacts") >= 0  # to list the names takes longer than all the rest
    return numbers(state, "_contacts") if is_there else np.zeros(state.num_rows)


def _sentence(facts: Facts, _touch: Touch, customer: int) -> str:
    ceiling, had = facts.plan.guardrails.contact_ceiling, _contacts(facts.population)[customer]
    if ceiling is None or had < ceiling.count:
        return say("with what else is planned this week the customer hears from us as often as the plan allows")
    whole = round(had)
    return say_many(
        "the customer has heard from us on %(count)s day within %(days)s days, from whatever team, "
        "and the plan allows %(allowed)s",
        "the customer has heard from us on %(count)s days within %(days)s days, from whatever team, "
        "and the plan allows %(allowed)s",
        whole, count=whole_number(whole), days=f"{ceiling.days:g}", allowed=ceiling.count,
    )  # fmt: skip


def _bar(facts: Facts, _touch: Touch) -> Mask | None:
    """Who has heard from us as often as the plan allows."""
    ceiling = facts.plan.guardrails.contact_ceiling
    return np.asarray(_contacts(facts.population) >= ceiling.count) if ceiling else None


def _families(plan: Plan, population: Population) -> Sequence[Family]:
    """All touches: as many as the ceiling leaves."""
    ceiling = plan.guardrails.contact_ceiling
    if ceiling is None:
        return []
    every = np.ones(len(plan.touches), dtype=np.bool_)
    return [Family(every, np.maximum(ceiling.count - _contacts(population), 0.0))]


register(Guardrail(name="contact_ceiling", sentence=_sentence, bar=_bar, families=_families, binds_must=False))
