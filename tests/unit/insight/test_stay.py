"""The chance that a customer stays, and what a customer is worth: what moves them, which way, and by how much."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from small_lake import club

from touchbook.insight.stay import PRIOR, Stay, lifetime_value, stay, with_estimates

PLAN = club()
USUAL: dict[str, object] = {
    "tenure_days": 400.0, "balance": 0.0, "open_weight": 0.0, "feeling": 0.0, "feeling_trend": 0.0, "intent": 5.0,
    "barrier": None, "last_moment_days": 10.0, "has_left": False, "worth": 100.0,
}  # fmt: skip
KINDS = {"barrier": pa.string(), "has_left": pa.bool_()}


def customers(*changes: dict[str, object]) -> pa.Table:
    rows = [USUAL | change for change in changes]
    return pa.table({name: pa.array([row[name] for row in rows], KINDS.get(name, pa.float64())) for name in USUAL})


def estimate(*changes: dict[str, object]) -> Stay:
    return stay(customers(*changes), PLAN)


@pytest.mark.parametrize(
    ("name", "low", "high"),
    [("balance", -40, 30), ("feeling", -2, 2), ("intent", 0, 10), ("feeling_trend", -1, 1), ("tenure_days", 0, 4000)],
)
def test_the_better_it_is_the_likelier_they_stay(name, low, high):
    steps = np.linspace(low, high, 9)
    chances = estimate(*({name: float(step)} for step in steps)).probability
    assert (np.diff(chances) > 0).all()


@pytest.mark.parametrize(
    ("name", "worse"),
    [("open_weight", 12.0), ("barrier", "travel"), ("last_moment_days", 400.0), ("has_left", True)],
)
def test_what_went_wrong_makes_staying_less_likely(name, worse):
    usual, other = estimate({}, {name: worse}).probability
    assert other < usual


def test_who_left_is_unlikely_to_stay():
    assert estimate({"has_left": True}).probability[0] < 0.1


@pytest.mark.parametrize("name", ["tenure_days", "balance", "feeling", "feeling_trend", "intent", "last_moment_days"])
def test_what_is_not_known_counts_as_the_middle_and_adds_uncertainty(name):
    middle = {"tenure_days": 365.0, "intent": 5.0, "last_moment_days": 30.0}.get(name, 0.0)
    known, unknown = estimate({name: middle}, {name: None}).logit_error
    assert unknown > known
    same = estimate({name: middle}, {name: None}).logit
    assert same[0] == pytest.approx(same[1])


@given(st.floats(-60, 40), st.floats(-2, 2), st.one_of(st.none(), st.floats(0, 10)), st.floats(0, 5000))
def test_the_estimate_is_the_sum_that_its_formula_says(balance, feeling, intent, tenure):
    found = estimate({"balance": balance, "feeling": feeling, "intent": intent, "tenure_days": tenure})
    logit = 1.1 + 0.35 * (np.log2(1 + tenure / 365) - 1) + 0.6 * np.tanh(balance / 20) + 0.45 * feeling
    logit += 0.9 * ((intent or 0) - 5) / 5 if intent is not None else 0
    assert found.logit[0] == pytest.approx(logit)
    assert found.probability[0] == pytest.approx(1 / (1 + np.exp(-logit)))
    known = found.features[0]
    variance = sum((feature.sd * value) ** 2 for feature, value in zip(PRIOR, known, strict=True))
    variance += (0.4 * 0.3) ** 2 + ((0.9 * 0.6) ** 2 if intent is None else 0)  # the barrier, and perhaps the intent
    assert found.logit_error[0] == pytest.approx(np.sqrt(variance))
    chance = found.probability[0]
    assert found.error[0] == pytest.approx(chance * (1 - chance) * np.sqrt(variance))


@given(st.floats(0, 1000), st.floats(0, 0.98), st.floats(0.01, 0.5))
def test_lifetime_value_is_the_sum_of_all_periods_to_come(worth, chance, discount):
    periods = np.arange(1, 4000)
    total = float((worth * (chance / (1 + discount)) ** periods).sum())
    assert lifetime_value(np.array([worth]), np.array([chance]), discount)[0] == pytest.approx(
        total, rel=1e-6, abs=1e-9
    )


def test_estimates_join_the_state_and_take_the_place_of_older_ones():
    state = customers({}, {"balance": 20.0, "worth": 0.0})
    once, _ = with_estimates(state, PLAN)
    twice, found = with_estimates(once, PLAN)
    assert twice.column_names == once.column_names
    assert twice.column("stay_probability").to_pylist() == found.probability.tolist()
    assert twice.column("lifetime_value").to_pylist()[1] == 0


def test_a_plan_that_asks_nothing_knows_neither_intent_nor_barrier():
    plan = club("plan: X\ncurrency: GBP\ntimezone: UTC\nsuccess: {outcome: renewed, kind: renewal, worth: 1}\n"
                "types: {all: true}\ntouches: {note: {purpose: inform, channel: email}}\n")  # fmt: skip
    state = customers({}).append_column("unused", pa.array([1.0])).drop_columns(["intent", "barrier"])
    assert 0.5 < stay(state, plan).probability[0] < 1
