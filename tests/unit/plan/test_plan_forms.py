"""How people write times, shares, scales and capacities, and what they get wrong."""

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from touchbook.plan import forms
from touchbook.plan.forms import Amount, FormError


@pytest.mark.parametrize(
    ("reader", "text", "meaning"),
    [
        (forms.days, "180 days", 180.0),
        (forms.days, "1 day", 1.0),
        (forms.days, "2 weeks", 14.0),
        (forms.days, "1 year", 365.0),
        (forms.days, "0.5 days", 0.5),
        (forms.share, "10%", 0.1),
        (forms.share, "0.1", 0.1),
        (forms.scale, "-2..2", (-2.0, 2.0)),
        (forms.scale, "0 .. 10", (0.0, 10.0)),
        (forms.quiet_hours, "21:00-08:00", ("21:00", "08:00")),
        (forms.quiet_hours, "9:30 - 17:00", ("09:30", "17:00")),
        (forms.working_hours, "8:00-16:30", ("08:00", "16:30")),
        (forms.count_per_days, "2 per 30 days", (2, 30.0)),
        (forms.count_per_days, "1 per week", (1, 7.0)),
        (forms.amount, "30 hours per week", Amount("minutes", 1800.0, 7.0)),
        (forms.amount, "90 minutes per day", Amount("minutes", 90.0, 1.0)),
        (forms.amount, "2000 per week", Amount("messages", 2000.0, 7.0)),
        (forms.amount, "500 GBP per 30 days", Amount("money", 500.0, 30.0, "GBP")),
        (forms.yes_no, "yes", True),
        (forms.yes_no, "False", False),
        (forms.whole, "-3", -3),
        (forms.number, "2.5", 2.5),
    ],
)
def test_what_is_written_is_what_is_meant(reader, text, meaning):
    assert reader(text) == meaning


@pytest.mark.parametrize(
    ("reader", "text", "remedy"),
    [
        (forms.days, "180", "write '180 days'"),
        (forms.days, "3 months", "write days, such as 30 days"),
        (forms.days, "0 days", "above 0"),
        (forms.days, "-3 days", "above 0"),
        (forms.days, "1:30", "180 days"),
        (forms.share, "ten percent", "such as 10%"),
        (forms.scale, "10..0", "lower end first"),
        (forms.scale, "1-5", "such as 0..10"),
        (forms.quiet_hours, "21-8", "such as 21:00-08:00"),
        (forms.quiet_hours, "25:00-08:00", "such as 21:00-08:00"),
        (forms.quiet_hours, "08:00-08:00", "two different"),
        (forms.working_hours, "22:00-06:00", "such as 09:00-17:00"),
        (forms.working_hours, "09:00-09:00", "two different"),
        (forms.working_hours, "nine to five", "such as 09:00-17:00"),
        (forms.count_per_days, "2", "such as 2 per 30 days"),
        (forms.count_per_days, "0 per 30 days", "such as 2 per 30 days"),
        (forms.count_per_days, "2 per month", "per 30 days"),
        (forms.amount, "30 hours", "30 hours per week"),
        (forms.amount, "30 people per week", "30 hours per week"),
        (forms.amount, "-3 hours per week", "30 hours per week"),
        (forms.yes_no, "maybe", "true or false"),
        (forms.whole, "2.5", "whole number"),
        (forms.number, "nan", "plain number"),
        (forms.number, "1e999", "plain number"),
        (forms.number, "٣", "plain number"),
    ],
)
def test_what_cannot_be_read_says_what_to_write(reader, text, remedy):
    with pytest.raises(FormError) as caught:
        reader(text)
    assert remedy in caught.value.remedy
    assert caught.value.what


def test_money_is_in_the_currency_of_the_plan():
    assert forms.money("60", "GBP") == forms.money("60 GBP", "GBP") == 60.0
    with pytest.raises(FormError, match="write it in GBP"):
        forms.money("60 EUR", "GBP")


def test_a_suggestion_is_made_only_when_something_is_close():
    assert forms.suggestion("guardrail", ["guardrails", "ledger"], "?") == "did you mean 'guardrails'?"
    assert forms.suggestion("xyz", ["guardrails", "ledger"], "remove it") == "remove it"


READERS = [forms.days, forms.share, forms.scale, forms.quiet_hours, forms.working_hours, forms.count_per_days]
READERS += [forms.amount, forms.number]


@given(st.sampled_from(READERS), st.text(max_size=40))
def test_no_text_at_all_brings_a_reader_down(reader, text):
    with contextlib.suppress(FormError):
        reader(text)
