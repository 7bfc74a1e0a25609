"""Single values: what a cell's text means, and a sentence when it means nothing."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal, InvalidOperation
from difflib import get_close_matches

from touchbook.kernel.language import say
from touchbook.plan.model import ValueKind

SHOWN_CHARACTERS = 60
_YES = frozenset({"yes", "y", "true", "t", "1", "on", "x"})
_NO = frozenset({"no", "n", "false", "f", "0", "off"})
MINOR_DIGITS = {"BHD": 3, "IQD": 3, "JOD": 3, "KWD": 3, "OMR": 3, "TND": 3} | dict.fromkeys(
    ("CLP", "ISK", "JPY", "KRW", "PYG", "UGX", "VND", "XAF", "XOF", "XPF"), 0
)
# A point before a space belongs to what is before it: "Rs. 500" is not half a rupee.
MONEY = re.compile(
    r"(?P<before>(?:[^\d()+\-.,]|\.(?=\s))*+)(?:(?P<sign>[+-])(?P<between>(?:[^\d()+\-.,]|\.(?=\s))*+))?"
    r"(?P<figure>[\d.,](?:[\d.,]|['\s](?=\d))*+)(?P<behind>(?:[^\d()+\-.,]|(?<=[^\W\d])\.)*+)"
)
_FIGURE = re.compile(
    r"([+-]?)(\d*(?:,\d+)+(?:\.\d*)?|\d+(?:\.\d+)+,\d*|\d+(?:\.\d+){2,})"
)  # with marks to be told apart
LARGEST = 10**12  # more is a slip of the keyboard, or a card number in the wrong column
_GROUPED = re.compile(r"\d{1,3}([.,])\d{3}(?:\1\d{3})*")


class BadValue(Exception):
    """A cell that means nothing: what is wrong with it, and what to write instead."""

    def __init__(self, problem: str, remedy: str) -> None:
        super().__init__(problem)
        self.problem, self.remedy = problem, remedy
        self.column = self.value = ""  # of the cell, where whoever raises it knows


def shown(text: str) -> str:
    """A value as messages show it: on one line, and short."""
    line = " ".join(text.split())
    return line if len(line) <= SHOWN_CHARACTERS else line[: SHOWN_CHARACTERS - 1] + "…"


def closest(name: str, known: Iterable[str]) -> str:
    """The known name that is most like *name*, or nothing."""
    by_fold = {candidate.casefold(): candidate for candidate in known}
    near = get_close_matches(name.casefold(), by_fold, n=1, cutoff=0.6)
    return by_fold[near[0]] if near else ""


def yes_or_no(text: str) -> bool:
    """``yes`` or ``no`` in the ways that files write them."""
    word = text.strip().lower()
    if word in _YES:
        return True
    if word in _NO:
        return False
    raise BadValue(say("'%(text)s' is neither yes nor no", text=shown(text)), say("write yes or no"))


def number(text: str) -> float:
    """A number as files write it: ``1,234.5``, ``1.234,5`` and ``1234,5`` are the same, and ``1,234`` is a thousand."""
    cleaned = re.sub(r"(?<=\d)['\s](?=\d{3}(?!\d))", "", text.strip())
    if match := _FIGURE.fullmatch(cleaned):
        cleaned = match[1] + _with_point(match[2], digits=2)
    try:
        value = float(cleaned) if "_" not in cleaned else math.nan
    except ValueError:
        value = math.nan
    if math.isfinite(value) and abs(value) > LARGEST:
        raise BadValue(say("'%(text)s' is larger than a million million", text=shown(text)), say("correct the number"))
    if not math.isfinite(value):
        raise BadValue(say("'%(text)s' is not a number", text=shown(text)), say("write a number such as 12 or 3.5"))
    return value


def count(text: str) -> int:
    """A whole number, 0 or more."""
    value = number(text)
    if value < 0 or value != int(value) or value > 1_000_000:
        raise BadValue(say("'%(text)s' is not a count", text=shown(text)), say("write a whole number, 0 or more"))
    return int(value)


def minor_units(text: str, currency: str) -> int:
    """Money in minor units: ``£1,234.50`` is 123450, and so is ``1.234,50 €``.

    Raises ``BadValue`` also for more decimals than the currency has, because rounding money is not ours to do.
    """
    digits = MINOR_DIGITS.get(currency, 2)
    match = MONEY.fullmatch(text.strip())
    figure = re.sub(r"['\s]", "", match["figure"]) if match else ""
    try:
        scaled = Decimal((match["sign"] or "" if match else "") + _with_point(figure, digits)).scaleb(digits)
    except InvalidOperation:
        scaled = Decimal(2**63)
    if abs(scaled) >= 2**63:
        raise BadValue(say("'%(text)s' is not an amount of money", text=shown(text)), say("write it as 1234.50"))
    if abs(scaled) > Decimal(LARGEST).scaleb(digits):
        raise BadValue(say("'%(text)s' is more than a million million", text=shown(text)), say("correct the amount"))
    if scaled != scaled.to_integral_value():
        what = say(
            "'%(text)s' has more decimals than %(currency)s has",
            text=shown(text),
            currency=currency or say("the currency"),
        )
        raise BadValue(what, say("write %(digits)s decimals", digits=digits))
    return int(scaled)


def _with_point(figure: str, digits: int) -> str:
    """A figure with a point as decimal mark and nothing between thousands; ``1,234`` is more than a thousand."""
    last = max(figure.rfind("."), figure.rfind(","))
    whole, decimals = (figure[:last], figure[last + 1 :]) if last >= 0 else (figure, "")
    grouped = _GROUPED.fullmatch(figure)
    if grouped and digits != 3 and (grouped[1] == "," or figure.count(".") > 1) and whole != "0":
        return figure.replace(grouped[1], "")
    between = _GROUPED.fullmatch(whole)
    if between and between[1] != figure[last]:
        whole = whole.replace(between[1], "")
    return f"{whole}.{decimals}" if last >= 0 else figure


READERS: Mapping[ValueKind, Callable[[str], float | str | bool]] = {
    ValueKind.NUMBER: number,
    ValueKind.TEXT: str.strip,
    ValueKind.YES_NO: yes_or_no,
}
