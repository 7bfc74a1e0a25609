"""The whole loop in one command, as somebody with a plan file and a CSV of moments would run it."""

from __future__ import annotations

import json
import os
import re
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

EXAMPLES = Path(__file__).parents[2] / "examples" / "club"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with a plan and the example's files."""
    shutil.copytree(EXAMPLES, tmp_path, dirs_exist_ok=True)
    assert touchbook(tmp_path, "init", "club").returncode == 0
    return tmp_path


def touchbook(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """Run a command in *folder*, with a home of its own."""
    environment = {**os.environ, "TOUCHBOOK_HOME": str(folder / "home")}
    environment.pop("TOUCHBOOK_DATABASE_URL", None)
    command = [sys.executable, "-m", "touchbook", *words]
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)


def loop(folder: Path, *more: str) -> subprocess.CompletedProcess[str]:
    words = ("loop", "club/plan.yaml", "moments.csv", "--map", "moments.yaml", "--from", "2026-04-06")
    return touchbook(folder, *words, *more)


def count(folder: Path, table: str) -> int:
    with closing(sqlite3.connect(folder / "home" / "touchbook.sqlite3")) as database:
        return int(database.execute(f"SELECT COUNT(*) FROM store_{table}").fetchone()[0])


def test_a_plan_and_a_file_of_moments_become_next_weeks_touches(folder: Path) -> None:
    done = loop(folder, "--customers", "members.csv", "--customers-map", "members.yaml", "--json", "week.json")
    assert done.returncode == 0, done.stderr
    assert "in force as version 1" in done.stdout
    assert "15 moments added" in done.stdout
    assert "6 April to 12 April 2026" in done.stdout
    week = json.loads((folder / "week.json").read_text())
    assert week["starts_on"] == "2026-04-06"
    assert [touch["reason"] for touch in week["touches"] if touch["touch"] == "apology call"]

    again = loop(folder, "--customers", "members.csv", "--customers-map", "members.yaml")
    assert again.returncode == 0, again.stderr
    assert "in force already, as version 1" in again.stdout
    assert count(folder, "moment") == 15
    assert count(folder, "customer") == week["customers"]


def test_without_worth_a_hint_says_where_to_bring_it_from(folder: Path) -> None:
    assert "--customers" in loop(folder).stdout


def test_rows_with_problems_are_set_aside_and_the_week_is_planned_all_the_same(folder: Path) -> None:
    lines = (folder / "moments.csv").read_text().splitlines()
    broken = lines[1].replace(lines[1].split(",")[1], "the day before yesterday")
    (folder / "moments.csv").write_text("\n".join([*lines, broken.replace(lines[1].split(",")[0], "m99")]) + "\n")
    done = loop(folder)
    assert done.returncode == 1
    assert "1 row was set aside" in done.stderr
    assert "6 April to 12 April 2026" in done.stdout
    assert count(folder, "moment") == 15


@pytest.mark.parametrize(
    ("file", "old", "new", "code"),
    [
        ("club/plan.yaml", "phone", "telephone", 1),
        ("moments.yaml", "at: ", "at: never-", 1),
        ("moments.csv", None, "", 2),
    ],
)
def test_with_a_bad_plan_map_or_file_nothing_is_written(
    folder: Path, file: str, old: str | None, new: str, code: int
) -> None:
    path = folder / file
    path.write_text(path.read_text().replace(old, new) if old else new)
    done = loop(folder)
    assert done.returncode == code
    assert file in done.stderr
    assert not (folder / "home" / "touchbook.sqlite3").exists() or count(folder, "planversion") == 0


def test_dates_that_may_be_day_first_or_month_first_stop_it_before_the_plan_is_adopted(folder: Path) -> None:
    lines = (folder / "moments.csv").read_text().splitlines()
    told = [re.sub(r"2026-\d\d-\d\dT[^,]*", "03/04/2026", line) for line in lines]
    (folder / "moments.csv").write_text("\n".join(told))
    done = loop(folder)
    assert done.returncode == 1
    assert "every date in the column 'when'" in done.stderr
    assert count(folder, "planversion") == 0


def test_a_plan_that_could_not_be_written_is_not_begun(folder: Path) -> None:
    done = loop(folder, "--json", "nowhere/week.json")
    assert done.returncode == 2
    assert "nowhere/week.json" in done.stderr
    assert count(folder, "planversion") == 0


def test_a_file_of_customers_needs_its_map(folder: Path) -> None:
    done = loop(folder, "--customers", "members.csv")
    assert done.returncode == 2
    assert "--customers-map" in done.stderr
