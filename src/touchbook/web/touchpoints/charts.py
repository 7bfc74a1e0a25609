"""The bars of touchpoints as numbers for an SVG: lengths alone; colours and words are the template's."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from touchbook.web.touchpoints.journey import Place, Week
from touchbook.web.touchpoints.sentences import in_words

LENGTH = 100.0  # of the longest bar
_STEP, _HEIGHT = 24.0, 92.0


@dataclass(frozen=True, slots=True)
class Bars:
    """Two bars that begin at one line: where that stands, how far each goes, and what they show in words."""

    axis: float
    plus: float
    minus: float
    words: str

    @property
    def minus_begins(self) -> float:
        """Where the bar of what was lost begins, so that it ends at the line."""
        return round(self.axis - self.minus, 1)


@dataclass(frozen=True, slots=True)
class Column:
    """One week: where it stands and ends, how high and how deep it goes."""

    x: float
    axis: float
    up: float
    down: float

    @property
    def top(self) -> float:
        """Where its upper part begins."""
        return round(self.axis - self.up, 1)


def length(amount: float, most: float) -> float:
    """How long a bar is; what is there at all can be seen."""
    return max(1.0, round(LENGTH * amount / most, 1)) if most and amount else 0.0


def bars(places: Sequence[Place]) -> dict[UUID, Bars]:
    """The bars of touchpoints that stand together, on one scale and at one line, by the touchpoint's id."""
    won = max((one.tally.plus for one in places), default=0.0)
    lost = max((one.tally.minus for one in places), default=0.0)
    whole = won + lost
    axis = round(LENGTH * lost / whole, 1) if whole else 0.0
    return {
        one.touchpoint.id: Bars(
            axis, length(one.tally.plus, whole), length(one.tally.minus, whole), in_words(one.name, one.tally)
        )
        for one in places
    }


def columns(weeks: Sequence[Week]) -> list[Column]:
    """A column a week, deposits upwards and withdrawals downwards from one line."""
    won, lost = max((one.plus for one in weeks), default=0.0), max((one.minus for one in weeks), default=0.0)
    scale = _HEIGHT / (won + lost) if won + lost else 0.0
    axis = round(won * scale + 1, 1)
    return [
        Column(index * _STEP, axis, round(one.plus * scale, 1), round(one.minus * scale, 1))
        for index, one in enumerate(weeks)
    ]
