"""An account as it was: the balance right after each line, on any day between, and what each line puts into it.

All of it rests on the lines as they are known today, each with its fate: a wrong that was made good in June weighs as
an open one until June. So the last balance is today's, and a line that was corrected away never counted.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from touchbook.ledger.entries import Kind, Line
from touchbook.ledger.terms import Terms


@dataclass(frozen=True, slots=True)
class Part:
    """What one line puts into a balance: ``contribution`` = ± points × asymmetry (of withdrawals) × fading.

    ``age_days`` counts from the line's day; of a recovered withdrawal ``open_days`` of them went by before it was made
    good, and faded slowly. A deposit has none, and an open withdrawal nothing else.
    """

    line: Line
    age_days: float
    open_days: float
    fading: float
    contribution: float


def parts(lines: Sequence[Line], day: float, terms: Terms) -> list[Part]:
    """What each line puts into the balance on *day*, in the order of the lines; void ones, and later ones, nothing.

    Their sum is the balance.
    """
    return [_part(line, day, terms) for line in lines]


def balances_after(lines: Sequence[Line], terms: Terms) -> list[float]:
    """The balance on the day of each line, right after it. *lines* must be in the order of their days.

    Of several at one instant, those that come later do not count yet. A line that is void, or that comes to nothing,
    leaves the balance as it is on that day.
    """
    walk = _Walk(lines, terms)
    return [walk.after(place) for place in range(len(lines))]


def balances_on(lines: Sequence[Line], days: Sequence[float], terms: Terms) -> list[float]:
    """The balance at the end of each of some *days*, which ascend. *lines* must be in the order of their days."""
    walk = _Walk(lines, terms)
    found, place = [], 0
    for day in days:
        while place < len(lines) and lines[place].day <= day:
            walk.after(place)
            place += 1
        found.append(walk.on(day) if place else 0.0)
    return found


class _Walk:
    """The three sums, carried from one event to the next: a line, or the day on which one is made good.

    They are plain numbers here: a page may go through ten thousand lines.
    """

    def __init__(self, lines: Sequence[Line], terms: Terms) -> None:
        self._lines, self._terms = lines, terms
        self._day = lines[0].day if lines else 0.0
        self._deposits = self._unresolved = self._recovered = 0.0
        self._closing: list[tuple[float, int]] = sorted(
            (line.recovered_day, place)
            for place, line in enumerate(lines)
            if line.recovered_day is not None and not line.void and line.kind is Kind.WITHDRAWAL
        )
        self._closed = 0  # how many of them the walk has passed

    def after(self, place: int) -> float:
        """Go on to a line, take it in, and say the balance; lines are taken in their order."""
        line = self._lines[place]
        self._carry(line.day, place)
        if line.void:
            pass
        elif line.kind is Kind.DEPOSIT:
            self._deposits += line.points
        elif line.recovered_day == line.day:
            self._recovered += line.points
        else:
            self._unresolved += line.points
        return self._deposits - self._terms.asymmetry * (self._unresolved + self._recovered)

    def on(self, day: float) -> float:
        """The balance on a later day, with all that was made good until then."""
        self._carry(day, len(self._lines))
        return self._deposits - self._terms.asymmetry * (self._unresolved + self._recovered)

    def _carry(self, day: float, taken: int) -> None:
        """Bring the sums to a day. Of the lines, the first *taken* are in them."""
        while self._closed < len(self._closing) and self._closing[self._closed][0] <= day:
            closed_on, place = self._closing[self._closed]
            if place >= taken:
                break  # made good at the very instant at which it happened: it goes in as such
            line = self._lines[place]
            self._closed += 1
            if closed_on > line.day:
                self._fade(closed_on)
                weight = line.points * 2.0 ** (-(closed_on - line.day) / self._terms.unresolved_half_life_days)
                self._unresolved -= weight
                self._recovered += weight
        self._fade(day)

    def _fade(self, day: float) -> None:
        elapsed = day - self._day
        if elapsed:
            fast = 2.0 ** (-elapsed / self._terms.half_life_days)
            self._deposits *= fast
            self._recovered *= fast
            self._unresolved *= 2.0 ** (-elapsed / self._terms.unresolved_half_life_days)
            self._day = day


def _part(line: Line, day: float, terms: Terms) -> Part:
    age = day - line.day
    if line.void or age < 0:
        return Part(line, age, 0.0, 0.0, 0.0)
    if line.kind is Kind.DEPOSIT:
        fading = 2.0 ** (-age / terms.half_life_days)
        return Part(line, age, 0.0, fading, line.points * fading)
    open_days = age if line.recovered_day is None or line.recovered_day > day else line.recovered_day - line.day
    fading = 2.0 ** (-open_days / terms.unresolved_half_life_days) * 2.0 ** (-(age - open_days) / terms.half_life_days)
    return Part(line, age, open_days, fading, -terms.asymmetry * line.points * fading)
