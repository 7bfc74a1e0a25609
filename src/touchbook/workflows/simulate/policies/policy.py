"""What a policy is: each week it says whom it wants to reach with which touch, the most wanted first."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Protocol

import numpy as np

from touchbook.kernel.errors import Refused
from touchbook.plan.model import Plan, Purpose
from touchbook.world.crowd import Ints


@dataclass(frozen=True, slots=True)
class Wish:
    """Pairs of a person's place in the simulation and a touch's place in the plan, the most wanted first."""

    places: Ints
    columns: Ints


NO_WISH = Wish(np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64))


class Policy(Protocol):
    """One way to look after members."""

    def wish(self, monday: date, /) -> Wish:
        """Whom to reach in the week from *monday*."""
        ...


def column_of(plan: Plan, purpose: Purpose, channel: str) -> int:
    """The first touch of a plan with that purpose and channel. Raises Refused when it has none."""
    for column, touch in enumerate(plan.touches.values()):
        if touch.purpose is purpose and touch.channel == channel:
            return column
    raise Refused(f"The plan has no touch to {purpose} by {channel}, and this policy needs one; add it.")
