"""Quiet hours where the customer is, and working hours where we are: what is left of a day for a call."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from people import MONDAY, club, people

from touchbook.plan.model import Plan
from touchbook.planner.guardrails.quiet_hours import when_to_reach
from touchbook.planner.hours import hours_phrase, open_hours

CALL = "call: {purpose: thank, channel: phone}"
NIGHT = "{rest: 1 day, at_most: {}, quiet_hours: 21:00-08:00}"
ZONES = [
    "Europe/London", "America/New_York", "Asia/Kolkata", "Pacific/Honolulu", "Pacific/Chatham", "America/Caracas",
    "Pacific/Auckland", "Australia/Lord_Howe", "Asia/Jerusalem", "Pacific/Apia", "UTC",
]  # fmt: skip


def london(guardrails: str = NIGHT) -> Plan:
    """A club in London that calls from nine to five."""
    return club(CALL, guardrails)


def test_a_call_fits_where_some_of_the_working_hours_are_not_quiet():
    group = people(london(), {}, {"timezone": "America/New_York"}, {"timezone": "Pacific/Honolulu"})
    assert group.allowed("call") == [True, True, False]
    assert group.why_not(2, "call") == (
        "all of our working hours (09:00–17:00) are quiet hours where the customer is (21:00–08:00 in Pacific/Honolulu)"
    )


@pytest.mark.parametrize(
    ("channel", "fits"),
    [("phone", False), ("visit", False), ("sms", False), ("email", True), ("letter", True), ("webhook", True)],
)
def test_what_a_program_sends_waits_for_the_morning_and_what_people_do_cannot(channel, fits):
    plan = club(f"touch: {{purpose: thank, channel: {channel}}}", NIGHT)
    assert people(plan, {"timezone": "Pacific/Honolulu"}).allowed("touch") == [fits]


def test_not_even_what_must_be_made_rings_in_the_night():
    plan = club("warn: {purpose: heads-up, channel: phone, must: true}", NIGHT)
    decision = people(plan, {"timezone": "Pacific/Honolulu"}, {}).decide()
    assert decision.must.made.tolist() == [[False], [True]]


def test_a_plan_without_quiet_hours_calls_anybody():
    assert people(london("{rest: 1 day, at_most: {}}"), {"timezone": "Pacific/Honolulu"}).allowed("call") == [True]


def test_who_has_no_time_zone_or_one_that_nobody_knows_is_where_the_plan_is():
    quiet_at_work = london("{rest: 1 day, at_most: {}, quiet_hours: 08:00-18:00}")
    rows = [{}, {"timezone": None}, {"timezone": "Mars/Olympus"}, {"timezone": "America/New_York"}]
    assert people(quiet_at_work, *rows).allowed("call") == [False, False, False, True]
    assert people(quiet_at_work, {}).why_not(0, "call").endswith("(08:00–18:00 in Europe/London)")


def test_a_customer_who_cannot_be_called_on_some_day_of_the_week_is_not_called_in_it():
    """Nine in London is a quarter to three in Kathmandu, and a quarter to two from the last Sunday of March on."""
    plan = london("{rest: 1 day, at_most: {}, quiet_hours: 13:30-08:00, working_hours: 09:00-09:20}")
    rows = [{"timezone": "Asia/Kathmandu"}]
    assert people(plan, *rows).allowed("call") == [False]
    plan = london("{rest: 1 day, at_most: {}, quiet_hours: 14:30-08:00, working_hours: 09:00-09:20}")
    assert people(plan, *rows, starts_on=date(2026, 3, 30)).allowed("call") == [True]
    assert people(plan, *rows, starts_on=date(2026, 3, 23)).allowed("call") == [False]
    assert people(plan, *rows, starts_on=date(2026, 3, 26)).allowed("call") == [False]  # Thursday to Wednesday


def test_quiet_hours_without_a_week_are_an_error():
    with pytest.raises(ValueError, match="give the population the day it starts on"):
        people(london(), {}, starts_on=None).candidates()


@pytest.mark.parametrize(
    ("zone", "day", "phrase"),
    [
        ("", MONDAY, "09:00–17:00"),
        ("Europe/London", MONDAY, "09:00–17:00"),
        ("America/New_York", MONDAY, "13:00–17:00, which is 08:00–12:00 where they are"),
        ("America/New_York", date(2026, 3, 18), "12:00–17:00, which is 08:00–13:00 where they are"),  # theirs is on
        ("Asia/Tokyo", MONDAY, "09:00–13:00, which is 17:00–21:00 where they are"),
        ("Asia/Kolkata", date(2026, 1, 7), "09:00–15:30, which is 14:30–21:00 where they are"),
        ("Pacific/Auckland", MONDAY, "09:00–10:00, which is 20:00–21:00 where they are"),
        ("Pacific/Auckland", date(2026, 1, 7), ""),
    ],
)
def test_the_hours_left_for_a_customer_are_said_for_both_sides(zone, day, phrase):
    assert hours_phrase(london(), zone, day) == phrase


def test_whoever_makes_a_touch_is_told_the_hours_where_not_all_will_do():
    plan = club(f"{CALL}\nnote: {{purpose: inform, channel: email}}", NIGHT)
    call, note = plan.touches.values()
    assert when_to_reach(plan, call, "America/New_York", MONDAY) == (
        "Reach them 13:00–17:00, which is 08:00–12:00 where they are."
    )
    assert when_to_reach(plan, note, "America/New_York", MONDAY) == ""
    assert when_to_reach(plan, call, "Europe/Berlin", MONDAY) == ""
    assert when_to_reach(london("{rest: 1 day, at_most: {}}"), call, "America/New_York", MONDAY) == ""


def test_quiet_hours_in_the_middle_of_the_day_leave_two_parts():
    plan = london("{rest: 1 day, at_most: {}, quiet_hours: 12:00-15:00}")
    assert hours_phrase(plan, "Europe/Madrid", MONDAY) == (
        "09:00–11:00 and 14:00–17:00, which is 10:00–12:00 and 15:00–18:00 where they are"
    )


def test_the_clock_that_is_put_forward_in_the_night_shortens_what_is_quiet():
    """New York, 8 March 2026: two o'clock becomes three. Work lasts from five to nine in London."""
    plan = london("{rest: 1 day, at_most: {}, quiet_hours: 00:30-03:30, working_hours: 05:00-09:00}")
    assert hours_phrase(plan, "America/New_York", date(2026, 3, 7)) == (
        "05:00–05:30 and 08:30–09:00, which is 00:00–00:30 and 03:30–04:00 where they are"
    )
    assert hours_phrase(plan, "America/New_York", date(2026, 3, 8)) == (
        "05:00–05:30 and 07:30–09:00, which is 00:00–00:30 and 03:30–05:00 where they are"
    )


hours_of_day = st.tuples(st.integers(0, 23), st.sampled_from([0, 15, 30, 59])).map(lambda at: f"{at[0]:02}:{at[1]:02}")
two_hours = st.tuples(hours_of_day, hours_of_day).filter(lambda pair: pair[0] != pair[1])
in_one_day = two_hours.map(lambda pair: (min(pair), max(pair)))


@given(
    st.sampled_from(ZONES),
    st.sampled_from(ZONES),
    in_one_day,
    two_hours,
    st.dates(date(2025, 1, 1), date(2027, 12, 31)),
)
@example("Europe/London", "America/New_York", ("05:00", "09:00"), ("01:30", "02:30"), date(2026, 11, 1))  # put back
@example("Europe/London", "America/New_York", ("05:00", "09:00"), ("01:30", "02:30"), date(2026, 3, 8))  # put forward
@example("UTC", "Australia/Lord_Howe", ("12:00", "18:00"), ("01:45", "02:15"), date(2026, 4, 4))
@settings(max_examples=150, deadline=None)
def test_what_is_left_is_every_minute_of_work_at_which_their_clock_does_not_say_that_it_is_quiet(
    here, there, working, quiet, day
):
    plan = club(
        CALL, f"{{rest: 1 day, at_most: {{}}, quiet_hours: {'-'.join(quiet)}, working_hours: {'-'.join(working)}}}"
    )
    plan = Plan(**{name: getattr(plan, name) for name in Plan.__dataclass_fields__} | {"timezone": here})
    found = open_hours(plan, there, day)
    minutes = {
        span.start + timedelta(minutes=n) for span in found for n in range(int((span.end - span.start).seconds / 60))
    }
    start, end = (datetime.combine(day, time.fromisoformat(hour)) for hour in working)
    first, last = (moment.replace(tzinfo=ZoneInfo(here)).astimezone(UTC) for moment in (start, end))
    assert minutes == {
        minute
        for n in range(int((last - first) / timedelta(minutes=1)))
        if not _is_quiet((minute := first + timedelta(minutes=n)).astimezone(ZoneInfo(there)).strftime("%H:%M"), *quiet)
    }
    assert all(one.end < other.start for one, other in pairwise(found))


def _is_quiet(clock: str, start: str, end: str) -> bool:
    return start <= clock < end if start < end else clock >= start or clock < end


@given(st.lists(st.sampled_from([*ZONES, "", None]), min_size=1, max_size=12))
@settings(max_examples=20, deadline=None)
def test_who_is_barred_depends_on_their_own_time_zone_alone(zones):
    together = people(london(), *[{"timezone": zone} for zone in zones]).allowed("call")
    assert together == [people(london(), {"timezone": zone}).allowed("call")[0] for zone in zones]
