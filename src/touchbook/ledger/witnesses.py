"""What those who saw a moment remember: entries for known witnesses, a sum for unnamed ones."""

from __future__ import annotations

from touchbook.ledger.terms import Terms


def known_points(points: float, terms: Terms) -> float:
    """The points of an entry on the account of one known witness."""
    return points * terms.witness


def house_points(points: float, unnamed: int, terms: Terms) -> float:
    """The points of an entry on the touchpoint's house account for a number of unnamed witnesses."""
    if unnamed < 0:
        raise ValueError(f"a number of witnesses is 0 or more, not {unnamed}")
    return points * terms.witness * unnamed
