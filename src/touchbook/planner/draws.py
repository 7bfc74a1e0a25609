"""Numbers that look random and are always the same for the same customer and purpose: ties and hold-outs."""

from __future__ import annotations

import hashlib

import numpy as np
import pyarrow as pa

from touchbook.planner.population import Floats, Population

_GOLDEN = np.uint64(0x9E3779B97F4A7C15)


def draw(population: Population, key: str) -> Floats:
    """A number in [0, 1) per customer, from its id and *key* alone (a keyed splitmix64).

    It does not depend on who else is in the population, so a customer stays in or out of a hold-out.
    """
    salt = np.uint64(int.from_bytes(hashlib.blake2b(key.encode(), digest_size=8).digest(), "big"))
    mixed = _identities(population.state) ^ salt
    for shift, factor in ((30, 0xBF58476D1CE4E5B9), (27, 0x94D049BB133111EB)):
        mixed = (mixed + _GOLDEN) ^ (mixed >> np.uint64(shift))
        mixed = mixed * np.uint64(factor)
    mixed ^= mixed >> np.uint64(31)
    return np.asarray((mixed >> np.uint64(11)).astype(np.float64) / 2.0**53)


def _identities(state: pa.Table) -> np.ndarray[tuple[int], np.dtype[np.uint64]]:
    """The last 64 bits of each customer's UUID: those that were drawn at random."""
    ids = state.column("customer").cast(pa.string()).to_pylist()
    return np.fromiter((int(str(text)[19:].replace("-", ""), 16) for text in ids), dtype=np.uint64, count=len(ids))
