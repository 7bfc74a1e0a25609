"""What a plan's text is told in German: whole sentences, at the same places, and nothing left in English."""

from __future__ import annotations

import re

import pytest

from touchbook.kernel.language import speaking
from touchbook.plan.conditions import check
from touchbook.plan.lint import RULES
from touchbook.plan.loader import load
from touchbook.plan.model import Attribute, Question, ValueKind
from touchbook.plan.vocabulary import vocabulary

ENGLISH = re.compile(
    r"\b(the|is|are|of|not|with|has|have|no|write|and|or|which|that|this|remove|choose|keep|use|add|such|as|never|put)\b"
)
QUOTED = re.compile(r"„[^“]*“|\([^)]*\)")

PLAN = """\
plan: {name}
currency: {currency}
timezone: {timezone}
success: {{outcome: renewed, kind: {kind}, worth: 100, period: {period}}}
attributes: {{seats: number, {attribute}: text}}
types: {{regular: true}}
questions:
  feeling: {{ask: How is it?, scale: {scale}, good_for: 90 days}}
ledger: {{asymmetry: {asymmetry}}}
touchpoints:
  gate: {{deposits: {{greeted: {impact}}}, withdrawals: {{queue: 2}}}}
touches:
  call: {{purpose: ask, channel: phone, team: service, minutes: {minutes}, asks: [{asks}]}}
guardrails: {{quiet_hours: {hours}, sales_share: {share}, at_most: {{any: {limit}}}}}
capacity: {{service: {capacity}}}
"""
SOUND = {
    "name": "Club", "currency": "GBP", "timezone": "Europe/London", "kind": "renewal", "period": "365 days",
    "attribute": "segment", "scale": "-2..2", "asymmetry": "2.5", "impact": "2", "minutes": "10", "asks": "feeling",
    "hours": "21:00-08:00", "share": "10%", "limit": "2 per 30 days", "capacity": "30 hours per week",
}  # fmt: skip
MISTAKES = {
    "name": ['""', "[a]"],
    "currency": ["pounds", "{a: 1}"],
    "timezone": ["Europe/Lodnon", "Nirgends"],
    "kind": ["renewl"],
    "period": ["30", "2 months", "0 days", "long", "1000000 weeks"],
    "attribute": ["balance", "Two Words", "select", "feeling", "a" * 210],
    "scale": ["2..-2", "much"],
    "asymmetry": ["4.9", "5.1", "1000", "x"],
    "impact": ["7", "2.5"],
    "minutes": ["-1", "x"],
    "asks": ["feling", "feeling, feeling", "{a: 1}"],
    "hours": ["night", "21:00-21:00"],
    "share": ["much", "200%"],
    "limit": ["two", "2 per month"],
    "capacity": ["much", "20 per week", "5 cats per week", "[a]"],
}


def _mistaken() -> list[object]:
    return [pytest.param(SOUND | {key: wrong}, id=f"{key}={wrong[:20]}") for key in MISTAKES for wrong in MISTAKES[key]]


FORGETFUL = """\
plan: Club
currency: GBP
timezone: Europe/London
success: {outcome: renewed, kind: renewal, worth: 100}
types:
  early: tenure_days < 30
  never: tenure_days < 10
  torn: balance < 0 and balance > 1
  sold: tenure_days < 365
  silent: tenure_days > 400
intelligence: [{decision: What now?, needs: [intent]}]
questions:
  feeling: {ask: How is it?, scale: -2..2, good_for: 90 days}
  intent: {ask: Shall you stay?, good_for: 60 days}
  barrier: {ask: What is in the way?, choices: [price, travel], good_for: 90 days}
touchpoints:
  gate: {deposits: {greeted: 2}, withdrawals: {queue: 2}}
  kiosk: {}
recoveries: {drink: {points: 2, by: [manager]}}
touches:
  call: {purpose: ask, channel: phone, to: early, cooldown: 30 days, asks: [feeling]}
  survey: {purpose: ask, channel: email, to: early}
  offer: {purpose: sell, channel: email, to: sold}
  guess: {purpose: help, channel: phone, to: early, when: intent = 'x', answers: travel}
  nobody: {purpose: inform, channel: email, to: early, when: tenure_days > 100}
guardrails:
  quiet_hours: 08:00-20:00
  at_most: {any: 1 per 30 days, ask: 2 per 90 days}
  contact_ceiling: 2 per 30 days
  sales_share: SHARE
capacity: {budget: 5 GBP per week}
"""


@pytest.mark.parametrize("share", ["0%", ""])
def test_what_a_plan_has_forgotten_is_said_in_german(share: str) -> None:
    text = FORGETFUL.replace("SHARE", share)
    english = load(text)
    assert english.errors == ()
    with speaking("de"):
        german = load(text).problems
    assert {one.rule for one in german} == {rule.name for rule in RULES}
    assert [(one.line, one.column, one.rule) for one in german] == [
        (one.line, one.column, one.rule) for one in english.problems
    ]
    for one in german:
        assert not ENGLISH.search(QUOTED.sub("", f"{one.what}; {one.remedy}")), f"{one.what}; {one.remedy}"


@pytest.mark.parametrize("said", _mistaken())
def test_a_mistake_is_said_in_german_where_english_says_it(said: dict[str, str]) -> None:
    text = PLAN.format_map(said)
    english = load(text).problems
    with speaking("de"):
        german = load(text).problems
    assert [(one.line, one.column, one.rule) for one in german] == [(one.line, one.column, one.rule) for one in english]
    for one in german:
        assert not ENGLISH.search(QUOTED.sub("", f"{one.what}; {one.remedy}")), f"{one.what}; {one.remedy}"


@pytest.mark.parametrize(
    "text",
    ["", "[a]", "a text", "plan: 'x", "plan: [a", "plan: {a: 1", "\tplan: x", "plan: a: b", "plan: *x", "plan: &x y",
     "plan: !x y", "plan: x\nplan: y", "plan: x\n---\nplan: y", "plan: \x00", "plan: " + "[" * 30 + "]" * 30,
     "x: " + "a" * 20_000, "a" * 300_000, 'plan: "\\x"', "plan: @x", "? [a]\n: b"],
)  # fmt: skip
def test_a_text_that_is_no_yaml_is_told_so_in_german(text: str) -> None:
    english = load(text).problems
    with speaking("de"):
        german = load(text).problems
    assert [(one.line, one.column) for one in german] == [(one.line, one.column) for one in english]
    assert german
    for one in german:
        assert not ENGLISH.search(QUOTED.sub("", f"{one.what}; {one.remedy}")), f"{one.what}; {one.remedy}"


@pytest.mark.parametrize(
    "condition",
    ["", "balance", "balance < 0; drop", "balance::int > 1", "balance = ?", "balance = $1", "balance = [1]", "{balance}",
     "balance & 1", "balance | 1", "owner ~ 'x'", "#balance", "@balance", "“x”", "é = 1", "owner = 'x", "balance -- x",
     "(" * 20 + "balance < 0" + ")" * 20, "balance < 1" + " or balance < 1" * 300, "not " * 60 + "true", "a" * 4001,
     "balance <", "balnce < 0", "xyzzy < 0", "standing = engaged", '"engaged" = standing', "worth > 1 and stay > 2",
     "standing = 'engagd'", "standing = 'xyzzy'", "feeling > 7", "balance > 'x'", "balance > '12'", "standing = 12",
     "hardship = 3", "seen = 'soon'", "balance = null", "balance is 3", "balance is true", "balance in (standing)",
     "standing like balance", "standing like 'a\\'", "round(balance, balance) > 1", "coalesce(balance, 'x') > 1",
     "sum(balance) > 1", "exists (select 1)", "sum(balance) over () > 1", "cast(balance as int) > 1", "count(*) > 1",
     "gate.balance > 1", "balance > 1e30", "balance + standing > 1", "lower(balance) = 'x'", "balance collate x",
     "owner = 'a\u200bb'"],
)  # fmt: skip
def test_what_is_wrong_with_a_condition_is_said_in_german(condition: str) -> None:
    attributes = {"seen": Attribute("seen", ValueKind.DATE)}
    words = vocabulary(attributes, {"feeling": Question("feeling", "How is it?", 90.0, (-2.0, 2.0))}, upto="type")
    english = check(condition, words).faults
    with speaking("de"):
        german = check(condition, words).faults
    assert [(one.offset, one.rule) for one in german] == [(one.offset, one.rule) for one in english]
    assert german
    for one in german:
        told = QUOTED.sub("", f"{one.what}; {one.remedy}".replace("and, or, not", ""))
        assert not ENGLISH.search(re.sub(r"'[^']*'", "", told).replace("oder not hardship", "")), told
