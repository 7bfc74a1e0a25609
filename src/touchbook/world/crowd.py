"""Everybody in the simulated future: members, former members, and people outside who may join.

Each has a place that never changes. What lasts (``Traits``) and what moves (``Hearts``) are columns over the places.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime, time

import numpy as np
import numpy.typing as npt
from scipy.special import gammaincinv

from touchbook.world import truth
from touchbook.world.club import Club
from touchbook.world.luck import Floats, Luck
from touchbook.world.people import BARRIERS, NEEDS, NOTHING, Member, make_members
from touchbook.world.season import ZONE, Moment

Mask = npt.NDArray[np.bool_]
Ints = npt.NDArray[np.int64]
NONE = -1  # no barrier, no need
NEVER = -1e9  # a day longer ago than anything
ALIKE_SEEN = 2.2  # shape of how often staff meet a person, as in the past


@dataclass(frozen=True, slots=True)
class Traits:
    """What a person is like (N each): in truth, and as the club's files know them."""

    annual_value: Floats
    hardship: Mask
    attendance: Floats
    outspoken: Floats
    seen: Floats  # how often staff meet them, around 1
    tender: Floats  # how strongly a wrong is felt, around 1
    tolerance: Floats  # how much contact they bear, around 1
    receptive: Floats  # what attention does to them, around 1, below 0 for some
    opens: Floats  # log-odds of noticing, beside the average
    keen: Floats  # log-odds of buying, beside the average
    hidden: Floats  # log-odds of staying, for reasons of their own
    acquaintances: Ints  # N × 3 places of members whom they hear


@dataclass(slots=True)
class Hearts:
    """What moves in a person (N each). Days are counted from the first of the future."""

    mood: Floats
    warmth: Floats
    grudge: Floats
    wrong_day: Floats  # of the last wrong
    wrong_before: Floats  # of the one before
    barrier: Ints
    need: Ints
    burden: Floats
    contact_day: Floats
    warned_day: Floats
    bought_day: Floats

    @property
    def feeling(self) -> Floats:
        """The feeling of each person, from −2 to +2."""
        total = self.mood + self.warmth - self.grudge - truth.UNMET_NEED * (self.need != NONE)
        return np.asarray(np.clip(total, -2, 2))

    def copy(self) -> Hearts:
        """Hearts of their own, for what is only imagined."""
        return Hearts(*(getattr(self, field.name).copy() for field in fields(self)))


@dataclass(frozen=True, slots=True)
class Crowd:
    """The people of a simulation and how they are when it begins."""

    people: Sequence[Member]
    members: int  # the first so many are, or were, members when it begins
    traits: Traits
    left: Mask
    hearts: Hearts


def gather(club: Club, luck_seed: int) -> Crowd:
    """The members of a club, and people outside who know some of them; equal arguments make equal crowds."""
    outside = max(1, round(len(club.members) * truth.PROSPECTS_PER_MEMBER))
    stream = np.random.default_rng(np.random.SeedSequence([luck_seed, 7]))
    people = [*club.members, *make_members(outside, club.until, stream)]
    luck = Luck(luck_seed, len(people))
    gone = {outcome.member for outcome in club.outcomes if outcome.outcome == "left"}
    left = np.array([place < len(club.members) and one.number in gone for place, one in enumerate(people)])
    return Crowd(people, len(club.members), _traits(people, len(club.members), luck), left, _hearts(club, people))


def _traits(people: Sequence[Member], members: int, luck: Luck) -> Traits:
    def spread(purpose: str, sd: float) -> Floats:
        return sd * luck.normal(-1, purpose)

    known = [luck.uniform(-1, f"knows {place}") for place in range(truth.ACQUAINTANCES)]
    return Traits(
        annual_value=np.array([one.annual_value for one in people]),
        hardship=np.array([one.hardship for one in people]),
        attendance=np.array([one.attendance for one in people]),
        outspoken=np.array([one.truth.outspoken for one in people]),
        seen=np.asarray(gammaincinv(ALIKE_SEEN, luck.uniform(-1, "seen")) / ALIKE_SEEN, dtype=np.float64),
        tender=np.exp(spread("tender", truth.TENDERNESS_SD)),
        tolerance=np.exp(spread("tolerance", truth.TOLERANCE_SD)),
        receptive=1 + spread("receptive", truth.RECEPTIVE_SD),
        opens=spread("opens", truth.OPENS_SD),
        keen=spread("keen", truth.BUYS_KEEN_SD),
        hidden=spread("hidden", truth.STAY_HIDDEN_SD),
        acquaintances=np.column_stack([(one * members).astype(np.int64) for one in known]),
    )


def _hearts(club: Club, people: Sequence[Member]) -> Hearts:
    """Members begin with what the past left in them; what is still open of it is a grudge."""
    count = len(people)
    places = {one.number: place for place, one in enumerate(people[: len(club.members)])}
    grudge, wrong_day, wrong_before = np.zeros(count), np.full(count, NEVER), np.full(count, NEVER)
    for moment, age_days in _open_wrongs(club):
        place = places[moment.member]
        fading = 2.0 ** (-age_days / truth.GRUDGE_HALF_LIFE_DAYS)
        grudge[place] += -moment.felt * truth.WITHDRAWAL_PER_POINT * fading
        wrong_before[place], wrong_day[place] = wrong_day[place], -age_days
    mood = np.array([one.truth.mood for one in people])
    felt = np.array([club.feelings[one.number] for one in people[: len(club.members)]])
    warmth = np.zeros(count)
    warmth[: len(felt)] = felt - mood[: len(felt)] + grudge[: len(felt)]
    return Hearts(
        mood=mood,
        warmth=warmth,
        grudge=grudge,
        wrong_day=wrong_day,
        wrong_before=wrong_before,
        barrier=np.array([_index(BARRIERS, one.truth.barrier) for one in people]),
        need=np.array([_index(NEEDS, one.truth.need) for one in people]),
        burden=np.zeros(count),
        contact_day=np.full(count, NEVER),
        warned_day=np.full(count, NEVER),
        bought_day=np.full(count, NEVER),
    )


def _open_wrongs(club: Club) -> list[tuple[Moment, float]]:
    """What went wrong and was not made good, in order of time, with its age in days."""
    made_good = {moment.recovers for moment in club.moments if moment.recovers}
    end = datetime.combine(club.until, time(), ZONE)
    return [
        (moment, (end - moment.at).total_seconds() / 86_400)
        for moment in club.moments
        if moment.felt < 0 and moment.id not in made_good
    ]


def _index(names: Sequence[str], name: str) -> int:
    return NONE if name == NOTHING else names.index(name)


def days_since(first: date, days: Sequence[date]) -> Ints:
    """Days from *first* on, below 0 for earlier ones."""
    return np.array([(day - first).days for day in days], dtype=np.int64)
