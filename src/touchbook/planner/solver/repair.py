"""From prices to a plan: at given prices customers may overdraw a capacity a little; drop, then fill what is free."""

from __future__ import annotations

import numpy as np

from touchbook.planner.solver.kernels import Places, drop, fill
from touchbook.planner.solver.problem import Floats, Mask, Problem

FILL_PAIRS_MAX = 500_000


def repair(problem: Problem, chosen: Mask, prices: Floats) -> Mask:
    """A feasible choice near *chosen* (which is changed): drop what gains least, then add what gains most.

    Gains are at the prices, so that what is dropped first is what the capacity is worth least for.
    """
    charge = problem.use @ prices
    spent = chosen.sum(axis=0).astype(np.float64) @ problem.use
    # Rows that some touches give to (the sales share) come last: dropping for another row may take from them.
    for capacity in np.argsort(problem.use.min(axis=0) < 0, kind="stable"):
        if spent[capacity] > problem.available[capacity]:
            customers, touches = np.nonzero(chosen & (problem.use[:, capacity] > 0))
            surplus = problem.values[customers, touches] - charge[touches]
            order = np.argsort(surplus / problem.use[touches, capacity], kind="stable")
            drop(customers[order], touches[order], problem.use, int(capacity), spent, problem.available, chosen)
    for _ in range(2):  # a sale may fit only after others made room for it
        customers, touches = _worth_adding(problem, chosen, charge)
        if not fill(customers, touches, problem.use, spent, problem.available, problem.member, problem.room, chosen):
            break
    return chosen


def _worth_adding(problem: Problem, chosen: Mask, charge: Floats) -> tuple[Places, Places]:
    """Pairs of value above 0 that are not chosen and whose customer has room, best at the prices first."""
    held = chosen.astype(np.int16) @ problem.member.astype(np.int16)
    full = (held >= problem.room).astype(np.int16) @ problem.member.T.astype(np.int16) > 0
    customers, touches = np.nonzero((problem.values > 0) & ~chosen & ~full)
    surplus = problem.values[customers, touches] - charge[touches]
    if len(surplus) > FILL_PAIRS_MAX:
        best = np.sort(np.argpartition(-surplus, FILL_PAIRS_MAX)[:FILL_PAIRS_MAX])
        customers, touches, surplus = customers[best], touches[best], surplus[best]
    order = np.argsort(-surplus, kind="stable")
    return customers[order], touches[order]
