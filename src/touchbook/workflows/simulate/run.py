"""Play policies in simulated clubs: the same people and the same luck for each, week by week."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from touchbook.kernel.errors import Refused
from touchbook.plan.forms import shown, suggestion
from touchbook.plan.loader import read_plan
from touchbook.plan.model import Plan, Purpose
from touchbook.workflows.simulate.book import Book
from touchbook.workflows.simulate.contacts import contacts_of
from touchbook.workflows.simulate.policies import POLICIES
from touchbook.workflows.simulate.policies.policy import Wish
from touchbook.workflows.simulate.referee import Referee, scaled
from touchbook.workflows.start_plan import starter
from touchbook.world.club import Club, make_club
from touchbook.world.contacts import Contact
from touchbook.world.crowd import Ints
from touchbook.world.life import Life, Week
from touchbook.world.luck import Floats

FIRST_DAY = date(2026, 1, 5)  # a Monday
WEEKS_A_SEASON = 52
WEEKS_A_YEAR = 365.25 / 7


@dataclass(frozen=True, slots=True)
class Played:
    """How one policy did in one world. Money is in the plan's currency; ``renewed`` is per person of the crowd."""

    policy: str
    seed: int
    members_at_start: int
    members_at_end: int
    renewed: Floats
    joined: float
    sales: float
    spent: float
    touches: int
    offers: int
    complaints: int
    opted_out: int
    feeling: float  # mean of the members at the end
    staff_hours: float
    member_years: float

    @property
    def retained(self) -> float:
        """The money of all renewals."""
        return float(self.renewed.sum())


def simulate(
    members: int,
    weeks: int,
    seeds: Sequence[int],
    policies: Sequence[str] = tuple(POLICIES),
    capacity: float = 1.0,
    told: Callable[[str], None] = lambda _: None,
) -> list[Played]:
    """Play each policy for so many *weeks* in one world a seed; equal arguments give equal results.

    *capacity*: the share of the hours, messages and money of a club of that size that there are. *told* hears what is
    played next. Raises Refused for a policy that there is not.
    """
    for name in policies:
        if name not in POLICIES:
            remedy = suggestion(name, list(POLICIES), f"choose among {', '.join(POLICIES)}.")
            raise Refused(f"There is no policy {shown(name)}; {remedy}")
    plan = scaled(read_plan(starter("club")["plan.yaml"]), members, capacity)
    played = []
    for seed in seeds:
        club = make_club(members, FIRST_DAY, seed)
        for name in policies:
            told(f"world {seed}: {name}")
            played.append(play(plan, club, seed, weeks, name))
    return played


def play(plan: Plan, club: Club, seed: int, weeks: int, name: str) -> Played:
    """Play one policy in one world."""
    life = Life(club, seed)
    contacts, tally = contacts_of(plan), _Tally(plan, life)
    referee = Referee(plan, [one.owner for one in life.people])
    with Book(plan, club, life) as book:
        policy = POLICIES[name](plan, book, life)
        for _ in range(weeks):
            wish = policy.wish(life.monday)
            allowed = referee.allow(wish.places, wish.columns, book.reachable)
            made = Wish(wish.places[allowed], wish.columns[allowed])
            week = life.live_week(_by_contact(contacts, made))
            book.note(week)
            tally.count(week, made.columns)
    return tally.result(name, seed)


def _by_contact(contacts: Sequence[Contact], made: Wish) -> list[tuple[Contact, Ints]]:
    return [(contact, np.sort(made.places[made.columns == column])) for column, contact in enumerate(contacts)]


class _Tally:
    """Counts what a policy brings and takes."""

    def __init__(self, plan: Plan, life: Life) -> None:
        touches = list(plan.touches.values())
        self._life = life
        self._minutes = np.array([touch.minutes for touch in touches])
        self._cost = np.array([touch.cost for touch in touches])
        self._sells = np.array([touch.purpose is Purpose.SELL for touch in touches])
        self._at_start = int(life.present.sum())
        self._renewed = np.zeros(len(life.people))
        self._columns: list[Ints] = []
        self._joined = self._sales = self._member_weeks = 0.0
        self._complaints = self._opted_out = 0

    def count(self, week: Week, columns: Ints) -> None:
        """Add a week and the touches that were made in it."""
        worth = self._life.traits.annual_value
        self._renewed[week.renewed] += worth[week.renewed]
        self._joined += float(worth[week.joined].sum())
        self._columns.append(columns)
        self._member_weeks += float(self._life.present.sum())
        for made in week.made:
            self._sales += made.contact.revenue * float(made.landed.bought.sum())
            self._complaints += int(made.landed.complained.sum())
            self._opted_out += int(made.landed.opted_out.sum())

    def result(self, name: str, seed: int) -> Played:
        """What it comes to."""
        columns = np.concatenate(self._columns) if self._columns else np.zeros(0, dtype=np.int64)
        present = self._life.present
        feeling = float(self._life.hearts.feeling[present].mean()) if present.any() else 0.0
        return Played(
            name, seed, self._at_start, int(present.sum()), self._renewed, self._joined, self._sales,
            float(self._cost[columns].sum()), len(columns), int(self._sells[columns].sum()), self._complaints,
            self._opted_out, feeling, float(self._minutes[columns].sum() / 60), self._member_weeks / WEEKS_A_YEAR,
        )  # fmt: skip
