"""Everybody as they are at present, for pages: complete or not at all, on both databases."""

from __future__ import annotations

import datetime as dt
import os
import subprocess
import sys
import time
from pathlib import Path
from uuid import UUID

import duckdb
import pytest

from touchbook.kernel.clock import now
from touchbook.kernel.errors import NotFound, Refused
from touchbook.kernel.ids import mint
from touchbook.lake import present_state
from touchbook.lake.lock import alone
from touchbook.lake.mirror import lake_folder
from touchbook.lake.present_state import PresentState, latest
from touchbook.store.models import Customer, Identifier, PlannedTouch, PlanRun, PlanVersion, Promise, Staff, Touchpoint
from touchbook.workflows import refresh_state as module
from touchbook.workflows.adopt_plan import adopt_plan
from touchbook.workflows.log_moment import Happened, MomentRequest, log_moment
from touchbook.workflows.refresh_state import is_stale, refresh_state

CLUB = """\
plan: Riverside FC members
currency: GBP
timezone: Europe/London
success: {outcome: renewed, kind: renewal, worth: annual_value, period: 365 days, discount: 10%}
attributes: {annual_value: number, silent_days: number}
types: {newcomer: tenure_days < 365, regular: true}
questions:
  feeling: {ask: How does it feel?, scale: -2..2, good_for: 90 days}
touchpoints:
  gate: {deposits: {greeted: 2, helped: 3, smiled: 1}, withdrawals: {not my gate: 5}}
touches:
  news: {purpose: inform, channel: email, to: regular}
"""
JANUARY = dt.datetime(2025, 1, 6, tzinfo=dt.UTC)
ZOE, BOB = (UUID(int=0x7 << 76 | 0b10 << 62 | number) for number in (1, 2))


@pytest.fixture
def club(database: str) -> None:
    """Zoë was greeted and then sent away; Bob is owed a leaflet since yesterday."""
    adopt_plan(CLUB, "", "tests", JANUARY)
    for one, name, value in ((ZOE, "Zoë O’Neill", 900), (BOB, "Bob", 100)):
        Customer.objects.create(
            id=one, changed_at=now(), name=name, since=dt.date(2020, 1, 1),
            attributes={"annual_value": value, "silent_days": 7},
        )  # fmt: skip
    Identifier.objects.create(kind="member number", value="RF00001", customer_id=ZOE)
    Identifier.objects.create(kind="email", value="zoe@example.com", customer_id=ZOE)
    for days, practice in ((40, "greeted"), (3, "not my gate")):
        at = now() - dt.timedelta(days)
        log_moment(MomentRequest(mint(at), at, "gate", (Happened(practice),), ZOE))
    day = now().date()
    Promise.objects.create(
        id=mint(now()), changed_at=now(), customer_id=BOB, what="a leaflet", due_on=day - dt.timedelta(2), made_at=now()
    )


def refreshed(home: Path) -> PresentState:
    return refresh_state(home, os.environ["TOUCHBOOK_DATABASE_URL"]).state


def test_a_customer_is_found_with_their_state_and_what_lists_need(club: None, home: Path) -> None:
    state = refreshed(home)
    columns = "customer_name, type, round(deposits, 1) > 0, open_withdrawals, promises_overdue, _by_need, _by_name"
    rows = state.ask(f"SELECT {columns} FROM {state.customers} ORDER BY customer")
    assert rows == [("Zoë O’Neill", "regular", True, 1, 0, 1, 2), ("Bob", "regular", False, 0, 1, 2, 1)]
    assert state.ask(f"SELECT word FROM {state.called} WHERE customer = '{ZOE}'") == [("oneill",), ("zoe",)]
    assert state.ask(f"SELECT value, customer FROM {state.known_as}") == [("rf00001", ZOE)]


def test_how_somebody_is_reached_is_in_a_file_apart(club: None, home: Path) -> None:
    state = refreshed(home)
    for name in ("customers", "known_as"):
        assert b"zoe@example.com" not in (state.folder / f"{name}.parquet").read_bytes()
    assert state.ask(f"SELECT customer, value FROM {state.reached_by}") == [(ZOE, "zoe@example.com")]


def test_a_column_that_the_plan_has_too_keeps_the_plans_meaning(club: None, home: Path) -> None:
    state = refreshed(home)
    rows = state.ask(f"SELECT silent_days, round(silent_days_now) FROM {state.customers} WHERE customer = '{ZOE}'")
    assert rows == [(7.0, 3.0)]


def test_the_journey_counts_moments_by_day_and_what_is_not_made_good(club: None, home: Path) -> None:
    state = refreshed(home)
    gate = Touchpoint.objects.get(name="gate").id
    rows = state.ask(f"SELECT kind, moments, points, open_points, touchpoint FROM {state.journey} ORDER BY day, kind")
    assert rows == [
        ("deposit", 1, 2.0, 0.0, str(gate)),
        (None, 1, 2.0, 0.0, str(gate)),
        ("withdrawal", 1, 5.0, 5.0, str(gate)),
        (None, 1, 5.0, 5.0, str(gate)),
    ]


def test_accounts_of_staff_are_no_part_of_the_journey(club: None, home: Path) -> None:
    mona = Staff.objects.create(id=mint(now()), changed_at=now(), name="Mona", code="mona")
    log_moment(MomentRequest(mint(now()), now(), "gate", (Happened("not my gate", staff_account=mona.id),), BOB))
    state = refreshed(home)
    assert state.ask(f"SELECT SUM(points) FROM {state.journey} WHERE kind = 'withdrawal'") == [(5.0,)]


def test_who_has_a_touch_to_make_is_known_and_a_touch_that_is_held_out_is_nobodys(club: None, home: Path) -> None:
    run = PlanRun.objects.create(
        id=mint(now()), plan_version=PlanVersion.objects.get(), starts_on=now().date(), made_at=now(), prices={},
        certificate={}, parameters={},
    )  # fmt: skip
    for customer, team, held_out in ((ZOE, "member services", False), (BOB, "ticketing", True)):
        PlannedTouch.objects.create(
            id=mint(now()), run=run, customer=customer, name="news", purpose="inform", channel="email", team=team,
            due_on=now().date(), value=1.0, reason="", held_out=held_out,
        )  # fmt: skip
    state = refreshed(home)
    assert state.ask(f"SELECT _teams FROM {state.customers} ORDER BY customer") == [(["member services"],), (None,)]


def test_it_goes_stale_when_anything_arrives_and_is_fresh_again_after(club: None, home: Path) -> None:
    url, day = os.environ["TOUCHBOOK_DATABASE_URL"], dt.timedelta(days=1)
    assert is_stale(home, url, day)
    refreshed(home)
    assert not is_stale(home, url, day)
    assert is_stale(home, url, dt.timedelta(0)), "feelings fade though nothing happens"
    log_moment(MomentRequest(mint(now()), now(), "gate", (Happened("smiled"),), BOB))
    assert is_stale(home, url, day)
    refreshed(home)
    Promise.objects.update(settled_at=now(), changed_at=now(), kept=True)
    assert is_stale(home, url, day)
    state = refreshed(home)
    assert state.ask(f"SELECT SUM(promises_overdue) FROM {state.customers}") == [(0,)]


def test_it_appears_complete_or_not_at_all_and_old_ones_go(club: None, home: Path, monkeypatch) -> None:
    first = refreshed(home)

    def fails(*_: object) -> None:
        raise OSError("No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(present_state, "write_journey", fails)
        with pytest.raises(OSError, match="No space"):
            refreshed(home)
    lake = lake_folder(home, os.environ["TOUCHBOOK_DATABASE_URL"])
    assert latest(lake) == first
    later = [refreshed(home) for _ in range(present_state.KEPT)]
    assert sorted(path.name for path in (lake / "present").iterdir()) == [one.name for one in later]
    assert latest(lake) == later[-1]


def test_one_process_does_it_at_a_time(club: None, home: Path, monkeypatch) -> None:
    monkeypatch.setattr(module, "WAIT_SECONDS", 0.1)
    lake = lake_folder(home, os.environ["TOUCHBOOK_DATABASE_URL"])
    lake.mkdir(parents=True)
    with alone(lake / "present.lock", 1), pytest.raises(Refused, match="wait until it has ended"):
        refreshed(home)


def test_a_damaged_file_of_the_lake_is_mirrored_anew(club: None, home: Path) -> None:
    refreshed(home)
    lake = lake_folder(home, os.environ["TOUCHBOOK_DATABASE_URL"])
    (lake / "customer" / "all.parquet").write_bytes(b"PAR1 damaged PAR1")
    state = refreshed(home)
    assert state.ask(f"SELECT COUNT(*) FROM {state.customers}") == [(2,)]


def test_what_a_page_asks_can_reach_nothing_else(club: None, home: Path, tmp_path: Path) -> None:
    state = refreshed(home)
    (tmp_path / "secret.csv").write_text("a,b\n1,2\n")
    for query in (f"FROM read_csv('{tmp_path / 'secret.csv'}')", "SET enable_external_access = true", "INSTALL httpfs"):
        with pytest.raises(duckdb.Error):
            state.ask(query)


def test_without_a_plan_it_says_what_to_do(database: str, home: Path) -> None:
    with pytest.raises(NotFound, match="touchbook adopt"):
        refreshed(home)


def test_with_no_customer_there_is_an_empty_list(database: str, home: Path) -> None:
    adopt_plan(CLUB, "", "tests", JANUARY)
    state = refreshed(home)
    assert state.ask(f"SELECT COUNT(*) FROM {state.customers}") == [(0,)]


def test_a_watch_notices_what_arrives_survives_a_kill_and_ends_with_who_started_it(
    home: Path, sqlite: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    adopt_plan(CLUB, "", "tests", JANUARY)
    code = (
        "import touchbook.cli.refresh as one; one.LOOK_SECONDS = one.REST_SECONDS = 0.2;"
        "from touchbook.cli.main import app; app(['refresh', '--watch'])"
    )
    lake = lake_folder(home, os.environ["TOUCHBOOK_DATABASE_URL"])
    killed = subprocess.Popen([sys.executable, "-m", "touchbook", "refresh"])
    time.sleep(0.7)
    killed.kill()
    killed.wait()
    watch = subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE)
    try:
        wait_until(lambda: latest(lake) is not None)
        Customer.objects.create(id=BOB, changed_at=now(), name="Bob")
        wait_until(lambda: latest(lake).about["customers"] == 1)
    finally:
        watch.stdin.close()
        assert watch.wait(60) == 0


def wait_until(holds) -> None:
    deadline = time.monotonic() + 60
    while not holds():
        assert time.monotonic() < deadline, "waited a minute"
        time.sleep(0.1)
