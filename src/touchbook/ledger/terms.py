"""The few numbers that the ledger's arithmetic depends on."""

from __future__ import annotations

from dataclasses import dataclass
from math import inf


@dataclass(frozen=True, slots=True)
class Terms:
    """Parameters of the balance.

    ``half_life_days``: how long until a deposit, or a recovered withdrawal, weighs half.
    ``unresolved_half_life_days``: the same for a withdrawal nobody made good.
    ``asymmetry``: how many deposit points undo one withdrawal point.
    ``witness``: what a moment weighs for somebody who saw it, as a share.
    ``engaged_at``: the balance from which a customer counts as engaged.
    """

    half_life_days: float = 180.0
    unresolved_half_life_days: float = 540.0
    asymmetry: float = 2.5
    witness: float = 0.4
    engaged_at: float = 10.0

    def __post_init__(self) -> None:
        for name in ("half_life_days", "unresolved_half_life_days", "asymmetry", "engaged_at"):
            if not 0 < getattr(self, name) < inf:
                raise ValueError(f"{name} must be above 0, not {getattr(self, name)!r}")
        if not 0 <= self.witness <= 1:
            raise ValueError(f"witness must lie between 0 and 1, not {self.witness!r}")
