"""A football club from one seed: its people, what happened to them, what they said and did. Nothing in it is real."""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

import numpy as np

from touchbook.world.people import NOTHING, Member, Staff, make_members, make_staff, with_owners
from touchbook.world.season import SPAN_DAYS, ZONE, Moment, last_renewal, make_moments

FEELING_HALF_LIFE_DAYS = 120.0  # how fast a moment is forgotten
FEELING_PER_POINT = {True: 0.05, False: 0.20}  # of a deposit, of a withdrawal
PULSE_DAYS = 105  # between two rounds of questions
ANSWERING_SHARE = 0.30  # of those who are asked


@dataclass(frozen=True, slots=True)
class Answer:
    """What a member answered to one question: a number on its scale, or one of its choices, as text."""

    id: str
    at: datetime
    member: str
    question: str
    value: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a member did: renewed (``value`` in pounds), left, or was referred by another member."""

    id: str
    at: datetime
    member: str
    outcome: str
    value: float | None = None
    referrer: str = ""


@dataclass(frozen=True, slots=True)
class Club:
    """Everything about the club before ``until``. ``feelings`` is each member's hidden feeling then, by number."""

    until: date
    members: Sequence[Member]
    staff: Sequence[Staff]
    moments: Sequence[Moment]
    answers: Sequence[Answer]
    outcomes: Sequence[Outcome]
    feelings: Mapping[str, float]


def make_club(members: int, until: date, seed: int) -> Club:
    """A club of so many *members* as it stood when the day *until* began; equal arguments make equal clubs."""
    streams = [np.random.default_rng(stream) for stream in np.random.SeedSequence(seed).spawn(5)]
    staff = make_staff(streams[1])
    people = with_owners(make_members(members, until, streams[0]), staff)
    renewals, last_days = _renewals(people, until, streams[2])
    moments = make_moments(people, last_days, staff, until, streams[3])
    memory = _Memory(moments)
    outcomes = [*renewals, *_referrals(people, until, streams[2])]
    outcomes.sort(key=lambda one: (one.at, one.id))
    answers = _answers(people, last_days, memory, until, streams[4])
    end = datetime.combine(until, time(), ZONE)
    feelings = {member.number: memory.feeling(member, end) for member in people}
    return Club(until, people, staff, moments, answers, outcomes, feelings)


class _Memory:
    """What members still feel of what happened to them."""

    def __init__(self, moments: Sequence[Moment]) -> None:
        self._felt: defaultdict[str, list[tuple[datetime, float]]] = defaultdict(list)
        for moment in moments:  # in order of time
            change = moment.felt * FEELING_PER_POINT[moment.felt > 0]
            # What is made good lifts a member by more than the same deposit out of the blue.
            self._felt[moment.member].append((moment.at, change * (2.5 if moment.recovers else 1.0)))

    def feeling(self, member: Member, at: datetime) -> float:
        """The feeling of a member at an instant, from −2 to +2."""
        felt = self._felt[member.number]
        total = member.truth.mood
        for moment_at, change in felt[: bisect_left(felt, (at, -9.0))]:
            total += change * 2.0 ** (-(at - moment_at) / timedelta(days=FEELING_HALF_LIFE_DAYS))
        return float(np.clip(total, -2, 2))


def _renewals(members: Sequence[Member], until: date, draw: np.random.Generator) -> tuple[list[Outcome], list[date]]:
    """How each last renewal ended, and each member's last day (*until* for those who are still there)."""
    outcomes, last_days = [], []
    for member in members:
        due = last_renewal(member.since, until)
        last_day = until
        if due > member.since:
            logit = 3.2 + 0.8 * member.truth.mood - (0.8 if member.truth.barrier != NOTHING else 0.0)
            # Whoever left longer ago is no longer among the members.
            stays = draw.random() < 1 / (1 + np.exp(-logit)) or (until - due).days > SPAN_DAYS
            day = due - timedelta(days=int(draw.integers(0, 40)))
            at = datetime.combine(day, time(10), ZONE) + timedelta(minutes=int(draw.integers(500)))
            if stays:
                outcomes.append(Outcome(f"r-{member.number}", at, member.number, "renewed", member.annual_value))
            else:
                last_day = day
                outcomes.append(Outcome(f"l-{member.number}", at, member.number, "left"))
        last_days.append(last_day)
    return outcomes, last_days


def _referrals(members: Sequence[Member], until: date, draw: np.random.Generator) -> list[Outcome]:
    """Some of last year's newcomers were brought along by a member, the happier the likelier."""
    moods = np.array([member.truth.mood for member in members])
    weights = np.exp(1.5 * moods) * np.array([(until - member.since).days > 365 for member in members])
    steps = np.cumsum(weights)
    if not steps[-1]:
        return []
    outcomes = []
    for member in members:
        if (until - member.since).days > 365 or draw.random() > 0.32:
            continue
        referrer = members[int(np.searchsorted(steps, draw.random() * steps[-1], side="right"))]
        at = datetime.combine(member.since, time(12), ZONE)
        outcomes.append(Outcome(f"f-{member.number}", at, member.number, "referred", None, referrer.number))
    return outcomes


def _answers(
    members: Sequence[Member], last_days: Sequence[date], memory: _Memory, until: date, draw: np.random.Generator
) -> list[Answer]:
    """What members answered in the rounds of questions of the last 400 days; each round takes three weeks."""
    answers = []
    for days_ago in range(15, SPAN_DAYS, PULSE_DAYS):
        asked = draw.random(len(members)) < ANSWERING_SHARE * np.array([0.5 + one.attendance for one in members])
        for place in np.flatnonzero(asked).tolist():
            member = members[place]
            day = until - timedelta(days=days_ago - int(draw.integers(0, 14)))
            if not member.since < day < last_days[place]:
                continue
            at = datetime.combine(day, time(8), ZONE) + timedelta(minutes=int(draw.integers(13 * 60)))
            for question, value in _said(member, memory.feeling(member, at), draw).items():
                answers.append(
                    Answer(f"a{days_ago:03d}-{member.number}-{question}", at, member.number, question, value)
                )
    answers.sort(key=lambda one: (one.at, one.id))
    return answers


def _said(member: Member, feeling: float, draw: np.random.Generator) -> dict[str, str]:
    """Answers to some of the questions, with the noise of a day."""
    truth = member.truth
    said = {"feeling": str(int(np.clip(np.rint(feeling + draw.normal(0, 0.6)), -2, 2)))}
    if draw.random() < 0.6:
        expects = 7.2 + 1.5 * feeling - (2.0 if truth.barrier != NOTHING else 0.0) + draw.normal(0, 1.2)
        said["intent"] = str(int(np.clip(np.rint(expects), 0, 10)))
    if draw.random() < 0.5:
        # Not everybody says what it is.
        said["barrier"] = truth.barrier if draw.random() < 0.85 else NOTHING
    if draw.random() < 0.4:
        said["need"] = truth.need if draw.random() < 0.9 else NOTHING
    return said
