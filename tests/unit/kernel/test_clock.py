"""What clocks say."""

from __future__ import annotations

import datetime as dt

import pytest

from touchbook.kernel.clock import now, offset_minutes


@pytest.mark.parametrize("minutes", [0, 60, 330, -210])
def test_the_offset_of_a_clock_from_utc(minutes: int):
    at = dt.datetime(2026, 5, 1, 10, 0, tzinfo=dt.timezone(dt.timedelta(minutes=minutes)))
    assert offset_minutes(at) == minutes


def test_an_unknown_offset_is_said_so():
    assert offset_minutes(dt.datetime(2026, 5, 1, 10, 0)) is None  # noqa: DTZ001
    assert offset_minutes(now()) == 0
