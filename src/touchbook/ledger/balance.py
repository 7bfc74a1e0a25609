"""The balance: three decayed sums and an instant, kept in O(1) per entry.

    B(t) = Σ deposits · 2^(−age/h) − asymmetry · Σ withdrawals · 2^(−age/h')

where h' is the unresolved half-life until a withdrawal is recovered and h from that day on. Each sum decays by one
half-life, so it can be carried from one day to another by a single factor; and because decay is linear in the
points, lines may arrive in any order. A change of a line's fate (a correction, a recovery) adds the difference
between what it weighs now and what it weighed before.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from touchbook.ledger.entries import Kind, Line
from touchbook.ledger.terms import Terms


@dataclass(frozen=True, slots=True)
class Sums:
    """Decayed points as of ``day``, before asymmetry: deposits, and withdrawals unresolved and recovered."""

    day: float
    deposits: float = 0.0
    unresolved: float = 0.0
    recovered: float = 0.0

    def at(self, day: float, terms: Terms) -> Sums:
        """The same sums carried to another day."""
        elapsed = day - self.day
        fast = 2.0 ** (-elapsed / terms.half_life_days)
        slow = 2.0 ** (-elapsed / terms.unresolved_half_life_days)
        return Sums(day, self.deposits * fast, self.unresolved * slow, self.recovered * fast)

    def change(self, before: Line | None, after: Line, terms: Terms) -> Sums:
        """The sums after a line appears (*before* is None) or its fate changes.

        The sums move forward to the line's latest day when that is later than their own, never back: what the line
        weighed before, and weighs now, is known only once both its fates have come to pass.
        """
        day = max(self.day, after.latest_day, before.latest_day if before else after.day)
        base, new = self.at(day, terms), weigh(after, day, terms)
        old = weigh(before, day, terms) if before else Sums(day)
        return Sums(
            day,
            base.deposits + new.deposits - old.deposits,
            base.unresolved + new.unresolved - old.unresolved,
            base.recovered + new.recovered - old.recovered,
        )

    def balance(self, day: float, terms: Terms) -> float:
        """The balance in points on *day*, which must not lie before the last entry."""
        sums = self.at(day, terms)
        return sums.deposits - terms.asymmetry * (sums.unresolved + sums.recovered)


def weigh(line: Line, day: float, terms: Terms) -> Sums:
    """What one line puts into the three sums on *day*."""
    if line.void:
        return Sums(day)
    if line.kind is Kind.DEPOSIT:
        return Sums(day, deposits=line.points * 2.0 ** (-(day - line.day) / terms.half_life_days))
    if line.recovered_day is None or line.recovered_day > day:
        return Sums(day, unresolved=line.points * 2.0 ** (-(day - line.day) / terms.unresolved_half_life_days))
    slow = 2.0 ** (-(line.recovered_day - line.day) / terms.unresolved_half_life_days)
    fast = 2.0 ** (-(day - line.recovered_day) / terms.half_life_days)
    return Sums(day, recovered=line.points * slow * fast)


class Standing(StrEnum):
    """Where a customer stands with the organisation."""

    OVERDRAWN = "overdrawn"
    NEUTRAL = "neutral"
    ENGAGED = "engaged"
    ADVOCATE = "advocate"


def standing(balance: float, referrals: int, terms: Terms) -> Standing:
    """Overdrawn below 0, engaged from ``engaged_at`` on; an advocate is engaged and has referred somebody.

    This is what ``insight`` says in SQL, and what its tests compare that with.
    """
    if balance < 0:
        return Standing.OVERDRAWN
    if balance < terms.engaged_at:
        return Standing.NEUTRAL
    return Standing.ADVOCATE if referrals > 0 else Standing.ENGAGED
