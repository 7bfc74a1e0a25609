"""Finishing: branch and bound over single pairs of customer and touch, as many as it can take.

In a small problem those are all there are, and the bound is the problem's. In a larger one they are the pairs that
come nearest to being chosen, with what their customers have now; all others keep theirs, and nothing is proven.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from scipy.sparse import coo_array, csr_array, vstack

from touchbook.planner.solver.problem import Floats, Mask, Places, Problem, is_feasible, total
from touchbook.planner.solver.whole import maximise

PAIRS_MAX, CORE_PAIRS_MAX = 5_000, 800
CHUNK = 8_192  # customers
NODES_MAX = 100
SLACK = 1e-6  # HiGHS keeps constraints to about this share, so its bound may be off by as much


@dataclass(frozen=True, slots=True)
class Finished:
    """A feasible choice (n × T), and what no choice exceeds."""

    chosen: Mask
    bound: float


def is_small(problem: Problem) -> bool:
    """Whether a problem is small enough to be finished."""
    return 0 < int(np.isfinite(problem.values).sum()) <= PAIRS_MAX


def finish(problem: Problem, chosen: Mask, bound: float, prices: Floats) -> Finished:
    """Improve on the feasible *chosen* (n × T), which is as good as *prices* (K + O) make it, and on *bound*."""
    if is_small(problem):
        return _searched(problem, chosen, bound)
    rows, touches = _nearest(problem, chosen, prices)
    near = np.zeros_like(chosen)
    near[rows, touches] = True
    rows = np.unique(rows)
    part = problem.beside(chosen, rows)
    part = replace(part, values=np.where((near | chosen)[rows], part.values, np.float32(-np.inf)))
    better = chosen.copy()
    better[rows] = _searched(part, chosen[rows], np.inf).chosen
    is_better = is_feasible(problem, better) and total(problem, better) > total(problem, chosen)
    return Finished(better if is_better else chosen, bound)


def _nearest(problem: Problem, chosen: Mask, prices: Floats) -> tuple[Places, Places]:
    """The customers and touches of the pairs that are not chosen and that to choose would lose least."""
    touches = problem.values.shape[1]
    lost, places = np.zeros(0), np.zeros(0, dtype=np.int64)
    for start in range(0, len(chosen), CHUNK):  # part by part: with millions of customers, copies are dear
        part = slice(start, start + CHUNK)
        short = _lost(problem.rows(part, problem.limits), chosen[part], prices).ravel()
        nearest = np.argpartition(short, min(CORE_PAIRS_MAX, len(short) - 1))[:CORE_PAIRS_MAX]
        lost, places = np.append(lost, short[nearest]), np.append(places, nearest + start * touches)
        order = np.lexsort((places, lost))[:CORE_PAIRS_MAX]
        lost, places = lost[order], places[order]
    return np.divmod(places[np.isfinite(lost)], touches)


def _lost(problem: Problem, chosen: Mask, prices: Floats) -> Floats:
    """What choosing each pair would lose at the prices (n × T; infinite for a pair that is chosen or not allowed).

    Where a family has no more room for it, it would take the place of the least of that family, else of nothing.
    """
    surplus = np.array(problem.values, dtype=np.float64)
    everybody = np.arange(len(surplus))
    for touch in range(surplus.shape[1]):
        surplus[:, touch] -= problem.charges(prices, everybody, np.full(len(surplus), touch))
    instead = np.zeros_like(surplus)
    for family, members in enumerate(problem.member.T):
        theirs = chosen & members
        is_full = np.count_nonzero(theirs, axis=1) >= problem.room[:, family]
        least = np.where(theirs, surplus, np.inf).min(axis=1, initial=np.finfo(np.float64).max)
        rows = np.ix_(is_full, members)
        instead[rows] = np.maximum(instead[rows], least[is_full][:, None])
    short = instead - surplus
    return np.where(chosen | ~np.isfinite(problem.values), np.inf, np.maximum(short, 0.0))


def _searched(problem: Problem, chosen: Mask, bound: float) -> Finished:
    """The best choice that branch and bound finds, and the bound that it proves."""
    customers, touches = np.nonzero(np.isfinite(problem.values))
    values = problem.values[customers, touches].astype(np.float64)
    scale = max(float(values.max()), 1e-12)
    rows, limits = _constraints(problem, customers, touches)
    # HiGHS's tolerances are absolute: every row is brought to the size of 1.
    sizes = np.maximum(abs(rows).max(axis=1).toarray().ravel(), 1e-300)
    rows, limits = csr_array(rows.multiply(1 / sizes[:, None])), limits / sizes
    ones = np.ones(len(values))
    found = maximise(values / scale, 0 * ones, ones, rows, limits, ones > 0, NODES_MAX)
    if found.point is not None:
        better: Mask = np.zeros_like(chosen)
        better[customers, touches] = found.point > 0.5
        if is_feasible(problem, better) and total(problem, better) > total(problem, chosen):
            chosen = better
    proven = found.bound * scale
    return Finished(chosen, max(min(bound, proven + SLACK * abs(proven)), total(problem, chosen)))


def _constraints(problem: Problem, customers: Places, touches: Places) -> tuple[csr_array, Floats]:
    """One row for everything shared, one for every family of a customer with more allowed touches than room."""
    families, owners = problem.member.shape[1], len(problem.owners.available)
    pairs = np.arange(len(touches))
    shared = csr_array(problem.use[touches].T.reshape(problem.use.shape[1], len(touches)))
    pair, family = np.nonzero(problem.member[touches])
    own = coo_array(
        (np.ones(len(pair)), (customers[pair] * families + family, pair)),
        shape=(len(problem.values) * families, len(touches)),
    ).tocsr()
    of = problem.owners.of[customers] if owners else np.full(len(touches), -1)
    owned = of >= 0
    by_owner = coo_array(
        (problem.owner_use[touches][owned], (of[owned], pairs[owned])), shape=(owners, len(touches))
    ).tocsr()
    room = problem.room.reshape(-1).astype(np.float64)
    tight = np.flatnonzero(np.diff(own.indptr) > room)
    blocks = [block for block in (shared, by_owner, own[tight]) if block.shape[0]]
    matrix = csr_array(vstack(blocks)) if blocks else csr_array((0, len(touches)))
    return matrix, np.concatenate([problem.limits, room[tight]])
