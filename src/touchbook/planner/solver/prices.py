"""Prices of the shared capacities: the dual, minimised by a quasi-Newton method over compiled sweeps."""

from __future__ import annotations

import numpy as np
from scipy.optimize import linprog, minimize

from touchbook.planner.solver.kernels import sweep
from touchbook.planner.solver.problem import Floats, Mask, Problem

SAMPLE_ABOVE = 50_000  # customers; more than these begin from the prices of a sample
SAMPLE_SHARE = 0.05
SIZE_SHARE = 0.05
DUAL_TOLERANCE = 1e-7  # share of the bound that a further sweep must promise
RESTARTS = 6  # the dual has kinks, at which a line search may stop early: begin again there


class Dual:
    """The dual function of a problem, and the best point seen so far.

    Capacities are scaled to 1 and money to the value without limits, so that all prices are of one size.
    """

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        self.passes = 0
        self.bound = np.inf
        self.prices: Floats = np.zeros(problem.available.shape[0])
        self._laminar = problem.is_laminar
        self._nothing: Mask = np.zeros((0, problem.values.shape[1]), dtype=np.bool_)
        self._size = self._sizes()
        self._money = 1.0
        self._cuts: list[tuple[Floats, float, Floats]] = []

    def _sizes(self) -> Floats:
        """What 1 stands for in each capacity: what there is of it, or a share of what all customers could use."""
        problem = self.problem
        could = np.isfinite(problem.values).sum(axis=0).astype(np.float64) @ np.abs(problem.use)
        size = np.maximum(problem.available, SIZE_SHARE * could)
        return np.where(size > 0, size, 1.0)

    def at(self, prices: Floats) -> tuple[float, Floats]:
        """The dual value at *prices* and what is left of each capacity: its gradient."""
        problem = self.problem
        surplus, counts = sweep(
            problem.values, problem.use @ prices, problem.member, problem.room, self._laminar, self._nothing, False
        )
        self.passes += 1
        value = float(prices @ problem.available) + surplus
        left = problem.available - counts @ problem.use
        self._cuts.append((prices.copy(), value, left))
        if value < self.bound:
            self.bound, self.prices = value, prices.copy()
        return value, left

    def choice(self, prices: Floats) -> Mask:
        """Every customer's choice at *prices* (n × T)."""
        problem = self.problem
        chosen: Mask = np.zeros(problem.values.shape, dtype=np.bool_)
        sweep(problem.values, problem.use @ prices, problem.member, problem.room, self._laminar, chosen, True)
        self.passes += 1
        return chosen

    def minimise(self, start: Floats, sweeps_max: int) -> Floats:
        """Lower the dual from *start* and return the best prices seen."""
        money, _ = self.at(start)
        self._money = max(money, 1e-12)
        point = start
        for _ in range(RESTARTS):
            before = self.bound
            minimize(
                self._scaled,
                point * self._size / self._money,
                jac=True,
                method="L-BFGS-B",
                bounds=[(0.0, None)] * len(start),
                options={"maxfun": sweeps_max, "maxiter": sweeps_max, "ftol": 1e-12, "gtol": 1e-9, "maxcor": 20},
            )
            point = self.prices
            if before - self.bound <= 1e-7 * abs(self.bound) or self.passes >= sweeps_max:
                break
        return point

    def refine(self, sweeps_max: int) -> None:
        """Lower the dual where it is all kinks, as with many customers alike, and smooth steps do not help.

        Every sweep so far gives a plane below the dual. Their maximum is minimised in a box around the best prices by
        a small linear program; the box grows after a step that helped and shrinks after one that did not.
        """
        unit = self._money / self._size
        radius = max(1e-3, float((self.prices / unit).max(initial=0.0)))
        for _ in range(sweeps_max):
            trial, promised = self._lowest_of_planes(unit, radius)
            if trial is None or promised <= DUAL_TOLERANCE * abs(self.bound):
                return
            before = self.bound
            self.at(trial)
            radius *= 2.0 if before - self.bound >= 0.1 * promised else 0.5

    def _lowest_of_planes(self, unit: Floats, radius: float) -> tuple[Floats | None, float]:
        """The prices in the box where the planes' maximum is least, and how much lower than the bound that is."""
        points = np.array([point for point, _, _ in self._cuts])
        values = np.array([value for _, value, _ in self._cuts])
        lefts = np.array([left for _, _, left in self._cuts])
        gradients = lefts * unit / self._money
        offsets = (gradients * (points / unit)).sum(axis=1) - values / self._money
        centre = self.prices / unit
        box = [(max(0.0, middle - radius), middle + radius) for middle in centre]
        found = linprog(
            np.append(np.zeros(len(unit)), 1.0),
            A_ub=np.column_stack([gradients, -np.ones(len(points))]),
            b_ub=offsets,
            bounds=[*box, (None, None)],
            method="highs",
        )
        if found.x is None or found.fun is None:
            return None, 0.0
        return np.maximum(found.x[:-1], 0.0) * unit, self.bound - float(found.fun) * self._money

    def settle(self, rounds: int = 30) -> None:
        """Lower the prices of capacities of which nothing is left to the least that still keeps everybody off.

        Where nothing is available any high price is as good as another; the lowest is what one more unit is worth.
        """
        problem = self.problem
        only_taken = problem.use.min(axis=0, initial=0.0) >= 0  # the sales share is given to as well: it has a price
        for capacity in np.flatnonzero((problem.available <= 0) & only_taken & (self.prices > 0)):
            low, high = 0.0, float(self.prices[capacity])
            tolerance = 1e-9 * max(abs(self.bound), 1.0)
            for _ in range(rounds):
                trial = self.prices.copy()
                trial[capacity] = (low + high) / 2
                if self.at(trial)[0] <= self.bound + tolerance:
                    high = float(trial[capacity])
                else:
                    low = float(trial[capacity])
            self.prices = self.prices.copy()
            self.prices[capacity] = high

    def _scaled(self, point: Floats) -> tuple[float, Floats]:
        value, left = self.at(np.maximum(point, 0.0) * self._money / self._size)
        return value / self._money, left / self._size


def find_prices(problem: Problem, start: Floats | None = None, sweeps_max: int = 120) -> Dual:
    """The dual of a problem near its minimum; begins from *start*, from a sample's prices, or from 0."""
    dual = Dual(problem)
    capacities = problem.available.shape[0]
    if capacities == 0:
        dual.at(np.zeros(0))
        return dual
    if start is None:
        start = _sampled(problem, sweeps_max) if problem.values.shape[0] > SAMPLE_ABOVE else np.zeros(capacities)
    dual.minimise(start, sweeps_max)
    dual.settle()
    return dual


def _sampled(problem: Problem, sweeps_max: int) -> Floats:
    step = round(1 / SAMPLE_SHARE)
    rows = slice(None, None, step)
    values = np.ascontiguousarray(problem.values[rows])
    share = values.shape[0] / problem.values.shape[0]
    room = np.ascontiguousarray(problem.room[rows])
    small = Problem(values, problem.use, problem.available * share, problem.member, room)
    dual = Dual(small)
    return dual.minimise(np.zeros(problem.available.shape[0]), sweeps_max)
