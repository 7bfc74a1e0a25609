"""Make the demo: a simulated club in a home of its own, brought in by the same imports as anybody's records."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from django.db import connection

from touchbook.insight.columns import numbers
from touchbook.kernel.clock import now
from touchbook.kernel.errors import Refused
from touchbook.workflows.adopt_plan import adopt_plan
from touchbook.workflows.demo_folder import mark
from touchbook.workflows.import_records.running import Report, import_records
from touchbook.workflows.make_plan import WeekPlanned, make_plan
from touchbook.workflows.open_store import open_store
from touchbook.workflows.people_of_demo import give_places
from touchbook.workflows.refresh_state import refresh_state
from touchbook.workflows.start_plan import start_plan
from touchbook.world.club import Club, make_club
from touchbook.world.files import KINDS, Kind, files_of

_BY = "touchbook demo"


@dataclass(frozen=True, slots=True)
class Demo:
    """What was made: the club, what each import did, and the week's plan.

    ``touched`` and ``left_alone`` are the names of two members worth asking about; "" when there is none.
    """

    club: Club
    folder: Path
    reports: Mapping[Kind, Report]
    week: WeekPlanned
    touched: str
    left_alone: str


def make_demo(
    folder: Path, database_url: str, members: int, until: date, seed: int, told: Callable[[str], None]
) -> Demo:
    """Make a club as of the day *until* and plan the seven days after it, in a *folder* that ``clear_demo`` prepared.

    *told* hears of each step before it begins. Raises ``Refused`` when the database in use is not the demo's own.
    """
    _only_in(folder)
    told(f"Imagining a football club with {members:,} members (seed {seed})")
    club = make_club(members, until, seed)
    _write(folder, club, seed)
    told("Adopting the starter plan for clubs")
    open_store()
    plan_file = start_plan(folder / "plan", "club")[0]
    adopt_plan(plan_file.read_text(encoding="utf-8"), "the starter plan", _BY, now(), str(plan_file))
    reports = {}
    for kind in KINDS:
        file = folder / "files" / f"{kind}.csv"
        if not file.exists():
            continue
        told(f"Importing {file.name}")
        reports[kind] = import_records(kind, file, file.with_suffix(".map.yaml"), actor=_BY)
    told("Giving everybody their place")
    give_places(club, _BY, now())
    told("Planning the coming week")
    week = make_plan(folder, database_url, until + timedelta(days=1))
    told("Describing everybody as they are now")
    refresh_state(folder, database_url)
    people = {member.name for member in club.members if member.account_kind == "person"}
    return Demo(club, folder, reports, week, _touched(week, people), _left_alone(week, people))


def _touched(week: WeekPlanned, people: set[str]) -> str:
    """Whoever of the *people* it is worth most to reach, beside those who must be."""
    worth = {touch.customer_name: touch.value for touch in week.touches if not (touch.must or touch.held_out)}
    known = [name for name in worth if name in people] or list(worth)
    return max(known, key=lambda name: worth[name], default="")


def _left_alone(week: WeekPlanned, people: set[str]) -> str:
    """Whoever of the *people* is worth most of those who are still members and get no touch."""
    state = week.decision.population.state
    alone = ~week.decision.chosen.any(axis=1) & (numbers(state, "has_left") != 1)
    names = state.column("customer_name").to_pylist()
    worth = {names[row]: value for row, value in enumerate(numbers(state, "lifetime_value")) if alone[row]}
    known = [name for name in worth if name in people] or list(worth)
    return max(known, key=lambda name: worth[name], default="")


def _only_in(folder: Path) -> None:
    """A demo must not get into anybody's records: its database is an SQLite file in its own folder."""
    database = Path(str(connection.settings_dict["NAME"]))
    if connection.vendor != "sqlite" or database.resolve().parent != folder.resolve():
        raise Refused(f"The demo would not stay in {folder}: the database in use is {database}; nothing was written.")


def _write(folder: Path, club: Club, seed: int) -> None:
    """The club's files, as its systems would export them, and what the demo was made from."""
    place = folder / "files"
    place.mkdir()
    for name, text in files_of(club).items():
        (place / name).write_text(text, encoding="utf-8", newline="\n")
    made_from = {"members": len(club.members), "seed": seed, "until": str(club.until)}
    mark(folder, {**made_from, "key": secrets.token_urlsafe(12)})
