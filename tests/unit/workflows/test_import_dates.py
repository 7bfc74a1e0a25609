"""Dates in more than ten formats, none of them guessed."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from touchbook.workflows.import_records.dates import Dates, Order, find_order
from touchbook.workflows.import_records.values import BadValue

TODAY = datetime(2027, 1, 1, tzinfo=UTC)
LONDON = ZoneInfo("Europe/London")
NOON = datetime(2026, 11, 15, 18, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    "text",
    [
        "2026-11-15T18:30:00Z",
        "2026-11-15 18:30",
        "2026-11-15 19:30:00 +0100",
        "2026-11-15 18:30 UTC",
        "2026-11-15 19:30 Europe/Paris",
        "15/11/2026 18:30",
        "11/15/2026 6:30 PM",
        "11/15/2026 1:30pm EST",
        "15.11.2026 18:30:00",
        "2026/11/15 18:30",
        "20261115183000",
        "20261115T183000Z",
        "15-Nov-2026 18:30",
        "Nov 15, 2026 6:30 PM",
        "15 November 2026, 18:30",
        "Sun, 15 Nov 2026 18:30:00 +0000",
        "Sun Nov 15 18:30:00 +0000 2026",
        "1794767400",
        "1794767400000",
    ],
)
def test_one_instant_in_many_formats(text: str) -> None:
    assert Dates(LONDON, TODAY).instant(text)[0] == NOON


@pytest.mark.parametrize(
    "text",
    ["2026-11-15", "15/11/2026", "11/15/2026", "15.11.2026", "2026/11/15", "20261115", "15-Nov-2026", "Nov 15, 2026"],
)
def test_one_day_in_many_formats(text: str) -> None:
    assert Dates(LONDON, TODAY).day(text) == date(2026, 11, 15)


def test_the_source_s_offset_is_kept() -> None:
    assert Dates(LONDON, TODAY).instant("2015-02-16T23:36:05-08:00")[1] == -480
    assert Dates(LONDON, TODAY).instant("2026-07-01 12:00")[1] == 60


def test_times_that_a_clock_change_skips_or_repeats_have_one_meaning() -> None:
    dates = Dates(LONDON, TODAY)
    assert dates.instant("2026-03-29 01:30") == (datetime(2026, 3, 29, 1, 30, tzinfo=UTC), 0)
    assert dates.instant("2026-10-25 01:30") == (datetime(2026, 10, 25, 0, 30, tzinfo=UTC), 60)


def test_a_column_decides_the_order_of_day_and_month_by_what_is_clear() -> None:
    assert find_order(["03/04/2026", "15/04/2026"]) is Order.DAY_FIRST
    assert find_order(["03/04/2026", "04/15/2026 10:00"]) is Order.MONTH_FIRST
    assert find_order(["03/04/2026", "05/06/2026"]) is Order.EITHER
    assert find_order(["04/04/2026", "2026-01-02", ""]) is Order.NONE
    assert find_order(["15/04/2026", "04/15/2026"]) is Order.MIXED
    assert Dates(LONDON, TODAY, order=Order.DAY_FIRST).day("03/04/2026") == date(2026, 4, 3)
    assert Dates(LONDON, TODAY, order=Order.MONTH_FIRST).day("03/04/2026") == date(2026, 3, 4)


def test_in_a_mixed_column_only_what_is_clear_is_read() -> None:
    dates = Dates(LONDON, TODAY, order=Order.MIXED)
    assert dates.day("15/04/2026") == dates.day("04/15/2026") == date(2026, 4, 15)
    with pytest.raises(BadValue, match="day first or month first"):
        dates.day("03/04/2026")


def test_a_format_in_the_map_decides() -> None:
    dates = Dates(LONDON, TODAY, "%m/%d/%y %H.%M")
    assert dates.instant("03/04/26 18.30")[0] == datetime(2026, 3, 4, 18, 30, tzinfo=UTC)
    with pytest.raises(BadValue, match="does not have the format"):
        dates.instant("2026-03-04")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "is missing"),
        ("banana", "not a date"),
        ("2026-02-30", "not a date"),
        ("31/02/2026", "not a date"),
        ("2026-11-15 25:00", "not a date"),
        ("26/11/15", "year in '26/11/15'"),
        ("2028-01-01", "in the future"),
        ("0201-01-01", "before 1900"),
        ("2026-11-15 10:00 IST", "time zone 'IST'"),
        ("15 Foo 2026", "not a date"),
        ("99999999999999999999", "not a date"),
    ],
)
def test_what_is_no_date_is_said_so(text: str, told: str) -> None:
    with pytest.raises(BadValue, match=told) as bad:
        Dates(LONDON, TODAY).instant(text)
    assert bad.value.remedy


def test_a_day_ahead_of_the_clock_is_no_future() -> None:
    dates = Dates(LONDON, TODAY)
    assert dates.instant((TODAY + timedelta(hours=20)).isoformat())[0] > TODAY


@given(st.datetimes(datetime(1901, 1, 1), datetime(2026, 12, 1)), st.integers(-14 * 60, 14 * 60))  # noqa: DTZ001
def test_every_iso_instant_is_itself(naive: datetime, minutes: int) -> None:
    instant = naive.replace(tzinfo=timezone(timedelta(minutes=minutes)))
    assert Dates(LONDON, TODAY).instant(instant.isoformat()) == (instant, minutes)


@given(st.text(max_size=25) | st.from_regex(r"[0-9/.: -]{4,20}", fullmatch=True))
def test_any_text_is_a_date_or_a_bad_value(text: str) -> None:
    try:
        at, _ = Dates(LONDON, TODAY).instant(text)
    except BadValue:
        return
    assert at.tzinfo is UTC
