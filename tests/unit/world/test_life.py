"""The simulated future: the same luck for everybody, whatever is done for whom; and what moves people."""

from __future__ import annotations

import ast
from datetime import date
from pathlib import Path

import numpy as np
import pytest

import touchbook.world
from touchbook.plan.model import Purpose
from touchbook.planner.values import BELIEFS
from touchbook.world import truth
from touchbook.world.club import Club, make_club
from touchbook.world.contacts import Contact, land
from touchbook.world.foresight import bearable, true_gains
from touchbook.world.life import Life, Week
from touchbook.world.renewals import joins, stay_probability

NEWS = Contact("news", "inform", "email")
CHECK_IN = Contact("check-in", "ask", "phone", asks=("feeling", "intent", "barrier", "need"))


@pytest.fixture(scope="module")
def club() -> Club:
    return make_club(400, date(2026, 1, 5), 3)


def _lived(life: Life, weeks: int, *contacted: tuple[Contact, int]) -> list[Week]:
    """So many weeks, in each of which the same people are contacted."""
    return [life.live_week([(contact, np.array([place])) for contact, place in contacted]) for _ in range(weeks)]


def test_doing_nothing_twice_is_the_same_twice(club: Club) -> None:
    first, again = Life(club, 3), Life(club, 3)
    for one, other in zip(_lived(first, 30), _lived(again, 30), strict=True):
        assert one.moments == other.moments
        assert (one.renewed == other.renewed).all()
        assert (one.joined == other.joined).all()
    assert (first.hearts.feeling == again.hearts.feeling).all()


def test_reaching_one_member_changes_no_one_elses_luck(club: Club) -> None:
    quiet, busy = Life(club, 3), Life(club, 3)
    place = int(np.flatnonzero(quiet.present)[7])
    for one, other in zip(_lived(quiet, 30), _lived(busy, 30, (NEWS, place), (CHECK_IN, place)), strict=True):
        # What happens at the ground happens to the same people; only who is there may differ, once the one has left.
        mine = [moment for moment in one.moments if place not in (moment.place, moment.witness)]
        assert mine == [moment for moment in other.moments if place not in (moment.place, moment.witness)]
    changed = np.flatnonzero(quiet.hearts.feeling != busy.hearts.feeling)
    assert changed.tolist() == [place]


def test_whoever_joins_is_the_same_person_in_every_world(club: Club) -> None:
    life = Life(club, 3)
    people = [life.people[place].name for week in _lived(life, 52) for place in week.joined.tolist()]
    assert people == [
        again.people[place].name for again in [Life(club, 3)] for week in _lived(again, 52) for place in week.joined
    ]
    assert len(people) > 10
    assert len({*people}) > len(people) / 2


def test_answers_are_true_but_noisy(club: Club) -> None:
    life = Life(club, 3)
    week = life.live_week([(CHECK_IN, np.flatnonzero(life.present))])
    told = {reply.place: reply.said for reply in week.replies}
    places = np.array(list(told))
    said = np.array([float(told[place]["feeling"]) for place in places.tolist()])
    felt = life.hearts.feeling[places]
    assert 0.5 < np.corrcoef(said, felt)[0, 1] < 0.95
    named = [told[place]["barrier"] != "nothing" for place in places.tolist()]
    assert (life.hearts.barrier[places][named] >= 0).mean() > 0.9


def test_who_feels_better_stays_more_often_and_barriers_and_first_years_stay_less(club: Club) -> None:
    life = Life(club, 3)
    count = len(life.people)
    none, all_old = np.full(count, -1), np.full(count, 5)
    calm = stay_probability(np.zeros(count), none, all_old, life.traits)
    assert (stay_probability(np.ones(count), none, all_old, life.traits) > calm).all()
    assert (stay_probability(np.zeros(count), np.zeros(count, dtype=np.int64), all_old, life.traits) < calm).all()
    first, second = (stay_probability(np.zeros(count), none, np.full(count, year), life.traits) for year in (0, 1))
    assert (first < second).all()
    assert (second < calm).all()


def test_renewals_come_once_a_year_and_the_level_is_that_of_a_club(club: Club) -> None:
    life = Life(club, 3)
    due = np.flatnonzero(life.present & (life.renewal_day < 52 * 7))
    weeks = _lived(life, 52)
    asked = np.concatenate([np.concatenate([week.renewed, week.left]) for week in weeks])
    assert sorted(asked) == due.tolist()
    assert 0.7 < sum(len(week.renewed) for week in weeks) / len(asked) < 0.92


def test_happy_members_bring_newcomers_and_unhappy_ones_put_others_off(club: Club) -> None:
    life = Life(club, 3)
    outside = ~life.present & ~life.left
    count = []
    for mood in (-1.5, 0.0, 1.5):
        life.hearts.mood[:], life.hearts.warmth[:], life.hearts.grudge[:], life.hearts.need[:] = mood, 0.0, 0.0, -1
        rng = np.random.default_rng(1)
        numbers = [rng.random(len(life.people)) for _ in range(150)]
        joined = [
            joins(life.hearts, life.traits, life.present, life.left, outside, lambda _, now=now: now)
            for now in numbers
        ]  # fmt: skip
        count.append(sum(len(places) for places, _ in joined))
        named = np.concatenate([brought for _, brought in joined])
        assert (named >= 0).any() == (mood > truth.REFERRER_FEELING)
    assert count[0] < count[1] < count[2]


def test_an_open_wrong_lasts_and_what_is_made_good_at_once_hardly_hurts(club: Club) -> None:
    life = Life(club, 3)
    _lived(life, 8)
    wronged = {
        moment.place
        for week in _lived(life, 20)
        for moment in week.moments
        if moment.wrong and moment.amended_at is None
    }
    assert wronged
    assert (life.hearts.grudge[sorted(wronged)] > 0).all()


def test_a_warning_softens_the_bill(club: Club) -> None:
    warned, surprised = Life(club, 3), Life(club, 3)
    soon = np.flatnonzero(warned.present & (warned.renewal_day > 60) & (warned.renewal_day < 66))
    warned.live_week([(Contact("heads-up", "heads-up", "email"), soon)])
    surprised.live_week([])
    heard = soon[warned.hearts.warned_day[soon] == 0]
    _lived(warned, 4)
    _lived(surprised, 4)
    assert len(heard)
    assert (warned.hearts.warmth[heard] > surprised.hearts.warmth[heard]).all()


def test_the_oracle_sees_whom_help_fits_and_whom_a_touch_would_be_too_much_for(club: Club) -> None:
    life = Life(club, 3)
    help_with_price = Contact("call about price", "help", "phone", helps=("price",))
    gains = true_gains(life, [help_with_price, NEWS], imagined=16, ahead_days=730.0)
    priced = life.present & (life.hearts.barrier == 0)
    free = life.present & (life.hearts.barrier == -1)
    assert (gains[priced, 0] > 0).mean() > 0.9
    assert (gains[free, 0] <= 0).all()
    assert (gains[~life.present] == 0).all()
    life.hearts.burden[:] = 0.9 * life.traits.tolerance
    assert not bearable(life, [help_with_price])[life.traits.tolerance < 1].any()


def test_imagining_changes_nothing(club: Club) -> None:
    life, other = Life(club, 3), Life(club, 3)
    true_gains(life, [NEWS, CHECK_IN], imagined=4, ahead_days=730.0)
    assert life.live_week([]).moments == other.live_week([]).moments
    assert (life.hearts.feeling == other.hearts.feeling).all()


def test_what_is_true_is_not_what_the_planner_believes(club: Club) -> None:
    crowd = Life(club, 3)
    rng = np.random.default_rng(2)
    everybody = np.flatnonzero(crowd.present)
    for purpose, channel in (("inform", "email"), ("ask", "email"), ("heads-up", "email"), ("thank", "letter")):
        changes = []
        for _ in range(20):
            hearts = crowd.hearts.copy()
            before = hearts.feeling[everybody]
            land(
                Contact(purpose, purpose, channel), everybody, 0.0, hearts, crowd.traits,
                lambda _: rng.random(len(crowd.people)),
            )  # fmt: skip
            changes.append((hearts.feeling[everybody] - before).mean())
        true, believed = truth.STAY_PER_FEELING * np.mean(changes), BELIEFS[Purpose(purpose)].lift
        assert abs(true - believed) > 0.1 * believed, purpose


def test_the_world_knows_nothing_of_the_plan_or_of_the_planner() -> None:
    folder = Path(touchbook.world.__file__).parent
    named = [
        imported
        for file in folder.glob("*.py")
        for node in ast.walk(ast.parse(file.read_text()))
        for imported in _imported(node)
        if imported.startswith("touchbook.") and not imported.startswith(("touchbook.world", "touchbook.kernel"))
    ]
    assert named == []


def _imported(node: ast.AST) -> list[str]:
    if isinstance(node, ast.ImportFrom):
        return [node.module or ""]
    return [one.name for one in node.names] if isinstance(node, ast.Import) else []
