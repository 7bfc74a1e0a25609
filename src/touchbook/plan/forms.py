"""The small forms that values take in a plan: ``180 days``, ``10%``, ``-2..2``, ``30 hours per week``.

Each reader takes the text that was written and returns what it means, or raises ``FormError`` with what is wrong and
what to write instead.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Literal

from touchbook.kernel.language import say

_NUMBER = r"[+-]?(?:[0-9]+(?:\.[0-9]+)?|\.[0-9]+)(?:[eE][+-]?[0-9]{1,3})?"
_DAYS_IN = {"day": 1.0, "days": 1.0, "week": 7.0, "weeks": 7.0, "year": 365.0, "years": 365.0}
_MINUTES_IN = {"minute": 1.0, "minutes": 1.0, "hour": 60.0, "hours": 60.0}
_YES = frozenset({"true", "yes", "on"})
_NO = frozenset({"false", "no", "off"})
_SHOWN = 60


class FormError(ValueError):
    """A value that cannot be read: ``what`` is wrong with it, and the ``remedy``."""

    def __init__(self, what: str, remedy: str) -> None:
        self.what, self.remedy = what, remedy
        super().__init__(f"{what}; {remedy}")


@dataclass(frozen=True, slots=True)
class Amount:
    """So much of something in a window of days: minutes, messages, or money in a currency."""

    kind: Literal["minutes", "messages", "money"]
    amount: float
    days: float
    currency: str = ""


def shown(text: str) -> str:
    """A text in quotes for an error message, cut when it is long."""
    return say("'%(text)s'", text=cut(text))


def cut(text: str) -> str:
    """A text on one line, cut when it is long."""
    flat = " ".join(text.split())
    return flat if len(flat) <= _SHOWN else flat[: _SHOWN - 1] + "…"


def suggestion(name: str, known: Iterable[str], otherwise: str) -> str:
    """``did you mean 'x'?`` when something known is close to *name*; else *otherwise*."""
    meant = closest(name, known)
    return say("did you mean '%(name)s'?", name=meant) if meant else otherwise


def closest(name: str, known: Iterable[str]) -> str | None:
    """The known word that somebody may have meant by *name*, or None."""
    lower = {item.lower(): item for item in known}
    close = get_close_matches(name.lower()[:100], list(lower), n=1, cutoff=0.6)
    return lower[close[0]] if close else None


def one_of(text: str, known: Iterable[str], noun: str) -> str:
    """One of some words."""
    words = list(known)
    if text in words:
        return text
    remedy = suggestion(text, words, say("write one of: %(words)s", words=", ".join(words)))
    raise FormError(say("%(text)s is no %(noun)s", text=shown(text), noun=noun), remedy)


def number(text: str) -> float:
    """A plain number: ``60`` or ``2.5``."""
    if not re.fullmatch(_NUMBER, text) or not math.isfinite(float(text)):
        raise FormError(say("%(text)s is no number", text=shown(text)), say("write a plain number such as 60 or 2.5"))
    return float(text)


def whole(text: str) -> int:
    """A whole number: ``3``."""
    if not re.fullmatch(r"[+-]?[0-9]{1,9}", text):
        raise FormError(say("%(text)s is no whole number", text=shown(text)), say("write a whole number such as 3"))
    return int(text)


def yes_no(text: str) -> bool:
    """``true`` or ``false``, in the words that people use."""
    if text.lower() in _YES:
        return True
    if text.lower() in _NO:
        return False
    raise FormError(say("%(text)s is neither yes nor no", text=shown(text)), say("write true or false"))


def share(text: str) -> float:
    """A share of one: ``10%`` or ``0.1``."""
    match = re.fullmatch(rf"({_NUMBER})\s*(%?)", text)
    if not match:
        raise FormError(say("%(text)s is no share", text=shown(text)), say("write a percentage such as 10%"))
    return number(match[1]) / (100.0 if match[2] else 1.0)


def days(text: str) -> float:
    """A time in days: ``180 days``, ``2 weeks``, ``1 year`` (365 days)."""
    match = re.fullmatch(rf"({_NUMBER})\s+([A-Za-z]+)", text)
    if match and match[2].lower() in _DAYS_IN:
        value = number(match[1]) * _DAYS_IN[match[2].lower()]
        if value > 0:
            return value
        raise FormError(say("%(text)s is no time", text=shown(text)), say("write a time above 0, such as 7 days"))
    if re.fullmatch(_NUMBER, text):
        raise FormError(say("%(text)s has no unit", text=shown(text)), say("write '%(text)s days'", text=text))
    if match and match[2].lower() in ("month", "months"):
        raise FormError(say("%(text)s: months differ in length", text=shown(text)), say("write days, such as 30 days"))
    raise FormError(
        say("%(text)s is no time", text=shown(text)), say("write a number of days or weeks, such as 180 days")
    )


def scale(text: str) -> tuple[float, float]:
    """A scale from its lowest to its highest answer: ``-2..2``."""
    match = re.fullmatch(rf"({_NUMBER})\s*(?:\.\.|to)\s*({_NUMBER})", text)
    if not match:
        raise FormError(
            say("%(text)s is no scale", text=shown(text)), say("write its lowest and highest answer, such as 0..10")
        )
    low, high = number(match[1]), number(match[2])
    if not low < high:
        raise FormError(
            say("the scale %(text)s does not rise", text=shown(text)), say("write the lower end first, such as 0..10")
        )
    return low, high


def quiet_hours(text: str) -> tuple[str, str]:
    """A time of day to another, over midnight or not: ``21:00-08:00``."""
    return _hours(
        text,
        say("%(text)s are no quiet hours", text=shown(text)),
        say("the quiet hours %(text)s have no length", text=shown(text)),
        "21:00-08:00",
    )


def working_hours(text: str) -> tuple[str, str]:
    """A time of day to a later one: ``09:00-17:00``."""
    start, end = _hours(
        text,
        say("%(text)s are no working hours", text=shown(text)),
        say("the working hours %(text)s have no length", text=shown(text)),
        "09:00-17:00",
    )
    if end < start:
        what = say("the working hours %(text)s run over midnight", text=shown(text))
        raise FormError(what, say("write a day's, such as 09:00-17:00"))
    return start, end


def _hours(text: str, not_hours: str, no_length: str, example: str) -> tuple[str, str]:
    match = re.fullmatch(r"([01]?[0-9]|2[0-3]):([0-5][0-9])\s*(?:-|–|to)\s*([01]?[0-9]|2[0-3]):([0-5][0-9])", text)
    if not match:
        raise FormError(not_hours, say("write two times of day, such as %(example)s", example=example))
    start, end = f"{int(match[1]):02}:{match[2]}", f"{int(match[3]):02}:{match[4]}"
    if start == end:
        raise FormError(no_length, say("write two different times of day"))
    return start, end


def count_per_days(text: str) -> tuple[int, float]:
    """How many in a window of days: ``2 per 30 days``."""
    match = re.fullmatch(r"([0-9]{1,6})\s+per\s+(.+)", text)
    if not match or int(match[1]) < 1:
        raise FormError(
            say("%(text)s is no limit", text=shown(text)), say("write how many in how long, such as 2 per 30 days")
        )
    return int(match[1]), _window(match[2])


def amount(text: str) -> Amount:
    """A capacity: ``30 hours per week``, ``2000 per week`` or ``500 GBP per week``."""
    match = re.fullmatch(rf"({_NUMBER})\s*([A-Za-z]*)\s+per\s+(.+)", text)
    if not match or number(match[1]) < 0:
        raise FormError(say("%(text)s is no capacity", text=shown(text)), _capacities())
    size, unit, window = number(match[1]), match[2], _window(match[3])
    if unit.lower() in _MINUTES_IN:
        return Amount("minutes", size * _MINUTES_IN[unit.lower()], window)
    if not unit:
        return Amount("messages", size, window)
    if re.fullmatch(r"[A-Z]{3}", unit):
        return Amount("money", size, window, unit)
    raise FormError(say("'%(unit)s' is no unit of a capacity", unit=unit), _capacities())


def _capacities() -> str:
    return say("write 30 hours per week for a team, 2000 per week for a channel, or 500 GBP per week for the budget")


def money(text: str, currency: str) -> float:
    """Money in the plan's currency ("" when that is not known): ``60`` or ``60 GBP``."""
    match = re.fullmatch(rf"({_NUMBER})(?:\s*([A-Z]{{3}}))?", text)
    if not match:
        raise FormError(
            say("%(text)s is no sum of money", text=shown(text)),
            say("write a plain number, such as 60, in %(currency)s", currency=currency),
        )
    if match[2] and currency and match[2] != currency:
        raise FormError(
            say("%(text)s is not in the plan's currency", text=shown(text)),
            say("write it in %(currency)s", currency=currency),
        )
    return number(match[1])


def _window(text: str) -> float:
    """``week``, ``30 days``: the length of a window in days."""
    if text in ("day", "week", "year"):
        return _DAYS_IN[text]
    if text == "month":
        raise FormError(say("months differ in length"), say("write 'per 30 days'"))
    return days(text)
