"""A week as it is lived: matches, office days and renewal calls, what goes wrong and what is made good."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

import numpy as np

from touchbook.world import truth
from touchbook.world.crowd import Hearts, Ints, Mask, Traits
from touchbook.world.habits import OCCASIONS, Occasion
from touchbook.world.luck import Floats, Luck
from touchbook.world.people import Staff
from touchbook.world.season import (
    BAD_DAY_FACTOR,
    BAD_DAY_SHARE,
    NEIGHBOUR_SHARE,
    ON_THE_SPOT_SHARE,
    RECOVERED_SHARE,
    RECOVERY_DAYS,
    SECOND_DEPOSIT_SHARE,
    WITNESSED_SHARE,
    match_days,
)

WEEKS_A_YEAR = 365 / 7
RENEWAL_CALL_DAYS = (10, 60)  # before a renewal


@dataclass(frozen=True, slots=True)
class Lived:
    """One moment. ``points`` are below 0 for a withdrawal; ``amends`` is the deposit that made it good later on."""

    at: datetime
    place: int
    touchpoint: str
    practices: Mapping[str, float]
    wrong: bool
    written_down: bool
    witness: int = -1
    amends: str = ""
    amends_points: float = 0.0
    amended_at: datetime | None = None


def live(
    week: int, monday: date, days_to_renewal: Ints, present: Mask, hearts: Hearts, traits: Traits,
    staff: Sequence[Staff], luck: Luck,
) -> list[Lived]:  # fmt: skip
    """What happens to everybody present in the seven days from *monday*; their hearts change with it."""
    moments: list[Lived] = []
    matches = match_days(monday, monday + timedelta(7))
    low, high = RENEWAL_CALL_DAYS
    due = (days_to_renewal >= low) & (days_to_renewal < high)
    for occasion in OCCASIONS:
        if occasion.season == "match day":
            for day in matches:
                chance = traits.attendance * traits.seen * occasion.rate
                bad = luck.one(week, f"bad day {day:%A}") < BAD_DAY_SHARE
                moments += _day(occasion, week, day, chance, present, bad, traits, staff, luck)
            continue
        day = monday + timedelta(int(luck.one(week, f"day of {occasion.touchpoint}") * 5))
        chance = np.full(len(present), occasion.rate / WEEKS_A_YEAR)
        if occasion.season == "renewal":
            chance = np.where(due, occasion.rate * 7 / (high - low), 0.0)
        moments += _day(occasion, week, day, chance, present, False, traits, staff, luck)
    _feel(moments, monday, week, hearts, traits)
    return moments


def _day(
    occasion: Occasion, week: int, day: date, chance: Floats, present: Mask, bad_day: bool,
    traits: Traits, staff: Sequence[Staff], luck: Luck,
) -> list[Lived]:  # fmt: skip
    """The moments of one occasion on one day."""

    def draw(purpose: str) -> Floats:
        return luck.uniform(week, f"{occasion.touchpoint} {day:%A} {purpose}")

    places = np.flatnonzero(present & (draw("happens") < chance))
    if not len(places):
        return []
    team = [one for one in staff if one.department == occasion.department]
    served = (draw("staff")[places] * len(team)).astype(np.int64)
    trouble = np.array([one.trouble for one in team])[served] * occasion.trouble * (BAD_DAY_FACTOR if bad_day else 1.0)
    wrong = draw("goes wrong")[places] < np.minimum(trouble, 0.6)
    first, second, again = draw("practice")[places], draw("second")[places], draw("again")[places]
    spoke = draw("speaks")[places] < traits.outspoken[places]
    written = spoke | (draw("written down")[places] < truth.WRITTEN_DOWN_SHARE)
    care = np.array([one.care for one in team])[served]
    amended = spoke & (draw("made good")[places] < RECOVERED_SHARE * care)
    delay = np.where(
        draw("on the spot")[places] < ON_THE_SPOT_SHARE, 0.03, 1 - RECOVERY_DAYS * np.log1p(-draw("delay")[places])
    )
    seen = (draw("seen")[places] < WITNESSED_SHARE * NEIGHBOUR_SHARE) & (occasion.season == "match day")
    at = datetime.combine(day, time(15 if occasion.season == "match day" else 11))
    moments = []
    for index, place in enumerate(places.tolist()):
        neighbour = (place + 1) % len(present)
        witness = neighbour if seen[index] and present[neighbour] else -1
        if wrong[index]:
            practices = dict([_practice(occasion.withdrawals, first[index])])
            made_good = at + timedelta(days=float(delay[index])) if amended[index] else None
            moments.append(
                Lived(
                    at, place, occasion.touchpoint, practices, True, bool(written[index]), witness,
                    occasion.amends, float(occasion.deposits[occasion.amends]), made_good,
                )
            )  # fmt: skip
            continue
        practices = dict([_practice(occasion.deposits, first[index])])
        if again[index] < SECOND_DEPOSIT_SHARE:
            practices |= dict([_practice(occasion.deposits, second[index])])
        moments.append(Lived(at, place, occasion.touchpoint, practices, False, True, witness))
    return moments


def _practice(practices: Mapping[str, int], luck: float) -> tuple[str, float]:
    """One of the practices: what is felt strongly happens seldom."""
    names = list(practices)
    steps = np.cumsum([1 / practices[name] for name in names])
    name = names[min(int(np.searchsorted(steps, luck * steps[-1], side="right")), len(names) - 1)]
    return name, float(practices[name])


def _feel(moments: Sequence[Lived], monday: date, week: int, hearts: Hearts, traits: Traits) -> None:
    """Let the moments be felt, by who saw them as well; a deposit less by who is happy already."""
    for moment in moments:
        points = sum(moment.practices.values())
        day = float(7 * week + (moment.at.date() - monday).days)
        for place, share in ((moment.place, 1.0), (moment.witness, truth.WITNESSED)):
            if place < 0:
                continue
            if not moment.wrong:
                feeling = hearts.mood[place] + hearts.warmth[place] - hearts.grudge[place]
                room = float(np.clip(1 - feeling / 2.5, 0.1, 1.5))
                hearts.warmth[place] += truth.DEPOSIT_PER_POINT * points * share * room
                continue
            felt = truth.WITHDRAWAL_PER_POINT * points * share * traits.tender[place]
            again = day - hearts.wrong_day[place] < truth.SECOND_WRONG_DAYS
            if moment.amended_at is not None:
                waited = (moment.amended_at - moment.at).total_seconds() / 86_400
                relief = truth.MADE_GOOD * 2.0 ** (-waited / truth.MADE_GOOD_HALF_LIFE_DAYS)
                felt *= 1 - relief * (truth.SECOND_WRONG if again else 1.0)
            hearts.grudge[place] += felt
            hearts.wrong_before[place], hearts.wrong_day[place] = hearts.wrong_day[place], day
