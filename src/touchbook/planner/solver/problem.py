"""The problem that the solver is given, and the solution that it gives back."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Values = npt.NDArray[np.float32]
Mask = npt.NDArray[np.bool_]
Small = npt.NDArray[np.int16]


@dataclass(frozen=True, slots=True)
class Owners:
    """Capacities that are shared by the customers of one owner only: there may be thousands.

    ``of`` (n): the place of each customer's owner, −1 for nobody; ``use`` (T): what a touch takes of its customer's
    owner, at least 0, and never where the owner is nobody; ``available`` (O): at least 0.
    """

    of: npt.NDArray[np.int32]
    use: Floats
    available: Floats


def nobody() -> Owners:
    """No owner at all."""
    return Owners(np.zeros(0, dtype=np.int32), np.zeros(0), np.zeros(0))


@dataclass(frozen=True, slots=True)
class Problem:
    """n customers, T touches, K shared capacities, F families, and what their owners have.

    ``values`` (n × T): money a touch brings; −inf where it is not allowed.
    ``use`` (T × K): what one touch takes of a capacity; below 0 where it gives (a touch that is no sale makes room
    for sales). ``available`` (K): at least 0.
    ``member`` (T × F): which families a touch belongs to. ``room`` (n × F): how many touches of a family a customer
    may still get.
    """

    values: Values
    use: Floats
    available: Floats
    member: Mask
    room: Small
    owners: Owners = field(default_factory=nobody)

    def __post_init__(self) -> None:
        customers, touches = self.values.shape
        capacities, families = self.use.shape[1], self.member.shape[1]
        shapes = (self.use.shape, self.available.shape, self.member.shape, self.room.shape)
        if shapes != ((touches, capacities), (capacities,), (touches, families), (customers, families)):
            raise ValueError(f"the shapes of a problem do not fit together: {self.values.shape}, {shapes}")
        if (self.available < 0).any():
            raise ValueError("an available capacity is below 0")
        if np.isnan(self.values).any() or (self.values == np.inf).any():
            raise ValueError("a value is neither a number nor −inf")

    @property
    def is_laminar(self) -> bool:
        """Whether any two families are nested or apart; then a greedy choice is exact for each customer."""
        member = self.member.astype(np.int64)
        common = member.T @ member
        size = np.diag(common)
        return bool(np.all((common == 0) | (common == size[:, None]) | (common == size[None, :])))


@dataclass(frozen=True, slots=True)
class Solution:
    """A feasible plan in whole touches, and how good it is at least.

    ``chosen`` (n × T); ``prices`` (K): money that one more unit of a capacity would be worth; ``value``: of the plan;
    ``bound``: no plan is worth more; ``passes``: sweeps over all customers.
    """

    chosen: Mask
    prices: Floats
    value: float
    bound: float
    passes: int

    @property
    def gap(self) -> float:
        """How far the plan may lie below the best possible, as a share of the bound: its certificate."""
        return max(0.0, self.bound - self.value) / self.bound if self.bound > 0 else 0.0


def is_feasible(problem: Problem, chosen: Mask) -> bool:
    """Whether a choice respects everything: allowed pairs, each customer's room, every capacity (to 1e-9)."""
    counts = chosen.sum(axis=0).astype(np.float64)
    allowed = not bool((chosen & ~np.isfinite(problem.values)).any())
    fits = bool(np.all(counts @ problem.use <= problem.available * (1 + 1e-9) + 1e-9))
    in_room = bool(np.all(chosen.astype(np.int64) @ problem.member.astype(np.int64) <= problem.room))
    return allowed and fits and in_room


def total(problem: Problem, chosen: Mask) -> float:
    """The value of a choice, summed in float64."""
    return float(problem.values[chosen].sum(dtype=np.float64))
