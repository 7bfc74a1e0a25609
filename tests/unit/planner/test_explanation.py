"""Explanations: everybody has one, its numbers are the decision's, and the change it names would alter the decision."""

from __future__ import annotations

import re
from dataclasses import asdict, replace
from datetime import timedelta

import numpy as np
import pytest
from explained import MONDAY, terms_of
from hypothesis import given, settings
from people import club, people
from test_decide import WRONGED, situations

from touchbook.plan.model import Purpose
from touchbook.planner.decide import Decision
from touchbook.planner.explanation import (
    CHOSEN,
    HELD_OUT,
    MUST,
    Explanation,
    evidence,
    explain,
    price_phrase,
    reason,
)
from touchbook.planner.phrases import likely, money
from touchbook.planner.touch_words import purpose_by_channel


def told(decision: Decision, customer: int = 0) -> Explanation:
    return explain(terms_of(decision), evidence(decision).slice(customer, 1))


def text_of(decision: Decision, customer: int = 0) -> str:
    return "\n".join(told(decision, customer).sentences)


@given(situations())
@settings(max_examples=40)
def test_everybody_is_explained_in_numbers_of_the_decision(group):
    decision = group.decide()
    kept = evidence(decision)
    touches = list(group.plan.touches.values())
    states = group.population.state.to_pylist()
    for customer in range(group.population.size):
        found = explain(terms_of(decision), kept.slice(customer, 1))
        said = "\n".join(found.sentences)
        assert found.sentences
        made = {touch.name for touch, chosen in zip(touches, decision.chosen[customer], strict=True) if chosen}
        assert {option.touch for option in found.made} == made
        assert bool(made) != ("is left alone this week" in said)
        for place, touch in enumerate(touches):
            value = float(decision.values[customer, place])
            if touch.name in made:
                assert f"“{touch.name}” ({touch.purpose} by {touch.channel})" in said
                assert value < 0.01 or money(value, "GBP") in said
                assert likely(states[customer], float(decision.gains[customer, place])) in said
            elif not decision.candidates.allowed[customer, place]:
                assert re.search(f"Not [^\n:]*“{touch.name}”[^\n:]*: [^\n]{{10,}}\\.", said)
        assert not re.search(r"\d\.\d{3,}|nan|None|inf\b|e[+-]\d", said)
        assert not re.search(r"(?<![.\d])1 (touches|points|customers|withdrawals)\b|\.\.|  ", said)


def test_a_planned_touch_says_why_what_it_takes_and_what_came_second():
    plan = club("call: {purpose: ask, channel: phone, team: care, minutes: 10, asks: [feeling], effect: 0.5}\n"
                "note: {purpose: inform, channel: email}", "{rest: 7 days, at_most: {}}", "{care: 10 minutes per week}")  # fmt: skip
    decision = people(plan, {"name": "Alice", "balance": 3.26}, {"worth": 150.0}).decide()
    alice = told(decision)
    assert alice.name == "Alice"
    assert alice.sentences[0] == "“call” (ask by phone) is planned."
    assert alice.sentences[1].startswith("Balance +3.3; we do not know their feeling. Expected: ")
    hour = money(decision.prices["care"] * 60, "GBP")
    assert f"It takes 10 minutes of care, {money(decision.charges[0], 'GBP')} at this week's prices" in text_of(
        decision
    )
    assert f"one more hour of care is worth {hour}" in text_of(decision)
    runner_up = money(decision.values[0, 1], "GBP")
    assert f"The runner-up is “note”: worth {runner_up}." in alice.sentences
    assert [option.fate for option in alice.made] == [CHOSEN]


def test_a_runner_up_that_takes_something_scarce_says_what_is_left_of_its_worth():
    plan = club("call: {purpose: thank, channel: phone, team: care, minutes: 20, effect: 0.5}\n"
                "chat: {purpose: help, channel: phone, team: care, minutes: 10, effect: 0.2}", "{rest: 7 days, at_most: {}}",
                "{care: 20 minutes per week}")  # fmt: skip
    decision = people(plan, {"worth": 300.0}, {"worth": 250.0}).decide()
    runner_up = told(decision).others[0]
    worth, left = money(runner_up.value, "GBP"), money(runner_up.surplus, "GBP")
    assert worth != left
    assert f"The runner-up is “{runner_up.touch}”: worth {worth}, {left} after what it takes." in text_of(decision)


def test_what_must_be_made_says_so_and_so_does_what_is_held_out():
    plan = club("sorry: {purpose: apologise, channel: phone, must: true}\nnote: {purpose: inform, channel: email}",
                "{rest: 7 days, at_most: {}, hold_out: 50%}")  # fmt: skip
    wronged = WRONGED | {"worst_open_touchpoint": "gate", "worst_open_days": 12.0}
    decision = people(plan, wronged, *[{}] * 20).decide()
    assert "“sorry” (apologise by phone) must be made." in text_of(decision)
    assert "“gate” 12 days ago is still open and weighs 6.0 points." in text_of(decision)
    held = next(customer for customer in range(1, 21) if decision.held_out[customer, 1])
    assert "is planned, but held out to measure its effect." in text_of(decision, held)
    assert [option.fate for option in told(decision, held).made] == [HELD_OUT]
    assert [option.fate for option in told(decision).made] == [MUST]


def test_what_must_be_made_and_does_not_fit_is_said():
    plan = club(
        "sorry: {purpose: apologise, channel: phone, team: care, minutes: 20, must: true}",
        capacity="{care: 30 minutes per week}",
    )
    decision = people(plan, WRONGED, WRONGED | {"worth": 1.0}).decide()
    assert text_of(decision, 1) == (
        "Customer 1 is left alone this week.\n"
        "“sorry” must be made, and is not. What is left of care's time this week is not enough for it; others came first.\n"
        "With about 10 more minutes of care this week, “sorry” would be planned."
    )


def test_nothing_open_nothing_worthwhile_and_nothing_left_are_three_reasons_to_be_left_alone():
    plan = club("note: {purpose: inform, channel: email, to: newcomer}")
    alone = text_of(people(plan, {}).decide())
    assert "Customer 0 is left alone this week: no touch of the plan is open to them now." in alone
    assert "Not “note”: it is meant for the type newcomer, and this customer's is regular." in alone
    plan = club("note: {purpose: inform, channel: email}")
    assert "“note”, would bring nothing just now" in text_of(people(plan, {"worth": 0.0}).decide())
    plan = club(
        "call: {purpose: thank, channel: phone, team: care, minutes: 20}", capacity="{care: 30 minutes per week}"
    )
    decision = people(plan, {}, {"worth": 199.0}).decide()
    assert "is left alone" in text_of(decision, 1)
    assert "care" in text_of(decision, 1)


def test_a_condition_that_does_not_hold_is_shown_with_the_customers_own_values():
    when = "open_withdrawals > 0 and open_weight >= 3 and (hardship or barrier = 'price')"
    plan = club(f"note: {{purpose: inform, channel: email, when: {when}}}")
    alone = text_of(people(plan, {"open_withdrawals": 1.0, "open_weight": 1.234}).decide())
    assert (
        f"Not “note”: it is meant for customers of whom “{when}” holds; here open_withdrawals is 1, "
        "open_weight is 1.23, hardship is false and barrier is not known."
    ) in alone


@pytest.mark.parametrize("purpose", list(Purpose))
def test_every_purpose_has_words_for_those_who_do_not_allow_it(purpose):
    plan = club(f"it: {{purpose: {purpose}, channel: email}}")
    assert re.fullmatch(r"[a-z ]+s? by email", purpose_by_channel(plan.touches["it"]))


def test_every_touch_that_nothing_forbids_is_named_whether_it_is_made_or_not():
    notes = "\n".join(f"{name}: {{purpose: inform, channel: email, effect: {effect}}}"
                      for name, effect in (("best", 0.5), ("second", 0.4), ("third", 0.3), ("none", 0)))  # fmt: skip
    decision = people(club(notes, "{rest: 7 days, at_most: {}}"), {}).decide()
    third = money(decision.values[0, 2], "GBP")
    assert f"Open to them too: “third” (worth {third}) and “none” (worth nothing)." in text_of(decision)
    decision = people(club(notes, "{rest: 7 days, at_most: {}}", "{email: 0 per week}"), {}).decide()
    second = money(decision.values[0, 1], "GBP")
    assert f"Open to them too: “second” (worth {second}, " in text_of(decision)


def crowd(emails: int) -> Decision:
    """Sixty customers of rising worth; there are e-mails for some of them."""
    plan = club("note: {purpose: inform, channel: email}", capacity=f"{{email: {emails} per week}}")
    return people(plan, *({"worth": 100.0 + 2 * number} for number in range(60))).decide()


def test_explanations_are_made_from_what_was_kept_alone(tmp_path):
    """Written to a file and read again, with the plan and the prices, it is all there."""
    import pyarrow.parquet as pq

    decision = crowd(20)
    pq.write_table(evidence(decision), tmp_path / "run.parquet")
    again = pq.read_table(tmp_path / "run.parquet")
    for customer in (0, 59):
        assert explain(terms_of(decision), again.slice(customer, 1)) == told(decision, customer)


def test_prices_in_the_words_of_a_manager():
    plan = club("call: {purpose: thank, channel: phone, team: care, minutes: 20, cost: 1 GBP}",
                capacity="{care: 1 hour per week, phone: 5 per week, budget: 9 GBP per week}")  # fmt: skip
    assert price_phrase(plan, "care", 2.3) == "one more hour of care is worth £138"
    assert price_phrase(plan, "phone", 2.3) == "one more phone call is worth £2.30"
    assert price_phrase(plan, "budget", 1.5) == "one more pound of budget is worth £1.50"
    francs = replace(plan, currency="CHF")
    assert price_phrase(francs, "budget", 1.5) == "one more CHF of budget is worth 1.50 CHF"
    plan = club("offer: {purpose: sell, channel: email}", "{sales_share: 10%}")
    assert price_phrase(plan, "sales share", 4) == "one more sale than the sales share allows is worth £4.00"


@pytest.mark.parametrize(
    ("channel", "one"),
    [("phone", "phone call"), ("visit", "visit"), ("email", "e-mail"), ("sms", "text message"), ("letter", "letter"),
     ("webhook", "webhook message")],
)  # fmt: skip
def test_each_channel_has_a_word_for_what_it_carries(channel, one):
    plan = club(f"thanks: {{purpose: thank, channel: {channel}}}", capacity=f"{{{channel}: 2 per week}}")
    decision = people(plan, *({"worth": worth} for worth in (300.0, 250.0, 200.0, 150.0))).decide()
    price = money(decision.prices[channel], "GBP")
    assert f"It takes one {one}, and one more would be worth {price}." in text_of(decision, 0)
    assert f"With about 2 more {one}s this week, “thanks” would be planned." in text_of(decision, 3)
    assert price_phrase(plan, channel, 2.3) == f"one more {one} is worth £2.30"


REASONS = [
    ("purpose: thank, when: tenure_days < 365 and deposits_30 > 0", {"tenure_days": 21.4, "deposits_30": 1.0},
     "Joined 21 days ago; balance +2.0; 1 deposit in 30 days."),
    ("purpose: inform, when: moments_90 = 0", {"moments_90": 0.0, "last_moment_days": 200.0, "balance": 0.0},
     "Balance 0; no moments in 90 days."),
    ("purpose: inform, when: last_moment_days is null", {"last_moment_days": None}, "Nothing in the book yet."),
    ("purpose: thank, when: feeling > 1 and feeling_trend > 0", {"feeling": 1.24, "feeling_trend": 0.31},
     "Feels +1.2 on a scale from −2 to +2; feeling rising by 0.3 in 30 days; balance +2.0."),
    ("purpose: thank, when: feeling > 1", {"feeling": 1.24, "feeling_age_days": 12.6},
     "Feels +1.2 on a scale from −2 to +2 (12 days ago); balance +2.0."),
    ("purpose: heads-up, when: feeling_trend < 1", {"feeling_trend": -0.01}, "Feeling steady; balance +2.0."),
    ("purpose: help, answers: travel", {"barrier": "travel", "barrier_age_days": 1.2},
     "Balance +2.0; barrier “travel” (yesterday)."),
    ("purpose: ask, asks: [feeling, barrier]", {"feeling_age_days": 120.0},
     "Balance +2.0; we do not know their barrier; they last told us their feeling 120 days ago."),
    ("purpose: ask, asks: [feeling, barrier]", {"feeling_age_days": 220.2, "barrier_age_days": 220.4},
     "Balance +2.0; they last told us their feeling and barrier 220 days ago."),
    ("purpose: apologise", {"worst_open_touchpoint": "gate", "worst_open_days": 0.3, "open_weight": 7.5, "open_withdrawals": 1.0},
     "“gate” from today is still open and weighs 7.5 points."),
    ("purpose: apologise", {"worst_open_touchpoint": "gate", "worst_open_days": 9.0, "open_weight": 12.5, "open_withdrawals": 2.0},
     "“gate” 9 days ago is still open, and 1 more is; together they weigh 12.5 points."),
    ("purpose: apologise", {"worst_open_touchpoint": "gate", "worst_open_days": 1.9, "open_weight": 1.0, "open_withdrawals": 1.0},
     "“gate” from yesterday is still open and weighs 1.0 points."),
    ("purpose: celebrate, when: tenure_days > 700", {"tenure_days": 6474.0}, "Joined 17 years ago; balance +2.0."),
    ("purpose: celebrate, when: tenure_days > 700", {"tenure_days": 731.0}, "Joined 2 years ago; balance +2.0."),
    ("purpose: celebrate, when: tenure_days > 700", {"tenure_days": 729.0}, "Joined 729 days ago; balance +2.0."),
    ("purpose: inform, when: renewal_in_days < 90", {"renewal_in_days": 75.0}, "Balance +2.0; renewal in 75 days."),
    ("purpose: inform, when: renewal_in_days < 90", {"renewal_in_days": 1.0}, "Balance +2.0; renewal tomorrow."),
    ("purpose: inform, when: renewal_in_days < 90", {"renewal_in_days": -1.0}, "Balance +2.0; renewal yesterday."),
    ("purpose: celebrate, when: tenure_days > 3650 and referrals > 0", {"tenure_days": 4018.0, "referrals": 2.0},
     "Joined 11 years ago; balance +2.0; 2 customers referred."),
    ("purpose: invite, when: annual_value > 1000 and balance < 0", {"annual_value": 12500.0, "balance": -2.04},
     "Balance −2.0; annual value 12,500."),
    ("purpose: invite, when: stay_probability < 0.5 and worth > 10", {"stay_probability": 0.41, "worth": 1250.0},
     "Balance +2.0; stays with a probability of 41%; worth £1,250 a period."),
    ("purpose: inform, when: withdrawals = 0 and standing = 'neutral'", {}, "Balance +2.0; standing neutral; no withdrawals."),
]  # fmt: skip


@pytest.mark.parametrize(("touch", "row", "says"), REASONS)
def test_reasons_read_well_aloud(touch, row, says):
    plan = club(f"it: {{channel: email, {touch}}}")
    state = people(plan, row).population.state.to_pylist()[0] | {"stay_probability": 0.61} | row
    assert (
        reason(plan, plan.touches["it"], state, 12.3, 0.133)
        == f"{says} Expected: {state['stay_probability'] + 0.133:.0%} instead of {state['stay_probability']:.0%} likely to stay, worth £12.30."
    )


@pytest.mark.parametrize(
    ("value", "gain", "asking", "says"),
    [
        (3.456, 0.01, 0, "62.0% instead of 61.0% likely to stay, worth £3.46"),
        (3456.7, 0.1234, 0, "73% instead of 61% likely to stay, worth £3,457"),
        (
            5,
            0.02,
            1.5,
            "63.0% instead of 61.0% likely to stay and what they may answer, worth £1.50, in all worth £5.00",
        ),
        (0.001, 0.0001, 0, "goodwill, worth next to nothing in money"),
        (-0.8, 0.002, 0, "61.2% instead of 61.0% likely to stay, at a cost of £0.80 more than it brings"),
    ],
)
def test_what_is_expected_is_said_without_false_precision(value, gain, asking, says):
    plan = club("it: {purpose: inform, channel: email}")
    assert reason(plan, plan.touches["it"], {"stay_probability": 0.61}, value, gain, asking) == f"Expected: {says}."


def test_a_sale_says_what_it_brings_and_what_it_costs_in_goodwill():
    plan = club("offer: {purpose: sell, channel: email, revenue: 60}")
    row = people(plan, {"balance": 14.0}).population.state.to_pylist()[0] | {"stay_probability": 0.9}
    assert reason(plan, plan.touches["offer"], row, 1.2, -0.004) == (
        "Balance +14.0. Expected: £1.80 of sales and 89.6% instead of 90.0% likely to stay, in all worth £1.20."
    )


@pytest.mark.parametrize(
    ("amount", "currency", "text"),
    [(0.5, "GBP", "£0.50"), (99.994, "EUR", "€99.99"), (1234.5, "USD", "$1,234"), (-3, "GBP", "−£3.00"), (7, "CHF", "7.00 CHF"), (-0.001, "GBP", "£0.00")],
)  # fmt: skip
def test_money(amount, currency, text):
    assert money(amount, currency) == text


def test_prices_that_come_back_in_another_order_are_still_each_capacitys_own():
    plan = club("call: {purpose: thank, channel: phone, team: member services, minutes: 10, effect: 0.5}\n"
                "note: {purpose: inform, channel: email}", "{rest: 7 days, at_most: {}}",
                "{member services: 10 minutes per week, email: 5 per week}")  # fmt: skip
    decision = people(plan, *[{"worth": 100.0 + number} for number in range(4)]).decide()
    assert decision.prices["member services"] > 0
    terms = terms_of(decision)
    turned = replace(terms, prices=dict(reversed(decision.prices.items())))
    for customer in range(4):
        kept = evidence(decision).slice(customer, 1)
        assert explain(turned, kept) == explain(terms, kept)


def test_who_is_left_alone_hears_of_the_best_touch_that_would_bring_something():
    plan = club("call: {purpose: thank, channel: phone, team: care, minutes: 10, effect: 0.5}\n"
                "gift: {purpose: celebrate, channel: letter, cost: 900}", "{rest: 7 days, at_most: {}}",
                "{care: 10 minutes per week}")  # fmt: skip
    decision = people(plan, {"worth": 400.0}, {"worth": 100.0}).decide()
    assert "The best they could get is “call”" in text_of(decision, 1)


def figures(text: str) -> list[tuple[float, float]]:
    """The figures in a text that are no part of a name, a date or a condition, each with half its last digit."""
    plain = re.sub(r"“[^”]*”|\d+ [A-Z][a-z]+ \d{4}|−2 to \+2|Customer \d+", "", text)
    found = [match.group() for match in re.finditer(r"(?<![\w.])−?\d[\d,]*(?:\.\d+)?", plain)]
    return [(float(one.replace(",", "").replace("−", "-")), 0.5 * 10.0 ** -len(one.partition(".")[2])) for one in found]


def numbers_in(value: object) -> list[float]:
    """Every number in an explanation's data: as it is, per hour, and as a percentage."""
    if isinstance(value, dict):
        return [number for part in value.values() for number in numbers_in(part)]
    if isinstance(value, list | tuple):
        return [number for part in value for number in numbers_in(part)]
    return [float(value)] if isinstance(value, int | float) else []


@given(situations())
@settings(max_examples=40)
def test_every_figure_in_a_sentence_is_in_the_data(group):
    decision = group.decide()
    terms, kept = terms_of(decision), evidence(decision)
    for customer in range(group.population.size):
        told = explain(terms, kept.slice(customer, 1))
        options = [*told.made, *told.others]
        stay = next(fact.value for fact in told.facts if fact.column == "stay_probability")
        data = numbers_in([asdict(option) for option in options]) + numbers_in(
            [asdict(change) for change in told.changes]
        )
        data += numbers_in([fact.value for fact in told.facts]) + [fact.age_days or 0.0 for fact in told.facts]
        data += [option.charge for option in options] + [option.surplus for option in options]
        data += [100 * (stay + share) for share in (0, *(option.worth.gain for option in options))]
        data += [60 * charge.price for option in options for charge in option.charges]
        data += [change.by / 60 for change in told.changes]
        for sentence in (*told.why, *told.beside, *(change.sentence for change in told.changes)):
            for figure, rounding in figures(sentence):
                near = min(abs(abs(figure) - abs(number)) for number in data)
                assert near <= rounding * (1 + 1e-6) + 1e-6, (figure, sentence)


@given(situations())
@settings(max_examples=30)
def test_the_parts_of_a_value_and_of_a_charge_add_up_and_what_is_barred_is_what_was_barred(group):
    decision = group.decide()
    terms, kept = terms_of(decision), evidence(decision)
    for customer in range(group.population.size):
        told = explain(terms, kept.slice(customer, 1))
        for option in (*told.made, *told.others):
            place = list(group.plan.touches).index(option.touch)
            assert option.worth.total == pytest.approx(option.value, rel=1e-5, abs=1e-4)
            assert option.charge == pytest.approx(float(decision.charges[place]))
            assert bool(option.bars) == bool(decision.candidates.barred[customer, place])
            assert min(option.worth.goodwill, option.worth.kept, option.worth.answers) >= 0
            if option.bars:
                code = int(decision.candidates.barred[customer, place])
                assert option.barred == decision.candidates.why_not(customer, group.plan.touches[option.touch], code)


def test_facts_say_when_they_were_learnt():
    plan = club("sorry: {purpose: apologise, channel: phone}\ncard: {purpose: help, channel: email, answers: price}",
                "{rest: 1 day, at_most: {}}")  # fmt: skip
    row = WRONGED | {
        "worst_open_touchpoint": "gate",
        "worst_open_days": 12.3,
        "barrier": "price",
        "barrier_age_days": 3.0,
    }
    facts = {fact.column: fact for fact in told(people(plan, row).decide()).facts}
    assert facts["worst_open_touchpoint"].learnt_on == MONDAY - timedelta(days=12)
    assert (facts["barrier"].value, facts["barrier"].says) == ("price", "barrier “price” (3 days ago)")
    assert (facts["barrier"].age_days, facts["barrier"].learnt_on) == (3.0, MONDAY - timedelta(days=3))
    assert facts["balance"].learnt_on == MONDAY - timedelta(days=20)  # the last entry that moved it
    assert (facts["worth"].value, facts["worth"].learnt_on) == (200.0, None)


def test_what_an_owner_makes_is_charged_at_their_own_price_by_name():
    plan = club("visit: {purpose: thank, channel: visit, team: owner, minutes: 30, effect: 0.5}",
                "{rest: 7 days, at_most: {}}", "{each owner: 30 minutes per week}")  # fmt: skip
    rows = [{"owner": "Ana", "_owner": "a", "worth": 300.0}, {"owner": "Ana", "_owner": "a", "worth": 200.0}]
    decision = replace(people(plan, *rows).decide(), chosen=np.array([[True], [False]]))  # she has half an hour
    price = float(decision.values[1, 0]) / 30
    terms, kept = replace(terms_of(decision), owner_price=price), evidence(decision)
    made, alone = (explain(terms, kept.slice(place, 1)) for place in (0, 1))
    (charge,) = made.made[0].charges
    assert (charge.capacity, charge.kind, charge.amount, charge.price) == ("owner", "minutes", 30.0, price)
    hour = money(60 * price, "GBP")
    assert f"one more hour of Ana is worth {hour}" in "\n".join(made.sentences)
    end = money(60 * float(decision.values[0, 0]) / 30, "GBP")
    assert (
        f"If one more hour of Ana were worth more than {end} (now {hour}), “visit” would not be planned."
        in made.sentences
    )
    assert "With about 30 more minutes of Ana this week, “visit” would be planned." in alone.sentences
