"""What a touch is worth in money, and what a question is worth, by hand."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from people import JUDGE, People, club, people
from scipy.special import expit

from touchbook.plan.model import Purpose
from touchbook.planner.questions import answer_levels, asking_values, frequencies
from touchbook.planner.values import BELIEFS, act_values, at_stake, gains, goodwill_cost
from touchbook.planner.values.answering import SPOKEN, WRITTEN

PRICE = "price card: {purpose: help, channel: email, answers: price}"
TRAVEL = "travel card: {purpose: help, channel: email, answers: travel}"
ASK = "ask: {purpose: ask, channel: email, asks: [barrier]}"
STAKE = 200.0  # worth a period


def values(group: People) -> np.ndarray:
    return act_values(group.plan, group.population, group.stay)


def asking(group: People, touch: str = "ask") -> np.ndarray:
    found = asking_values(group.plan, group.population, group.candidates(), JUDGE)
    return found[:, list(group.plan.touches).index(touch)]


def worth_of_lift(group: People, lift: float, customer: int = 0) -> float:
    """(stay probability with the touch − without) · (worth + lifetime value)."""
    logit = group.stay.logit[customer]
    chance = expit(logit)
    stake = STAKE + STAKE * chance / (1.1 - chance)
    return float((expit(logit + lift) - chance) * stake)


def test_a_touch_is_worth_what_it_adds_to_staying_less_what_it_costs():
    group = people(club("note: {purpose: inform, channel: letter, effect: 0.3, cost: 2 GBP}"), {})
    assert values(group)[0, 0] == pytest.approx(worth_of_lift(group, 0.3) - 2)


def test_a_sale_brings_revenue_and_costs_goodwill():
    plan = club(
        "offer: {purpose: sell, channel: email, revenue: 60}\nsure offer: {purpose: sell, channel: email, revenue: 60, accept: 50%}"
    )
    group = people(plan, {}, {"worth": 0.0})
    goodwill = worth_of_lift(group, -0.06)
    assert goodwill < 0
    assert values(group)[0] == pytest.approx([0.03 * 60 + goodwill, 0.5 * 60 + goodwill])
    assert values(group)[1] == pytest.approx([1.8, 30])


def test_revenue_counts_for_sales_alone():
    group = people(club("gift: {purpose: thank, channel: email, revenue: 60}"), {"worth": 0.0})
    assert values(group)[0, 0] == 0


def test_every_purpose_has_its_belief_and_its_reason():
    assert list(BELIEFS) == list(Purpose)
    assert all(belief.why.endswith(".") for belief in BELIEFS.values())
    assert all((belief.lift < 0) == (purpose is Purpose.SELL) for purpose, belief in BELIEFS.items())


@pytest.mark.parametrize(
    ("purpose", "lift"),
    [
        ("inform", 0.04), ("ask", 0.06), ("help", 0.25), ("heads-up", 0.15), ("thank", 0.08), ("celebrate", 0.08),
        ("invite", 0.08), ("sell", -0.06),
    ],
)  # fmt: skip
def test_each_purpose_lifts_the_odds_as_the_table_of_beliefs_says(purpose, lift):
    group = people(club(f"touch: {{purpose: {purpose}, channel: letter}}"), {}, {"balance": -9.0, "feeling": -1.0})
    assert values(group)[:, 0] == pytest.approx([worth_of_lift(group, lift, 0), worth_of_lift(group, lift, 1)])


def test_a_plans_own_effect_takes_the_place_of_the_purposes():
    plan = club("sorry: {purpose: apologise, channel: phone, effect: 2}\n"
                "price card: {purpose: help, channel: email, answers: price, effect: 2}")  # fmt: skip
    group = people(plan, {"open_weight": 10.0})
    lifts = 2 * np.tanh(1), 2 * 0.2
    assert values(group)[0] == pytest.approx([worth_of_lift(group, lift) for lift in lifts])


def test_the_goodwill_that_a_sale_costs_is_a_number_of_its_own():
    plan = club("offer: {purpose: sell, channel: email, revenue: 60}\nnote: {purpose: inform, channel: email}")
    group = people(plan, {})
    cost = goodwill_cost(gains(plan, group.population, group.stay), at_stake(group.population)[:, None])
    assert cost[0] == pytest.approx([-worth_of_lift(group, -0.06), 0])
    assert values(group)[0, 0] == pytest.approx(0.03 * 60 - cost[0, 0])


@given(st.floats(0, 40))
def test_an_apology_is_worth_the_more_the_more_weighs(weight):
    group = people(club("sorry: {purpose: apologise, channel: phone}"), {}, {"open_weight": weight})
    nothing, something = values(group)[:, 0]
    assert nothing == 0
    assert something == pytest.approx(worth_of_lift(group, 0.6 * np.tanh(weight / 10), 1))
    assert something >= 0


def test_help_that_answers_what_was_named_is_worth_five_times_the_lift_of_help_that_does_not():
    group = people(club(f"{PRICE}\n{TRAVEL}"), {"barrier": "price", "barrier_age_days": 1.0})
    assert values(group)[0] == pytest.approx([worth_of_lift(group, 0.25), worth_of_lift(group, 0.05)])


def told(group: People, barrier: str) -> People:
    return people(group.plan, {"barrier": barrier, "barrier_age_days": 0.0})


def test_a_question_is_worth_what_its_answer_changes_computed_by_hand():
    """Not asking, either card is worth the same; told the barrier, the right card is worth much more."""
    group = people(club(f"{PRICE}\n{TRAVEL}\n{ASK}"), {})
    by_answer = {barrier: values(told(group, barrier))[0, :2] for barrier in ("price", "travel")}
    with_answer = 0.5 * by_answer["price"].max() + 0.5 * by_answer["travel"].max()
    without = (0.5 * by_answer["price"] + 0.5 * by_answer["travel"]).max()
    assert asking(group)[0] == pytest.approx(WRITTEN * (with_answer - without))
    assert asking(group)[0] > 0.5


def test_a_question_whose_answer_opens_a_touch_is_worth_that_touch():
    plan = club(f"travel card: {{purpose: help, channel: email, answers: travel, when: barrier = 'travel'}}\n{ASK}")
    group = people(plan, {})
    card = values(told(group, "travel"))[0, 0]
    assert asking(group)[0] == pytest.approx(WRITTEN * 0.5 * card)


def test_answers_that_are_common_count_more():
    plan = club(f"travel card: {{purpose: help, channel: email, answers: travel, when: barrier = 'travel'}}\n{ASK}")
    others = [{"barrier": "travel", "barrier_age_days": 9.0}] * 7
    group = people(plan, {}, *others)
    card = values(told(people(plan, {}), "travel"))[0, 0]
    assert frequencies(group.population, plan.questions["barrier"], ["price", "travel"]).tolist() == [1 / 9, 8 / 9]
    assert asking(group)[0] == pytest.approx(WRITTEN * 8 / 9 * card)


@pytest.mark.parametrize(
    "touches",
    [
        ASK,  # nothing can be done about any answer
        f"note: {{purpose: inform, channel: email}}\n{ASK}",  # one thing, whatever they say
        f"note: {{purpose: inform, channel: email, when: barrier is null or barrier is not null}}\n{ASK}",
    ],
)
def test_a_question_whose_answer_changes_nothing_is_worth_nothing(touches):
    assert asking(people(club(touches), {}))[0] == pytest.approx(0, abs=1e-9)


def test_what_is_known_and_fresh_is_not_worth_asking():
    plan = club(f"{PRICE}\n{TRAVEL}\nthanks: {{purpose: thank, channel: email, asks: [barrier]}}")
    group = people(plan, {"barrier": "price", "barrier_age_days": 180.0}, {"barrier_age_days": 181.0})
    fresh, stale = asking(group, "thanks")
    assert fresh == 0
    assert stale > 0


def test_a_card_that_the_customer_does_not_allow_makes_no_answer_worth_having():
    plan = club(f"{PRICE}\n{TRAVEL}\nring: {{purpose: ask, channel: phone, asks: [barrier]}}")
    group = people(plan, {}, {}, consent=[(0, "email", "", False)])
    refused, open_ = asking(group, "ring")
    assert refused == 0
    assert open_ > 0


def test_an_apology_that_came_already_makes_no_answer_worth_having():
    plan = club("sorry: {purpose: apologise, channel: phone, when: feeling < 0}\n"
                "ask: {purpose: ask, channel: email, asks: [feeling]}")  # fmt: skip
    wronged = {"open_withdrawals": 1.0, "open_weight": 9.0, "last_withdrawal_days": 61.0}
    group = people(plan, wronged, wronged, made=[(0, "sorry", 60.0)])
    came, open_ = asking(group)
    assert came == 0
    assert open_ > 0


def test_two_questions_in_one_touch_are_worth_as_much_as_the_better_one():
    plan = club(f"{PRICE}\n{TRAVEL}\n{ASK}\nboth: {{purpose: ask, channel: email, asks: [barrier, feeling]}}\n"
                "how: {purpose: ask, channel: email, asks: [feeling]}\n"
                "cheer: {purpose: celebrate, channel: email, when: feeling > 1}")  # fmt: skip
    group = people(plan, {})
    assert asking(group, "both")[0] == max(asking(group, "ask")[0], asking(group, "how")[0])
    assert 0 < asking(group, "how")[0] < asking(group, "ask")[0]


def test_a_scale_is_worked_out_over_a_few_points():
    plan = club(ASK)
    assert answer_levels(plan.questions["feeling"]) == [-2, -1, 0, 1, 2]
    assert answer_levels(plan.questions["barrier"]) == ["price", "travel"]
    group = people(plan, *[{"feeling": 1.2, "feeling_age_days": 3.0}] * 3)
    assert frequencies(group.population, plan.questions["feeling"], [-2, -1, 0, 1, 2]).tolist() == [1 / 8] * 3 + [
        4 / 8,
        1 / 8,
    ]


def test_a_question_is_not_worth_a_sale_that_its_answer_would_forbid():
    touches = ("ask: {purpose: ask, channel: email, asks: [feeling]}\n"
               "offer: {purpose: sell, channel: email, revenue: 900, accept: 50%, when: feeling < 0}")  # fmt: skip
    free = club(touches, "{rest: 7 days, at_most: {}}")
    kept = club(touches, "{rest: 7 days, at_most: {}, never_sell_when: feeling < 0}")
    assert people(free, {}).decide().asking[0, 0] > 0
    assert people(kept, {}).decide().asking[0, 0] == 0


MANY = (
    f"{PRICE}\n{TRAVEL}\n{ASK}\n"
    "how: {purpose: thank, channel: phone, asks: [feeling, barrier], cost: 1 GBP}\n"
    "cheer: {purpose: celebrate, channel: email, when: feeling > 0, to: regular}\n"
    "sorry: {purpose: apologise, channel: phone, must: true}\n"
    "offer: {purpose: sell, channel: email, revenue: 60}"
)


def a_crowd(count: int) -> list[dict[str, object]]:
    """Customers to whom different things happened, from one seed."""
    draw = np.random.default_rng(7)
    rows = []
    for _ in range(count):
        told, felt = draw.random() < 0.4, draw.random() < 0.6
        rows.append(
            {
                "worth": draw.uniform(0, 900), "balance": draw.normal(2, 9), "open_weight": draw.choice([0.0, 3.0, 12.0]),
                "open_withdrawals": float(draw.integers(0, 2)), "tenure_days": draw.uniform(0, 3000),
                "type": str(draw.choice(["newcomer", "regular"])), "hardship": bool(draw.random() < 0.2),
                "barrier": str(draw.choice(["price", "travel"])) if told else None,
                "barrier_age_days": 20.0 if told else None,
                "feeling": draw.uniform(-2, 2) if felt else None, "feeling_age_days": 5.0 if felt else None,
            }
        )  # fmt: skip
    return rows


def test_many_customers_at_once_are_worth_what_each_is_worth_alone():
    plan = club(MANY, "{rest: 1 day, at_most: {}, never_sell_when: balance < 0}")
    rows = a_crowd(150)
    group = people(plan, *rows)
    crowd_values, crowd_asking = values(group), asking_values(plan, group.population, group.candidates(), JUDGE)
    common = {
        name: frequencies(group.population, question, answer_levels(question))
        for name, question in plan.questions.items()
    }
    for place, row in enumerate(rows[:40]):
        alone = people(plan, row)
        assert values(alone)[0] == pytest.approx(crowd_values[place], abs=1e-9)
        told = asking_values(plan, alone.population, alone.candidates(), JUDGE, common)
        assert told[0] == pytest.approx(crowd_asking[place], abs=1e-9)
    assert (crowd_asking > 0).any()


@given(st.lists(st.integers(0, 149), min_size=1, max_size=12, unique=True))
@settings(max_examples=25, deadline=None)
def test_a_question_is_never_worth_less_than_nothing(places):
    rows = a_crowd(150)
    group = people(club(MANY), *[rows[place] for place in places])
    assert (asking_values(group.plan, group.population, group.candidates(), JUDGE) >= 0).all()


def test_a_value_of_a_thousand_customers_is_the_formula_row_by_row():
    group = people(club(MANY), *a_crowd(1000))
    found = values(group)
    state = group.population.state.to_pylist()
    for place, (row, logit) in enumerate(zip(state, group.stay.logit, strict=True)):
        named = row["barrier"]
        lifts = [
            0.25 if named == "price" else 0.05, 0.25 if named == "travel" else 0.05, 0.06, 0.08, 0.08,
            0.6 * np.tanh(row["open_weight"] / 10), -0.06,
        ]  # fmt: skip
        stake = row["worth"] + row["lifetime_value"]
        extra = [0, 0, 0, -1, 0, 0, 1.8]
        expected = [
            (expit(logit + lift) - expit(logit)) * stake + more for lift, more in zip(lifts, extra, strict=True)
        ]
        assert found[place] == pytest.approx(expected, abs=1e-9)


def test_an_answer_counts_by_how_many_of_those_asked_give_one():
    """Half of those who are called answer, and one in seven of those who are written to."""
    by_mail, by_phone = (
        people(club(f"{PRICE}\n{TRAVEL}\n{ASK}"), {}),
        people(club(f"{PRICE}\n{TRAVEL}\n{ASK.replace('email', 'phone')}"), {}),
    )
    assert asking(by_phone)[0] / asking(by_mail)[0] == pytest.approx(SPOKEN / WRITTEN)
