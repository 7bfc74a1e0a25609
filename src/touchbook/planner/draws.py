"""Numbers that look random and are always the same for the same customer and purpose: ties and hold-outs."""

from __future__ import annotations

import hashlib

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from touchbook.planner.population import Floats

_GOLDEN = np.uint64(0x9E3779B97F4A7C15)


Identities = np.ndarray[tuple[int], np.dtype[np.uint64]]


def draw(identities: Identities, key: str) -> Floats:
    """A number in [0, 1) per customer, from its identity and *key* alone (a keyed splitmix64).

    It does not depend on who else is in the population, so a customer stays in or out of a hold-out.
    """
    salt = np.uint64(int.from_bytes(hashlib.blake2b(key.encode(), digest_size=8).digest(), "big"))
    mixed = identities ^ salt
    for shift, factor in ((30, 0xBF58476D1CE4E5B9), (27, 0x94D049BB133111EB)):
        mixed = (mixed + _GOLDEN) ^ (mixed >> np.uint64(shift))
        mixed = mixed * np.uint64(factor)
    mixed ^= mixed >> np.uint64(31)
    return np.asarray((mixed >> np.uint64(11)).astype(np.float64) / 2.0**53)


def identities(state: pa.Table) -> Identities:
    """The last 64 bits of each customer's UUID: those that were drawn at random."""
    column = state.column("customer").cast(pa.string())
    if not len(column):
        return np.zeros(0, dtype=np.uint64)
    tails = pc.utf8_slice_codeunits(pc.utf8_lower(column), 19)  # of xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx
    digits = pc.replace_substring(tails, "-", "").to_numpy(zero_copy_only=False).astype("S16")
    codes = digits.view(np.uint8).reshape(len(column), 16)
    halves = np.where(codes >= ord("a"), codes - (ord("a") - 10), codes - ord("0")).astype(np.uint64)
    found = np.zeros(len(column), dtype=np.uint64)
    for place in range(16):
        found = (found << np.uint64(4)) | halves[:, place]
    return found
