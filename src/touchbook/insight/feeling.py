"""How one customer feels, from their own answers: what ``sql/facts.sql`` says for everybody, for a page about one.

A weighted regression of the answers on time, whose slope begins at the belief that feelings seldom move:

    A = [[Σw, Σwx], [Σwx, Σwx² + ridge]],   (level, trend) = A⁻¹ (Σwy, Σwxy),   errors from s² A⁻¹

with x = −age / 30 days and w = 2^(−age / half-life).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt

from touchbook.insight.state import FEELING_HALF_LIFE_DAYS, FEELING_NOISE_SD, FEELING_NOISE_WEIGHT, FEELING_RIDGE

STEADY_BELOW, QUICK_FROM = 0.1, 0.5  # steps of the scale in 30 days


@dataclass(frozen=True, slots=True)
class Given:
    """One answer to the question about the feeling: how old it is, what it said, and how much it counts.

    ``pull`` is its part in the level: the level is Σ pull · value.
    """

    age_days: float
    value: float
    weight: float
    pull: float


@dataclass(frozen=True, slots=True)
class Feeling:
    """The level now and its change in 30 days, each with its standard error, and the answers behind them."""

    level: float
    error: float
    trend: float
    trend_error: float
    answers: tuple[Given, ...]

    @property
    def latest_days(self) -> float:
        """The age of the last answer."""
        return min(one.age_days for one in self.answers)

    @property
    def moves(self) -> str:
        """Where it is going; see ``moves``."""
        return moves(self.trend)


def moves(trend: float) -> str:
    """Where a feeling is going that changes so in 30 days: ``steady``, ``rising``, ``falling``, or these ``slowly``."""
    if abs(trend) < STEADY_BELOW:
        return "steady"
    way = "rising" if trend > 0 else "falling"
    return way if abs(trend) >= QUICK_FROM else f"{way} slowly"


def feeling_of(answers: Sequence[tuple[float, float]]) -> Feeling | None:
    """The feeling behind answers (age in days ≥ 0, value); None where there are none."""
    if not answers:
        return None
    rows = [(2.0 ** (-age / FEELING_HALF_LIFE_DAYS), -age / 30, value) for age, value in answers]
    s_w = sum(w for w, _, _ in rows)
    s_x = sum(w * x for w, x, _ in rows)
    s_xx = sum(w * x * x for w, x, _ in rows) + FEELING_RIDGE
    s_y = sum(w * y for w, _, y in rows)
    s_xy = sum(w * x * y for w, x, y in rows)
    determinant = s_w * s_xx - s_x * s_x
    if determinant <= 0:  # answers so old that they weigh nothing
        return None
    level = (s_xx * s_y - s_x * s_xy) / determinant
    trend = (s_w * s_xy - s_x * s_y) / determinant
    squares = sum(w * (y - level - trend * x) ** 2 for w, x, y in rows)
    variance = (FEELING_NOISE_WEIGHT * FEELING_NOISE_SD**2 + squares) / (FEELING_NOISE_WEIGHT + s_w)
    given = tuple(
        Given(age, value, w, w * (s_xx - s_x * x) / determinant)
        for (age, value), (w, x, _) in zip(answers, rows, strict=True)
    )
    return Feeling(level, sqrt(variance * s_xx / determinant), trend, sqrt(variance * s_w / determinant), given)
