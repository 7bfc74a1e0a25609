"""The stay probability of one customer, line by line: each coefficient, what it is multiplied by, and the product."""

from __future__ import annotations

from dataclasses import dataclass
from math import isfinite

import pyarrow as pa

from touchbook.insight.stay import PRIOR
from touchbook.kernel.language import say_now
from touchbook.plan.model import Plan


@dataclass(frozen=True, slots=True)
class StayPart:
    """One line of the sum: ``coefficient`` × ``value`` = ``product``, in log-odds.

    ``value`` is None where it is not known; the product is 0 then, and ``doubt`` grows instead. ``doubt`` is what the
    line adds to the error of the sum; squares of all of them add up to its square.
    """

    name: str
    meaning: str
    coefficient: float
    value: float | None
    product: float
    doubt: float


def stay_parts(state: pa.Table, plan: Plan) -> list[StayPart]:
    """The lines for the first customer of a state table. Their products add up to the log-odds of ``insight.stay``."""
    parts = []
    for feature in PRIOR:
        value = float(feature.of(state, plan)[0])
        if isfinite(value):
            product, doubt = feature.coefficient * value, abs(feature.sd * value)
            parts.append(
                StayPart(say_now(feature.name), say_now(feature.meaning), feature.coefficient, value, product, doubt)
            )
        else:
            doubt = abs(feature.coefficient * feature.spread)
            parts.append(
                StayPart(say_now(feature.name), say_now(feature.meaning), feature.coefficient, None, 0.0, doubt)
            )
    return parts
