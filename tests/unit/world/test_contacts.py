"""What contacts do to people: each mechanism of the simulated truth, with everybody's luck laid open."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from touchbook.world import truth
from touchbook.world.club import make_club
from touchbook.world.contacts import Contact, Landed, land
from touchbook.world.crowd import NONE, Crowd, Hearts, gather
from touchbook.world.people import BARRIERS, NEEDS

EVERYBODY = 300
APOLOGY_CALL = Contact("apology call", "apologise", "phone")
NEWS = Contact("news", "inform", "email")
CALL_ABOUT_SEATS = Contact("call about seats", "help", "phone", helps=("seats",))
OFFER = Contact("upgrade", "sell", "email", revenue=60)


@pytest.fixture(scope="module")
def crowd() -> Crowd:
    return gather(make_club(EVERYBODY, date(2026, 1, 5), 4), 4)


@pytest.fixture
def hearts(crowd: Crowd) -> Hearts:
    """Everybody at peace: no wrong, no barrier, no need, no contact."""
    calm = crowd.hearts.copy()
    calm.mood[:], calm.warmth[:], calm.grudge[:], calm.burden[:] = 0.3, 0.0, 0.0, 0.0
    calm.barrier[:], calm.need[:] = NONE, NONE
    return calm


@pytest.fixture
def reach(crowd: Crowd, hearts: Hearts) -> Callable[..., Landed]:
    """Reach the first so many people on a day; *luck* is everybody's number for everything: below 0.1 all happens."""

    def made(contact: Contact, luck: float = 0.001, day: float = 0.0, people: int = EVERYBODY) -> Landed:
        return land(
            contact, np.arange(people), day, hearts, crowd.traits, lambda _: np.full(len(crowd.people), luck)
        )  # fmt: skip

    return made


def test_an_apology_lifts_a_grudge_in_part_and_a_late_one_less(reach: Callable[..., Landed], hearts: Hearts) -> None:
    left = []
    for days_late in (2, 40, 300):
        hearts.grudge[:], hearts.wrong_day[:] = 1.0, -days_late
        reach(APOLOGY_CALL)
        left.append(hearts.grudge[0])
    assert 0 < left[0] < left[1] < left[2] < 1


def test_the_second_wrong_within_a_quarter_is_forgiven_half_as_much(
    reach: Callable[..., Landed], hearts: Hearts
) -> None:
    hearts.grudge[:], hearts.wrong_day[:], hearts.wrong_before[0] = 1.0, -2.0, -30.0
    reach(APOLOGY_CALL)
    assert 1 - hearts.grudge[0] == pytest.approx((1 - hearts.grudge[1]) * truth.SECOND_WRONG)


def test_an_apology_never_leaves_anybody_better_than_before_the_wrong(
    reach: Callable[..., Landed], hearts: Hearts
) -> None:
    before = hearts.feeling[:EVERYBODY].copy()
    reach(APOLOGY_CALL)
    assert (hearts.feeling[:EVERYBODY] <= before).all()


def test_help_that_fits_removes_the_barrier_and_help_that_does_not_is_a_nuisance(
    reach: Callable[..., Landed], hearts: Hearts
) -> None:
    hearts.barrier[:] = BARRIERS.index("seats")
    hearts.barrier[1] = BARRIERS.index("price")
    reach(CALL_ABOUT_SEATS)
    assert hearts.barrier[0] == NONE
    assert hearts.barrier[1] == BARRIERS.index("price")
    assert hearts.warmth[1] == pytest.approx(truth.HELP_MISSES)
    assert hearts.warmth[0] == pytest.approx(truth.HELP_FITS)


def test_a_need_is_met_by_what_it_is_about_and_then_costs_nothing_more(
    reach: Callable[..., Landed], hearts: Hearts
) -> None:
    hearts.need[:] = NEEDS.index("quieter place")
    burdened = hearts.feeling[0]
    reach(Contact("practical help", "help", "phone", helps=("quieter place",)))
    assert hearts.feeling[0] == pytest.approx(burdened + truth.UNMET_NEED + truth.HELP_FITS)


def test_too_much_contact_irritates_and_makes_some_complain_and_opt_out(
    reach: Callable[..., Landed], hearts: Hearts
) -> None:
    first = reach(NEWS)
    assert not first.complained.any()
    calm = hearts.warmth[:EVERYBODY].mean()
    for week in range(1, 12):
        last = reach(NEWS, day=7.0 * week)
    assert last.complained.mean() > 0.9
    assert last.opted_out.mean() > 0.9
    assert hearts.warmth[:EVERYBODY].mean() < calm


def test_what_is_not_noticed_moves_nobody_but_still_weighs(reach: Callable[..., Landed], hearts: Hearts) -> None:
    before = hearts.feeling.copy()
    landed = reach(NEWS, luck=0.999)
    assert not landed.noticed.any()
    assert (hearts.feeling == before).all()
    assert hearts.burden[0] == pytest.approx(truth.BURDEN["email"] * truth.BURDEN_UNNOTICED)


def test_some_would_rather_not_hear_from_the_club_at_all(
    reach: Callable[..., Landed], hearts: Hearts, crowd: Crowd
) -> None:
    reach(NEWS)
    lowered = hearts.warmth[:EVERYBODY] < 0
    assert 0.01 < lowered.mean() < 0.2
    assert (crowd.traits.receptive[:EVERYBODY][lowered] < 0).all()


def test_thanks_ring_hollow_while_a_wrong_is_open(reach: Callable[..., Landed], hearts: Hearts) -> None:
    hearts.grudge[0] = 0.5
    reach(Contact("thanks", "thank", "letter"))
    assert hearts.warmth[0] < 0 < hearts.warmth[1:EVERYBODY].mean()


def test_an_unwanted_offer_costs_goodwill_and_more_so_with_a_grudge(
    reach: Callable[..., Landed], hearts: Hearts
) -> None:
    hearts.grudge[0] = 0.5
    landed = reach(OFFER, luck=0.2)  # noticed, but not wanted
    assert landed.noticed.mean() > 0.9
    assert not landed.bought.any()
    assert hearts.warmth[0] == pytest.approx(3 * -truth.UNWANTED_OFFER)
    assert (hearts.warmth[:EVERYBODY][landed.noticed] < 0).all()


def test_the_happy_and_the_keen_buy_and_seldom_twice(reach: Callable[..., Landed], hearts: Hearts) -> None:
    reach(OFFER, luck=0.02)
    bought = hearts.bought_day == 0
    again = reach(OFFER, luck=0.02, day=30.0)
    assert bought[:EVERYBODY].mean() > 0.1
    assert again.bought[bought[:EVERYBODY]].mean() < 0.2


def test_a_call_gets_many_answers_and_an_email_few(crowd: Crowd) -> None:
    rng = np.random.default_rng(0)
    share = {}
    for channel in ("phone", "email"):
        hearts = crowd.hearts.copy()
        question = Contact("question", "ask", channel, asks=("feeling",))
        draw = lambda _: rng.random(len(crowd.people))  # noqa: E731
        share[channel] = land(question, np.arange(EVERYBODY), 0.0, hearts, crowd.traits, draw).answered.mean()
    assert share["phone"] > 0.5
    assert 0.05 < share["email"] < 0.2  # outside answer rates of 10 to 15 % are usual


def test_only_the_people_contacted_change(reach: Callable[..., Landed], hearts: Hearts) -> None:
    before = hearts.copy()
    reach(replace(OFFER, asks=("feeling",)), people=5)
    assert (hearts.feeling[5:] == before.feeling[5:]).all()
    assert (hearts.burden[5:] == before.burden[5:]).all()
