"""What must be made comes first: before anything else takes a capacity, and with the whole of each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from numba import njit

from touchbook.plan.model import Plan, Purpose, Touch
from touchbook.planner.candidates import Candidates
from touchbook.planner.guardrails import GUARDRAILS
from touchbook.planner.guardrails.owner_minutes import owner_names
from touchbook.planner.population import Floats, Mask, Population
from touchbook.planner.shares import Shared
from touchbook.planner.solver.problem import Owners, nobody

Places = npt.NDArray[np.int64]
ROUNDING = 1e-10  # share by which sums of minutes may be off in their last digits


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
    ranked = customers[order], columns[order]
    _serve(*ranked, duties, use, left, owners.of, owners.use, owner_left, served, made)
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


@njit(cache=True, nogil=True)
def _serve(
    customers: Places,
    columns: Places,
    duties: Places,
    use: Floats,
    left: Floats,
    of: npt.NDArray[np.int32],
    owner_use: Floats,
    owner_left: Floats,
    served: Mask,
    made: Mask,
) -> None:
    """Make pairs in the given order where the duty is not served yet and neither a capacity nor the owner is short."""
    slack = left * ROUNDING
    owner_slack = owner_left * ROUNDING
    for index in range(customers.shape[0]):
        customer, touch = customers[index], columns[index]
        if served[customer, duties[touch]]:
            continue
        owner = of[customer] if of.shape[0] > 0 else -1
        fits = owner < 0 or owner_use[touch] <= owner_left[owner] + owner_slack[owner]
        for capacity in range(left.shape[0]):
            fits = fits and use[touch, capacity] <= left[capacity] + slack[capacity]
        if fits:
            served[customer, duties[touch]] = True
            made[customer, touch] = True
            left -= use[touch]
            if owner >= 0:
                owner_left[owner] -= owner_use[touch]
