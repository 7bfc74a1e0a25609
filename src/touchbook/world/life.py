"""The future of a simulated club, week by week: what it does to its members, and what they do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

import numpy as np

from touchbook.world import truth
from touchbook.world.club import Club
from touchbook.world.contacts import Contact, Draw, Landed, land
from touchbook.world.crowd import NONE, Crowd, Hearts, Ints, Mask, days_since, gather
from touchbook.world.happenings import Lived, live
from touchbook.world.luck import Floats, Luck
from touchbook.world.people import BARRIERS, NEEDS
from touchbook.world.renewals import joins, replies, stay_probability
from touchbook.world.season import last_renewal

CONTACT_HOUR = time(10)
_BARRIER_STEPS = np.cumsum([truth.BARRIER_SHARES[name] for name in BARRIERS])[:-1]
_NEED_STEPS = np.cumsum([truth.NEED_SHARES[name] for name in NEEDS])[:-1]


@dataclass(frozen=True, slots=True)
class Made:
    """One kind of contact as it was made in a week: to whom, on which day of the week each, and how it landed."""

    contact: Contact
    places: Ints
    days: Ints
    landed: Landed


@dataclass(frozen=True, slots=True)
class Reply:
    """What one person answered on a day of the week."""

    place: int
    at: datetime
    said: Mapping[str, str]


@dataclass(slots=True)
class Week:
    """What a week brought. Renewed, left, joined and brought_by hold places; the last is −1 where nobody is named."""

    monday: date
    made: list[Made] = field(default_factory=list)
    replies: list[Reply] = field(default_factory=list)
    moments: list[Lived] = field(default_factory=list)
    renewed: Ints = field(default_factory=lambda: np.zeros(0, dtype=np.int64))
    left: Ints = field(default_factory=lambda: np.zeros(0, dtype=np.int64))
    joined: Ints = field(default_factory=lambda: np.zeros(0, dtype=np.int64))
    brought_by: Ints = field(default_factory=lambda: np.zeros(0, dtype=np.int64))


class Life:
    """The members of a club from the day ``club.until`` on, under one luck.

    ``present`` are members now, ``left`` were; all others have not joined. ``renewal_day`` is each one's next, and
    ``renewals`` how many they have behind them. Days are counted from the first of the future.
    """

    def __init__(self, club: Club, seed: int, crowd: Crowd | None = None) -> None:
        crowd = crowd or gather(club, seed)
        self.people = crowd.people
        self.staff = club.staff
        self.first_day = club.until
        self.luck = Luck(seed, len(crowd.people))
        self.traits = crowd.traits
        self.hearts: Hearts = crowd.hearts.copy()
        self.left: Mask = crowd.left.copy()
        self.present: Mask = (np.arange(len(crowd.people)) < crowd.members) & ~self.left
        since = [one.since for one in crowd.people]
        last = [last_renewal(day, self.first_day) for day in since]
        self.renewal_day: Ints = days_since(self.first_day, last) + 365
        self.renewals: Ints = (days_since(self.first_day, last) - days_since(self.first_day, since)) // 365
        self.weeks_lived = 0
        self._contact_day = (self.luck.uniform(-1, "weekday") * 5).astype(np.int64)

    @property
    def monday(self) -> date:
        """The first day of the week to be lived next."""
        return self.first_day + timedelta(weeks=self.weeks_lived)

    def expects(self) -> Floats:
        """The true chance that each one would renew if it were due today."""
        return stay_probability(self.hearts.feeling, self.hearts.barrier, self.renewals, self.traits)

    def live_week(self, contacts: Sequence[tuple[Contact, Ints]]) -> Week:
        """Live seven days in which the given people are contacted (only who is, or was, a member)."""
        number = self.weeks_lived
        week = Week(self.monday)
        for contact, places in contacts:
            self._contact(week, contact, places)
        week.moments = live(
            number, week.monday, self.renewal_day - 7 * number, self.present, self.hearts, self.traits,
            self.staff, self.luck,
        )  # fmt: skip
        self._bills()
        self._move()
        self._renew(week)
        self._word_of_mouth(week)
        self.weeks_lived += 1
        return week

    def _draw(self, purpose: str) -> Floats:
        return self.luck.uniform(self.weeks_lived, purpose)

    def _contact(self, week: Week, contact: Contact, places: Ints) -> None:
        if not len(places):
            return
        days = self._contact_day[places]
        day = 7.0 * self.weeks_lived
        landed = land(contact, places, day, self.hearts, self.traits, self._draw)
        week.made.append(Made(contact, places, days, landed))
        expects = self.expects()
        for place, weekday in zip(places[landed.answered].tolist(), days[landed.answered].tolist(), strict=True):
            at = datetime.combine(week.monday + timedelta(days=weekday), CONTACT_HOUR) + timedelta(hours=3)
            said = replies(contact.asks, place, float(expects[place]), self.hearts, self._draw)
            week.replies.append(Reply(place, at, said))

    def _bills(self) -> None:
        """The bill comes some weeks before a renewal; who was warned is less surprised."""
        today = 7 * self.weeks_lived
        days = self.renewal_day - today
        billed = self.present & (days <= truth.BILL_DAYS_BEFORE) & (days > truth.BILL_DAYS_BEFORE - 7)
        warned = today - self.hearts.warned_day <= truth.WARNING_LASTS_DAYS
        dear = np.where(self.hearts.barrier == BARRIERS.index("price"), 2.0, 1.0)
        self.hearts.warmth -= billed * np.where(warned, truth.BILL_SHOCK_WARNED, truth.BILL_SHOCK) * dear

    def _move(self) -> None:
        """A week passes: warmth and grudges fade, moods drift, barriers and needs come and go."""
        hearts, draw = self.hearts, self._draw
        hearts.warmth *= 2.0 ** (-7 / truth.WARMTH_HALF_LIFE_DAYS)
        hearts.grudge *= 2.0 ** (-7 / truth.GRUDGE_HALF_LIFE_DAYS)
        hearts.burden *= 2.0 ** (-7 / truth.BURDEN_HALF_LIFE_DAYS)
        hearts.mood += truth.MOOD_STEP_SD * self.luck.normal(self.weeks_lived, "mood")
        comes = truth.BARRIER_COMES * truth.BARRIER_COMES_WHEN_UNHAPPY ** (-hearts.feeling)
        _come_and_go(hearts.barrier, comes, truth.BARRIER_GOES, _BARRIER_STEPS, draw, "barrier")
        _come_and_go(hearts.need, truth.NEED_COMES, truth.NEED_GOES, _NEED_STEPS, draw, "need")

    def _renew(self, week: Week) -> None:
        """Whoever's year ends this week stays or leaves; one number a person and year decides, whatever the week."""
        due = self.present & (self.renewal_day < 7 * (self.weeks_lived + 1))
        year = self.renewal_day // 365
        luck = np.choose(np.clip(year, 0, 9), [self.luck.uniform(-1, f"renews {one}") for one in range(10)])
        stays = luck < self.expects()
        week.renewed, week.left = np.flatnonzero(due & stays), np.flatnonzero(due & ~stays)
        self.renewal_day[week.renewed] += 365
        self.renewals[week.renewed] += 1
        self.present[week.left] = False
        self.left[week.left] = True

    def _word_of_mouth(self, week: Week) -> None:
        outside = ~self.present & ~self.left
        week.joined, week.brought_by = joins(self.hearts, self.traits, self.present, self.left, outside, self._draw)
        self.present[week.joined] = True
        self.renewals[week.joined] = 0
        self.renewal_day[week.joined] = 7 * self.weeks_lived + 365


def _come_and_go(which: Ints, comes: Floats | float, goes: float, steps: Floats, draw: Draw, name: str) -> None:
    """Of those who have none, some get one; of those who have one, some lose it."""
    has = which != NONE
    gone = has & (draw(f"{name} goes") < goes)
    come = ~has & (draw(f"{name} comes") < comes)
    kind = np.searchsorted(steps, draw(f"which {name}"), side="right")
    which[gone] = NONE
    which[come] = kind[come]
