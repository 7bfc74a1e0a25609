"""What a week comes to, in the words that a terminal and a page share."""

from __future__ import annotations

from importlib.resources import files

import pytest

from touchbook.plan.loader import read_plan
from touchbook.plan.model import Plan
from touchbook.planner.week_words import (
    amount,
    owners_sentence,
    percent,
    price_sentences,
    short_sentences,
    unmet_sentence,
    worth_sentence,
)


@pytest.fixture(scope="module")
def plan() -> Plan:
    return read_plan((files("touchbook.plan") / "starters" / "club.yaml").read_text(encoding="utf-8"))


def test_a_price_is_said_of_an_hour_and_what_rounds_to_nothing_is_not_said(plan: Plan) -> None:
    said = price_sentences(plan, {"member services": 2.3, "email": 0.000001, "budget": 0.0})
    assert said == ["One more hour of member services is worth £138."]


def test_the_dearest_comes_first(plan: Plan) -> None:
    said = price_sentences(plan, {"email": 0.2, "member services": 1.0})
    assert [sentence.split(" is ")[0] for sentence in said] == ["One more hour of member services", "One more e-mail"]


def test_a_certificate_names_what_no_plan_can_exceed(plan: Plan) -> None:
    assert worth_sentence(plan, 12_262.2, 0.0021) == (
        "Expected to be worth £12,262 beside what must be made; "
        "no plan under these guardrails is more than 0.21% better."
    )
    assert percent(0.0) == "0.001%"


def test_what_does_not_fit_says_what_would_be_needed(plan: Plan) -> None:
    assert unmet_sentence(plan, 0, {}) == ""
    assert unmet_sentence(plan, 3, {"member services": 30.0}) == (
        "3 touches that must be made do not fit: 30 minutes more of member services would be needed."
    )
    assert short_sentences(plan, {"email": 12}) == ["What must be made takes all of email, and would take 12 more."]


def test_owners_are_counted_and_the_dearest_is_named(plan: Plan) -> None:
    said = owners_sentence(plan, {"a": 1.0, "b": 2.0, "c": 0.0}, {"a": "Ann", "b": "Ben", "c": "Cy"})
    assert said == "2 of 3 owners have no time to spare; one more hour of Ben is worth most, £120."


def test_amounts_are_in_their_units(plan: Plan) -> None:
    assert amount(plan, "member services", 1704) == "28.4 hours"
    assert amount(plan, "email", 1200) == "1,200"
    assert amount(plan, "budget", 15) == "£15.00"
