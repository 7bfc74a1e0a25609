"""What must be made comes first: before anything else takes a capacity, and with the whole of each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from touchbook.plan.model import Plan, Purpose, Touch
from touchbook.planner.candidates import Candidates
from touchbook.planner.guardrails import GUARDRAILS
from touchbook.planner.guardrails.owner_minutes import owner_names
from touchbook.planner.population import Floats, Mask, Population
from touchbook.planner.shares import Shared
from touchbook.planner.solver.problem import Owners, nobody

Places = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Must:
    """Touches that must be made: those that fit (n × T), how many did not, and what is missing of each capacity.

    ``short`` names capacities as the plan does, and an owner's minutes “owner NAME”.
    """

    made: Mask
    unmet: int
    short: Mapping[str, float]


def duty(touch: Touch) -> str:
    """What is done once one of several musts is made: any apology will do, everything else is a duty of its own."""
    return touch.purpose if touch.purpose is Purpose.APOLOGISE else touch.name


def owners_of(plan: Plan, population: Population) -> Owners:
    """What the customers' owners have and what touches take of it; none where no guardrail speaks of any."""
    found = (guardrail.owners(plan, population) for guardrail in GUARDRAILS.values())
    return next((owners for owners in found if len(owners.available)), nobody())


def make_musts(plan: Plan, candidates: Candidates, values: Floats, shared: Shared) -> Must:
    """Serve what must be made, the most valuable first; of several apologies to one customer, one is enough.

    Limits and rest do not hold them back; capacities do, and what does not fit is reported as short.
    """
    touches = list(plan.touches.values())
    names = list(dict.fromkeys(duty(touch) for touch in touches if touch.must))
    duties = np.array([names.index(duty(touch)) if touch.must else -1 for touch in touches], dtype=np.int64)
    wanted = candidates.allowed & (duties >= 0)
    made = np.zeros_like(wanted)
    customers, columns = np.nonzero(wanted)
    if not len(customers):
        return Must(made, 0, {})
    order = np.argsort(-values[customers, columns], kind="stable")
    owners = owners_of(plan, candidates.facts.population)
    use = np.maximum(shared.use, 0.0)  # what is no sale makes room for sales, and nothing else
    left, owner_left = shared.available.copy(), owners.available.copy()
    served = np.zeros((len(values), len(names)), dtype=np.bool_)
    # Imported here, because it compiles: whoever only asks what touches take need not wait for it.
    from touchbook.planner.solver.duties import serve

    ranked = customers[order], columns[order]
    serve(*ranked, duties, use, left, owners.of, owners.use, owner_left, served, made)
    rows, best = _unmet(wanted, served, duties, values)
    short = dict(zip(shared.names, use[best].sum(axis=0) - left, strict=True))
    if len(owner_left):
        owned = owners.of[rows] >= 0
        missing = np.bincount(owners.of[rows[owned]], owners.use[best[owned]], len(owner_left)) - owner_left
        called = owner_names(candidates.facts.population)
        short |= {f"owner {name}": more for name, more in zip(called, missing, strict=True)}
    return Must(made, len(rows), {name: float(amount) for name, amount in short.items() if amount > 1e-9})


def _unmet(wanted: Mask, served: Mask, duties: Places, values: Floats) -> tuple[Places, Places]:
    """The customers with a duty that was not served, once for each, and the best touch that would have served it."""
    rows, best = [np.zeros(0, dtype=np.int64)], [np.zeros(0, dtype=np.int64)]
    for place in range(served.shape[1]):
        mine = duties == place
        rows.append(np.flatnonzero(wanted[:, mine].any(axis=1) & ~served[:, place]))
        best.append(np.where(wanted[rows[-1]] & mine, values[rows[-1]], -np.inf).argmax(axis=1))
    return np.concatenate(rows), np.concatenate(best)
