"""Finishing: HiGHS's branch and bound for small problems, and for the part of large ones in which it matters.

With few customers a whole touch is a large part of the plan, so the prices' bound and the repaired plan may lie some
percent apart. ``finish`` moves both ends: a better plan where there is one, and a bound that knows that touches are
whole. In a large problem most customers' choices are beyond doubt at the prices; ``polish`` chooses anew, exactly and
all at once, for those who waver.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import coo_array, csr_array, vstack

from touchbook.planner.solver.problem import Floats, Mask, Problem, is_feasible, total

Rows = npt.NDArray[np.int64]

PAIRS_MAX = 5_000
CORE_PAIRS = 1_200
# Nodes and not seconds, so that a problem ends in the same plan on a fast and on a slow machine.
NODES_MAX, CORE_NODES_MAX = 100, 20
SECONDS_MAX = 20.0  # only against a search that hangs
SLACK = 1e-6  # HiGHS keeps constraints to about this share, so its bound may be off by as much


@dataclass(frozen=True, slots=True)
class Finished:
    """A feasible choice (n × T), and what no choice exceeds."""

    chosen: Mask
    bound: float


def is_small(problem: Problem) -> bool:
    """Whether a problem is small enough to be finished."""
    return 0 < int(np.isfinite(problem.values).sum()) <= PAIRS_MAX


def finish(problem: Problem, chosen: Mask, bound: float) -> Finished:
    """Improve on the feasible *chosen* and on *bound* by branch and bound."""
    better, proven = _search(problem, np.arange(len(chosen)), problem.available, NODES_MAX)
    chosen = _better(problem, chosen, better)
    if proven is not None:
        bound = min(bound, proven + SLACK * abs(proven))
    return Finished(chosen, max(bound, total(problem, chosen)))


def polish(problem: Problem, chosen: Mask, prices: Floats) -> Mask:
    """Choose anew for the customers who waver most at the prices, with what the others leave of each capacity."""
    rows = _wavering(problem, chosen, prices)
    rest = chosen.copy()
    rest[rows] = False
    left = problem.available - rest.sum(axis=0).astype(np.float64) @ problem.use
    better, _ = _search(problem, rows, left, CORE_NODES_MAX)
    if better is not None:
        rest[rows] = better
        return _better(problem, chosen, rest)
    return chosen


def _better(problem: Problem, chosen: Mask, other: Mask | None) -> Mask:
    if other is not None and is_feasible(problem, other) and total(problem, other) > total(problem, chosen):
        return other
    return chosen


def _wavering(problem: Problem, chosen: Mask, prices: Floats) -> Rows:
    """The customers for whom the least would change the choice, as many as have ``CORE_PAIRS`` allowed pairs."""
    surplus = problem.values - (problem.use @ prices).astype(np.float32)[None, :]
    nearest = np.abs(surplus).min(axis=1, initial=np.inf)
    lowest_chosen = np.where(chosen, surplus, np.inf).min(axis=1, initial=np.inf)
    best_other = np.where(chosen, -np.inf, surplus).max(axis=1, initial=-np.inf)
    doubt = np.minimum(nearest, np.maximum(lowest_chosen - best_other, 0.0))
    pairs = np.isfinite(problem.values).sum(axis=1)
    order = np.argsort(np.where(pairs > 0, doubt, np.inf), kind="stable")
    return np.sort(order[: np.searchsorted(np.cumsum(pairs[order]), CORE_PAIRS)]).astype(np.int64)


def _search(problem: Problem, rows: Rows, available: Floats, nodes_max: int) -> tuple[Mask | None, float | None]:
    """The best choice that branch and bound finds for some customers, and the bound that it proves for them."""
    customers, touches = np.nonzero(np.isfinite(problem.values[rows]))
    if not len(customers):
        return None, None
    values = problem.values[rows[customers], touches].astype(np.float64)
    scale = max(float(np.abs(values).max()), 1e-12)
    matrix, limits = _constraints(problem, rows, customers, touches, available)
    found = milp(
        -values / scale,
        integrality=np.ones(len(values), dtype=np.int64),
        bounds=Bounds(0, 1),
        constraints=LinearConstraint(matrix, ub=limits),
        # Without presolve, which finds little here and makes HiGHS print notes of its own now and then.
        options={"node_limit": nodes_max, "time_limit": SECONDS_MAX, "mip_rel_gap": 1e-6, "presolve": False},
    )
    proven = getattr(found, "mip_dual_bound", None)
    bound = -float(proven) * scale if proven is not None and np.isfinite(proven) else None
    if found.x is None:
        return None, bound
    chosen: Mask = np.zeros((len(rows), problem.values.shape[1]), dtype=np.bool_)
    chosen[customers, touches] = found.x > 0.5
    return chosen, bound


def _constraints(
    problem: Problem, rows: Rows, customers: Rows, touches: Rows, available: Floats
) -> tuple[csr_array, Floats]:
    """One row a capacity, and one a customer and family in which there are more allowed touches than room."""
    capacities, families = problem.use.shape[1], problem.member.shape[1]
    shared = csr_array(problem.use[touches].T.reshape(capacities, len(touches)))
    pair, family = np.nonzero(problem.member[touches])
    own = coo_array(
        (np.ones(len(pair)), (customers[pair] * families + family, pair)), shape=(len(rows) * families, len(touches))
    ).tocsr()
    room = problem.room[rows].reshape(-1).astype(np.float64)
    tight = np.flatnonzero(np.diff(own.indptr) > room)
    return csr_array(vstack([shared, own[tight]])), np.concatenate([available, room[tight]])
