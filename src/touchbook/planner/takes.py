"""What touches take of each capacity: the same amounts whether a week is planned, or a touch given in the moment."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from touchbook.plan.model import EACH_OWNER, Plan
from touchbook.planner.guardrails.owner_minutes import owner_ids, owner_use
from touchbook.planner.musts import owners_of
from touchbook.planner.population import Mask, Population
from touchbook.planner.shares import shares

Amounts = Mapping[str, float]
"""By the name of a capacity; below 0 where a touch gives. The minutes of its customer's owner are of ``each owner``."""


@dataclass(frozen=True, slots=True)
class Taken:
    """What there is of one capacity in a week, all of it, and what the chosen touches take.

    ``owner``: the id of the member of staff whose minutes they are, where each owner has their own.
    """

    capacity: str
    owner: str | None
    available: float
    used: float


def takes(plan: Plan) -> dict[str, Amounts]:
    """What every touch of a plan takes, by its name; capacities of which it takes nothing are left out."""
    shared = shares(plan)
    owners = owner_use(plan) if EACH_OWNER in plan.capacity else None
    found: dict[str, Amounts] = {}
    for place, touch in enumerate(plan.touches):
        amounts = {share.name: float(share.use[place]) for share in shared if share.use[place]}
        if owners is not None and owners[place]:
            amounts[EACH_OWNER] = float(owners[place])
        found[touch] = amounts
    return found


def taken(plan: Plan, population: Population, chosen: Mask) -> Iterator[Taken]:
    """Every capacity with what the chosen touches (n × T) take of it, those held out included.

    A touch that is held out is planned like all others: what it would have taken is given to nobody else, so that those
    who get theirs are treated as they would have been without any hold-out.
    """
    counts = chosen.sum(axis=0).astype(np.float64)
    for share in shares(plan):
        yield Taken(share.name, None, share.available, float(counts @ share.use))
    owners = owners_of(plan, population)
    if not len(owners.available):
        return
    used = owners.spent(chosen)
    for owner, available, minutes in zip(owner_ids(population), owners.available, used, strict=True):
        yield Taken(EACH_OWNER, owner, float(available), float(minutes))
