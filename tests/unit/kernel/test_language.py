"""Sentences are said in the language spoken just then, and in English where nobody has said which."""

from __future__ import annotations

from datetime import date
from threading import Thread

from touchbook.kernel.language import say, say_choice, say_day, say_list, say_many, speaking, spoken

GONE = "There is no such key; load the page again."


def test_a_sentence_stays_as_it_is_written_until_another_language_is_spoken() -> None:
    assert say(GONE) == GONE
    with speaking("de"):
        assert say(GONE) == "Diesen Schlüssel gibt es nicht; laden Sie die Seite neu."
        with speaking("en"):
            assert say(GONE) == GONE
        assert spoken() == "de"
    assert say(GONE) == GONE


def test_a_country_is_no_matter_and_an_unknown_language_is_english() -> None:
    for language in ("de-AT", "de_CH", "DE"):
        with speaking(language):
            assert spoken() == "de"
    with speaking("xx"):
        assert (spoken(), say(GONE)) == ("en", GONE)


def test_what_nobody_has_translated_is_said_in_english() -> None:
    with speaking("de"):
        assert say("Nobody has %(what)s this.", what="read") == "Nobody has read this."
        assert say_many("one such thing", "many such things", 1) == "one such thing"
        assert say_many("one such thing", "many such things", 0) == "many such things"


def test_days_and_lists_follow_the_language() -> None:
    day, names = date(2026, 3, 1), ["one", "two", "three"]
    assert (say_day(day), say_list(names), say_choice(names)) == (
        "1 March 2026",
        "one, two and three",
        "one, two or three",
    )
    with speaking("de"):
        assert say_day(day) == "1. März 2026"
        assert (say_list(names), say_choice(names[:1])) == ("one, two und three", "one")


def test_a_percent_sign_is_itself_where_nothing_is_filled_in() -> None:
    assert say("all 100% of it") == "all 100% of it"
    assert say("%(share)s%% of it", share=5) == "5% of it"


def test_what_one_visitor_speaks_is_no_matter_to_another() -> None:
    heard: list[str] = []
    with speaking("de"):
        other = Thread(target=lambda: heard.append(spoken()))
        other.start()
        other.join()
    assert heard == ["en"]
