"""Whole touches in a large problem: which numbers of each touch are best, and a plan that has them.

Customers meet the shared capacities only through how often each touch is made. The most that N_t touches of each kind
can bring, V(N), is at most  S(π) + π · N  for any prices π of touches, where S(π) is what all customers gain when they
choose freely at those prices: a plane above V. Of all *whole* N that fit into the capacities, let the best be the one
for which the lowest plane is highest. No plan is worth more than that, so it is a bound, and one that knows that
touches are whole; finding it is a small integer program, whatever the number of customers. That N is then made into a
plan, which gives a new plane, and so on until the plan and the bound meet.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from scipy.sparse import csr_array

from touchbook.planner.solver.dual import Dual, Survey
from touchbook.planner.solver.newton import NEAR, descend
from touchbook.planner.solver.prices import sizes_of
from touchbook.planner.solver.problem import Floats, Mask, Places, Problem, is_feasible, total
from touchbook.planner.solver.repair import least_firm, repaired
from touchbook.planner.solver.whole import maximise

ROUNDS_MAX = 8
NEWTON_ROUNDS, NEWTON_ENOUGH = 4, 1e-8
NODES_MAX = 1_000
FIRM = 0.999  # of a doubt: against the rounding of its 32 bits
FLAT = 1e-9  # share of the largest curvature below which a direction is flat


@dataclass(frozen=True, slots=True)
class Counted:
    """A feasible choice (n × T), what no choice exceeds, and how many sweeps over all customers it took."""

    chosen: Mask
    bound: float
    passes: int


@dataclass(frozen=True, slots=True)
class _Plane:
    """``gained`` + ``prices`` · N: no plan with counts N is worth more."""

    gained: float
    prices: Floats


def by_counts(problem: Problem, seen: Survey, chosen: Mask, bound: float, enough: float) -> Counted:
    """Improve on the feasible *chosen* and on *bound* until no more than *enough* of the bound lies between them."""
    touches, shared, best = problem.values.shape[1], len(problem.available), total(problem, chosen)
    # Here only touches have prices, and owners: no capacity stands in anybody's way.
    free = Dual(replace(problem, use=np.eye(touches), available=np.zeros(touches)))
    prices = np.concatenate([problem.use @ seen.prices[:shared], seen.prices[shared:]])
    units = np.maximum(np.abs(prices), 1e-3 * np.abs(prices).max())
    here = free.survey(prices, units, NEAR)
    planes = [_Plane(here.value, prices[:touches])]
    rows = least_firm(here)
    rest = free.part(here, rows)
    near_by, allowed = NearBy(free, rest, here, rows, units), problem.allowed
    _, highest = _best_counts(problem, allowed, planes, chosen, best)
    bound = max(min(bound, highest), best)
    if bound - best <= enough * bound:
        return Counted(chosen, bound, free.passes)
    planes += _planes_around(near_by, here, bound - best)  # with one, numbers far away look as good as those near by
    for _ in range(ROUNDS_MAX):
        counts, highest = _best_counts(problem, allowed, planes, chosen, best)
        bound = max(min(bound, highest), best)
        if counts is None or bound - best <= enough * bound:
            break
        wanted = rest.with_available(counts)
        toward = np.linalg.lstsq(here.curvature.shared, counts + here.left[:touches], rcond=1e-10)[0]
        start = np.concatenate([prices[:touches] - toward, prices[touches:]])
        made, _ = descend(wanted, start, sizes_of(wanted.problem), NEWTON_ROUNDS, NEWTON_ENOUGH)
        planes.append(_Plane(near_by.value(made.prices), made.prices[:touches]))
        if (wanted.limits < 0).any():
            continue  # those who are firm in their choice hold more of a touch than that: the plane is all there is
        plan = chosen.copy()
        plan[rows] = repaired(wanted.problem, made.chosen, made.prices)
        if total(problem, plan) > best and is_feasible(problem, plan):
            chosen, best = plan, total(problem, plan)
    return Counted(chosen, bound, free.passes)


class NearBy:
    """The dual near a survey: as long as nobody else can choose otherwise, only those least firm are asked."""

    def __init__(self, free: Dual, rest: Dual, here: Survey, rows: Places, units: Floats) -> None:
        self._free, self._rest, self._prices, self._units = free, rest, here.prices, units
        firm = np.delete(here.doubt, rows)
        # A customer's doubt is exact where a greedy choice is, and so only where the families are nested.
        self._reach = float(firm.min(initial=np.inf)) * FIRM if free.problem.is_laminar else 0.0

    def value(self, prices: Floats) -> float:
        """The dual value at *prices*: what all customers gain."""
        is_near = bool((np.abs(prices - self._prices) <= self._reach * self._units).all())
        return (self._rest if is_near else self._free).at(prices)[0]


def _planes_around(near_by: NearBy, here: Survey, gap: float) -> list[_Plane]:
    """Planes that touch V where, by its curvature, it has fallen by the *gap*: beyond them no N can be of interest."""
    touches = len(here.curvature.shared)
    extents, directions = np.linalg.eigh(here.curvature.shared)
    planes = []
    for extent, direction in zip(extents, directions.T, strict=True):
        if extent <= FLAT * extents.max():
            continue
        for sign in (1.0, -1.0):
            prices = here.prices.copy()
            prices[:touches] += sign * np.sqrt(2 * max(gap, 0.0) / extent) * direction
            planes.append(_Plane(near_by.value(prices), prices[:touches]))
    return planes


def _best_counts(
    problem: Problem, allowed: Floats, planes: Sequence[_Plane], chosen: Mask, best: float
) -> tuple[Floats | None, float]:
    """The whole numbers of touches that may bring most (None when none were found), and what no plan exceeds.

    *allowed*: how many of each touch there may be (T). All is measured from the present counts and value, so that
    nothing is lost to the size of the numbers.
    """
    touches, now = chosen.shape[1], chosen.sum(axis=0).astype(np.float64)
    above = np.array([plane.gained + plane.prices @ now - best for plane in planes])
    slopes = np.array([plane.prices for plane in planes])
    money = max(float(np.abs(slopes).max()), 1e-300)  # HiGHS's tolerances are absolute: prices are brought to 1
    rows = np.block(
        [[-slopes / money, np.ones((len(planes), 1))], [problem.use.T, np.zeros((len(problem.available), 1))]]
    )  # the last column is what the plan may be worth more than the present one
    found = maximise(
        worth=np.append(np.zeros(touches), 1.0),
        lowest=np.append(-now, -np.inf),
        highest=np.append(allowed - now, np.inf),
        rows=csr_array(rows),
        limits=np.concatenate([above / money, problem.available * (1 + 1e-10) + 1e-10 - now @ problem.use]),
        is_whole=np.append(np.ones(touches), 0) > 0,
        nodes_max=NODES_MAX,
    )
    counts = None if found.point is None else now + np.round(found.point[:-1])
    return counts, best + found.bound * money
