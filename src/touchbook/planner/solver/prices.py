"""Prices of what is shared: the dual, lowered on samples first, then by Newton's steps over all customers."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

import numpy as np
from scipy.optimize import linprog, minimize

from touchbook.planner.solver.dual import Dual, Survey
from touchbook.planner.solver.newton import NEAR, descend, price_units
from touchbook.planner.solver.owner_time import in_whole_touches
from touchbook.planner.solver.problem import Floats, Problem

FIRST_SAMPLE, SAMPLE = 2_000, 20_000  # customers: so many tell the first prices
SAMPLE_STEP = 10  # each further sample has so many times as many
SAMPLE_ENOUGH, ENOUGH = 1e-5, 1e-6  # share of the value that a further step must promise
WHOLE_BELOW = 1e-4  # share of the value that a step promises: below that, owners' time is made whole
WHOLE_BELOW_EACH = 0.1  # the same for owners of one customer each; of few, there are no steps but whole ones
ROUNDS_SAMPLE, ROUNDS = 8, 14
SIZE_SHARE = 0.05
SWEEPS = 120
RESTARTS = 6  # the dual has kinks, at which a line search may stop early: begin again there
PLANES_ENOUGH = 1e-7
BIDDERS = 1_000


@dataclass(frozen=True, slots=True)
class Found:
    """The dual, the lowest survey of it, and whether further steps promised next to nothing."""

    dual: Dual
    survey: Survey
    is_settled: bool


def find_prices(problem: Problem, start: Floats | None = None) -> Found:
    """The lowest prices, searched from *start* (K + O) or, without it, from the prices of samples.

    Earlier prices are also the anchor: where several prices are as good, those nearest to *start* are found.
    """
    customers = len(problem.values)
    if start is not None and (start.shape != problem.limits.shape or not np.isfinite(start).all()):
        raise ValueError(f"{len(problem.limits)} prices are needed to begin from, each a number")
    steps = [1]
    prices = None if start is None else np.maximum(start, 0.0)  # below 0, the dual value would be no bound
    if prices is None:
        prices = _first_prices(problem)
        while customers >= SAMPLE * SAMPLE_STEP * steps[-1]:
            steps.append(steps[-1] * SAMPLE_STEP)
    for step in reversed(steps[1:]):
        dual = Dual(_sample(problem, step))
        prices = descend(dual, prices, sizes_of(dual.problem), ROUNDS_SAMPLE, SAMPLE_ENOUGH)[0].prices
    dual = Dual(problem)
    few_each = len(problem.owners.available) / max(customers, 1)
    whole, whole_below = partial(in_whole_touches, problem), max(WHOLE_BELOW, WHOLE_BELOW_EACH * few_each)
    seen, is_settled = descend(dual, prices, sizes_of(problem), ROUNDS, ENOUGH, start, whole, whole_below)
    return Found(dual, settle(dual, seen), is_settled)


def sizes_of(problem: Problem) -> Floats:
    """What 1 stands for in everything that is shared: what there is of it, or a share of what all could use (K + O)."""
    of_owners = problem.owners.customers * problem.owner_use.sum()
    could = np.concatenate([problem.allowed @ np.abs(problem.use), of_owners])
    size = np.maximum(problem.limits, SIZE_SHARE * could)
    return np.where(size > 0, size, 1.0)


def _first_prices(problem: Problem) -> Floats:
    """Prices from a very small sample, then from a small one, as if all owners were one."""
    customers, shared = len(problem.values), len(problem.available)
    first, second = (_pooled(_sample(problem, max(1, customers // size))) for size in (FIRST_SAMPLE, SAMPLE))
    prices = smooth(Dual(first), np.zeros(len(first.available)))
    if len(second.values) > 2 * len(first.values):
        prices = descend(Dual(second), prices, sizes_of(second), ROUNDS_SAMPLE, SAMPLE_ENOUGH)[0].prices
    return np.concatenate([prices[:shared], np.repeat(prices[shared:], len(problem.owners.available))])


def _pooled(problem: Problem) -> Problem:
    """The problem with all owners as one more shared capacity."""
    owners = problem.owners
    if not len(owners.available):
        return problem
    use = np.column_stack([problem.use, owners.use])
    available = np.append(problem.available, owners.available.sum())
    return Problem(problem.values, use, available, problem.member, problem.room)


def _sample(problem: Problem, step: int) -> Problem:
    rows = slice(None, None, step)
    share = len(range(0, len(problem.values), step)) / max(len(problem.values), 1)
    return problem.rows(rows, problem.limits * share)


def smooth(dual: Dual, start: Floats) -> Floats:
    """The lowest prices that a quasi-Newton method (L-BFGS-B) finds, with everything scaled to one size."""
    sizes = sizes_of(dual.problem)
    lowest, prices = dual.at(start)[0], start
    money = max(abs(lowest), 1e-12)

    def scaled(point: Floats) -> tuple[float, Floats]:
        nonlocal lowest, prices
        trial = np.maximum(point, 0.0) * money / sizes
        value, left = dual.at(trial)
        if value < lowest:
            lowest, prices = value, trial
        return value / money, left / sizes

    for _ in range(RESTARTS if len(start) else 0):
        before = lowest
        minimize(
            scaled,
            prices * sizes / money,
            jac=True,
            method="L-BFGS-B",
            bounds=[(0.0, None)] * len(start),
            options={"maxfun": SWEEPS, "maxiter": SWEEPS, "ftol": 1e-12, "gtol": 1e-9, "maxcor": 20},
        )
        if before - lowest <= PLANES_ENOUGH * abs(lowest) or dual.passes >= SWEEPS:
            break
    return prices


def by_planes(dual: Dual, seen: Survey, sweeps_max: int) -> Survey:
    """Lower the dual where it is all kinks, as with many customers alike, and smooth steps do not help.

    Every sweep gives a plane below the dual. Their maximum is minimised in a box around the best prices by a small
    linear program; the box grows after a step that helped and shrinks after one that did not.
    """
    units = price_units(seen.prices, sizes_of(dual.problem), len(dual.problem.available), seen.value)
    # What was made whole is another function's: the dual's own lies higher, and has its own slope there.
    lowest, left = (seen.value, seen.left) if seen.asked is None else dual.at(seen.prices)
    best = seen.prices
    planes = [(best, lowest, left)]
    radius = 1.0
    for _ in range(sweeps_max):
        trial, promised = _lowest_of_planes(planes, best, units, radius, lowest)
        if promised <= PLANES_ENOUGH * abs(lowest):
            break
        value, left = dual.at(trial)
        planes.append((trial, value, left))
        radius *= 2.0 if lowest - value >= 0.1 * promised else 0.5
        if value < lowest:
            best, lowest = trial, value
    return dual.survey(best, units, NEAR) if best is not seen.prices else seen


def _lowest_of_planes(
    planes: list[tuple[Floats, float, Floats]], centre: Floats, units: Floats, radius: float, lowest: float
) -> tuple[Floats, float]:
    """The prices in the box where the planes' maximum is least, and how much lower than the lowest value that is."""
    money = max(abs(lowest), 1e-12)
    points, values, lefts = (np.array(column) for column in zip(*planes, strict=True))
    slopes = lefts * units / money
    offsets = (slopes * (points / units)).sum(axis=1) - values / money
    middle = centre / units
    found = linprog(
        np.append(np.zeros(len(units)), 1.0),
        A_ub=np.column_stack([slopes, -np.ones(len(points))]),
        b_ub=offsets,
        bounds=[*zip(np.maximum(0.0, middle - radius), middle + radius, strict=True), (None, None)],
        method="highs",
    )
    if found.x is None or found.fun is None:
        return centre, 0.0
    return np.maximum(found.x[:-1], 0.0) * units, lowest - float(found.fun) * money


def settle(dual: Dual, seen: Survey) -> Survey:
    """Lower the prices of capacities of which nothing is there to the least that still keeps everybody off.

    Where nothing is available any high price is as good as another; the lowest is what one more unit is worth.
    """
    problem, prices = dual.problem, seen.prices.copy()
    for capacity in np.flatnonzero((problem.available <= 0) & (problem.use.min(axis=0, initial=0.0) >= 0)):
        if prices[capacity] > 0 and seen.left[capacity] >= 0:
            prices[capacity] = min(prices[capacity], _highest_bid(problem, prices, int(capacity)))
    if (prices == seen.prices).all():
        return seen
    units = price_units(prices, sizes_of(problem), len(problem.available), seen.value)
    settled = dual.survey(prices, units, NEAR)
    if seen.asked is not None:
        settled = in_whole_touches(problem, settled)
    return settled if settled.value <= seen.value * (1 + 1e-9) + 1e-9 else seen


def _highest_bid(problem: Problem, prices: Floats, capacity: int, halvings: int = 40) -> float:
    """The least price of a capacity at which nobody takes any of it, by halving over those who could pay most."""
    could_pay = np.full(len(problem.values), -np.inf)
    free = prices.copy()
    free[capacity] = 0.0
    for touch in np.flatnonzero(problem.use[:, capacity] > 0):
        could_pay = np.maximum(could_pay, problem.values[:, touch] / problem.use[touch, capacity])
    rows = np.argsort(-could_pay, kind="stable")[:BIDDERS]
    bidders = Dual(problem.rows(rows, np.zeros(len(prices))))
    low, high = 0.0, float(prices[capacity])
    for _ in range(halvings):
        free[capacity] = (low + high) / 2
        if bidders.at(free)[1][capacity] >= -1e-12:
            high = float(free[capacity])
        else:
            low = float(free[capacity])
    return high
