"""What the weeks ahead are expected to bring, as facts that the statements of the state read beside the known ones.

The coming weeks bring what the last ones brought, moment for moment; touches that are planned are made; some of whom
they ask answer; and some leave (``planner.brought``). ``docs/explanation/planner.md`` states it for a manager.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property
from importlib.resources import files
from math import ceil
from string import Template
from zoneinfo import ZoneInfo

import pyarrow as pa

from touchbook.plan.model import Plan
from touchbook.planner.schedule import HORIZON_DAYS
from touchbook.planner.values.answering import answer_rate

ANSWER_DAYS = 14  # an answer that comes later was not given to the touch that asked
PRIOR_ASKED = 20  # touches made that the prior counts as much as

_KNOWN_UNTIL = '"at" <= $start'
_VIEWS = {
    "entry": _KNOWN_UNTIL,
    "witness": _KNOWN_UNTIL,
    "answer": _KNOWN_UNTIL,
    "outcome": _KNOWN_UNTIL,
    "touch_event": _KNOWN_UNTIL,
    "customer": "since IS NULL OR since <= $start_day",
    "consent": "TRUE",
}
# Arrival numbers, by which the state tells facts of one instant apart; it keeps them in 40 bits.
_NUMBERS_A_ROUND = 10**10
EXPECTED_NUMBERS = 10**12


@dataclass(frozen=True)
class Horizon:
    """The weeks of a forecast, and the past that comes again: whole weeks, so that a match day stays one.

    ``present`` is when the forecast is made, ``first_entry`` when the ledger begins (None: it is empty).
    """

    starts_on: date
    weeks: int
    zone: ZoneInfo
    present: datetime
    first_entry: datetime | None

    def day(self, week: int) -> date:
        """The first day of a week, counted from 0."""
        return self.starts_on + timedelta(weeks=week)

    def instant(self, week: int) -> datetime:
        """Midnight of a week's first day."""
        return datetime.combine(self.day(week), time.min, self.zone).astimezone(UTC)

    @cached_property
    def lag_weeks(self) -> int:
        """Weeks between the past that comes again and the first day: none, unless the present is days before it."""
        return max(0, ceil((self.instant(0) - self.present - timedelta(days=1)) / timedelta(weeks=1)))

    @cached_property
    def period_weeks(self) -> int:
        """The length of that past: as many weeks as are forecast, or as the ledger has."""
        if self.first_entry is None:
            return self.weeks
        return min(self.weeks, max(1, (self.instant(-self.lag_weeks) - self.first_entry) // timedelta(weeks=1)))


def known_statements(horizon: Horizon) -> list[str]:
    """SQL after which the lake's tables hold what is known until the first day, and nothing later."""
    return _views(horizon, "")


FIRST_ENTRY_STATEMENT = "SELECT MIN(\"at\") AS first FROM entry WHERE account_kind = 'customer'"


def ahead_statements(plan: Plan, horizon: Horizon) -> list[str]:
    """SQL, after that of the first week's state, after which the tables hold what is expected to come as well."""
    until = horizon.instant(-horizon.lag_weeks)
    asks = [(touch.name, question) for touch in plan.touches.values() for question in touch.asks]
    values = {
        "asks": "".join(f", ({_quoted(name)}, {_quoted(question)})" for name, question in asks),
        "answer_days": ANSWER_DAYS,
        "rounds": ceil(horizon.weeks / horizon.period_weeks),
        "lag_days": horizon.lag_weeks * HORIZON_DAYS,
        "period_days": horizon.period_weeks * HORIZON_DAYS,
        "from": _timestamp(until - timedelta(weeks=horizon.period_weeks)),
        "until": _timestamp(until),
        "end": _timestamp(horizon.instant(horizon.weeks)),
        "from_day": f"DATE '{horizon.day(-horizon.lag_weeks - horizon.period_weeks)}'",
        "until_day": f"DATE '{horizon.day(-horizon.lag_weeks)}'",
        "numbers_a_round": _NUMBERS_A_ROUND,
    }
    return [
        _sql("asked", values),
        _sql("ahead", values),
        *_views(horizon, " UNION ALL BY NAME SELECT * FROM ${table}_ahead"),
    ]


def left_statements(now: datetime) -> list[str]:
    """SQL after which nothing more happens to those who are expected to have left by *now*."""
    return [_sql("left", {"now": _timestamp(now)})]


def rates_statement(horizon: Horizon) -> str:
    """SQL, after the statements ahead: per touch that asks, how often it was made long enough ago, and answered."""
    return (
        f"SELECT name, COUNT(*) AS asked, COUNT(*) FILTER (answered) AS answered FROM ("  # noqa: S608
        f"SELECT name, id, COUNT(answer) > 0 AS answered FROM asked_known "
        f'WHERE "at" + to_days({ANSWER_DAYS}) <= {_timestamp(horizon.instant(0))} GROUP BY name, id'
        f") GROUP BY name ORDER BY name"
    )


def response_rates(plan: Plan, known: pa.Table) -> dict[str, float]:
    """Per touch that asks, the share of those it reaches who answer: what is *known* with the prior mixed in."""
    counted = {row["name"]: row for row in known.to_pylist()}
    rates = {}
    for touch in plan.touches.values():
        if touch.asks:
            row = counted.get(touch.name, {"asked": 0, "answered": 0})
            prior = PRIOR_ASKED * answer_rate(touch)
            rates[touch.name] = (row["answered"] + prior) / (row["asked"] + PRIOR_ASKED)
    return rates


def _views(horizon: Horizon, more: str) -> list[str]:
    """Views that hide the lake's own tables: what is known, and *more*."""
    start, start_day = _timestamp(horizon.instant(0)), f"DATE '{horizon.starts_on}'"
    view = Template("CREATE OR REPLACE TEMP VIEW $table AS SELECT * FROM memory.main.$table WHERE $known" + more)  # noqa: S608
    return [
        view.substitute(table=table, known=Template(known).substitute(start=start, start_day=start_day))
        for table, known in _VIEWS.items()
    ]


def _sql(name: str, values: Mapping[str, object]) -> str:
    return Template(files("touchbook.planner").joinpath(f"sql/{name}.sql").read_text()).substitute(values)


def _timestamp(at: datetime) -> str:
    return f"TIMESTAMP '{at.astimezone(UTC):%Y-%m-%d %H:%M:%S.%f}'"


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
