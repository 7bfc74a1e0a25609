"""The difference between two plans, in words."""

from collections.abc import Mapping

import pytest
from test_plan_loader import CLUB, changed

from touchbook.kernel.language import speaking
from touchbook.plan import difference as module
from touchbook.plan.difference import difference
from touchbook.plan.loader import read_plan
from touchbook.plan.model import Recovery


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ("rest: 7 days", "rest: 10 days", "Guardrail rest goes from 7 days to 10 days."),
        ("sales_share: 10%", "sales_share: 5%", "Guardrail sales share goes from 10% to 5%."),
        ("ask: 1 per 90 days", "ask: 1 per 180 days", "Guardrail at most (ask) goes from 1 per 90 days to 1 per 180 days."),
        (", ask: 1 per 90 days", "", "Guardrail at most (ask) is dropped (it was 1 per 90 days)."),
        ("  quiet_hours: 21:00-08:00\n", "", "Guardrail quiet hours is dropped (it was 21:00-08:00)."),
        ("hold_out: 5%", "hold_out: 5%\n  working_hours: 08:00-16:00", "Guardrail working hours goes from 09:00-17:00 to 08:00-16:00."),
        ("hold_out: 5%", "hold_out: 5%\n  contact_ceiling: 3 per 30 days", "Guardrail contact ceiling is now 3 per 30 days."),
        ("hold_out: 5%", "hold_out: 5%\n  in_the_moment: 10%", "Guardrail share kept for the moment goes from 0% to 10%."),
        ("stage: match day", "outreach: true\n    stage: match day", "Touchpoint 'gate': whether its moments begin with us goes from no to yes."),
        ("balance < 0 or hardship", "balance < 1", "Guardrail never sell when goes from `balance < 0 or hardship` to `balance < 1`."),
        ("held a door: 1", "held a door: 1, smiled: 2", "Touchpoint 'gate' gains the deposit 'smiled' (2)."),
        (", held a door: 1", "", "Touchpoint 'gate' loses the deposit 'held a door'."),
        ("unexplained queue: 2", "unexplained queue: 4", "Touchpoint 'gate': the withdrawal 'unexplained queue' goes from 2 to 4."),
        ("department: operations", "department: stewards", "Touchpoint 'gate': its department goes from operations to stewards."),
        ("minutes: 10", "minutes: 15", "Touch 'welcome call': its length in minutes goes from 10 to 15."),
        ("minutes: 10", "minutes: 10, script: {open: Hello!}", "Touch 'welcome call': how it opens is now “Hello!”."),
        ("asymmetry: 2.5", "asymmetry: 3", "Ledger: the asymmetry goes from 2.5 to 3."),
        ("members: 30 hours", "members: 20 hours", "Capacity 'members': its amount goes from 30 hours per 7 days to 20 hours per 7 days."),
        ("seats >= 3", "seats >= 4", "Type 'family': its condition goes from `seats >= 3` to `seats >= 4`."),
        ("good_for: 180 days", "good_for: 365 days", "Question 'barrier': how long answers last goes from 180 days to 365 days."),
        ("discount: 10%", "discount: 8%", "Success: the discount goes from 10% to 8%."),
        ("plan: Riverside members", "plan: Hill members", "The plan's name goes from 'Riverside members' to 'Hill members'."),
        ("review: monthly", "review: weekly", "Decision 'Who needs a call?': its review goes from 'monthly' to 'weekly'."),
    ],
)  # fmt: skip
def test_one_change_is_one_sentence(old, new, sentence):
    assert difference(read_plan(CLUB), read_plan(changed(old, new))) == (sentence,)


def test_a_new_touch_and_its_way_back():
    text = changed(
        "  travel page:\n",
        "  match offer: {purpose: sell, channel: sms, to: family, when: balance > 9}\n  travel page:\n",
    )
    assert difference(read_plan(CLUB), read_plan(text)) == (
        "Touch 'match offer' is new: a sell by sms, for family, when `balance > 9`.",
    )
    assert difference(read_plan(text), read_plan(CLUB)) == ("Touch 'match offer' is dropped.",)


def test_a_recovery_that_is_new_and_then_changes():
    new = changed("capacity:\n", "recoveries: {free drink: {points: 4, money: 5, at: gate}}\ncapacity:\n")
    assert difference(read_plan(CLUB), read_plan(new)) == (
        "Recovery 'free drink' is new: its points at most 4, its money at most 5, where it is for gate.",
    )
    less = new.replace("points: 4, money: 5", "points: 3, by: manager")
    assert difference(read_plan(new), read_plan(less)) == (
        "Recovery 'free drink': its points at most goes from 4 to 3.",
        "Recovery 'free drink': its money at most is dropped (it was 5).",
        "Recovery 'free drink': who may offer it is now manager.",
    )


def test_the_order_of_types_matters():
    text = changed(
        "  newcomer: tenure_days < 365\n  family: seats >= 3\n", "  family: seats >= 3\n  newcomer: tenure_days < 365\n"
    )
    assert difference(read_plan(CLUB), read_plan(text)) == (
        "The types are tried in another order: family, newcomer, regular.",
    )


def test_layout_and_comments_are_no_change():
    text = "# a comment\n" + CLUB.replace("rest: 7 days", "rest:    1 week")
    assert difference(read_plan(CLUB), read_plan(text)) == ()
    assert difference(read_plan(CLUB), read_plan(CLUB)) == ()


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ("rest: 7 days", "rest: 10 days", "Leitplanke: Ruhetage geändert von 7 Tage zu 10 Tage."),
        ("  quiet_hours: 21:00-08:00\n", "", "Leitplanke: Ruhezeit gestrichen (bisher 21:00-08:00)."),
        ("asymmetry: 2.5", "asymmetry: 3", "Sparbuch: Gewicht der Abhebungen geändert von 2,5 zu 3."),
        ("held a door: 1", "held a door: 1, smiled: 2", "Kontaktpunkt „gate“ bekommt die Einzahlung „smiled“ (2)."),
        ("timezone:", "language: de\ntimezone:", "Plan: Sprache geändert von English zu Deutsch."),
    ],
)
def test_a_german_reader_is_told_in_german(old, new, sentence):
    with speaking("de"):
        assert sentence in difference(read_plan(CLUB), read_plan(changed(old, new)))


def _facts() -> list[Mapping[str, str]]:
    plan = read_plan(CLUB)
    return [
        module._plan(plan),
        module._success(plan),
        module._ledger(plan.ledger),
        module._guardrails(plan.guardrails),
        module._touch(plan.touches["welcome call"]),
        module._touchpoint(plan.touchpoints["gate"]),
        module._question(plan.questions["feeling"]),
        module._decision(plan.intelligence[0]),
        module._recovery(Recovery("seat move", 3.0, 10.0, (), ())),
    ]


def test_no_two_things_are_called_the_same_in_german():
    english = [len(facts) for facts in _facts()]
    with speaking("de"):
        assert [len(facts) for facts in _facts()] == english
