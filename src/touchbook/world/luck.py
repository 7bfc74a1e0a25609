"""Luck: every random event of a person in a week has its own number, whatever anybody else does.

A number depends on the seed, the week, the purpose and the person's place alone (a counter-based generator, Philox:
Salmon et al. 2011). Two worlds in which different things are done therefore share all their luck: what differs
between them was caused, not drawn.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.special import ndtri

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Luck:
    """The luck of *people* persons under a *seed*."""

    seed: int
    people: int

    def uniform(self, week: int, purpose: str) -> Floats:
        """A number in [0, 1) for each person, from *week* (−1 is before the first) and *purpose*."""
        return self._draw(week, purpose, self.people)

    def normal(self, week: int, purpose: str) -> Floats:
        """A standard normal number for each person."""
        return np.asarray(ndtri(np.clip(self.uniform(week, purpose), 1e-12, 1 - 1e-12)))

    def one(self, week: int, purpose: str) -> float:
        """A number in [0, 1) that all share: whether a day goes wrong for everybody."""
        return float(self._draw(week, purpose, 1)[0])

    def _draw(self, week: int, purpose: str, count: int) -> Floats:
        salt = int.from_bytes(hashlib.blake2b(purpose.encode(), digest_size=8).digest(), "big")
        key = np.array([self.seed, salt], dtype=np.uint64)
        # The generator counts in the lowest word; the highest names the week, so that weeks never overlap.
        counter = np.array([0, 0, 0, week + 1], dtype=np.uint64)
        return np.random.Generator(np.random.Philox(counter=counter, key=key)).random(count)
