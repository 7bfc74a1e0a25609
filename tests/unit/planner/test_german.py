"""What the planner says, in German: whole sentences, and nothing left in English."""

from __future__ import annotations

import re
from datetime import date

from explained import terms_of
from hypothesis import given, settings
from people import club, people
from test_decide import situations

from touchbook.kernel.language import speaking
from touchbook.planner.explanation import Explanation, evidence, explain
from touchbook.planner.explanation.reasons import reason
from touchbook.planner.phrases import days_ago, days_ahead, money, number, signed, working_time
from touchbook.planner.week_words import (
    owners_sentence,
    price_sentences,
    short_sentences,
    unmet_sentence,
    worth_sentence,
)

ENGLISH = re.compile(
    r"\b(the|is|are|were|would|with|and|of|not|by|than|they|their|them|now|worth|today|days|touch|touches|no|more|left"
    r"|week|takes|nothing|planned|points|plan allows|customer|January|March|May|October|December)\b"
)


def german(decision, customer: int = 0) -> Explanation:
    with speaking("de"):
        return explain(terms_of(decision), evidence(decision).slice(customer, 1))


@given(situations())
@settings(max_examples=25)
def test_nothing_of_an_explanation_is_left_in_english(group) -> None:
    decision = group.decide()
    for customer in range(group.population.size):
        told = german(decision, customer)
        for sentence in (*told.sentences, *(fact.says for fact in told.facts)):
            own = re.sub(r"„[^“]*“|\w+_\w+", "", sentence)  # names, conditions and columns are the plan's
            assert not ENGLISH.search(own), sentence


def test_a_planned_touch_says_in_german_why_and_what_it_takes() -> None:
    plan = club("call: {purpose: ask, channel: phone, team: care, minutes: 10, asks: [feeling], effect: 0.5}\n"
                "note: {purpose: inform, channel: email}", "{rest: 7 days, at_most: {}}", "{care: 10 minutes per week}")  # fmt: skip
    decision = people(plan, {"name": "Alice", "balance": 3.26}, {"worth": 150.0}).decide()
    with speaking("de"):
        hour, charge, second = (
            money(amount, "GBP")
            for amount in (decision.prices["care"] * 60, decision.charges[0], decision.values[0, 1])
        )
    alice = german(decision).sentences
    assert alice[0] == "„call“ (Frage per Telefon) ist geplant."
    assert alice[1].startswith("Kontostand +3,3; noch nicht bekannt: feeling. Erwartet: ")
    assert alice[2] == (
        f"Er braucht 10 Minuten von care, zu den Preisen dieser Woche {charge}: "
        f"eine weitere Stunde von care ist {hour} wert."
    )
    assert f"An zweiter Stelle steht „note“: {second} wert." in alice


def test_who_is_left_alone_hears_in_german_what_kept_them_and_until_when() -> None:
    plan = club("note: {purpose: inform, channel: email}", "{rest: 7 days, at_most: {}}", "{}")
    decision = people(plan, {"name": "Bob", "last_touch_days": 2.0}).decide()
    bob = german(decision).sentences
    assert bob[0] == "Bob wird diese Woche in Ruhe gelassen: Kein Kontakt des Plans ist jetzt möglich."
    assert "Ab dem 9. Mai 2026, wenn die Ruhetage vorbei sind, würde „note“ geplant." in bob
    assert "Nicht „note“: der letzte Kontakt war vor 2 Tagen, und der Plan gibt 7 Tage Ruhe." in bob


def test_a_reason_in_german_begins_with_what_happened() -> None:
    plan = club("sorry: {purpose: apologise, channel: phone, when: open_weight > 5}", "{}", "{}")
    row = {
        "worst_open_touchpoint": "gate", "open_weight": 1234.5, "worst_open_days": 30.0, "open_withdrawals": 2.0,
        "balance": -4.0, "last_moment_days": 3.0, "stay_probability": 0.5,
    }  # fmt: skip
    with speaking("de"):
        told = reason(plan, plan.touches["sorry"], row, 138.0, 0.13, 0.0, True)
    assert told == (
        "„gate“ (vor 30 Tagen) ist noch offen und 1 weitere Abhebung auch; zusammen wiegen sie 1.234,5 Punkte. "
        "Erwartet: 63\u00a0% statt 50\u00a0% Aussicht zu bleiben, 138\u00a0£ wert. "
        "Eine Entschuldigung steht noch aus; sie passt nicht in diese Woche."
    )


def test_a_week_in_german_says_what_it_is_worth_and_what_is_scarce() -> None:
    plan = club("call: {purpose: help, channel: phone, team: care, minutes: 10}", "{}", "{care: 1 hour per week}")
    with speaking("de"):
        assert worth_sentence(plan, 12345.6, 0.0) == (
            "Voraussichtlich 12.346\u00a0£ wert, neben dem, was gemacht werden muss; "
            "kein Plan unter diesen Leitplanken ist um mehr als 0,001\u00a0% besser."
        )
        assert price_sentences(plan, {"care": 2.3}) == ["Eine weitere Stunde von care ist 138\u00a0£ wert."]
        assert unmet_sentence(plan, 2, {"care": 30.0}) == (
            "2 Kontakte, die gemacht werden müssen, passen nicht hinein. Nötig wäre: 30 Minuten mehr bei care."
        )
        assert short_sentences(plan, {"care": 150.0}) == [
            "Was gemacht werden muss, braucht care ganz auf und bräuchte 2,5 Stunden mehr."
        ]
        assert owners_sentence(plan, {"a": 1.0, "b": 0.0}, {"a": "Mona", "b": "Omar"}) == (
            "1 von 2 Betreuenden hat keine Zeit übrig; eine weitere Stunde von Mona ist 60,00\u00a0£ wert."
        )


def test_numbers_and_days_are_written_as_german_writes_them() -> None:
    with speaking("de"):
        assert (signed(-1234.56), number(2.5), number(date(2026, 3, 1))) == ("−1.234,6", "2,5", "1. März 2026")
        assert (money(-1234.0, "EUR"), money(0.5, "USD"), money(12.0, "CHF")) == (
            "−1.234\u00a0€",
            "0,50\u00a0$",
            "12,00 CHF",
        )
        assert (days_ago(0), days_ago(1), days_ago(800), days_ahead(1)) == (
            "heute",
            "gestern",
            "vor 2 Jahren",
            "morgen",
        )
        assert (working_time(1), working_time(90), working_time(150)) == ("1 Minute", "90 Minuten", "2,5 Stunden")
