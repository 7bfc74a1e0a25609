"""A week's plan, end to end: written down whole or not at all, the same when it is made again, and explained."""

from __future__ import annotations

import datetime as dt
import json
import os
import re
import subprocess
import sys
from pathlib import Path
from uuid import UUID

import pytest
from typer.testing import CliRunner

from touchbook.cli.main import app
from touchbook.kernel.errors import NotFound, Refused
from touchbook.kernel.ids import mint
from touchbook.lake.mirror import lake_folder
from touchbook.store.append import append
from touchbook.store.models import (
    Answer,
    Consent,
    Customer,
    Entry,
    Identifier,
    PlannedTouch,
    PlanRun,
    TouchEvent,
    Touchpoint,
)
from touchbook.workflows import make_plan as module
from touchbook.workflows.adopt_plan import adopt_plan
from touchbook.workflows.make_plan import WeekPlanned, make_plan
from touchbook.workflows.record_touch import TouchRequest, record_touch

MAY = dt.datetime(2026, 5, 1, 9, 0, tzinfo=dt.UTC)
MONDAY = dt.date(2026, 6, 1)
ALICE, BOB, CAROL, DAVE = (UUID(int=0x7 << 76 | 0b10 << 62 | number) for number in (1, 2, 3, 4))
CLUB = """\
plan: Riverside FC members
currency: GBP
timezone: Europe/London
success: {outcome: renewed, kind: renewal, worth: annual_value, period: 365 days, discount: 10%}
attributes: {annual_value: number}
types: {newcomer: tenure_days < 365, regular: true}
questions:
  feeling: {ask: How does it feel?, scale: -2..2, good_for: 90 days}
touchpoints:
  gate: {deposits: {greeted: 2, helped: 3, smiled: 1}, withdrawals: {not my gate: 5}}
touches:
  apology call: {purpose: apologise, channel: phone, team: member services, minutes: 20, must: true, when: open_weight > 5}
  welcome: {purpose: thank, channel: email, to: newcomer, once: true}
  news: {purpose: inform, channel: email, to: regular}
guardrails: {rest: 7 days, at_most: {any: 2 per 30 days}}
capacity: {member services: 1 hour per week, email: 100 per week}
"""


@pytest.fixture
def club(database: str) -> None:
    """Alice was wronged at the gate, Bob is new, Carol refuses e-mail, Dave is a regular."""
    adopt_plan(CLUB, "", "Alice", MAY)
    people = ((ALICE, "Alice", 2020), (BOB, "Bob", 2026), (CAROL, "Carol", 2021), (DAVE, "Dave", 2022))
    for identifier, name, year in people:
        Customer.objects.create(
            id=identifier, changed_at=MAY, name=name, since=dt.date(year, 4, 1), attributes={"annual_value": 300}
        )
    Identifier.objects.create(kind="member", value="M-17", customer_id=ALICE)
    Consent.objects.create(id=CAROL, changed_at=MAY, customer_id=CAROL, channel="email", purpose="", allowed=False)
    gate = Touchpoint.objects.get(name="gate").id
    columns = ("id", "at", "moment", "account", "account_kind", "touchpoint", "kind", "points")
    append(Entry, columns, [(mint(MAY), MAY, gate, ALICE, "customer", gate, "withdrawal", 5.0)])


def plan(home: Path, **options: bool) -> WeekPlanned:
    return make_plan(home, os.environ["TOUCHBOOK_DATABASE_URL"], MONDAY, **options)


def decided(week: WeekPlanned) -> set[tuple[str, str]]:
    return {(touch.customer_name, touch.touch.name) for touch in week.touches}


def run(*arguments: str):
    return CliRunner().invoke(app, list(arguments))


def test_a_run_writes_its_touches_and_their_events(club: None, home: Path):
    week = plan(home)
    assert decided(week) == {("Alice", "apology call"), ("Bob", "welcome"), ("Dave", "news")}
    made = PlanRun.objects.get()
    assert (made.id, made.starts_on, made.plan_version.number) == (week.run, MONDAY, 1)
    assert made.certificate["gap"] <= 1e-4
    assert set(made.prices) == {"member services", "email"}
    rows = {row.customer: row for row in PlannedTouch.objects.all()}
    assert set(rows) == {ALICE, BOB, DAVE}
    assert rows[ALICE].must
    assert rows[ALICE].reason.startswith("“gate” 30 days ago is still open and weighs 12.0 points.")
    assert (rows[ALICE].team, rows[ALICE].due_on) == ("member services", MONDAY)
    events = {(event.touch, event.customer, event.event) for event in TouchEvent.objects.all()}
    assert events == {(row.id, row.customer, "planned") for row in rows.values()}


def test_one_of_anything_is_said_in_the_singular(club: None, home: Path):
    Consent.objects.all().delete()
    Customer.objects.exclude(id=ALICE).delete()
    printed = run("plan", "--from", str(MONDAY)).output
    assert "\n1 customer: 1 to reach, 0 left alone. 1 touch, 1 must be made.\n" in printed
    assert "20 minutes of 60 minutes" in printed
    assert "Time: " not in printed
    assert re.search(r"\nTime: mirror \d+\.\d s, ", run("plan", "--from", str(MONDAY), "--verbose").output)


def test_columns_are_as_wide_as_what_stands_in_them(club: None, home: Path):
    long = "member services of the north stand"
    adopt_plan(CLUB.replace("member services", long), "", "Alice", MAY)
    printed = run("plan", "--from", str(MONDAY)).output.splitlines()
    block = printed[printed.index("What everybody will be doing") + 1 :][:3]
    doing = [line.index(what) for line, what in zip(block, ("apology call 1", "welcome 1"), strict=False)]
    assert doing[0] == doing[1]


def test_who_gets_something_else_because_the_apology_does_not_fit_is_still_owed_it(club: None, home: Path):
    adopt_plan(CLUB.replace("1 hour per week", "15 minutes per week"), "", "Alice", MAY)
    reasons = {touch.customer_name: touch.reason for touch in plan(home).touches}
    assert reasons["Alice"].endswith(" They are still owed an apology, which does not fit this week.")
    assert "owed" not in reasons["Dave"] + reasons["Bob"]


def test_reasons_are_written_down_in_the_language_of_the_house(club: None, home: Path):
    adopt_plan(CLUB.replace("currency:", "language: de\ncurrency:"), "", "Alice", MAY)
    plan(home)
    rows = {row.customer: row.reason for row in PlannedTouch.objects.all()}
    assert rows[ALICE].startswith("„gate“ (vor 30 Tagen) ist noch offen und wiegt 12,0 Punkte. Erwartet: ")
    assert rows[BOB].startswith("Noch nichts im Sparbuch. Erwartet: ")
    assert "Expected" not in "".join(rows.values())
    # Whoever asks why is answered in their own language; a terminal speaks English.
    assert "“apology call” (apologise by phone) must be made." in run("explain", "Alice").output


def test_a_dry_run_writes_nothing(club: None, home: Path):
    week = plan(home, dry_run=True)
    assert week.run is None
    assert len(week.touches) == 3
    assert not PlanRun.objects.exists()
    assert not TouchEvent.objects.exists()
    assert not (lake_folder(home, os.environ["TOUCHBOOK_DATABASE_URL"]) / "runs").exists()


def test_making_the_plan_twice_gives_the_same_touches(club: None, home: Path):
    first, second = plan(home), plan(home)
    assert first.run != second.run
    assert [(t.customer, t.touch.name, t.due_on, t.value, t.reason) for t in first.touches] == [
        (t.customer, t.touch.name, t.due_on, t.value, t.reason) for t in second.touches
    ]
    assert PlanRun.objects.count() == 2


def test_a_second_plan_for_the_same_days_replaces_the_first(club: None, home: Path):
    first, second = plan(home), plan(home)
    at = dt.datetime(2026, 6, 1, 12, 0, tzinfo=dt.UTC)
    with pytest.raises(Refused, match="is superseded and cannot become made"):
        record_touch(TouchRequest(mint(at), first.touches[0].id, "made", at))
    assert record_touch(TouchRequest(mint(at), second.touches[0].id, "made", at))
    third = plan(home)  # what was begun stays: Alice had her call on the Monday that the week begins with
    events = list(
        TouchEvent.objects.filter(touch=second.touches[0].id).order_by("number").values_list("event", flat=True)
    )
    assert events == ["planned", "made"]
    assert third.run != second.run


def test_a_touch_in_flight_counts_as_made_until_somebody_knows_better(club: None, home: Path):
    week = plan(home)
    welcome = next(touch for touch in week.touches if touch.touch.name == "welcome")
    at = dt.datetime(2026, 5, 31, 12, 0, tzinfo=dt.UTC)
    record_touch(TouchRequest(mint(at), welcome.id, "claimed", at))
    assert ("Bob", "welcome") not in decided(plan(home))
    record_touch(TouchRequest(mint(at), welcome.id, "unknown", at))
    assert ("Bob", "welcome") not in decided(plan(home))
    record_touch(TouchRequest(mint(at), welcome.id, "skipped", at, reason="the mail came back"))
    assert ("Bob", "welcome") in decided(plan(home))


def test_what_was_made_since_is_heeded(club: None, home: Path):
    plan(home)
    at = dt.datetime(2026, 5, 30, 12, 0, tzinfo=dt.UTC)
    columns = ("id", "at", "touch", "customer", "name", "channel", "purpose", "event")
    append(TouchEvent, columns, [(mint(at), at, BOB, BOB, "welcome", "email", "thank", "made")])
    answered = (mint(at), at, DAVE, "feeling", 2.0)
    append(Answer, ("id", "at", "customer", "question", "number_value"), [answered])
    assert decided(plan(home)) == {("Alice", "apology call"), ("Dave", "news")}
    assert "made once only, and was made yesterday" in run("explain", "Bob").output


DIES_WHILE_WRITING = """
import os, sys, datetime
from pathlib import Path
from touchbook.workflows.open_store import open_store
open_store()
from touchbook.workflows import make_plan
make_plan.append = lambda *_: os._exit(9)
make_plan.make_plan(Path(sys.argv[1]), sys.argv[2], datetime.date(2026, 6, 1))
"""


def test_a_run_that_is_killed_while_it_writes_leaves_nothing_half_written(club: None, home: Path):
    url = os.environ["TOUCHBOOK_DATABASE_URL"]
    died = subprocess.run([sys.executable, "-c", DIES_WHILE_WRITING, str(home), url], check=False, capture_output=True)
    assert died.returncode == 9, died.stderr.decode()
    assert not PlanRun.objects.exists()
    assert not PlannedTouch.objects.exists()
    assert not TouchEvent.objects.exists()
    with pytest.raises(NotFound, match="make one with 'touchbook plan'"):
        _explained("Alice", home)
    assert len(plan(home).touches) == 3
    assert "Alice, week of 1 June 2026" in run("explain", "Alice").output


def _explained(who: str, home: Path):
    from touchbook.workflows.explain_customer import explain_customer

    return explain_customer(home, os.environ["TOUCHBOOK_DATABASE_URL"], who)


def test_the_evidence_of_old_runs_is_let_go(club: None, home: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(module, "RUNS_KEPT", 2)
    first = plan(home).run
    for _ in range(2):
        last = plan(home).run
    kept = lake_folder(home, os.environ["TOUCHBOOK_DATABASE_URL"]) / "runs"
    assert len({path.stem for path in kept.iterdir()}) == 2
    assert _explained("Bob", home).run == last
    from touchbook.workflows.explain_customer import explain_customer

    with pytest.raises(NotFound, match="no longer kept"):
        explain_customer(home, os.environ["TOUCHBOOK_DATABASE_URL"], "Bob", first)


def test_without_a_plan_or_a_customer_there_is_nothing_to_plan(database: str, home: Path):
    with pytest.raises(NotFound, match=r"touchbook adopt plan\.yaml"):
        plan(home)
    adopt_plan(CLUB, "", "Alice", MAY)
    with pytest.raises(Refused, match="touchbook import customers"):
        plan(home)
    assert not PlanRun.objects.exists()


def test_the_command_prints_the_week_and_writes_it_as_json(club: None, home: Path, tmp_path: Path):
    file = tmp_path / "week.json"
    told = run("plan", "--from", "2026-06-01", "--json", str(file))
    assert told.exit_code == 0, told.output
    assert "Riverside FC members: 1 June to 7 June 2026" in told.output
    assert "4 customers: 3 to reach, 1 left alone." in told.output
    assert "apology call (apologise by phone, member services, must): 1" in told.output
    week = json.loads(file.read_text())
    assert {(touch["name"], touch["touch"]) for touch in week["touches"]} == {
        ("Alice", "apology call"), ("Bob", "welcome"), ("Dave", "news"),
    }  # fmt: skip
    assert week["run"] == str(PlanRun.objects.get().id)
    said = " ".join(told.output.split())
    assert all(f"{touch['name']}. {touch['reason']}" in said for touch in week["touches"])


def test_the_command_can_leave_it_at_a_dry_run(club: None, home: Path):
    told = run("plan", "--from", "2026-06-01", "--dry-run", "--first", "0")
    assert told.exit_code == 0
    assert "A dry run: nothing was written down." in told.output
    assert not PlanRun.objects.exists()


def test_a_file_that_cannot_be_written_is_said_before_a_run_is_made(club: None, home: Path):
    told = run("plan", "--json", str(home / "no such folder" / "week.json"))
    assert told.exit_code != 0
    assert "no such folder" in str(told.exception)
    assert not PlanRun.objects.exists()


def test_what_became_of_the_week_is_recorded_and_the_next_plan_knows(club: None, home: Path):
    plan(home)
    assert run("record", "made", "Bob", "--at", "2026-06-01T10:00:00").output == "1 touch is made: welcome 1.\n"
    assert "Nothing changed" in run("record", "made", "Bob").output
    skipped = run("record", "skipped", "everybody", "--reason", "snow", "--at", "2026-06-02T10:00:00")
    assert skipped.output == "2 touches are skipped: apology call 1, news 1.\n"
    assert "Nothing changed" in run("record", "made", "everybody").output
    week = make_plan(home, os.environ["TOUCHBOOK_DATABASE_URL"], MONDAY + dt.timedelta(7))
    assert decided(week) == {("Alice", "apology call"), ("Dave", "news")}  # Bob's welcome came once and for all


def test_what_cannot_be_recorded_is_refused_in_a_sentence(club: None, home: Path):
    plan(home)
    for words, said in (
        (("eaten", "Bob"), "A touch cannot become 'eaten'; choose one of answered, approved, claimed, made"),
        (("skipped", "Bob"), "A touch is skipped for a reason; write it down."),
        (("made", "Nobody"), "No customer is called 'Nobody'"),
        (("made", "Bob", "--at", "2099-01-01"), "lies in the future; record what has happened"),
    ):
        with pytest.raises((Refused, NotFound), match=re.escape(said)):
            CliRunner().invoke(app, ["record", *words], catch_exceptions=False)
    assert not TouchEvent.objects.exclude(event="planned").exists()
