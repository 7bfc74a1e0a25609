"""Finishing small problems: HiGHS's branch and bound where a problem is small enough for it to matter and to end.

With few customers a whole touch is a large part of the plan, so the prices' bound and the repaired plan may lie some
percent apart. Both ends move here: a better plan where there is one, and a bound that knows that touches are whole.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import coo_array, csr_array, vstack

from touchbook.planner.solver.problem import Mask, Problem, is_feasible, total

PAIRS_MAX = 3_000
NODES_MAX = 300  # nodes and not seconds: the same problem ends in the same plan on a fast and on a slow machine
SECONDS_MAX = 20.0  # only against a search that hangs
SLACK = 1e-7  # HiGHS keeps constraints to about this share, so its bound may be off by as much


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
    customers, touches = np.nonzero(np.isfinite(problem.values))
    values = problem.values[customers, touches].astype(np.float64)
    scale = max(float(np.abs(values).max(initial=0.0)), 1e-12)
    rows, limits = _constraints(problem, customers, touches)
    found = milp(
        -values / scale,
        integrality=np.ones(len(values), dtype=np.int64),
        bounds=Bounds(0, 1),
        constraints=LinearConstraint(rows, ub=limits),
        # Without presolve, which finds little here and makes HiGHS print notes of its own now and then.
        options={"node_limit": NODES_MAX, "time_limit": SECONDS_MAX, "mip_rel_gap": 1e-6, "presolve": False},
    )
    value = total(problem, chosen)
    proven = getattr(found, "mip_dual_bound", None)
    if proven is not None and np.isfinite(proven):
        bound = min(bound, -float(proven) * scale + SLACK * max(abs(bound), scale))
    if found.x is not None:
        better = np.zeros_like(chosen)
        better[customers, touches] = found.x > 0.5
        if is_feasible(problem, better) and total(problem, better) > value:
            return Finished(better, max(bound, total(problem, better)))
    return Finished(chosen, max(bound, value))


def _constraints(
    problem: Problem,
    customers: np.ndarray[tuple[int], np.dtype[np.int64]],
    touches: np.ndarray[tuple[int], np.dtype[np.int64]],
) -> tuple[csr_array, np.ndarray[tuple[int], np.dtype[np.float64]]]:
    """One row a capacity, and one a customer and family in which there are more allowed touches than room."""
    capacities, families = problem.use.shape[1], problem.member.shape[1]
    shared = csr_array(problem.use[touches].T.reshape(capacities, len(touches)))
    key = customers[:, None] * families + np.arange(families)[None, :]
    pair, family = np.nonzero(problem.member[touches])
    own = coo_array(
        (np.ones(len(pair)), (key[pair, family], pair)), shape=(problem.values.shape[0] * families, len(touches))
    ).tocsr()
    room = problem.room.reshape(-1).astype(np.float64)
    tight = np.flatnonzero(np.diff(own.indptr) > room)
    return (
        csr_array(vstack([shared, own[tight]])),
        np.concatenate([problem.available, room[tight]]),
    )
