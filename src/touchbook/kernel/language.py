"""In which language people are spoken to: a sentence is looked up as it is said, in the language spoken just then.

Whoever writes a sentence writes it whole and in English, with a name for everything that is filled in, so that another
language may put it in another order. Where nobody has said which language is spoken, it stays as it is written.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date
from functools import cache
from gettext import NullTranslations, translation
from pathlib import Path

LANGUAGES = {"en": "English", "de": "Deutsch"}
"""The languages that can be spoken, by their code, each as its speakers call it."""
ENGLISH = "en"
_DIGITS = {"de": str.maketrans(",.", ".,")}
_FOLDER = Path(__file__).parent / "locale"
_DOMAIN = "sentences"
_SPOKEN: ContextVar[tuple[str, NullTranslations | None]] = ContextVar("spoken", default=(ENGLISH, None))
"""The language, and its sentences; None where they stay as they are written."""


@contextmanager
def speaking(language: str) -> Iterator[None]:
    """Speak a language, such as de or de-AT, for as long as the context lasts; English where it is not known."""
    code = language.replace("_", "-").partition("-")[0].lower()
    known = code if code in LANGUAGES else ENGLISH
    before = _SPOKEN.set((known, _sentences(known)))
    try:
        yield
    finally:
        _SPOKEN.reset(before)


def spoken() -> str:
    """The language that is spoken just now, by its code."""
    return _SPOKEN.get()[0]


def say(text: str, /, **filled: object) -> str:
    """A sentence, or a part of one that can be put elsewhere as a whole, with ``%(name)s`` filled in."""
    sentences = _SPOKEN.get()[1]
    told = text if sentences is None else sentences.gettext(text)
    return told % filled if filled else told


def say_many(one: str, many: str, number: float, /, **filled: object) -> str:
    """The same for so many things: *one* where the language says it of that number, *many* where it does not."""
    sentences, whole = _SPOKEN.get()[1], int(number)
    told = (one if whole == 1 else many) if sentences is None else sentences.ngettext(one, many, whole)
    return told % filled if filled else told


def later(text: str) -> str:
    """A sentence that is written where nobody is spoken to yet, as it is; ``say_now`` says it."""
    return text


def say_now(text: str, /) -> str:
    """A sentence that was written for ``later``."""
    sentences = _SPOKEN.get()[1]
    return text if sentences is None else sentences.gettext(text)


def say_digits(text: str) -> str:
    """A number as English groups and points it, such as 1,234.5, as the language does."""
    digits = _DIGITS.get(spoken())
    return text.translate(digits) if digits else text


def say_share(percent: str) -> str:
    """So many percent, from their number as English writes it."""
    return say("%(number)s%%", number=say_digits(percent))


def say_day(day: date) -> str:
    """A day in words: 3 March 2026."""
    return say("%(day)s %(month)s %(year)s", day=day.day, month=_month(day), year=day.year)


def say_day_of_year(day: date) -> str:
    """A day of a year that everybody knows: 3 March."""
    return say("%(day)s %(month)s", day=day.day, month=_month(day))


def say_list(names: Sequence[str]) -> str:
    """Names in a sentence: a, b and c."""
    if len(names) == 1:
        return names[0]
    return say("%(first)s and %(last)s", first=", ".join(names[:-1]), last=names[-1])


def say_choice(names: Sequence[str]) -> str:
    """Names in a sentence of which one is meant: a, b or c."""
    if len(names) == 1:
        return names[0]
    return say("%(first)s or %(last)s", first=", ".join(names[:-1]), last=names[-1])


def _month(day: date) -> str:
    return (
        say("January"), say("February"), say("March"), say("April"), say("May"), say("June"), say("July"),
        say("August"), say("September"), say("October"), say("November"), say("December"),
    )[day.month - 1]  # fmt: skip


@cache
def _sentences(language: str) -> NullTranslations | None:
    return None if language == ENGLISH else translation(_DOMAIN, _FOLDER, [language], fallback=True)
