"""The capacities that all customers share in a week, from the guardrails that speak of them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from touchbook.plan.model import Plan
from touchbook.planner.guardrails import GUARDRAILS, Share
from touchbook.planner.population import Floats


@dataclass(frozen=True, slots=True)
class Shared:
    """The shared capacities of a plan for its horizon: names, what each touch uses (T × K), what there is (K)."""

    names: tuple[str, ...]
    use: Floats
    available: Floats


def shares(plan: Plan) -> list[Share]:
    """Every shared capacity, in the order of the plan; what the plan names elsewhere, the sales share, comes last."""
    found = [share for guardrail in GUARDRAILS.values() for share in guardrail.shares(plan)]
    places = {name: place for place, name in enumerate(plan.capacity)}
    return sorted(found, key=lambda share: places.get(share.name, len(places)))


def shared_capacities(plan: Plan) -> Shared:
    """The same as columns of use."""
    found = shares(plan)
    use = np.array([share.use for share in found]).T if found else np.zeros((len(plan.touches), 0))
    available = np.array([share.available for share in found], dtype=np.float64)
    return Shared(tuple(share.name for share in found), np.ascontiguousarray(use, dtype=np.float64), available)
