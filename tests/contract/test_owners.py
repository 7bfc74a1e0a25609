"""Who owns a relationship, and how often anybody reached out: from the files and the moments to the customer's state."""

from __future__ import annotations

import datetime as dt
import os
from pathlib import Path
from uuid import UUID

import pytest

from touchbook.cli.week import print_week
from touchbook.kernel.ids import mint
from touchbook.planner.guardrails.owner_minutes import owner_names
from touchbook.store.models import Customer, Staff, Team
from touchbook.store.queries import find_customer
from touchbook.workflows.adopt_plan import adopt_plan
from touchbook.workflows.correct import CorrectionRequest, correct
from touchbook.workflows.import_records.running import import_records
from touchbook.workflows.log_moment import Happened, MomentRequest, log_moment
from touchbook.workflows.make_plan import WeekPlanned, make_plan

MAY = dt.datetime(2026, 5, 1, 9, 0, tzinfo=dt.UTC)
MONDAY = dt.date(2026, 6, 1)
CLUB = """\
plan: Riverside FC members
currency: GBP
timezone: Europe/London
success: {outcome: renewed, kind: renewal, worth: 300, period: 365 days, discount: 10%}
types: {looked after: owner is not null, regular: true}
touchpoints:
  gate: {deposits: {greeted: 2, helped: 3, smiled: 1}, withdrawals: {not my gate: 5}}
  renewal call: {outreach: true, deposits: {listened: 2, helped: 3, left time: 1}, withdrawals: {pressed: 3}}
touches:
  visit: {purpose: help, channel: visit, team: owner, minutes: 30, to: looked after}
  news: {purpose: inform, channel: letter, to: regular}
guardrails: {rest: 7 days, at_most: {any: 2 per 30 days}, contact_ceiling: 2 per 30 days}
capacity: {each owner: 1 hours per week, letter: 100 per week}
"""
MAP = "source: crm\ncustomer: {column: member, kind: member}\nname: name\nsince: since\nowner: looked after by\n"
MEMBERS = """\
member,name,since,looked after by
1,Alice,2020-04-01,Dana Reyes
2,Bob,2021-04-01,Dana Reyes
3,Carol,2022-04-01,
"""


def bring_in(folder: Path) -> None:
    adopt_plan(CLUB, "", "Alice", MAY)
    (folder / "members.csv").write_text(MEMBERS)
    (folder / "members.yaml").write_text(MAP)
    import_records("customers", folder / "members.csv", folder / "members.yaml")


def call(who: str, at: dt.datetime, touchpoint: str = "renewal call", *seen_by: str) -> UUID:
    practice = "listened" if touchpoint == "renewal call" else "greeted"
    witnesses = tuple(map(find_customer, seen_by))
    request = MomentRequest(
        mint(at), at, touchpoint, (Happened(practice),), customer=find_customer(who), witnesses=witnesses
    )
    return log_moment(request).moment


def week_of(home: Path) -> WeekPlanned:
    return make_plan(home, os.environ["TOUCHBOOK_DATABASE_URL"], MONDAY, dry_run=True)


def state(week: WeekPlanned) -> dict[str, dict[str, object]]:
    return {str(row["customer_name"]): row for row in week.decision.population.state.to_pylist()}


def test_an_imported_owner_is_in_the_state_and_makes_the_touches_that_are_theirs(
    database: str, home: Path, tmp_path: Path
) -> None:
    bring_in(tmp_path)
    week = week_of(home)
    dana = Staff.objects.get()
    seen = {who: (row["owner"], row["_owner"], row["type"]) for who, row in state(week).items()}
    assert seen == {
        "Alice": ("Dana Reyes", str(dana.id), "looked after"),
        "Bob": ("Dana Reyes", str(dana.id), "looked after"),
        "Carol": (None, None, "regular"),
    }
    assert owner_names(week.decision.population) == ("Dana Reyes",)
    assert {one.customer_name: one.touch.name for one in week.touches} == {
        "Alice": "visit",
        "Bob": "visit",
        "Carol": "news",
    }
    assert not Team.objects.exists(), "owners are no team of that name"


def test_a_week_says_what_one_more_hour_of_an_owner_is_worth(
    database: str, home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Dana owns two customers and has the time for one of them."""
    bring_in(tmp_path)
    adopt_plan(CLUB.replace("1 hours per week", "30 minutes per week"), "", "Alice", MAY)
    week = week_of(home)
    (price,) = week.decision.owner_prices.values()
    print_week(week, 1)
    printed = " ".join(capsys.readouterr().out.split())
    assert f"1 of 1 owner has no time to spare; one more hour of Dana Reyes is worth £{60 * price:.2f}." in printed
    assert "every capacity has room to spare" not in printed


def test_another_owner_is_seen_by_the_next_plan(database: str, home: Path, tmp_path: Path) -> None:
    bring_in(tmp_path)
    week_of(home)
    Staff.objects.update(name="Dana R. Reyes")
    Customer.objects.filter(name="Bob").update(owner=None)
    owners = {who: row["owner"] for who, row in state(week_of(home)).items()}
    assert owners == {"Alice": "Dana R. Reyes", "Bob": None, "Carol": None}


def test_what_began_with_us_counts_against_the_ceiling_until_it_is_taken_back(
    database: str, home: Path, tmp_path: Path
) -> None:
    bring_in(tmp_path)
    day = dt.datetime(2026, 5, 20, 10, 0, tzinfo=dt.UTC)
    call("Carol", day)
    call("Carol", day + dt.timedelta(hours=2))
    later = call("Carol", day + dt.timedelta(days=3), "renewal call", "Alice")
    call("Bob", day, "gate")
    week = week_of(home)
    assert {who: row["_contacts"] for who, row in state(week).items()} == {"Alice": 0, "Bob": 0, "Carol": 2}
    assert {one.customer_name for one in week.touches} == {"Alice", "Bob"}  # Carol has heard enough from us
    correct(CorrectionRequest(mint(day), day + dt.timedelta(days=4), moment=later, by="Alice"))
    week = week_of(home)
    assert state(week)["Carol"]["_contacts"] == 1
    assert {one.customer_name for one in week.touches} == {"Alice", "Bob", "Carol"}
