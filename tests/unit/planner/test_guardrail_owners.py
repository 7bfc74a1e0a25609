"""Owner minutes: a touch that the owner of the relationship makes, and the minutes that each owner has for it."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from people import club, people

from touchbook.planner.assembly import build_problem, shared_capacities
from touchbook.planner.guardrails import GUARDRAILS
from touchbook.planner.guardrails.owner_minutes import owner_ids, owner_names, owner_use
from touchbook.planner.musts import make_musts
from touchbook.planner.values import act_values

VISIT = "visit: {purpose: thank, channel: visit, team: owner, minutes: 40}"
SORRY = "sorry: {purpose: apologise, channel: phone, team: owner, minutes: 20, must: true}"
NOTE = "note: {purpose: inform, channel: email}"
TWO_HOURS = "{each owner: 2 hours per week}"
FREE = "{rest: 1 day, at_most: {}}"
ANN, BEN = "0190-aaaa", "0190-bbbb"
OF_ANN, OF_BEN = {"_owner": ANN, "owner": "Ann"}, {"_owner": BEN, "owner": "Ben"}
WRONGED = {"open_withdrawals": 1.0, "open_weight": 6.0}


def problem_of(group):
    plan, candidates, shared = group.plan, group.candidates(), shared_capacities(group.plan)
    values = act_values(plan, group.population, group.stay)
    return build_problem(
        plan, group.population, candidates, values, shared, make_musts(plan, candidates, values, shared)
    )


def musts_of(group):
    values = act_values(group.plan, group.population, group.stay)
    return make_musts(group.plan, group.candidates(), values, shared_capacities(group.plan))


def test_whom_nobody_owns_gets_no_touch_of_an_owner():
    group = people(club(f"{VISIT}\n{NOTE}"), OF_ANN, {})
    assert group.allowed("visit") == [True, False]
    assert group.allowed("note") == [True, True]
    nobody = "it is made by whoever owns the relationship with the customer, and nobody does"
    assert group.why_not(1, "visit") == nobody


def test_a_state_that_knows_no_owners_has_none():
    group = people(club(VISIT), OF_ANN)
    group = type(group)(
        group.plan,
        type(group.population)(
            group.population.state.drop_columns(["_owner", "owner"]), group.population.made, group.population.consent
        ),
        group.stay,
    )
    assert group.allowed("visit") == [False]
    assert owner_ids(group.population) == ()


def test_without_a_capacity_owners_have_as_many_minutes_as_it_takes():
    problem = problem_of(people(club(VISIT), OF_ANN, OF_BEN))
    assert len(problem.owners.available) == 0


def test_each_owner_has_the_same_minutes_and_each_customer_an_owner():
    plan = club(f"{VISIT}\n{NOTE}", capacity="{each owner: 4 hours per 14 days}")
    group = people(plan, OF_BEN, {}, OF_ANN, OF_BEN)
    owners = problem_of(group).owners
    assert owner_ids(group.population) == (ANN, BEN)
    assert owner_names(group.population) == ("Ann", "Ben")
    assert owners.of.tolist() == [1, -1, 0, 1]
    assert owners.use.tolist() == owner_use(plan).tolist() == [40, 0]
    assert owners.available.tolist() == [120, 120]


def test_a_capacity_of_each_owner_is_none_that_all_share():
    assert shared_capacities(club(VISIT, capacity=TWO_HOURS)).names == ()


def test_two_owners_of_one_name_are_told_apart_and_one_without_a_name_is_called_by_id():
    group = people(club(VISIT), OF_ANN, {"_owner": BEN, "owner": "Ann"}, {"_owner": "0190-cccc", "owner": None})
    assert owner_names(group.population) == ("Ann (aaaa)", "Ann (bbbb)", "0190-cccc")


def test_what_must_be_made_uses_an_owners_minutes_first_and_says_who_is_short():
    """Ann has 30 minutes and three apologies of 20: one is made, and 30 more minutes would do for the others."""
    plan = club(f"{SORRY}\n{VISIT}", FREE, "{each owner: 30 minutes per week}")
    rows = [OF_ANN | WRONGED | {"worth": worth} for worth in (100.0, 300.0, 200.0)]
    group = people(plan, *rows, OF_BEN | WRONGED)
    must = musts_of(group)
    assert must.made[:, 0].tolist() == [False, True, False, True]
    assert (must.unmet, must.short) == (2, {"owner Ann": pytest.approx(30)})
    assert problem_of(group).owners.available.tolist() == [10, 10]


def test_an_apology_that_the_owner_has_no_time_for_is_made_by_the_team():
    plan = club(
        f"{SORRY}\nletter: {{purpose: apologise, channel: letter, must: true, effect: 0.1}}",
        FREE, "{each owner: 20 minutes per week}",
    )  # fmt: skip
    must = musts_of(people(plan, OF_ANN | WRONGED | {"worth": 500.0}, OF_ANN | WRONGED, WRONGED))
    assert must.made.tolist() == [[True, False], [False, True], [False, True]]
    assert (must.unmet, must.short) == (0, {})


def test_a_must_without_owner_that_does_not_fit_leaves_the_owners_alone():
    plan = club(
        f"{SORRY}\nwarn: {{purpose: heads-up, channel: phone, team: care, minutes: 30, must: true}}",
        FREE, "{each owner: 20 minutes per week, care: 30 minutes per week}",
    )  # fmt: skip
    must = musts_of(people(plan, {}, {}))
    assert (must.unmet, must.short) == (1, {"care": pytest.approx(30)})


def test_the_sentence_names_the_owner_whose_time_is_short():
    group = people(club(VISIT, capacity=TWO_HOURS), OF_BEN, OF_ANN)
    facts = group.candidates().facts
    sentence = GUARDRAILS["owner_minutes"].sentence(facts, group.plan.touches["visit"], 0)
    assert sentence == "what is left of Ben's time this week is not enough for it"


@given(
    st.lists(st.tuples(st.sampled_from([None, ANN, BEN]), st.floats(1, 500)), min_size=1, max_size=12),
    st.integers(1, 90),
)
@settings(max_examples=40, deadline=None)
def test_no_owner_is_ever_asked_for_more_minutes_than_there_are(customers, minutes):
    plan = club(SORRY, FREE, f"{{each owner: {minutes} minutes per week}}")
    rows = [WRONGED | {"_owner": owner, "owner": owner, "worth": worth} for owner, worth in customers]
    group = people(plan, *rows)
    must, owners = musts_of(group), [owner for owner, _ in customers]
    for owner in {ANN, BEN} & set(owners):
        mine = [place for place, one in enumerate(owners) if one == owner]
        made = [place for place in mine if must.made[place, 0]]
        assert len(made) == min(len(mine), minutes // 20)
        left_out = [customers[place][1] for place in mine if place not in made]
        assert all(customers[place][1] >= worth for place in made for worth in left_out)
        missing = 20 * len(left_out) - (minutes - 20 * len(made))
        assert must.short.get(f"owner {owner}", 0.0) == pytest.approx(max(0, missing))
    assert not np.any(must.made[[place for place, owner in enumerate(owners) if owner is None], 0])
