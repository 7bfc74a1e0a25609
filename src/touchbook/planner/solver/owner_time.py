"""Owners' time in whole touches: for each owner the plan of it that loses least at the prices, and what it loses.

Owners share nothing but the prices, so each is a problem apart. At the prices every customer has a best choice; any
other loses something, and time that lies idle loses its price. As no plan loses less than what is found, the bound on
all plans is lower by that much.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from touchbook.planner.solver.dual import BLOCK, Survey, in_threads
from touchbook.planner.solver.knapsack import ROUNDING, exchanges, pack
from touchbook.planner.solver.problem import PARTS, Floats, Mask, Places, Problem, spent

TOUCHES_MAX = 62  # a choice is written as the bits of one number
GRAIN = 0.1  # minutes; where touches take no whole thousandths, or too many of them, what is finer is rounded up
UNITS_MAX = 250  # of one touch
OWNERS_AT_ONCE = 25


def in_whole_touches(problem: Problem, seen: Survey) -> Survey:
    """What was seen, with the best choice of everybody by which no owner is overdrawn, where that can be found."""
    owners, shared = problem.owners, len(problem.available)
    is_done = seen.asked is not None or not len(owners.available) or not (owners.use > 0).any()
    if is_done or problem.values.shape[1] > TOUCHES_MAX:
        return seen
    chosen = seen.chosen.copy()
    units, unit, is_exact = _units(owners.use)
    charge, price = problem.use @ seen.prices[:shared], seen.prices[shared:] * unit
    next_loss = _next_losses(problem, chosen, charge, price, units)
    order = np.lexsort((next_loss, owners.of))
    order = order[owners.of[order] >= 0]
    starts = np.searchsorted(owners.of[order], np.arange(len(owners.available) + 1))
    taken = replace(owners, use=units.astype(np.float64)).spent(chosen)
    left = (np.floor(owners.available / unit + 1e-9) - taken).astype(np.int64)
    least, asked = np.zeros(len(left)), np.zeros(len(left), dtype=np.int64)
    is_best = np.zeros(len(left), dtype=np.bool_)

    def pack_some(first: int) -> None:
        pack(
            first, min(first + OWNERS_AT_ONCE, len(left)), problem.values, charge, price, problem.member,
            problem.room, units, left, order, starts, next_loss, chosen, least, asked, is_best,
        )  # fmt: skip

    in_threads(pack_some, range(0, len(left), OWNERS_AT_ONCE))
    rank = np.arange(len(order)) - np.repeat(starts[:-1], np.diff(starts))
    rows = np.sort(order[rank < np.repeat(asked, np.diff(starts))])
    lost = float(least.sum()) * (1 - ROUNDING) if is_exact else 0.0
    there = (problem.limits - spent(problem, chosen))[:shared]
    to_mend = np.concatenate([there, np.where(is_best, 0.0, seen.left[shared:])])
    return replace(seen, value=seen.value - lost, left=to_mend, chosen=chosen, asked=rows)


def _units(use: Floats) -> tuple[Places, float, bool]:
    """What each touch takes in whole units (T), how much a unit is, and whether nothing was rounded."""
    parts = np.round(use * PARTS).astype(np.int64)
    unit = int(np.gcd.reduce(parts))
    if np.isclose(parts, use * PARTS, rtol=0.0, atol=1e-6).all() and unit and parts.max() // unit <= UNITS_MAX:
        return parts // unit, unit / PARTS, True
    grains = np.ceil(use / GRAIN - 1e-6).astype(np.int64)
    unit = int(np.gcd.reduce(grains))
    return grains // unit, GRAIN * unit, False


def _next_losses(problem: Problem, chosen: Mask, charge: Floats, price: Floats, units: Places) -> Floats:
    """What each customer loses at least by a choice that takes more or less of their owner's time (n)."""
    losses = np.empty(len(chosen))
    of, is_laminar = problem.owners.of, problem.is_laminar

    def part(first: int) -> None:
        rows = slice(first, first + BLOCK)
        exchanges(
            problem.values[rows], problem.member, problem.room[rows], is_laminar, charge, of[rows], units, price,
            chosen[rows], losses[rows],
        )  # fmt: skip

    in_threads(part, range(0, len(chosen), BLOCK))
    return losses
