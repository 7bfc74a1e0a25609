"""From prices to a plan: at given prices a capacity may be overdrawn; drop, fill what is free, exchange."""

from __future__ import annotations

import numpy as np

from touchbook.planner.solver.kernels import Places, drop, exchange, fill
from touchbook.planner.solver.problem import Floats, Mask, Problem

FILL_PAIRS_MAX = 500_000
EXCHANGE_PAIRS_MAX = 1_500  # on either side of an exchange; where there are many more, little is lost without it
EXCHANGES_MAX = 5


def repair(problem: Problem, chosen: Mask, prices: Floats) -> Mask:
    """A feasible choice near *chosen* (which is changed): drop what gains least, then add what gains most.

    Gains are at the prices, so that what is dropped first is what the capacity is worth least for.
    """
    charge = problem.use @ prices
    # Sums of fractions, such as those of the sales share, may miss what they stand for by a rounding.
    limits = problem.available * (1 + 1e-10) + 1e-10
    _drop(problem, chosen, charge, limits)
    _fill(problem, chosen, charge, limits)
    for _ in range(EXCHANGES_MAX):
        if not _exchange(problem, chosen, charge, limits):
            break
        _fill(problem, chosen, charge, limits)
    _drop(problem, chosen, charge, limits)
    return chosen


def _spent(problem: Problem, chosen: Mask) -> Floats:
    return np.asarray(chosen.sum(axis=0).astype(np.float64) @ problem.use)


def _drop(problem: Problem, chosen: Mask, charge: Floats, limits: Floats) -> None:
    """Drop until nothing is overdrawn. Dropping for one capacity may take from a row that a touch gives to.

    Such rows (the sales share) therefore come last.
    """
    spent = _spent(problem, chosen)
    order = np.argsort(problem.use.min(axis=0, initial=0.0) < 0, kind="stable")
    while overdrawn := [int(place) for place in order if spent[place] > limits[place]]:
        capacity = overdrawn[0]
        customers, touches = np.nonzero(chosen & (problem.use[:, capacity] > 0))
        surplus = problem.values[customers, touches] - charge[touches]
        worst = np.argsort(surplus / problem.use[touches, capacity], kind="stable")
        drop(customers[worst], touches[worst], problem.use, capacity, spent, limits, chosen)
        spent = _spent(problem, chosen)


def _fill(problem: Problem, chosen: Mask, charge: Floats, limits: Floats) -> None:
    spent = _spent(problem, chosen)
    for _ in range(2):  # a sale may fit only after others made room for it
        customers, touches = _worth_adding(problem, chosen, charge)
        if not fill(customers, touches, problem.use, spent, limits, problem.member, problem.room, chosen):
            break


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


def _exchange(problem: Problem, chosen: Mask, charge: Floats, limits: Floats) -> int:
    """Exchange a chosen pair for one that is worth more; those that are closest at the prices are tried."""
    wanted = _closest(problem, (problem.values > 0) & ~chosen, charge, -1.0)
    given = _closest(problem, chosen, charge, 1.0)
    spent = _spent(problem, chosen)
    return int(
        exchange(
            wanted[0], wanted[1], given[0], given[1],
            problem.values, problem.use, spent, limits, problem.member, problem.room, chosen,
        )
    )  # fmt: skip


def _closest(problem: Problem, pairs: Mask, charge: Floats, sign: float) -> tuple[Places, Places]:
    customers, touches = np.nonzero(pairs)
    surplus = problem.values[customers, touches] - charge[touches]
    order = np.argsort(sign * surplus, kind="stable")[:EXCHANGE_PAIRS_MAX]
    return customers[order], touches[order]
