"""From a plan's guardrails to the solver's problem; what must be made comes first."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from touchbook.plan.model import Plan
from touchbook.planner.candidates import Candidates
from touchbook.planner.draws import draw, identities
from touchbook.planner.guardrails import GUARDRAILS
from touchbook.planner.guardrails.sales_share import SALES_SHARE
from touchbook.planner.musts import Must, duty, make_musts, owners_of
from touchbook.planner.population import Floats, Mask, Population
from touchbook.planner.shares import Shared, shared_capacities
from touchbook.planner.solver.problem import Owners, Problem

__all__ = [
    "NOISE", "ROUNDING", "SALES_SHARE", "Must", "Shared", "build_problem", "choosable", "duty", "held_out",
    "make_musts", "planned", "rooms", "shared_capacities",
]  # fmt: skip

ROUNDING = 1e-7  # share by which a value kept in 32 bits may be off
NOISE = 1e-5  # share by which values are lowered at random, so that identical customers do not flip together


def build_problem(
    plan: Plan, population: Population, candidates: Candidates, values: Floats, shared: Shared, must: Must
) -> Problem:
    """What is left to decide after the musts: the solver's problem over all touches that need not be made.

    A touch that would bring nothing is never among them, not even to make room for a sale in the sales share.
    """
    touches = list(plan.touches.values())
    free = choosable(plan, candidates, values)
    ids = identities(population.state)
    noisy = np.full(values.shape, -np.inf, dtype=np.float32)
    for column, touch in enumerate(touches):
        lowered = values[:, column] * (1 - NOISE * draw(ids, f"tie {touch.name}"))
        noisy[free[:, column], column] = lowered[free[:, column]]
    spent = must.made.sum(axis=0).astype(np.float64) @ shared.use
    room, member = rooms(plan, population, must.made)
    available = np.maximum(planned(plan, shared.available) - spent, 0.0)
    return Problem(noisy, shared.use, available, member, room, _owners(plan, population, must.made))


def choosable(plan: Plan, candidates: Candidates, values: Floats) -> Mask:
    """Pairs to choose from (n × T): allowed, worth something, and of a touch that need not be made."""
    musts = np.array([touch.must for touch in plan.touches.values()], dtype=np.bool_)
    return candidates.allowed & ~musts & (values > 0)


def planned(plan: Plan, available: Floats) -> Floats:
    """How much of each capacity a week's plan may take: what no guardrail reserves."""
    return available * np.prod([1 - guardrail.reserve(plan) for guardrail in GUARDRAILS.values()])


def _owners(plan: Plan, population: Population, made: Mask) -> Owners:
    """What the customers' owners have, less what must be made."""
    owners = owners_of(plan, population)
    left = planned(plan, owners.available) - owners.spent(made)
    return Owners(owners.of, owners.use, np.maximum(left, 0.0))


def rooms(plan: Plan, population: Population, made: Mask) -> tuple[npt.NDArray[np.int16], Mask]:
    """Families (T × F), and the room in each for every customer once some touches are made (n × F)."""
    families = [family for guardrail in GUARDRAILS.values() for family in guardrail.families(plan, population)]
    room = np.empty((population.size, len(families)), dtype=np.int16)
    for place, family in enumerate(families):
        left = family.room - made[:, family.member].sum(axis=1)
        room[:, place] = np.clip(left, 0, np.iinfo(np.int16).max)
    return room, np.ascontiguousarray(np.array([family.member for family in families], dtype=np.bool_).T)


def held_out(plan: Plan, population: Population, chosen: Mask) -> Mask:
    """Of the chosen touches, those that a guardrail keeps back (n × T)."""
    held = np.zeros_like(chosen)
    for guardrail in GUARDRAILS.values():
        held |= guardrail.draw(plan, population, chosen)
    return held
