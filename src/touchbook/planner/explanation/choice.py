"""One customer's choice at given prices, and where it turns when one number is moved."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from touchbook.planner.population import Floats, Mask
from touchbook.planner.solver.problem import Small

TURNS_MAX = 100  # far more than a customer's touches make; only against a rounding that never settles
SAME = 1e-9  # relative: sums that differ by less are equal


@dataclass(frozen=True, slots=True)
class Choice:
    """What one customer may choose from: ``free`` touches (T), families (``member``, T × F), ``room`` in each (F)."""

    free: Mask
    member: Mask
    room: Small

    def best(self, surplus: Floats) -> Mask:
        """The touches that gain most together, each with a surplus above 0 (T). Exact, by branch and bound."""
        order = [
            touch for touch in np.argsort(-surplus, kind="stable").tolist() if self.free[touch] and surplus[touch] > 0
        ]
        gains = [float(surplus[touch]) for touch in order]
        sums = np.concatenate([[0.0], np.cumsum(gains)])
        common = self.member.all(axis=0)  # families of all touches: they bound how many more there can be
        best: list[int] = []
        most = 0.0

        def search(place: int, room: Small, taken: list[int], gained: float) -> None:
            nonlocal best, most
            if gained > most:
                best, most = list(taken), gained
            several = min(len(order) - place, int(room[common].min(initial=len(order))))
            if several <= 0 or gained + sums[place + several] - sums[place] <= most:
                return
            touch = order[place]
            after = room - self.member[touch]
            if (after >= 0).all():
                search(place + 1, after, [*taken, touch], gained + gains[place])
            search(place + 1, room, taken, gained)

        search(0, self.room, [], 0.0)
        chosen = np.zeros(len(surplus), dtype=np.bool_)
        chosen[best] = True
        return chosen

    def most(self, surplus: Floats) -> float:
        """What the best touches gain together."""
        return float(surplus[self.best(surplus)].sum())

    def without(self, touch: int) -> Choice:
        """The same choice when one touch is not to be had."""
        free = self.free.copy()
        free[touch] = False
        return Choice(free, self.member, self.room)

    def beside(self, touch: int) -> Choice | None:
        """What may still be chosen beside a touch that is made; None when there is no room for it."""
        room = (self.room - self.member[touch]).astype(np.int16)
        return Choice(self.without(touch).free, self.member, room) if (room >= 0).all() else None

    def turn(self, surplus: Floats, slope: Floats, start: Mask, end: float, touch: int) -> tuple[float, Mask] | None:
        """How far *surplus* + λ · *slope* has to move until a *touch* comes into the best choice, or goes out of it.

        Returns λ in [0, end] and the choice from there on. *start* is the choice at λ = 0. What a choice gains is a
        line in λ, and the best of them a convex curve: its corners are found by intersecting the present line with
        that of the best choice further on, until no choice gains more where they meet.
        """
        here, present = 0.0, start
        for _ in range(TURNS_MAX):
            corner = self._corner(surplus, slope, present, here, end)
            if corner is None:
                return None
            here, present = corner
            if present[touch] != start[touch]:
                return here, present
        return None

    def _corner(
        self, surplus: Floats, slope: Floats, present: Mask, here: float, end: float
    ) -> tuple[float, Mask] | None:
        """The next corner after *here*, and the choice that takes over there; None when there is none up to *end*."""
        at, found = end, None
        for _ in range(TURNS_MAX):
            other = self.best(surplus + at * slope)
            gained, kept = _line(surplus, slope, other, at), _line(surplus, slope, present, at)
            steeper = float(slope[other].sum() - slope[present].sum())
            if gained <= kept + SAME * max(1.0, abs(kept)) or steeper <= 0:
                return found
            at = max(here, at - (gained - kept) / steeper)
            found = (at, other)
            if at <= here:
                return found
        return found


def _line(surplus: Floats, slope: Floats, chosen: Mask, at: float) -> float:
    return float((surplus[chosen] + at * slope[chosen]).sum())
