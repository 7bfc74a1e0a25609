"""The dual of a problem: what all customers gain over the prices, and what all that is shared costs at them.

Prices are one vector: of the shared capacities, then of the owners (K + O).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import cache
from os import cpu_count
from typing import TypeVar

import numpy as np

from touchbook.planner.solver.kernels import survey, sweep
from touchbook.planner.solver.problem import Floats, Mask, Places, Problem, Singles, total

_Given = TypeVar("_Given")
_Part = TypeVar("_Part")

BLOCK = 1 << 16  # customers; sums are made block by block, so that they do not depend on the number of threads
OWNER_PAIRS = 8.0  # of an owner's customers, at least so many are to count into the curvature of their price
OWNER_NEAR_MAX = 0.2


@dataclass(frozen=True, slots=True)
class Curvature:
    """How what is left of everything changes with the prices, from the customers who are about to change their choice.

    An owner's price concerns nobody else's customers, so this is an arrow: ``shared`` (K × K), ``across`` (O × K),
    and ``owners`` (O), the diagonal of the rest.
    """

    shared: Floats
    across: Floats
    owners: Floats


@dataclass(frozen=True, slots=True)
class Survey:
    """Everybody's choice at ``prices``: the dual ``value``, what is ``left`` of everything (K + O), ``chosen`` (n × T).

    ``doubt`` (n): by how many units prices would have to move before a customer could choose otherwise. ``asked``: the
    rows of those who were asked to make owners' time whole (see ``owner_time``), None as long as nobody was; then the
    value, the choice, and what is left of what all share are those in whole touches of the owners' time.
    """

    prices: Floats
    value: float
    left: Floats
    chosen: Mask
    doubt: Singles
    curvature: Curvature
    asked: Places | None = None


class Dual:
    """The dual function of a problem. ``passes`` counts how often all of its customers were asked.

    *base*: what customers bring who are not in the problem, and whose use has been taken from its limits.
    """

    def __init__(self, problem: Problem, base: float = 0.0) -> None:
        self.problem = problem
        self.passes = 0
        self.limits = problem.limits
        self._base = base
        self._shared = len(problem.available)
        self._laminar = problem.is_laminar
        self._owner_near = np.minimum(OWNER_PAIRS / np.maximum(problem.owners.customers, 1), OWNER_NEAR_MAX)

    def at(self, prices: Floats) -> tuple[float, Floats]:
        """The dual value at *prices*, and what is left of everything: its gradient."""
        problem, charge, owner_prices = self.problem, *self._split(prices)

        def part(rows: slice) -> tuple[float, Floats, Floats]:
            return sweep(
                problem.values[rows], problem.member, problem.room[rows], self._laminar,
                charge, problem.owners.of[rows], problem.owner_use, owner_prices,
            )  # fmt: skip

        gained, counts, taken = (sum(one[1:], one[0]) for one in zip(*self._each(part), strict=True))
        return self._value(prices, gained), self._left(counts, taken)

    def survey(self, prices: Floats, units: Floats, near: float) -> Survey:
        """Everybody's choice at *prices*, and how it will move when prices move by multiples of their *units*.

        *near*: within how many units a change counts into the curvature.
        """
        problem, shared = self.problem, self._shared
        charge, owner_prices = self._split(prices)
        chosen: Mask = np.zeros(problem.values.shape, dtype=np.bool_)
        doubt: Singles = np.zeros(len(chosen), dtype=np.float32)
        use = np.vstack([problem.use, np.zeros(shared)])  # the last touch is nothing
        steps = use[:, None, :] - use[None, :, :]
        apart = np.abs(steps) @ units[:shared]

        def part(rows: slice) -> tuple[float, Floats, Floats, Floats, Floats]:
            return survey(
                problem.values[rows], problem.member, problem.room[rows], self._laminar,
                charge, problem.owners.of[rows], problem.owner_use, owner_prices,
                use, apart, units[shared:], near, self._owner_near, chosen[rows], doubt[rows],
            )  # fmt: skip

        parts = zip(*self._each(part), strict=True)
        gained, counts, taken, density, along = (sum(one[1:], one[0]) for one in parts)
        curvature = Curvature(np.einsum("ab,abk,abl->kl", density, steps, steps), along[:, :-1], along[:, -1])
        return Survey(prices, self._value(prices, gained), self._left(counts, taken), chosen, doubt, curvature)

    def part(self, seen: Survey, rows: Places) -> Dual:
        """The dual of some of the customers, where all others stay with their choice in *seen*."""
        part = self.problem.beside(seen.chosen, rows)
        of_others = total(self.problem, seen.chosen) - total(part, seen.chosen[rows])
        return Dual(part, self._base + of_others)

    def with_available(self, available: Floats) -> Dual:
        """The same dual with so much more of each shared capacity."""
        problem = replace(self.problem, available=self.problem.available + available)
        return Dual(problem, self._base)

    def _split(self, prices: Floats) -> tuple[Floats, Floats]:
        return np.asarray(self.problem.use @ prices[: self._shared]), prices[self._shared :]

    def _value(self, prices: Floats, gained: float) -> float:
        return float(self._base + gained + prices @ self.limits)

    def _left(self, counts: Floats, taken: Floats) -> Floats:
        return np.asarray(self.limits - np.concatenate([counts @ self.problem.use, taken]))

    def _each(self, part: Callable[[slice], _Part]) -> list[_Part]:
        customers = len(self.problem.values)
        blocks = [slice(first, min(first + BLOCK, customers)) for first in range(0, max(customers, 1), BLOCK)]
        self.passes += 1
        return in_threads(part, blocks)


def in_threads(work: Callable[[_Given], _Part], given: Sequence[_Given]) -> list[_Part]:
    """What some work gives for each of several things, which the processors share."""
    return list(_threads().map(work, given)) if len(given) > 1 else [work(one) for one in given]


@cache
def _threads() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(cpu_count() or 1, thread_name_prefix="sweep")
