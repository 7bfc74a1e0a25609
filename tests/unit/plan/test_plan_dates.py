"""A date that the company keeps counts down by itself."""

from __future__ import annotations

from touchbook.plan.loader import load

PLAN = """
plan: Club
currency: GBP
timezone: Europe/London
success: {outcome: renewed, kind: renewal, worth: "100", period: 365 days, discount: 10%}
attributes: {renewal: date, ATTRIBUTE}
types: {regular: true}
touches:
  heads-up: {purpose: heads-up, channel: email, when: CONDITION}
"""


def problems(attribute: str = "seats: number", condition: str = "renewal_in_days < 30") -> list[str]:
    text = PLAN.replace("ATTRIBUTE", attribute).replace("CONDITION", condition)
    return [problem.what for problem in load(text).problems if problem.severity == "error"]


def test_a_date_gives_the_days_until_it() -> None:
    assert problems() == []
    assert problems(condition="renewal_in_days = 'soon'") != []


def test_other_attributes_do_not_count_down() -> None:
    (problem,) = problems(condition="seats_in_days < 30")
    assert "seats_in_days" in problem


def test_the_counting_column_cannot_be_declared_as_well() -> None:
    assert problems(attribute="renewal_in_days: number") == ["the attribute 'renewal_in_days' clashes with 'renewal'"]


def test_an_attribute_cannot_take_the_name_of_a_column_of_the_state() -> None:
    for name in ("timezone", "customer_name", "worst_open_days", "_window_0"):
        (problem,) = problems(attribute=f"{name}: number")
        assert name in problem


def test_a_sale_is_never_a_must() -> None:
    text = PLAN.replace("ATTRIBUTE", "seats: number").replace("CONDITION", "seats > 2")
    text += "  offer: {purpose: sell, channel: email, must: true}\n"
    assert [problem.rule for problem in load(text).problems if problem.severity == "error"] == ["must-sell"]
