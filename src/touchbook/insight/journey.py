"""Where deposits and withdrawals happen: a statement that counts them by day, touchpoint and practice."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from importlib.resources import files
from string import Template

from touchbook.plan.model import Plan

LOOK_BACK_DAYS = 400


def journey_statement(plan: Plan, now: datetime) -> str:
    """SQL (DuckDB) to run after ``state_statements(plan, now)``; its columns are those at its end."""
    values = {
        "now": _instant(now),
        "since": _instant(now - timedelta(days=LOOK_BACK_DAYS)),
        "timezone": "'" + plan.timezone.replace("'", "''") + "'",
    }
    return Template(files("touchbook.insight").joinpath("sql/journey.sql").read_text()).substitute(values)


def _instant(at: datetime) -> str:
    return f"TIMESTAMP '{at.astimezone(UTC):%Y-%m-%d %H:%M:%S.%f}'"
