"""The problem that the solver is given, and the solution that it gives back."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Values = npt.NDArray[np.float32]
Singles = npt.NDArray[np.float32]
Mask = npt.NDArray[np.bool_]
Small = npt.NDArray[np.int16]
Places = npt.NDArray[np.int64]
Places32 = npt.NDArray[np.int32]

PARTS, PARTS_MAX = 1000.0, 2**53  # amounts that are no whole thousandths are taken as they are


@dataclass(frozen=True, slots=True)
class Owners:
    """Capacities that are shared by the customers of one owner only: there may be thousands.

    ``of`` (n): the place of each customer's owner, −1 for nobody; ``use`` (T): what a touch takes of its customer's
    owner, at least 0; ``available`` (O): at least 0.
    """

    of: Places32
    use: Floats
    available: Floats

    @property
    def customers(self) -> Places:
        """How many customers each owner has (O)."""
        return np.bincount(self.of[self.of >= 0], minlength=len(self.available))

    def spent(self, chosen: Mask) -> Floats:
        """What a choice (n × T) takes of each owner (O)."""
        taken = np.zeros(len(self.available))
        if len(taken):
            for touch in np.flatnonzero(self.use > 0):  # one touch at a time: no copy of the whole matrix
                mine = self.of[chosen[:, touch]]
                taken += self.use[touch] * np.bincount(mine[mine >= 0], minlength=len(taken))
        return taken


def nobody() -> Owners:
    """No owner at all."""
    return Owners(np.zeros(0, dtype=np.int32), np.zeros(0), np.zeros(0))


@dataclass(frozen=True, slots=True)
class Problem:
    """n customers, T touches, K shared capacities, F families, and O owners.

    ``values`` (n × T): money a touch brings; −inf where it is not allowed.
    ``use`` (T × K): what one touch takes of a capacity; below 0 where it gives (a touch that is no sale makes room
    for sales). ``available`` (K): at least 0.
    ``member`` (T × F): which families a touch belongs to. ``room`` (n × F): how many touches of a family a customer
    may still get.
    ``limits`` are all that is shared, the capacities and then the owners (K + O); prices come in the same order.
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
        owners = self.owners
        if len(owners.available) and (owners.of.shape, owners.use.shape) != ((customers,), (touches,)):
            raise ValueError("the owners of a problem do not fit its customers or its touches")

    def check(self) -> None:
        """Raise ``ValueError`` for numbers that make no sense."""
        if not all(np.isfinite(numbers).all() for numbers in (self.limits, self.use, self.owners.use)):
            raise ValueError("a capacity, or what a touch takes of it, is not finite")
        if (self.limits < 0).any():
            raise ValueError("an available capacity is below 0")
        if np.isnan(self.values).any() or (self.values == np.inf).any():
            raise ValueError("a value is neither a number nor −inf")
        of, owners = self.owners.of, len(self.owners.available)
        if (self.owners.use < 0).any() or (of < -1).any() or (of >= owners).any():
            raise ValueError("an owner's use is below 0, or an owner is not there")

    @property
    def is_laminar(self) -> bool:
        """Whether any two families are nested or apart; then a greedy choice is exact for each customer."""
        member = self.member.astype(np.int64)
        common = member.T @ member
        size = np.diag(common)
        return bool(np.all((common == 0) | (common == size[:, None]) | (common == size[None, :])))

    @property
    def limits(self) -> Floats:
        """What there is of everything that is shared (K + O)."""
        return np.concatenate([self.available, self.owners.available])

    @property
    def allowed(self) -> Floats:
        """How many customers are allowed each touch (T)."""
        return np.array([np.count_nonzero(column > -np.inf) for column in self.values.T], dtype=np.float64)

    @property
    def owner_use(self) -> Floats:
        """What a touch takes of its customer's owner (T), also where there are none."""
        return self.owners.use if len(self.owners.use) else np.zeros(self.values.shape[1])

    def trimmed(self) -> Problem:
        """The same plans, without what no whole touches can use: of 7.4 minutes for touches of 5 and 8 there are 7."""
        available = [float(_usable(*each)) for each in zip(self.available, self.use.T, strict=True)]
        owners = replace(self.owners, available=_usable(self.owners.available, self.owners.use))
        return replace(self, available=np.array(available, dtype=np.float64), owners=owners)

    def rows(self, places: slice | Places, limits: Floats) -> Problem:
        """The problem of some of the customers, who share *limits* (K + O; below 0 where too much is gone)."""
        shared = len(self.available)
        of = self.owners.of[places] if len(self.owners.of) else self.owners.of
        return Problem(
            np.ascontiguousarray(self.values[places]),
            self.use,
            limits[:shared],
            self.member,
            np.ascontiguousarray(self.room[places]),
            Owners(np.ascontiguousarray(of), self.owners.use, limits[shared:]),
        )

    def beside(self, chosen: Mask, rows: Places) -> Problem:
        """The problem of some of the customers, where all others keep what they have in *chosen* (n × T).

        Limits are below 0 where others have taken what these gave: then they must go on giving as much.
        """
        part = self.rows(rows, self.limits)
        of_others = spent(self, chosen) - spent(part, chosen[rows])
        left = self.limits - of_others
        shared = len(self.available)
        return replace(part, available=left[:shared], owners=replace(part.owners, available=left[shared:]))

    def charges(self, prices: Floats, customers: Places, touches: Places) -> Floats:
        """What some pairs of customer and touch cost at *prices* (K + O)."""
        shared = len(self.available)
        charge = (self.use @ prices[:shared])[touches]
        if len(self.owners.available):
            of = self.owners.of[customers]
            charge += np.where(of >= 0, prices[shared:][of], 0.0) * self.owners.use[touches]
        return np.asarray(charge)


@dataclass(frozen=True, slots=True)
class Solution:
    """A feasible plan in whole touches, and how good it is at least.

    ``chosen`` (n × T); ``prices`` (K) and ``owner_prices`` (O): money that one more unit of a capacity would be worth;
    ``value``: of the plan; ``bound``: no plan is worth more; ``passes``: sweeps over all customers.
    """

    chosen: Mask
    prices: Floats
    owner_prices: Floats
    value: float
    bound: float
    passes: int

    @property
    def gap(self) -> float:
        """How far the plan may lie below the best possible, as a share of the bound: its certificate."""
        return max(0.0, self.bound - self.value) / self.bound if self.bound > 0 else 0.0


def _usable(available: Floats, use: Floats) -> Floats:
    """What there is, lowered to a multiple of the largest amount that everything in *use* is a multiple of."""
    parts = use * PARTS
    whole = np.round(parts)
    if not np.isclose(parts, whole, rtol=0.0, atol=1e-6).all() or np.abs(whole).max(initial=0.0) > PARTS_MAX:
        return available
    unit = float(np.gcd.reduce(whole.astype(np.int64))) / PARTS
    return np.minimum(available, np.floor(available / unit + 1e-9) * unit) if unit else available


def spent(problem: Problem, chosen: Mask) -> Floats:
    """What a choice takes of everything that is shared (K + O)."""
    counts = np.count_nonzero(chosen, axis=0).astype(np.float64)
    return np.concatenate([counts @ problem.use, problem.owners.spent(chosen)])


def is_feasible(problem: Problem, chosen: Mask) -> bool:
    """Whether a choice respects everything: allowed pairs, each customer's room, every capacity (to 1e-9)."""
    allowed = not bool((chosen & ~np.isfinite(problem.values)).any())
    fits = bool(np.all(spent(problem, chosen) <= problem.limits + 1e-9 * (1 + np.abs(problem.limits))))
    in_room = bool(np.all(chosen.astype(np.int64) @ problem.member.astype(np.int64) <= problem.room))
    return allowed and fits and in_room


def total(problem: Problem, chosen: Mask) -> float:
    """The value of a choice, summed in float64."""
    return float(sum(problem.values[chosen[:, touch], touch].sum(dtype=np.float64) for touch in range(chosen.shape[1])))
