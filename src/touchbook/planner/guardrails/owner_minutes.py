"""Owner minutes: some touches are made by whoever owns the relationship, who has so many minutes in a week.

Where the plan says nothing of ``each owner``, owners have as many minutes as it takes; but where nobody owns a
customer, nobody makes such a touch.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from touchbook.insight.columns import words
from touchbook.kernel.language import say
from touchbook.plan.model import EACH_OWNER, OWNER, Plan, Touch
from touchbook.planner.guardrails.registry import Facts, Guardrail, register
from touchbook.planner.population import Floats, Mask, Population
from touchbook.planner.schedule import in_a_week
from touchbook.planner.solver.problem import Owners, nobody


def owner_use(plan: Plan) -> Floats:
    """The minutes that each touch takes of its customer's owner (T)."""
    return np.array([touch.minutes if touch.team == OWNER else 0.0 for touch in plan.touches.values()])


def owner_ids(population: Population) -> tuple[str, ...]:
    """The staff who own a customer, by id, in the order of ``Owners.available``."""
    return population.distinct("_owner")[1]


def owner_names(population: Population) -> tuple[str, ...]:
    """Their names, in the same order; of two with one name, each with the end of the id."""
    of, ids = population.distinct("_owner")
    called = list(ids)
    if "owner" in population.state.column_names:
        names = words(population.state, "owner")
        called = [str(names[customer]) or called[place] for place, customer in enumerate(_first(of, len(ids)))]
    return tuple(f"{name} ({ids[place][-4:]})" if called.count(name) > 1 else name for place, name in enumerate(called))


def _first(of: npt.NDArray[np.int32], count: int) -> npt.NDArray[np.int64]:
    """The first customer of each owner."""
    first = np.zeros(count, dtype=np.int64)
    owned = np.flatnonzero(of >= 0)[::-1]
    first[of[owned]] = owned
    return first


def _sentence(facts: Facts, _touch: Touch, customer: int) -> str:
    of, _ = facts.population.distinct("_owner")
    if of[customer] < 0:
        return say("it is made by whoever owns the relationship with the customer, and nobody does")
    name = owner_names(facts.population)[of[customer]]
    return say("what is left of %(name)s's time this week is not enough for it", name=name)


def _bar(facts: Facts, touch: Touch) -> Mask | None:
    """Whom nobody owns."""
    return np.asarray(facts.population.distinct("_owner")[0] < 0) if touch.team == OWNER else None


def _owners(plan: Plan, population: Population) -> Owners:
    """What every owner has for the week, and what touches take of it."""
    each, use = plan.capacity.get(EACH_OWNER), owner_use(plan)
    of, ids = population.distinct("_owner")
    if each is None or not use.any() or not ids:
        return nobody()
    return Owners(of, use, np.full(len(ids), in_a_week(each)))


register(Guardrail(name="owner_minutes", sentence=_sentence, bar=_bar, owners=_owners, lasting=True))
