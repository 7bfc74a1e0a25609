"""What all customers share in a week: who uses what of it, what is left for the moment, and what is kept back."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from people import People, chosen, club, people

from touchbook.planner.assembly import build_problem, held_out, planned, shared_capacities
from touchbook.planner.guardrails import GUARDRAILS
from touchbook.planner.musts import make_musts
from touchbook.planner.shares import shares
from touchbook.planner.values import act_values

CALL = "call: {purpose: thank, channel: phone, team: care, minutes: 20, cost: 3 GBP}"
OFFER = "offer: {purpose: sell, channel: email, revenue: 900}"
NOTE = "note: {purpose: inform, channel: letter, cost: 1.50 GBP}"
FREE = "{rest: 1 day, at_most: {}}"
EVERYTHING = "{budget: 40 GBP per week, email: 30 per week, care: 10 hours per week, letter: 60 per 30 days}"


def share(plan, name):
    return next(one for one in shares(plan) if one.name == name)


def said(group: People, guardrail: str, touch: str) -> str:
    """What a guardrail says of the first customer."""
    return GUARDRAILS[guardrail].sentence(group.candidates().facts, group.plan.touches[touch], 0)


def test_shared_capacities_stand_in_the_order_of_the_plan_and_the_sales_share_comes_last():
    plan = club(f"{CALL}\n{OFFER}\n{NOTE}", "{rest: 1 day, at_most: {}, sales_share: 10%}", EVERYTHING)
    shared = shared_capacities(plan)
    assert shared.names == ("budget", "email", "care", "letter", "sales share")
    assert shared.available.tolist() == pytest.approx([40, 30, 600, 14, 0])
    assert shared.use.tolist() == [[3, 0, 20, 0, -0.1], [0, 1, 0, 0, 0.9], [1.5, 0, 0, 1, -0.1]]


def test_a_plan_without_capacities_shares_nothing():
    assert shared_capacities(club(CALL)).use.shape == (1, 0)


def test_a_teams_minutes():
    plan = club(f"{CALL}\n{NOTE}", FREE, "{care: 1 hour per week}")
    group = people(plan, *[{}] * 5)
    assert sum(names.count("call") for names in chosen(group.decide())) == 3
    assert said(group, "team_minutes", "call") == "what is left of care's time this week is not enough for it"
    assert share(plan, "care").price_phrase(2.3, "GBP") == "one more hour of care is worth £138"
    assert share(plan, "care").called == "care's time"


def test_a_channels_messages():
    plan = club(f"{CALL}\n{NOTE}", FREE, "{letter: 2 per week}")
    group = people(plan, *[{}] * 5)
    assert sum(names.count("note") for names in chosen(group.decide())) == 2
    assert sum(names.count("call") for names in chosen(group.decide())) == 5
    assert said(group, "quotas", "note") == "no letter is left for it this week"
    assert share(plan, "letter").called == "the letters"
    assert share(plan, "letter").price_phrase(0.5, "GBP") == "one more letter is worth £0.50"


def test_a_budget_of_money():
    plan = club(f"{CALL}\n{NOTE}", FREE, "{budget: 7.50 GBP per week}")
    group = people(plan, *[{"worth": 2000.0}] * 5)
    costs = [sum({"call": 3, "note": 1.5}[touch] for touch in names) for names in chosen(group.decide())]
    assert sum(costs) == 7.5
    assert said(group, "budget", "note") == "what is left of the budget this week is less than the £1.50 it costs"
    assert share(plan, "budget").price_phrase(1.2, "GBP") == "one more pound of budget is worth £1.20"


def test_a_share_of_sales():
    plan = club(f"{OFFER}\n{NOTE}", "{rest: 7 days, at_most: {}, sales_share: 25%}")
    group = people(plan, *[{}] * 8)
    assert group.decide().chosen.sum(axis=0).tolist() == [2, 6]
    assert said(group, "sales_share", "offer") == "one more sale would make sales more than 25% of all touches"
    phrase = share(plan, "sales share").price_phrase(9, "GBP")
    assert phrase == "one more sale than the sales share allows is worth £9.00"


SORRY = "sorry: {purpose: apologise, channel: phone, team: care, minutes: 20, must: true}"
MOMENT = "{rest: 1 day, at_most: {}, in_the_moment: 25%, sales_share: 50%}"
WRONGED = {"open_withdrawals": 1.0, "open_weight": 6.0}


def problem_of(group: People):
    plan, candidates, shared = group.plan, group.candidates(), shared_capacities(group.plan)
    values = act_values(plan, group.population, group.stay)
    must = make_musts(plan, candidates, values, shared)
    return build_problem(plan, group.population, candidates, values, shared, must), must


def test_a_weeks_plan_leaves_a_share_of_every_capacity_for_the_moment_and_what_must_be_made_may_use_it():
    """Of 80 minutes 60 may be planned; an apology takes 20 of those, and four would take all 80."""
    plan = club(f"{CALL}\n{SORRY}", MOMENT, "{care: 80 minutes per week}")
    assert planned(plan, np.array([80.0, 0.0])).tolist() == [60, 0]
    problem, _ = problem_of(people(plan, WRONGED, {}, {}, {}))
    assert problem.available.tolist() == [40, 0.5]  # the apology makes room for half a sale
    problem, must = problem_of(people(plan, *[WRONGED] * 4))
    assert must.made[:, 1].all()
    assert problem.available.tolist() == [0, 2]
    group = people(plan, {})
    assert said(group, "in_the_moment", "call") == (
        "the plan leaves 25% of every capacity for what comes up in the moment"
    )


def test_owners_keep_time_for_the_moment_too():
    plan = club(CALL.replace("care", "owner"), MOMENT, "{each owner: 40 minutes per week}")
    problem, _ = problem_of(people(plan, {"_owner": "0190-aaaa"}))
    assert problem.owners.available.tolist() == [30]


@given(st.lists(st.sampled_from(["wronged", "well"]), min_size=1, max_size=10), st.integers(1, 200), st.integers(0, 50))
@settings(max_examples=40, deadline=None)
def test_musts_and_the_rest_of_the_week_never_take_more_than_there_is(customers, minutes, percent):
    plan = club(
        f"{CALL}\n{SORRY}", f"{{rest: 1 day, at_most: {{}}, in_the_moment: {percent}%}}",
        f"{{care: {minutes} minutes per week}}",
    )  # fmt: skip
    problem, must = problem_of(people(plan, *[WRONGED if one == "wronged" else {} for one in customers]))
    spent = 20 * must.made.sum()
    assert spent <= minutes
    assert problem.available[0] == pytest.approx(max(0, minutes * (1 - percent / 100) - spent))
    assert must.made.sum() == min(customers.count("wronged"), minutes // 20)


def test_a_hold_out_keeps_back_a_share_of_what_was_chosen_and_of_nothing_else():
    plan = club(f"{CALL}\n{NOTE}", "{rest: 1 day, at_most: {}, hold_out: 20%}")
    group = people(plan, *[{}] * 400)
    everything = np.ones((400, 2), dtype=bool)
    held = held_out(plan, group.population, everything)
    assert 0.12 < held.mean() < 0.28
    assert (held[:, 0] != held[:, 1]).any()  # each touch has its own draw
    some = np.zeros_like(everything)
    some[::3, 1] = True
    assert (held_out(plan, group.population, some) == (held & some)).all()
    assert said(group, "hold_out", "call") == "20% are kept from it at random, to measure what it does"


def test_who_is_held_out_stays_so_whoever_else_there_is():
    plan = club(NOTE, "{rest: 1 day, at_most: {}, hold_out: 20%}")
    few, many = people(plan, *[{}] * 50), people(plan, *[{}] * 90)
    held = held_out(plan, many.population, np.ones((90, 1), dtype=bool))
    assert (held_out(plan, few.population, np.ones((50, 1), dtype=bool)) == held[:50]).all()


def test_without_a_hold_out_nothing_is_kept_back():
    group = people(club(NOTE), *[{}] * 50)
    assert not held_out(group.plan, group.population, np.ones((50, 1), dtype=bool)).any()
