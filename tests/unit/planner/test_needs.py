"""What a week needs of every capacity: musts and all that is worth making, and with so much of it, its price is 0."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from people import club, people

from touchbook.plan.model import Plan
from touchbook.planner.forecast import Forecast, Need, WeekAhead, in_words, musts_in_words, week_ahead

MONDAY = dt.date(2026, 6, 1)
CALL = "call: {purpose: thank, channel: phone, team: care, minutes: 30, effect: 0.5}"
NOTE = "note: {purpose: inform, channel: email, effect: 0.3}"
SORRY = "sorry: {purpose: apologise, channel: phone, team: care, minutes: 20, must: true}"
WRONGED = {"open_withdrawals": 1.0, "open_weight": 6.0, "withdrawals": 6.0, "balance": -4.0}
REST = "{rest: 7 days, at_most: {}}"


def members(count: int) -> list[dict[str, object]]:
    return [{"worth": 100.0 + 7 * number, "balance": number % 9 - 4.0} for number in range(count)]


def needs(plan: Plan, *changes: dict[str, object]) -> dict[str, Need]:
    week = week_ahead(people(plan, *changes).decide(), MONDAY)
    return {need.name: need for need in week.needs}


def hired(plan: Plan, **amounts: float) -> Plan:
    """The plan with other amounts of some capacities."""
    changed = {name: replace(plan.capacity[name], amount=amount) for name, amount in amounts.items()}
    return replace(plan, capacity={**plan.capacity, **changed})


def test_a_team_with_more_to_do_than_hours_is_short_and_one_with_time_is_not():
    """Twenty members are worth a call of half an hour each and a visit is meant for three; there are four hours each."""
    visit = "visit: {purpose: thank, channel: visit, team: field, minutes: 40, when: worth > 220, effect: 0.5}"
    plan = club(f"{CALL}\n{visit}", "{rest: 2 days, at_most: {}}", "{care: 4 hours per week, field: 4 hours per week}")
    found = needs(plan, *members(20))
    assert found["care"] == Need("care", 600.0, 240.0, pytest.approx(found["care"].price))
    assert found["care"].is_short
    assert found["care"].price > 0
    assert (found["field"].needed, found["field"].price, found["field"].is_short) == (80.0, 0.0, False)


def test_with_the_hours_that_were_needed_one_more_is_worth_nothing():
    plan = club(f"{CALL}\n{NOTE}", REST, "{care: 3 hours per week, email: 5 per week}")
    before = needs(plan, *members(30))
    after = needs(hired(plan, care=before["care"].needed), *members(30))
    assert before["care"].price > 0
    assert after["care"].price == 0
    assert after["care"].needed == before["care"].needed == after["care"].there


@settings(max_examples=25)
@given(st.data())
def test_what_is_needed_of_a_capacity_is_what_ends_its_scarcity(data: st.DataObject):
    """Whatever else is scarce: with so much of it, its price is gone."""
    minutes = data.draw(st.integers(30, 300))
    messages = data.draw(st.integers(1, 15))
    visit = "visit: {purpose: thank, channel: visit, team: care, minutes: 50, cost: 2, effect: 0.7}"
    plan = club(f"{CALL}\n{NOTE}\n{visit}", REST, f"{{care: {minutes} minutes per week, email: {messages} per week}}")
    crowd = members(data.draw(st.integers(1, 40)))
    before = needs(plan, *crowd)
    for name in ("care", "email"):
        after = needs(hired(plan, **{name: max(before[name].needed, before[name].there)}), *crowd)[name]
        assert after.price == 0
        assert after.needed <= after.there * 1.001


def test_what_must_be_made_and_does_not_fit_is_needed_all_the_same():
    """Three apologies of 20 minutes and 50 minutes: 60 are needed."""
    plan = club(f"{SORRY}\n{NOTE}", capacity="{care: 50 minutes per week, email: 100 per week}")
    week = week_ahead(people(plan, *[WRONGED | {"worth": worth} for worth in (100.0, 300.0, 200.0)]).decide(), MONDAY)
    assert (week.must_unmet, week.needs[0].needed, week.needs[0].there) == (1, 60.0, 50.0)
    assert (week.customers, week.touches) == (3, 5)  # everybody may have the note too


def test_an_amount_for_a_month_is_shared_out_over_its_weeks():
    plan = club(NOTE, REST, "{email: 30 per 30 days}")
    assert needs(plan, *members(10))["email"] == Need("email", 10.0, 7.0, pytest.approx(1, abs=30))


def test_what_a_capacity_is_short_of_is_not_counted_on_the_others():
    """Money is what keeps the visits from being made: the team's hours are enough for what can be paid for."""
    visit = "visit: {purpose: thank, channel: visit, team: field, minutes: 30, cost: 5, effect: 0.5}"
    plan = club(visit, REST, "{field: 4 hours per week, budget: 20 GBP per week}")
    found = needs(plan, *members(8))
    assert (found["field"].needed, found["field"].price) == (120.0, 0.0)
    assert (found["budget"].needed, found["budget"].there) == (40.0, 20.0)
    assert found["budget"].price > 0


def test_a_plan_that_names_no_capacity_needs_none():
    assert needs(club(NOTE), *members(3)) == {}


def test_owners_need_hours_of_their_own_and_one_cannot_help_the_other():
    """Ann owns six customers and Ben one; each has an hour for calls of half an hour: only Ann is short."""
    call = "call: {purpose: thank, channel: phone, team: owner, minutes: 30, effect: 0.5}"
    plan = club(call, REST, "{each owner: 1 hour per week}")
    crowd = [one | {"_owner": "ann" if place < 6 else "ben"} for place, one in enumerate(members(7))]
    assert needs(plan, *crowd)["each owner"] == Need("each owner", 210.0, 120.0, 0.0, owners_short=1, owners=2)
    few = needs(plan, *crowd[5:])["each owner"]
    assert (few.needed, few.owners_short, few.is_short) == (60.0, 0, False)


def test_what_a_team_needs_beside_owners():
    """Eight are worth a call of the team and a word of their owner: of four hours for calls, one is there."""
    word = "word: {purpose: thank, channel: email, team: owner, minutes: 10, effect: 0.1}"
    plan = club(
        f"{CALL}\n{word}", "{rest: 2 days, at_most: {}}", "{care: 1 hour per week, each owner: 9 hours per week}"
    )
    found = needs(plan, *[one | {"_owner": "ann"} for one in members(8)])
    assert (found["care"].needed, found["care"].is_short) == (240.0, True)
    assert found["each owner"] == Need("each owner", 80.0, 540.0, 0.0, owners_short=0, owners=1)


def test_what_is_kept_for_the_moment_has_to_be_there_as_well():
    """Eight calls of half an hour are four hours; with a fifth of all hours kept back, five are needed."""
    keeps = "{rest: 7 days, at_most: {}, in_the_moment: 20%}"
    plan = club(CALL, keeps, "{care: 3 hours per week}")
    before = needs(plan, *members(8))["care"]
    assert (before.needed, before.there) == (pytest.approx(300.0), 180.0)
    assert needs(hired(plan, care=before.needed), *members(8))["care"].price == 0


def weeks(plan: Plan, name: str, *needed: tuple[float, float], there: float = 1800.0) -> Forecast:
    """A forecast of one capacity, each week with what is needed and its price."""
    return Forecast(
        plan,
        tuple(
            WeekAhead(MONDAY + dt.timedelta(weeks=place), 10, 5, 0, (Need(name, much, there, price),))
            for place, (much, price) in enumerate(needed)
        ),
    )


PLAN = club(
    f"{CALL}\n{NOTE}\nword: {{purpose: thank, channel: phone, team: owner, minutes: 5}}", REST,
    "{care: 30 hours per week, email: 2000 per week, budget: 100 GBP per week, each owner: 2 hours per week}",
)  # fmt: skip


@pytest.mark.parametrize(
    ("forecast", "sentence"),
    [
        (
            weeks(PLAN, "care", (1900, 1.0), (2490, 2.3), (600, 0.0)),
            "care is short of hours in 2 of 3 weeks, most in the week of 8 June (41.5 of 30.0 hours); one more hour "
            "would be worth £138 then: a person more would pay if an hour costs less",
        ),
        (
            weeks(PLAN, "care", (600, 0.0), (720, 0.0)),
            "care has hours to spare in every week; the week of 8 June needs the most (12.0 of 30.0 hours)",
        ),
        (
            weeks(PLAN, "care", (2400, 0.5)),
            "care is short of hours in the week of 1 June (40.0 of 30.0 hours); one more hour would be worth £30.00 "
            "then: a person more would pay if an hour costs less",
        ),
        (weeks(PLAN, "care", (0, 0.0), (0, 0.0)), "nothing of care is needed"),
        (
            weeks(PLAN, "email", (2500, 0.12), (10, 0.0), there=2000.0),
            "email is short of e-mails in 1 of 2 weeks, most in the week of 1 June (2,500 of 2,000 e-mails); one "
            "more e-mail would be worth £0.12 then",
        ),
        (
            weeks(PLAN, "budget", (150, 3.0), (10, 0.0), there=100.0),
            "budget is short of money in 1 of 2 weeks, most in the week of 1 June (£150 of £100); one more pound "
            "would be worth £3.00 then",
        ),
        (
            Forecast(PLAN, (WeekAhead(MONDAY, 9, 5, 0, (Need("each owner", 210, 400, 0.0, 1, 2),)),)),
            "owners are short of hours in the week of 1 June (3.5 of 6.7 hours): 1 of 2 owners would need more",
        ),
        (
            weeks(PLAN, "care", (2400, 0.0), (10, 0.0)),
            "care is short of hours in 1 of 2 weeks, most in the week of 1 June (40.0 of 30.0 hours)",
        ),
    ],
)  # fmt: skip
def test_the_sentence_says_what_the_numbers_say(forecast: Forecast, sentence: str):
    assert in_words(forecast, forecast.weeks[0].needs[0].name) == sentence


def test_what_must_be_made_and_does_not_fit_is_said():
    fine, one, some = (WeekAhead(MONDAY + dt.timedelta(weeks=number), 9, 5, number, ()) for number in range(3))
    assert musts_in_words(Forecast(PLAN, (fine,))) == ""
    assert musts_in_words(Forecast(PLAN, (one,))) == "not all that must be made fits: 1 touch is left out"
    said = "not all that must be made fits in 2 of 3 weeks: 2 touches are left out in the week of 15 June"
    assert musts_in_words(Forecast(PLAN, (fine, one, some))) == said
