"""The demo: the same front door as anybody's records, a home of its own, and nothing that is not a demo is lost."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest
from django.conf import settings

from touchbook.kernel.errors import Refused, Unreadable
from touchbook.store.models import Answer, Customer, Entry, Moment, Outcome, Staff
from touchbook.workflows.demo_folder import clear_demo, is_demo, mark
from touchbook.workflows.make_demo import make_demo

BIN = Path(sys.executable).parent


def run(folder: Path, *words: str, **more: str) -> subprocess.CompletedProcess[str]:
    """Run a command with *folder* as the user's data folder."""
    environment = {**os.environ, "TOUCHBOOK_HOME": str(folder), "PATH": f"{BIN}:{os.environ['PATH']}", **more}
    if not more:
        environment.pop("TOUCHBOOK_DATABASE_URL", None)
    return subprocess.run(words, env=environment, capture_output=True, text=True, check=False)


def test_everything_the_club_tells_comes_in_and_the_week_is_planned(sqlite: str, home: Path) -> None:
    told: list[str] = []
    mark(home, {})
    demo = make_demo(home, settings.TOUCHBOOK_DATABASE_URL, 300, date(2026, 3, 2), 1, told.append)
    club, week = demo.club, demo.week
    assert Customer.objects.count() == len(club.members) == 300
    assert Moment.objects.count() == len(club.moments)
    assert Answer.objects.count() == len(club.answers)
    assert Outcome.objects.count() == len(club.outcomes)
    assert Staff.objects.count() <= len(club.staff) + 3  # and an office of three
    assert Entry.objects.filter(recovers__isnull=False).count() == sum(bool(one.recovers) for one in club.moments)
    assert [report.rejected for report in demo.reports.values()] == [0, 0, 0, 0]
    assert week.starts_on == date(2026, 3, 3)
    assert demo.touched in {touch.customer_name for touch in week.touches}
    assert demo.left_alone not in {touch.customer_name for touch in week.touches}
    assert {touch.must for touch in week.touches} == {True, False}
    assert any("300 members" in line for line in told)


def test_a_tiny_club_that_was_never_asked_anything_is_planned_for_too(sqlite: str, home: Path) -> None:
    mark(home, {})
    demo = make_demo(home, settings.TOUCHBOOK_DATABASE_URL, 1, date(2026, 11, 22), 1, lambda _: None)
    assert not demo.club.answers
    assert demo.week.decision.population.size == 1


def test_a_demo_in_anybody_elses_database_is_refused(sqlite: str, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    with pytest.raises(Refused, match="would not stay in"):
        make_demo(elsewhere, settings.TOUCHBOOK_DATABASE_URL, 10, date(2026, 3, 2), 1, lambda _: None)
    assert Customer.objects.count() == 0
    assert list(elsewhere.iterdir()) == []


def test_a_demo_replaces_an_earlier_one_and_nothing_else(tmp_path: Path) -> None:
    folder = tmp_path / "demo"
    assert clear_demo(folder) is False
    for name in ("touchbook.sqlite3", "touchbook.sqlite3-wal", "my notes.txt"):
        (folder / name).write_text("x")
    (folder / "lake" / "moment").mkdir(parents=True)
    assert clear_demo(folder) is True
    assert is_demo(folder)
    assert {path.name for path in folder.iterdir()} == {"demo.json", "my notes.txt"}


def test_a_folder_with_records_is_never_cleared(tmp_path: Path) -> None:
    (tmp_path / "touchbook.sqlite3").write_text("years of work")
    with pytest.raises(Refused, match="not a demo"):
        clear_demo(tmp_path)
    with pytest.raises(Refused, match="not a demo"):
        clear_demo(tmp_path / "touchbook.sqlite3")
    with pytest.raises(Unreadable, match="cannot be written"):
        clear_demo(tmp_path / "touchbook.sqlite3" / "demo")
    assert (tmp_path / "touchbook.sqlite3").read_text() == "years of work"


def test_the_command_leaves_the_users_home_and_database_alone_and_what_it_suggests_works(tmp_path: Path) -> None:
    own = tmp_path / "own"
    own.mkdir()
    done = run(
        own, "touchbook", "demo", "--no-serve", "--members", "60", TOUCHBOOK_DATABASE_URL=f"sqlite:///{own / 'records'}"
    )
    assert done.returncode == 0, done.stderr
    assert [path.name for path in own.iterdir()] == ["demo"]

    lines = done.stdout.splitlines()
    suggested = [line.split("  #")[0].strip() for line in lines if "  # " in line]
    suggested += [line.removeprefix("$ ") for line in lines if line.startswith("$ ")]
    assert len(suggested) >= 6
    for command in suggested:
        tried = run(own / "demo", *shlex.split(command))
        assert tried.returncode == 0, f"{command}\n{tried.stdout}\n{tried.stderr}"


def test_inside_a_demo_the_demo_is_made_again_in_place(tmp_path: Path) -> None:
    folder = tmp_path / "somewhere"
    folder.mkdir()
    mark(folder, {})
    again = run(folder, "touchbook", "demo", "--no-serve", "--members", "20")
    assert again.returncode == 0, again.stderr
    assert "Replacing the earlier demo" in again.stdout
    assert not (folder / "demo").exists()


def test_a_folder_that_holds_something_else_is_refused_in_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "letters.txt").write_text("Dear all")
    done = run(tmp_path / "own", "touchbook", "demo", "--folder", str(tmp_path))
    assert done.returncode == 2
    assert done.stderr.strip().endswith("name an empty folder with --folder.")
