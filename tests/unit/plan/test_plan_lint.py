"""The strategy lint: each rule fires on its example, and none on a sound plan."""

import pytest
from test_plan_loader import CLUB, changed

from touchbook.plan.lint import RULES
from touchbook.plan.loader import load


def warnings(*changes):
    text = CLUB
    for old, new in changes:
        text = changed(old, new, text)
    loaded = load(text)
    assert loaded.plan is not None, loaded.errors
    return [(problem.rule, problem.line) for problem in loaded.problems]


CASES = {
    "question-unneeded": [("needs: [feeling, barrier]", "needs: [barrier]")],
    "decision-without-act": [("acts: [welcome call, travel page]", "acts: []")],
    "intelligence-ungathered": [("asks: [feeling, barrier]", "asks: [feeling]")],
    "type-unreached": [
        ("purpose: help, ", "purpose: help, to: newcomer, "),
        ("purpose: sell, ", "purpose: sell, to: [newcomer, family], "),
    ],
    "touchpoint-thin": [(", held a door: 1", "")],
    "withdrawal-without-recovery": [("capacity:\n", "recoveries: {refund: {points: 4, by: manager}}\ncapacity:\n")],
    "selling-beyond-share": [("  sales_share: 10%\n", "")],
    "choice-unanswered": [("choices: [travel, nothing]", "choices: [travel, price, nothing]")],
    "asks-too-often": [("once: yes", "cooldown: 60 days")],
    "ask-without-question": [("purpose: help", "purpose: ask")],
    "capacity-unused": [("email: 2000 per week", "sms: 2000 per week")],
    "touch-unreachable": [("tenure_days < 30", "tenure_days > 400")],
    "working-hours-quiet": [("21:00-08:00", "07:00-19:00")],
    "ceiling-idle": [("hold_out: 5%", "contact_ceiling: 2 per 30 days")],
    "type-impossible": [("  family: seats >= 3\n", "  family: seats >= 3\n  large: seats > 5\n")],
    "types-open": [("  regular: true", "  regular: seats < 3")],
}


def test_every_rule_has_its_example_here():
    assert sorted(rule.name for rule in RULES) == sorted(CASES)
    assert all(rule.finds and rule.why and rule.reads for rule in RULES)


@pytest.mark.parametrize("rule", CASES)
def test_a_rule_finds_its_example_and_says_where(rule):
    found = warnings(*CASES[rule])
    assert rule in [name for name, _ in found]
    assert all(line > 0 for _, line in found)


def test_a_sound_plan_has_no_warnings():
    assert warnings() == []


def test_a_touchpoint_without_withdrawals():
    assert warnings(("{unexplained queue: 2}", "{}")) == [("touchpoint-thin", 20)]


def test_a_limit_of_asks_that_is_looser_than_answers_last():
    assert warnings(("ask: 1 per 90 days", "ask: 2 per 90 days")) == [("asks-too-often", 34)]


def test_a_type_that_is_only_sold_to():
    found = warnings(("purpose: help, ", "purpose: help, to: newcomer, "), ("balance > 5", "balance > 5 and seats > 0"))
    assert [rule for rule, _ in found] == ["selling-beyond-share", "selling-beyond-share"]


def test_a_sell_that_the_guardrail_always_forbids():
    assert warnings(("when: balance > 5", "when: balance < 0")) == [("touch-unreachable", 30)]


@pytest.mark.parametrize(
    ("types", "impossible"),
    [
        ("a: true\n  b: seats > 1\n  c: true", ["b", "c"]),
        ("a: seats < 3\n  b: seats < 2\n  c: true", ["b"]),
        ("a: seats < 3\n  b: seats < 4\n  c: true", []),
        ("a: seats < 3 or account_kind = 'x'\n  b: account_kind = 'x' and seats > 9\n  c: true", ["b"]),
        ("a: seats < 3\n  b: seats is null\n  c: true", []),
        ("a: seats is not null\n  b: seats > 3\n  c: true", ["b"]),
        ("a: seats between 1 and 5\n  b: seats > 1 and seats < 2\n  c: true", ["b"]),
        ("a: not (seats >= 3)\n  b: seats < 3\n  c: true", ["b"]),
        ("a: seats > 3\n  b: not (seats > 3)\n  c: seats is null\n  d: true", ["d"]),
        ("a: seats > 3\n  b: not (seats > 3)\n  c: true", []),
        ("a: hardship\n  b: not hardship\n  c: hardship is null\n  d: true", ["d"]),
        ("a: hardship is not true\n  b: hardship\n  c: true", ["c"]),
        ("a: barrier = 'travel'\n  b: barrier <> 'travel' and barrier <> 'nothing'\n  c: true", ["b"]),
        ("a: feeling > 2\n  b: true", ["a"]),
        ("a: feeling + 1 > 9\n  b: true", []),
        ("a: seats > annual_value and annual_value > seats\n  b: true", []),
        ("a: abs(seats) < 0\n  b: true", []),
        ("a: 3 > seats and 5 < seats\n  b: true", ["a"]),
        ("a: seats = 2 and seats <> 2\n  b: true", ["a"]),
        ("a: open_withdrawals < 0\n  b: true", ["a"]),
        ("a: seats in (1, 2) and seats in (3, 4)\n  b: true", []),
        ("a: account_kind in ('x', 'y') and account_kind not in ('x', 'y')\n  b: true", ["a"]),
        ("a: (seats < 1 or seats > 5) and seats between 2 and 3\n  b: true", ["a"]),
    ],
)
def test_types_that_nobody_can_be_of_are_known_and_never_guessed(types, impossible):
    text = changed("newcomer: tenure_days < 365\n  family: seats >= 3\n  regular: true", types)
    text = changed("to: newcomer, ", "", text)
    loaded = load(text)
    assert loaded.plan is not None, loaded.errors
    found = [problem.what.split("'")[1] for problem in loaded.problems if problem.rule == "type-impossible"]
    assert found == impossible


CALL = ("team: members", "team: owner")
HOURS = ("members: 30 hours", "each owner: 5 hours")


@pytest.mark.parametrize(
    ("quiet", "working", "found"),
    [
        ("09:00-17:00", "09:00-17:00", True),
        ("08:00-18:00", "09:00-17:00", True),
        ("09:30-17:00", "09:00-17:00", False),
        ("20:00-13:00", "08:00-13:00", True),
        ("20:00-13:00", "08:00-13:01", False),
        ("20:00-08:00", "21:00-23:00", True),
        ("21:00-08:00", "20:30-23:00", False),
    ],
)
def test_people_who_work_in_the_quiet_hours_alone_can_call_nobody(quiet, working, found):
    rules = [
        rule for rule, _ in warnings(("quiet_hours: 21:00-08:00", f"quiet_hours: {quiet}\n  working_hours: {working}"))
    ]
    assert rules == (["working-hours-quiet"] if found else [])


def test_letters_may_be_written_at_any_hour():
    assert warnings(("21:00-08:00", "07:00-19:00"), ("channel: phone", "channel: letter")) == []


@pytest.mark.parametrize(
    ("ceiling", "found"),
    [
        ("2 per 30 days", True),
        ("3 per 30 days", True),
        ("2 per 20 days", True),
        ("1 per 30 days", False),
        ("2 per 60 days", False),
    ],
)
def test_a_ceiling_that_the_limit_of_touches_keeps_anyway(ceiling, found):
    change = ("hold_out: 5%", f"contact_ceiling: {ceiling}")
    assert [rule for rule, _ in warnings(change)] == (["ceiling-idle"] if found else [])
    assert warnings(change, ("stage: match day", "outreach: true\n    stage: match day")) == []


def test_an_owner_who_has_no_minutes_to_spend_uses_no_hours():
    assert warnings(CALL, HOURS) == []
    assert [rule for rule, _ in warnings(CALL, HOURS, ("minutes: 10, ", ""))] == ["capacity-unused"]


def test_no_owner_reaches_a_customer_who_has_none():
    nobody = ("when: tenure_days < 30", "when: owner is null")
    assert [rule for rule, _ in warnings(CALL, HOURS, nobody)] == ["touch-unreachable"]
    assert warnings(nobody) == []


def test_two_hundred_alternatives_are_possible_rather_than_slow():
    condition = " and ".join(f"(seats <> {n} or annual_value <> {n})" for n in range(20))
    assert warnings(("seats >= 3", condition)) == []


def test_warnings_that_follow_from_an_error_are_not_repeated():
    text = changed("asks: [feeling, barrier]", "asks: [feeling, barier]")
    assert [problem.severity for problem in load(text).problems] == ["error"]
    text = changed("touches:\n", "touchez:\n")
    assert all(problem.severity == "error" for problem in load(text).problems)


UNNEEDED = ("needs: [feeling, barrier]", "needs: [barrier]")


@pytest.mark.parametrize(
    ("old", "new", "found"),
    [
        ("guardrails:\n", "guardrail:\n", ["question-unneeded"]),
        ("ledger:", "notes: {on: paper}\nledger:", ["question-unneeded"]),
        ("timezone: Europe/London\n", "", ["question-unneeded"]),
        ("currency: GBP", "currency: [GBP]", ["question-unneeded"]),
        ("questions:\n", "question:\n", []),
        ("ledger:", "questions: {mood: {ask: And now?, scale: 1..5, good_for: 9 days}}\nledger:", []),
    ],
)
def test_an_error_hides_only_the_warnings_that_it_puts_in_doubt(old, new, found):
    loaded = load(changed(old, new, changed(*UNNEEDED)))
    assert loaded.errors
    assert [problem.rule for problem in loaded.warnings] == found
    assert loaded.complete is old.startswith(("currency", "timezone"))


def test_a_misspelt_section_takes_nothing_along_that_would_be_a_guess():
    for section in ("types", "intelligence", "questions", "touchpoints", "touches", "guardrails", "capacity"):
        assert load(changed(f"{section}:\n", f"{section[:-1]}:\n")).warnings == ()
