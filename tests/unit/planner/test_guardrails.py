"""Each guardrail: whom it lets through, whom not, and the sentence that says so."""

from __future__ import annotations

import pytest
from people import club, people

from touchbook.planner.guardrails import GUARDRAILS

NOTE = "note: {purpose: inform, channel: email}"
CALL = "call: {purpose: ask, channel: phone, asks: [feeling]}"
OFFER = "offer: {purpose: sell, channel: email, revenue: 60}"


def test_the_order_of_guardrails_is_the_order_in_which_they_are_named():
    assert list(GUARDRAILS) == [
        "consent", "left", "put off", "hardship", "never_sell_when", "once", "cooldown", "variety", "known", "recovery", "apologised",
        "owner_minutes",        "quiet_hours", "rest", "at_most", "contact_ceiling", "team_minutes", "quotas", "budget", "sales_share",
        "in_the_moment", "hold_out",
    ]  # fmt: skip


def test_who_is_meant_for_a_touch():
    plan = club(
        "welcome: {purpose: thank, channel: email, to: newcomer}\nlong: {purpose: thank, channel: email, when: tenure_days > 900}"
    )
    found = people(plan, {"type": "newcomer"}, {"tenure_days": 1000.0}, {"tenure_days": None})
    assert found.allowed("welcome") == [True, False, False]
    assert found.allowed("long") == [False, True, False]
    assert found.why_not(1, "welcome") == "it is meant for the type newcomer, and this customer's is regular"
    assert (
        found.why_not(2, "long")
        == "it is meant for customers of whom “tenure_days > 900” holds; here tenure_days is not known"
    )


@pytest.mark.parametrize(
    ("said", "reached"),
    [
        ([], [True, True, True]),  # email inform, email sell, phone inform
        ([("email", "", False)], [False, False, True]),
        ([("", "sell", False)], [True, False, True]),
        ([("", "", False)], [False, False, False]),
        ([("email", "", False), ("email", "inform", True)], [True, False, True]),
        ([("email", "", True), ("email", "sell", False)], [True, False, True]),
        ([("", "inform", False), ("email", "", True)], [False, True, False]),  # either refusal is enough
        ([("letter", "", False), ("", "thank", False)], [True, True, True]),
    ],
)
def test_consent_by_channel_by_purpose_and_by_both(said, reached):
    plan = club(f"{NOTE}\n{OFFER}\nring: {{purpose: inform, channel: phone}}")
    found = people(plan, {}, {}, consent=[(0, *one) for one in said])
    assert [found.allowed(touch)[0] for touch in ("note", "offer", "ring")] == reached
    assert [found.allowed(touch)[1] for touch in ("note", "offer", "ring")] == [True] * 3  # it is hers alone


def test_a_refusal_is_said_plainly_and_binds_what_must_be_made():
    plan = club("sorry: {purpose: apologise, channel: phone, must: true}")
    found = people(plan, {"open_withdrawals": 1.0}, consent=[(0, "phone", "", False)])
    assert found.allowed("sorry") == [False]
    assert found.why_not(0, "sorry") == "the customer does not allow apologies by phone"


def test_consent_of_somebody_unknown_is_nobodys():
    found = people(club(NOTE), {}, {}, consent=[(1, "email", "", False)])
    alone = people(club(NOTE), {})
    alone = type(alone)(
        alone.plan,
        type(alone.population)(alone.population.state, found.population.made, found.population.consent),
        alone.stay,
    )
    assert alone.allowed("note") == [True]


def test_nobody_in_hardship_is_sold_to():
    found = people(club(f"{NOTE}\n{OFFER}"), {"hardship": True}, {})
    assert found.allowed("offer") == [False, True]
    assert found.allowed("note") == [True, True]
    assert found.why_not(0, "offer") == "the customer is in hardship, and nobody sells to them now"


def test_the_plan_says_when_nobody_is_sold_to():
    plan = club(f"{NOTE}\n{OFFER}", "{rest: 1 day, at_most: {}, never_sell_when: balance < 0 or open_withdrawals > 0}")
    found = people(plan, {"balance": -1.0}, {"open_withdrawals": 1.0}, {}, {"balance": None})
    assert found.allowed("offer") == [False, False, True, True]
    assert found.allowed("note") == [True] * 4
    assert found.why_not(0, "offer") == "the plan never sells when balance < 0 or open_withdrawals > 0"


def test_some_touches_are_made_a_single_time():
    plan = club("welcome: {purpose: thank, channel: email, once: true, cooldown: 1 day}")
    found = people(plan, {}, {}, made=[(0, "welcome", 4000.0)])
    assert found.allowed("welcome") == [False, True]
    assert found.why_not(0, "welcome") == "it is made once only, and was made 10 years ago"


def test_the_same_touch_and_the_same_content_wait_for_the_cooldown():
    plan = club(
        "card: {purpose: inform, channel: email, content: news.md, cooldown: 30 days}\n"
        "letter: {purpose: inform, channel: letter, content: news.md, cooldown: 60 days}\n"
        "other: {purpose: inform, channel: email, content: other.md}"
    )
    found = people(plan, {}, {}, {}, made=[(0, "card", 29.9), (1, "card", 30.0), (2, "letter", 1.0)])
    assert found.allowed("card") == [False, True, False]
    assert found.allowed("letter") == [False, False, False]
    assert found.allowed("other") == [True, True, True]
    assert found.why_not(0, "card") == "it came 29 days ago, and may come again after 30 days"
    assert found.why_not(2, "card") == "the same content came yesterday, and may come again after 30 days"


def test_a_touch_that_the_plan_no_longer_has_is_forgotten():
    assert people(club(NOTE), {}, made=[(0, "dropped", 1.0)]).allowed("note") == [True]


def test_nobody_is_asked_what_is_known_and_fresh():
    plan = club(f"{CALL}\nboth: {{purpose: ask, channel: email, asks: [feeling, barrier]}}\n"
                "thanks: {purpose: thank, channel: email, asks: [feeling]}")  # fmt: skip
    fresh = {"feeling": 1.0, "feeling_age_days": 90.0}
    found = people(plan, fresh, {"feeling_age_days": 90.1}, {}, fresh | {"barrier": "price", "barrier_age_days": 1.0})
    assert found.allowed("call") == [False, True, True, False]
    assert found.allowed("both") == [True, True, True, False]  # the barrier is not known yet
    assert found.allowed("thanks") == [True] * 4  # thanking is not for the answer's sake
    told = "the customer has answered what it asks (feeling 90 days ago and barrier yesterday), and that is still fresh"
    assert found.why_not(3, "both") == told


def test_an_apology_is_for_what_is_open():
    plan = club("sorry: {purpose: apologise, channel: phone}")
    found = people(plan, {"open_withdrawals": 1.0, "open_weight": 5.0}, {})
    assert found.allowed("sorry") == [True, False]
    assert found.why_not(1, "sorry") == "there is nothing open to apologise for"


def test_after_a_touch_there_are_days_of_rest():
    found = people(club(NOTE, "{rest: 7 days}"), {"last_touch_days": 6.9}, {"last_touch_days": 7.0}, {})
    assert found.allowed("note") == [False, True, True]
    assert found.why_not(0, "note") == "the last touch was 6 days ago, and the plan gives 7 days of rest"


def test_at_most_so_many_in_all_by_channel_and_by_purpose():
    plan = club(
        f"{NOTE}\n{CALL}", "{rest: 1 day, at_most: {any: 3 per 30 days, phone: 2 per 90 days, inform: 1 per 7 days}}"
    )
    found = people(
        plan, {"_window_0": 3}, {"_window_1": 2}, {"_window_2": 1}, {"_window_0": 2, "_window_1": 1}, {"_window_0": 9}
    )
    assert found.allowed("note") == [False, True, False, True, False]
    assert found.allowed("call") == [False, False, True, True, False]
    assert found.why_not(0, "note") == "the customer has had 3 touches within 30 days, and the plan allows 3"
    assert found.why_not(1, "call") == "the customer has had 2 phone touches within 90 days, and the plan allows 2"
    assert found.why_not(2, "note") == "the customer has had 1 inform touch within 7 days, and the plan allows 1"


def test_what_must_be_made_waits_for_neither_rest_nor_limits_and_for_all_else():
    plan = club(
        "warn: {purpose: heads-up, channel: email, must: true, cooldown: 30 days}\nnote: {purpose: inform, channel: email}",
        "{rest: 7 days, at_most: {any: 1 per 30 days}}",
    )
    found = people(plan, {"last_touch_days": 1.0, "_window_0": 5}, {}, made=[(1, "warn", 3.0)])
    assert found.allowed("warn") == [True, False]
    assert found.allowed("note") == [False, True]


def test_the_first_thing_in_the_way_is_named():
    plan = club(OFFER, "{rest: 7 days}")
    found = people(plan, {"hardship": True, "last_touch_days": 1.0})
    assert "hardship" in found.why_not(0, "offer")


def test_what_time_will_not_open_is_told_apart_from_what_it_will():
    plan = club(f"{NOTE}\nwelcome: {{purpose: thank, channel: email, to: newcomer}}\n{OFFER}", "{rest: 7 days}")
    closed = people(plan, {"last_touch_days": 1.0, "hardship": True}).candidates().closed
    assert closed.tolist() == [[False, False, True]]  # an answer may change a type, not a hardship


def test_an_apology_for_something_new_does_not_wait_for_the_cooldown():
    plan = club("sorry: {purpose: apologise, channel: phone, must: true, cooldown: 90 days}")
    wronged = {"open_withdrawals": 1.0, "open_weight": 9.0}
    again, same = wronged | {"last_withdrawal_days": 5.0}, wronged | {"last_withdrawal_days": 61.0}
    found = people(plan, again, same, made=[(0, "sorry", 60.0), (1, "sorry", 60.0)]).candidates()
    assert found.allowed.tolist() == [[True], [False]]


def test_who_has_left_is_left_in_peace_but_by_touches_that_speak_of_them():
    plan = club(f"{NOTE}\ncome back: {{purpose: invite, channel: email, when: has_left}}")
    found = people(plan, {"has_left": True}, {"has_left": False})
    assert found.allowed("note") == [False, True]
    assert found.allowed("come back") == [True, False]
    assert found.why_not(0, "note") == "the customer has left, and the touch's condition does not speak of has_left"
    assert found.candidates().closed.tolist() == [[True, False], [False, False]]  # no answer brings them back


def test_one_apology_is_enough_for_one_wrong_by_the_same_channel():
    plan = club(
        "sorry: {purpose: apologise, channel: email, must: true, cooldown: 30 days}\n"
        "so sorry: {purpose: apologise, channel: email, cooldown: 10 days}\n"
        "call to say sorry: {purpose: apologise, channel: phone, cooldown: 30 days}"
    )
    wronged = {"open_withdrawals": 1.0, "open_weight": 9.0}
    same, again = wronged | {"last_withdrawal_days": 61.0}, wronged | {"last_withdrawal_days": 5.0}
    found = people(plan, same, again, made=[(0, "sorry", 60.0), (1, "sorry", 60.0)])
    assert found.allowed("sorry") == found.allowed("so sorry") == [False, True]
    assert found.allowed("call to say sorry") == [True, True]
    told = "the apology by email came 60 days ago, and nothing has gone wrong since; now it wants mending"
    assert found.why_not(0, "so sorry") == told
