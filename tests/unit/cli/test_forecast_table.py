"""The weeks ahead in a terminal: teams beside each other where they fit, a table for each where they do not."""

from __future__ import annotations

import datetime as dt

import pytest

from touchbook.cli import forecast as page
from touchbook.plan.loader import read_plan
from touchbook.planner.forecast import Forecast, Need, WeekAhead

PLAN = read_plan(
    """\
plan: Riverside FC
currency: GBP
timezone: Europe/London
success: {outcome: renewed, kind: renewal, worth: '100'}
types: {regular: true}
touchpoints:
  gate: {deposits: {greeted: 2, helped: 3, smiled: 1}, withdrawals: {not my gate: 3}}
touches:
  call: {purpose: thank, channel: phone, team: care, minutes: 30}
  word: {purpose: thank, channel: phone, team: owner, minutes: 10}
  note: {purpose: inform, channel: email}
capacity: {care: 30 hours per week, each owner: 90 minutes per week, email: 2000 per week}
""",
    "club.yaml",
)
FORECAST = Forecast(
    PLAN,
    (
        WeekAhead(
            dt.date(2026, 12, 28), 900, 80, 0,
            (Need("care", 600, 1800, 0.0), Need("each owner", 320, 360, 0.0, 2, 4), Need("email", 45, 2000, 0.0)),
        ),
        WeekAhead(
            dt.date(2027, 1, 4), 900, 80, 0,
            (Need("care", 2490, 1800, 2.3), Need("each owner", 50, 360, 0.0, 0, 4), Need("email", 2500, 2000, 0.12)),
        ),
    ),
)  # fmt: skip


def printed(capsys: pytest.CaptureFixture[str]) -> list[str]:
    page.print_forecast(FORECAST)
    return capsys.readouterr().out.splitlines()


def test_teams_stand_beside_each_other(capsys: pytest.CaptureFixture[str]):
    assert printed(capsys)[:9] == [
        "Riverside FC: 2 weeks from 28 December 2026",
        "===========================================",
        "What is needed of everything that is scarce, and what one more of it would be worth then.",
        "",
        "week of       care                    owners               email",
        "              of 30 hours  one more   of 6 hours   short   of 2,000  one more",
        "28 December          10.0         –          5.3  2 of 4         45         –",
        "4 January            41.5      £138          0.8       –      2,500     £0.12",
        "",
    ]


def test_where_they_do_not_fit_each_has_a_table_of_its_own(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(page, "width", lambda: 60)
    lines = printed(capsys)
    heads = [place for place, line in enumerate(lines) if line.startswith("week of")]
    assert [lines[place].split()[2:] for place in heads] == [["care"], ["owners"], ["email"]]
    assert lines[heads[1] : heads[1] + 5] == [
        "week of       owners",
        "              of 6 hours   short",
        "28 December          5.3  2 of 4",
        "4 January            0.8       –",
        "",
    ]
    assert max(len(line) for line in lines[: heads[-1] + 4] if not line.startswith("What is needed")) <= 60


def test_as_json_everything_is_in_minutes_and_owners_are_counted():
    week = page.as_json(FORECAST)["weeks"][1]
    assert week["starts_on"] == "2027-01-04"
    assert week["capacities"] == [
        {"name": "care", "kind": "minutes", "needed": 2490, "there": 1800, "price": 2.3},
        {"name": "each owner", "kind": "minutes", "needed": 50, "there": 360, "owners_short": 0, "owners": 4},
        {"name": "email", "kind": "messages", "needed": 2500, "there": 2000, "price": 0.12},
    ]
