"""Making good an open withdrawal: how much a recovery may give back."""

from __future__ import annotations

from collections.abc import Iterable

from touchbook.ledger.balance import weigh
from touchbook.ledger.entries import Kind, Line
from touchbook.ledger.terms import Terms

REPEAT_DAYS = 90.0
REPEAT_SHARE = 0.5


def recoverable(line: Line, day: float, others: Iterable[Line], terms: Terms) -> float:
    """The most points that a recovery on *day* may deposit for a withdrawal.

    All that the withdrawal still weighs in the balance; half of it when the same touchpoint failed the same customer
    within 90 days of it (*others*: the account's lines at that touchpoint from other moments; what went wrong together
    went wrong once). Nothing for a line that is void, recovered already, or no withdrawal.
    """
    if line.kind is not Kind.WITHDRAWAL or line.void or line.recovered_day is not None or day < line.day:
        return 0.0
    weight = terms.asymmetry * weigh(line, day, terms).unresolved
    return weight * (REPEAT_SHARE if is_repeat(line, day, others) else 1.0)


def is_repeat(line: Line, day: float, others: Iterable[Line]) -> bool:
    """Whether another withdrawal among *others* lies within 90 days of this one and not after *day*."""
    return any(
        other.kind is Kind.WITHDRAWAL
        and not other.void
        and other.day <= day
        and abs(other.day - line.day) <= REPEAT_DAYS
        for other in others
    )
