"""A decision: what must be made comes first, capacities hold, hold-outs are stable, and nothing forbidden is chosen."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from people import JUDGE, chosen, club, people
from scipy.optimize import Bounds, LinearConstraint, milp

from touchbook.planner.assembly import SALES_SHARE, build_problem, shared_capacities
from touchbook.planner.decide import decide
from touchbook.planner.draws import draw, identities
from touchbook.planner.guardrails.at_most import concerns

SORRY = "sorry: {purpose: apologise, channel: phone, team: care, minutes: 20, must: true}"
WRONGED = {"open_withdrawals": 1.0, "open_weight": 6.0, "withdrawals": 6.0, "balance": -4.0}


def test_each_customer_gets_what_is_worth_most_to_them():
    plan = club("price card: {purpose: help, channel: email, answers: price, when: barrier = 'price'}\n"
                "note: {purpose: inform, channel: email}", "{rest: 7 days, at_most: {}}")  # fmt: skip
    decision = people(plan, {"barrier": "price", "barrier_age_days": 3.0}, {}).decide()
    assert chosen(decision) == [["price card"], ["note"]]
    assert decision.certificate.gap <= 1e-5
    assert decision.prices == {}


def test_what_must_be_made_is_made_before_anything_that_is_worth_more():
    plan = club(f"{SORRY}\ncall: {{purpose: thank, channel: phone, team: care, minutes: 20, effect: 2}}",
                "{rest: 7 days, at_most: {}}", "{care: 1 hour per week}")  # fmt: skip
    decision = people(plan, {"worth": 900.0}, {"worth": 900.0}, WRONGED | {"worth": 10.0}).decide()
    assert chosen(decision) == [["call"], ["call"], ["sorry"]]
    assert decision.must.made.sum() == 1
    assert (decision.must.unmet, decision.must.short) == (0, {})


def test_a_customer_who_gets_what_must_be_made_gets_nothing_else_that_week():
    plan = club(f"{SORRY}\nnote: {{purpose: inform, channel: email}}", "{rest: 7 days, at_most: {}}")
    assert chosen(people(plan, WRONGED, {}).decide()) == [["sorry"], ["note"]]


def test_what_must_be_made_and_does_not_fit_is_reported_with_what_is_short_and_by_how_much():
    """Three apologies of 20 minutes and 50 minutes: two are made, and 10 more minutes would do for the third."""
    plan = club(
        f"{SORRY}\nnote: {{purpose: inform, channel: email}}",
        capacity="{care: 50 minutes per week, email: 100 per week}",
    )
    decision = people(plan, *[WRONGED | {"worth": worth} for worth in (100.0, 300.0, 200.0)]).decide()
    assert [row.count("sorry") for row in chosen(decision)] == [0, 1, 1]  # the most valuable come first
    assert decision.must.unmet == 1
    assert decision.must.short == {"care": pytest.approx(10)}


def test_of_two_apologies_that_must_be_made_one_is_enough():
    plan = club(f"{SORRY}\nsorry by letter: {{purpose: apologise, channel: letter, must: true, effect: 0.1}}\n"
                "warn: {purpose: heads-up, channel: email, must: true}", capacity="{care: 20 minutes per week}")  # fmt: skip
    decision = people(plan, WRONGED | {"worth": 500.0}, WRONGED).decide()
    assert chosen(decision) == [["sorry", "warn"], ["sorry by letter", "warn"]]
    assert decision.must.unmet == 0


def test_two_heads_ups_that_must_be_made_are_both_made():
    plan = club("gate closed: {purpose: heads-up, channel: email, must: true}\n"
                "prices rise: {purpose: heads-up, channel: letter, must: true}", "{rest: 7 days, at_most: {}}")  # fmt: skip
    assert chosen(people(plan, {}).decide()) == [["gate closed", "prices rise"]]


def test_the_same_content_comes_once_in_a_week_by_whatever_channel():
    plan = club("mail: {purpose: inform, channel: email, content: news.md}\n"
                "post: {purpose: inform, channel: letter, content: news.md}", "{rest: 2 days, at_most: {}}")  # fmt: skip
    assert people(plan, {}).decide().chosen.sum() == 1


def test_sales_keep_to_their_share_of_all_touches():
    plan = club("offer: {purpose: sell, channel: email, revenue: 900}\nnote: {purpose: inform, channel: letter}",
                "{rest: 7 days, at_most: {}, sales_share: 20%}")  # fmt: skip
    decision = people(plan, *[{"worth": 100.0 + number} for number in range(10)]).decide()
    sales, notes = decision.chosen.sum(axis=0)
    assert (sales, notes) == (2, 8)
    assert decision.prices[SALES_SHARE] > 0


def test_nobody_is_written_to_only_so_that_somebody_else_may_be_sold_to():
    plan = club("offer: {purpose: sell, channel: email, revenue: 900}\nnote: {purpose: inform, channel: letter, cost: 90 GBP}",
                "{rest: 7 days, at_most: {}, sales_share: 50%}")  # fmt: skip
    assert not people(plan, {}, {}).decide().chosen.any()


def test_capacities_of_other_spans_are_counted_by_the_week():
    plan = club(
        "note: {purpose: inform, channel: email, cost: 2 GBP}",
        capacity="{email: 60 per 30 days, budget: 300 GBP per week}",
    )
    shared = shared_capacities(plan)
    assert dict(zip(shared.names, shared.available, strict=True)) == {"email": pytest.approx(14), "budget": 300}
    assert shared.use.tolist() == [[1, 2]]


def test_rest_leaves_room_for_as_many_touches_as_fit_between():
    touches = "\n".join(f"{name}: {{purpose: {purpose}, channel: email}}" for name, purpose in
                        zip("abcd", ("inform", "thank", "celebrate", "invite"), strict=True))  # fmt: skip
    for rest, most in (("7 days", 1), ("4 days", 2), ("3 days", 2), ("2 days", 3), ("1 day", 4)):
        assert people(club(touches, f"{{rest: {rest}, at_most: {{}}}}"), {}).decide().chosen.sum() == most


def test_hold_outs_are_stable_when_the_population_changes_and_never_take_a_must():
    plan = club(f"{SORRY}\nnote: {{purpose: inform, channel: email}}", "{rest: 7 days, at_most: {}, hold_out: 30%}")
    some = [WRONGED if number % 7 == 0 else {} for number in range(300)]
    small, large = people(plan, *some).decide(), people(plan, *some, *[{}] * 200).decide()
    assert (large.held_out[:300] == small.held_out).all()
    assert not (small.held_out & small.must.made).any()
    assert not (small.held_out & ~small.chosen).any()
    assert 0.2 < small.held_out.sum() / (small.chosen & ~small.must.made).sum() < 0.4


def test_without_a_hold_out_nobody_is_held_out():
    assert not people(club("note: {purpose: inform, channel: email}"), *[{}] * 50).decide().held_out.any()


def test_draws_depend_on_the_customer_and_the_key_alone_and_look_random():
    plan = club("note: {purpose: inform, channel: email}")
    state = people(plan, *[{}] * 4000).population.state
    ids = identities(state)
    numbers = draw(ids, "a")
    assert (draw(identities(state.slice(1000, 5)), "a") == numbers[1000:1005]).all()
    assert ids[7] == int(state.column("customer")[7].as_py().replace("-", "")[16:], 16)
    assert 0 <= numbers.min() <= numbers.max() < 1
    assert np.histogram(numbers, 10, (0, 1))[0].min() > 330
    assert abs(np.corrcoef(numbers, draw(ids, "b"))[0, 1]) < 0.05
    assert len(identities(state.slice(0, 0))) == 0


def test_customers_who_are_alike_do_not_all_flip_together():
    plan = club(
        "call: {purpose: thank, channel: phone, team: care, minutes: 10}", capacity="{care: 100 minutes per week}"
    )
    decision = people(plan, *[{}] * 40).decide()
    assert decision.chosen.sum() == 10


def test_nobody_at_all_is_a_decision_too():
    decision = people(club("note: {purpose: inform, channel: email}", capacity="{email: 5 per week}")).decide()
    assert decision.chosen.shape == (0, 1)
    assert (decision.certificate.value, decision.certificate.gap) == (0, 0)


def test_yesterdays_prices_by_name_lead_to_the_same_week():
    plan = club(
        "call: {purpose: thank, channel: phone, team: care, minutes: 10}", capacity="{care: 100 minutes per week}"
    )
    group = people(plan, *[{"worth": 50.0 + 3 * number} for number in range(40)])
    first = group.decide()
    again = decide(plan, group.population, group.stay, JUDGE, first.prices | {"a team of old": 3.0})
    assert (again.chosen == first.chosen).all()


PURPOSES = ["inform", "ask", "help", "heads-up", "thank", "celebrate", "apologise", "invite", "sell"]


@st.composite
def situations(draw: st.DrawFn):
    """A random plan, and customers to whom much has happened."""
    touches = []
    for number in range(draw(st.integers(1, 5))):
        purpose, channel = draw(st.sampled_from(PURPOSES)), draw(st.sampled_from(["phone", "email", "letter"]))
        parts = [f"purpose: {purpose}", f"channel: {channel}"]
        parts += [f"team: care, minutes: {draw(st.sampled_from([5, 10, 25]))}"] if draw(st.booleans()) else []
        parts += [f"cost: {draw(st.integers(1, 4))}"] if draw(st.booleans()) else []
        parts += ["must: true"] if purpose != "sell" and draw(st.integers(0, 4)) == 0 else []
        parts += ["once: true"] if draw(st.integers(0, 4)) == 0 else []
        parts += ["asks: [barrier]"] if purpose == "ask" else []
        parts += ["answers: travel"] if purpose == "help" else []
        parts += ["when: balance > 0"] if draw(st.integers(0, 3)) == 0 else []
        parts += ["to: newcomer"] if draw(st.integers(0, 4)) == 0 else []
        parts += ["revenue: 80"] if purpose == "sell" else []
        touches.append(f"touch {number}: {{{', '.join(parts)}}}")
    limits = [
        f"{key}: {draw(st.integers(1, 2))} per 90 days"
        for key in draw(st.sets(st.sampled_from(["any", "email", "phone", "ask"])))
    ]
    rest = draw(st.sampled_from(["1 day", "3 days", "7 days"]))
    share = draw(st.sampled_from(["", ", sales_share: 25%"]))
    capacity = [f"email: {draw(st.integers(1, 6))} per week"] * draw(st.integers(0, 1))
    if any("team" in touch for touch in touches):
        capacity += [f"care: {draw(st.sampled_from([10, 30, 60]))} minutes per week"] * draw(st.integers(0, 1))
    plan = club(
        "\n".join(touches),
        f"{{rest: {rest}, at_most: {{{', '.join(limits)}}}, hold_out: 20%, never_sell_when: balance < 0{share}}}",
        f"{{{', '.join(capacity)}}}",
    )
    customer = st.fixed_dictionaries(
        {
            "worth": st.floats(0, 500), "balance": st.floats(-20, 20), "hardship": st.booleans(),
            "open_withdrawals": st.sampled_from([0.0, 1.0]), "open_weight": st.floats(0, 9),
            "type": st.sampled_from(["newcomer", "regular"]), "barrier": st.sampled_from([None, "price", "travel"]),
            "last_touch_days": st.sampled_from([None, 1.0, 50.0]), "_window_0": st.integers(0, 2),
            "_window_1": st.integers(0, 2), "_window_2": st.integers(0, 2), "_window_3": st.integers(0, 2),
        }
    )  # fmt: skip
    rows = draw(st.lists(customer, min_size=1, max_size=7))
    rows = [row | {"barrier_age_days": 5.0 if row["barrier"] else None} for row in rows]
    pair = st.tuples(st.integers(0, len(rows) - 1), st.sampled_from(list(plan.touches)), st.floats(0, 200))
    refusal = st.tuples(
        st.integers(0, len(rows) - 1), st.sampled_from(["", "email", "phone"]), st.sampled_from(["", "sell", "ask"]),
        st.just(False),
    )  # fmt: skip
    made = {(who, name): (who, name, days) for who, name, days in draw(st.lists(pair, max_size=4))}
    return people(plan, *rows, made=made.values(), consent=draw(st.lists(refusal, max_size=2, unique=True)))


@given(situations())
@settings(max_examples=80)
def test_every_decision_keeps_every_guardrail_limit_and_capacity(group):
    plan, decision = group.plan, group.decide()
    touches = list(plan.touches.values())
    assert not (decision.chosen & ~decision.candidates.allowed).any()
    must = np.array([touch.must for touch in touches])
    made = decision.chosen & ~must
    spent = decision.chosen.sum(axis=0) @ decision.shared.use
    for place, name in enumerate(decision.shared.names):
        if name == SALES_SHARE:
            owed = decision.must.made.sum(axis=0) @ decision.shared.use[:, place]
            assert spent[place] <= max(0, owed) + 1e-9
        else:
            assert spent[place] <= decision.shared.available[place] + 1e-9
    state = group.population.state
    for index, limit in enumerate(plan.guardrails.at_most):
        counted = np.array([concerns(limit, touch) for touch in touches])
        had = np.array(state.column(f"_window_{index}").to_pylist())
        new = (decision.chosen & counted).sum(axis=1)
        assert ((had + new <= limit.count) | ~(made & counted).any(axis=1)).all()
    if plan.guardrails.rest_days == 7:
        assert ((decision.chosen.sum(axis=1) <= 1) | ~made.any(axis=1)).all()
    sells = np.array([touch.purpose == "sell" for touch in touches])
    protected = np.array(state.column("hardship").to_pylist()) | (np.array(state.column("balance").to_pylist()) < 0)
    assert not (decision.chosen & sells & protected[:, None]).any()
    assert not (decision.held_out & (decision.must.made | ~decision.chosen)).any()
    assert decision.certificate.value == pytest.approx(float(decision.values[made].sum()), abs=1e-6)
    assert decision.certificate.bound >= decision.certificate.value
    assert (decision.values[made] > 0).all()
    assert bool(decision.must.unmet) == bool(decision.must.short)


@given(situations())
@settings(max_examples=60)
def test_the_certificate_holds_against_the_best_plan_there_is(group):
    plan, decision = group.plan, group.decide()
    problem = build_problem(
        plan, group.population, decision.candidates, decision.values, decision.shared, decision.must
    )
    rows, columns = np.nonzero(np.isfinite(problem.values))
    best = 0.0
    if len(rows):
        capacities = problem.use[columns].T
        families = [
            (rows == customer) * problem.member[columns, family]
            for customer in range(group.population.size)
            for family in range(problem.member.shape[1])
        ]
        limits = LinearConstraint(
            np.vstack([capacities, *families]), ub=np.concatenate([problem.available, problem.room.ravel()])
        )
        exact = milp(
            -decision.values[rows, columns], constraints=limits, bounds=Bounds(0, 1), integrality=np.ones(len(rows))
        )
        best = -exact.fun
    certificate = decision.certificate
    assert certificate.bound >= best * (1 - 1e-6) - 1e-30  # what 32 bits cannot hold counts as nothing
    assert certificate.value >= best * (1 - certificate.gap) - 1e-6
    assert certificate.value <= best * (1 + 1e-6) + 1e-6
