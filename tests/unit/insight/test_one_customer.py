"""What a page says of one customer is what the state says of everybody: the feeling, and the chance that they stay."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from small_lake import ALICE, SmallLake, state_of
from test_stay import PLAN, customers, estimate

from touchbook.insight.feeling import feeling_of
from touchbook.insight.stay_parts import stay_parts

answers = st.lists(st.tuples(st.integers(0, 400), st.integers(-2, 2)), min_size=1, max_size=8)


@settings(max_examples=15)
@given(answers)
def test_the_feeling_is_that_of_the_state(given_answers):
    given_answers = [(0, 1), *given_answers]  # a fresh one, or the state says nothing
    lake = SmallLake()
    lake.customer(ALICE, None)
    for days, value in given_answers:
        lake.answer(ALICE, "feeling", float(value), days)
    row = state_of(lake)[ALICE]
    found = feeling_of([(float(days), float(value)) for days, value in given_answers])
    assert found is not None
    said = [row[name] for name in ("feeling", "feeling_error", "feeling_trend", "feeling_trend_error")]
    assert [found.level, found.error, found.trend, found.trend_error] == pytest.approx(said, rel=1e-6, abs=1e-9)


@given(answers)
def test_the_answers_add_up_to_the_level(given_answers):
    found = feeling_of([(float(days), float(value)) for days, value in given_answers])
    assert found is not None
    assert sum(one.pull * one.value for one in found.answers) == pytest.approx(found.level, abs=1e-9)


def test_the_words_for_where_it_is_going():
    assert feeling_of([]) is None
    for values, words in (
        ([2, 2], "steady"),
        ([2, -2, -2], "falling"),
        ([1, 0], "falling slowly"),
        ([-1, 0], "rising slowly"),
    ):
        ages = np.linspace(30 * len(values), 0, len(values))
        found = feeling_of([(float(age), float(value)) for age, value in zip(ages, values, strict=True)])
        assert found is not None
        assert found.moves == words, (values, found.trend)


@given(
    st.fixed_dictionaries(
        {
            "tenure_days": st.one_of(st.none(), st.floats(0, 5000)),
            "balance": st.floats(-50, 50),
            "open_weight": st.floats(0, 40),
            "feeling": st.one_of(st.none(), st.floats(-2, 2)),
            "intent": st.one_of(st.none(), st.floats(0, 10)),
            "barrier": st.one_of(st.none(), st.just("travel")),
            "has_left": st.booleans(),
        }
    )
)
def test_the_lines_add_up_to_the_log_odds_and_to_their_error(changes):
    state = customers(changes)
    parts, whole = stay_parts(state, PLAN), estimate(changes)
    assert sum(part.product for part in parts) == pytest.approx(whole.logit[0], abs=1e-9)
    assert sum(part.doubt**2 for part in parts) ** 0.5 == pytest.approx(whole.logit_error[0], abs=1e-9)
    for part in parts:
        assert part.product == (0.0 if part.value is None else pytest.approx(part.coefficient * part.value))
