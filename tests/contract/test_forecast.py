"""The weeks ahead, end to end: the first is this week's plan, what it makes is not needed again, and hiring helps."""

from __future__ import annotations

import datetime as dt
import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from typer.testing import CliRunner

from touchbook.cli.forecast import NOT_FORESEEN
from touchbook.cli.main import app
from touchbook.kernel.errors import NotFound, Refused
from touchbook.kernel.ids import mint
from touchbook.planner.decide import Decision, decide
from touchbook.planner.forecast import Forecast, in_words
from touchbook.store.append import append
from touchbook.store.models import Customer, Entry, PlannedTouch, PlanRun, Staff, TouchEvent, Touchpoint
from touchbook.workflows.adopt_plan import adopt_plan
from touchbook.workflows.forecast import forecast
from touchbook.workflows.make_plan import make_plan

MAY = dt.datetime(2026, 5, 1, 9, 0, tzinfo=dt.UTC)
MONDAY = dt.date(2026, 6, 1)
CLUB = """\
plan: Riverside FC members
currency: GBP
timezone: Europe/London
success: {outcome: renewed, kind: renewal, worth: annual_value, period: 36500 days, discount: 10%}
attributes: {annual_value: number}
types: {regular: true}
touchpoints:
  gate: {deposits: {greeted: 2, helped: 3, smiled: 1}, withdrawals: {not my gate: 5}}
touches:
  call: {purpose: thank, channel: phone, team: member services, minutes: 30, effect: 0.5}
  sorry: {purpose: apologise, channel: phone, team: care, minutes: 20, must: true}
  news: {purpose: inform, channel: email, effect: 0.01, cooldown: 10 days}
guardrails: {rest: 7 days}
capacity: {member services: 5 hours per week, care: 1 hour per week, email: 100 per week}
"""


def member(number: int) -> UUID:
    return UUID(int=0x7 << 76 | 0b10 << 62 | number)


@pytest.fixture
def club(database: str) -> None:
    """Thirty members of different worth. On Friday of last week the gate failed two of them."""
    adopt_plan(CLUB, "", "Alice", MAY)
    for number in range(30):
        Customer.objects.create(
            id=member(number), changed_at=MAY, name=f"Member {number}", since=dt.date(2020, 4, 1),
            attributes={"annual_value": 300 + 10 * number},
        )  # fmt: skip
    gate = Touchpoint.objects.get(name="gate").id
    at = dt.datetime(2026, 5, 29, 15, 0, tzinfo=dt.UTC)
    columns = ("id", "at", "moment", "account", "account_kind", "touchpoint", "kind", "points")
    wrongs = [(mint(at), at, mint(at), member(number), "customer", gate, "withdrawal", 5.0) for number in (3, 4)]
    append(Entry, columns, wrongs)


def ahead(home: Path, weeks: int) -> Forecast:
    return forecast(home, os.environ["TOUCHBOOK_DATABASE_URL"], weeks, MONDAY)


def hours(found: Forecast, name: str) -> list[float]:
    return [round(need.needed / 60, 2) for need in found.of(name)]


def run(*arguments: str):
    return CliRunner().invoke(app, list(arguments))


def test_the_first_week_is_what_the_plan_for_it_decides(club: None, home: Path):
    first = ahead(home, 3).weeks[0]
    week = make_plan(home, os.environ["TOUCHBOOK_DATABASE_URL"], MONDAY, dry_run=True)
    assert (first.starts_on, first.customers, first.touches) == (MONDAY, 30, len(week.touches))
    prices = {need.name: need.price for need in first.needs}
    assert prices == {name: pytest.approx(price) for name, price in week.decision.prices.items()}


def test_each_search_begins_at_the_last_prices_those_of_owners_among_them(
    club: None, home: Path, monkeypatch: pytest.MonkeyPatch
):
    """Alice owns ten members and has an hour a week: two calls of the ten."""
    adopt_plan(CLUB.replace("team: member services", "team: owner").replace("member services:", "each owner:")
               .replace("5 hours", "1 hour"), "", "Alice", MAY)  # fmt: skip
    alice = Staff.objects.create(id=mint(MAY), changed_at=MAY, name="Alice", code="A1")
    Customer.objects.filter(id__in=[member(number) for number in range(10)]).update(owner=alice)
    week = make_plan(home, os.environ["TOUCHBOOK_DATABASE_URL"], MONDAY)
    begun: list[Mapping[str, float] | None] = []
    found = [week.decision]

    def watched(*given: Any) -> Decision:
        begun.append(given[-1])
        found.append(decide(*given))
        return found[-1]

    monkeypatch.setattr("touchbook.workflows.forecast.decide", watched)
    ahead(home, 3)
    assert found[0].owner_prices[str(alice.id)] > 0
    assert begun == [{**decision.prices, **decision.owner_prices} for decision in found[:-1]]


def test_what_is_made_in_a_week_is_not_needed_again_and_what_is_not_waits(club: None, home: Path):
    """28 calls of half an hour and ten can be made. Those who had one, or the news instead, rest for a week."""
    found = ahead(home, 6)
    assert hours(found, "member services")[0] == 14.0
    assert hours(found, "member services")[1] < 5.0
    calls = [touched for need in found.of("member services") for touched in [min(need.needed, need.there) / 30]]
    assert sum(calls) == pytest.approx(30, abs=2)  # everybody once: the cooldown is three months
    assert hours(found, "member services")[-1] == 0.0


def test_the_wrongs_of_the_last_weeks_come_again_and_call_for_as_many_apologies(club: None, home: Path):
    """Two on a Friday, and the ledger is a week old: two are wronged each week, and hear from us in the next."""
    assert hours(ahead(home, 4), "care") == pytest.approx([0.67, 0.67, 0.67, 0.67])


def test_with_the_hours_that_a_week_needs_one_more_is_worth_nothing(club: None, home: Path):
    before = ahead(home, 1).of("member services")[0]
    assert (before.needed, before.there) == (840.0, 300.0)
    assert before.price > 0
    adopt_plan(CLUB.replace("5 hours per week", "14 hours per week"), "", "Alice", MAY)
    after = ahead(home, 1).of("member services")[0]
    assert (after.needed, after.there, after.price) == (840.0, 840.0, 0.0)


def test_a_touch_that_is_held_out_is_not_made_and_so_keeps_nobody_at_rest(club: None, home: Path):
    adopt_plan(CLUB.replace("rest: 7 days", "rest: 7 days, hold_out: 50%"), "", "Alice", MAY)
    held = ahead(home, 2)
    assert hours(held, "member services")[1] > 5.0
    assert held.weeks[1].touches > ahead_without_hold_outs(home).weeks[1].touches


def ahead_without_hold_outs(home: Path) -> Forecast:
    adopt_plan(CLUB, "", "Alice", MAY)
    return ahead(home, 2)


def test_a_forecast_is_the_same_when_it_is_made_again(club: None, home: Path):
    assert ahead(home, 4) == ahead(home, 4)


def test_a_longer_forecast_begins_with_the_shorter_one(club: None, home: Path):
    assert ahead(home, 2).weeks == ahead(home, 4).weeks[:2]


def test_looking_ahead_writes_nothing(club: None, home: Path):
    told: list[tuple[int, int]] = []
    forecast(home, os.environ["TOUCHBOOK_DATABASE_URL"], 3, MONDAY, lambda done, of: told.append((done, of)))
    assert told == [(1, 3), (2, 3), (3, 3)]
    assert not any(model.objects.exists() for model in (PlanRun, PlannedTouch, TouchEvent))


def test_the_command_prints_a_line_a_week_and_what_they_say(club: None, home: Path, tmp_path: Path):
    file = tmp_path / "weeks.json"
    told = run("plan", "--weeks", "3", "--from", str(MONDAY), "--json", str(file))
    assert told.exit_code == 0, told.output
    lines = told.output.splitlines()
    assert lines[0] == "Riverside FC members: 3 weeks from 1 June 2026"
    head = lines.index(next(line for line in lines if line.startswith("week of ")))
    assert lines[head].split("   ")[0] == "week of"
    assert [line.split("   ")[0] for line in lines[head + 2 : head + 5]] == ["1 June", "8 June", "15 June"]
    found = ahead(home, 3)
    price = found.of("member services")[0].price * 60
    assert lines[head + 2].split()[:4] == ["1", "June", "14.0", f"£{price:.2f}" if price < 100 else f"£{price:.0f}"]
    said = " ".join(told.output.split())
    for name in ("member services", "care", "email"):
        sentence = in_words(found, name)
        assert f"{sentence[:1].upper()}{sentence[1:]}." in said
    assert said.endswith(NOT_FORESEEN)
    weeks = json.loads(file.read_text())["weeks"]
    assert [week["starts_on"] for week in weeks] == ["2026-06-01", "2026-06-08", "2026-06-15"]
    assert weeks[0]["capacities"][0] == {
        "name": "member services", "kind": "minutes", "needed": 840.0, "there": 300.0, "price": price / 60,
    }  # fmt: skip
    assert json.loads(run("plan", "--weeks", "3", "--from", str(MONDAY), "--json", "-").output)["weeks"] == weeks


def test_how_many_weeks_can_be_seen_ahead_is_said(club: None, home: Path):
    for weeks in ("0", "53", "a few"):
        refused = run("plan", "--weeks", weeks)
        assert refused.exit_code == 2
        assert "--weeks" in refused.output


def test_a_plan_without_capacities_can_run_short_of_nothing(club: None, home: Path):
    adopt_plan(CLUB[: CLUB.index("capacity:")], "", "Alice", MAY)
    told = run("plan", "--weeks", "2", "--from", str(MONDAY)).output
    assert "The plan names no capacity, so nothing can run short" in told


def test_without_a_plan_or_a_customer_there_is_nothing_to_foresee(database: str, home: Path):
    with pytest.raises(NotFound, match=r"touchbook adopt plan\.yaml"):
        ahead(home, 2)
    adopt_plan(CLUB, "", "Alice", MAY)
    with pytest.raises(Refused, match="touchbook import customers"):
        ahead(home, 2)
