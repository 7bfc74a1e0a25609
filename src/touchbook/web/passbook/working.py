"""How a number is worked out, ready for a page: the formula in words, then line by line."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.formats import number_format
from django.utils.translation import gettext

_MINUS = "−"


@dataclass(frozen=True, slots=True)
class How:
    """A number and its lines: ``heads`` name the columns, the first of which is text and the last the line's part.

    ``total`` closes the table; ``after`` says what is done with it.
    """

    title: str
    words: Sequence[str]
    formula: str
    heads: Sequence[str] = ()
    rows: Sequence[Sequence[str]] = ()
    total: str = ""
    total_says: str = ""
    after: Sequence[str] = ()


def exact(amount: float, digits: int) -> str:
    """A number to so many digits; what rounds to 0 has no sign."""
    near = round(amount, digits) + 0.0  # Django would cut the rest off; −0.0 + 0.0 is 0.0
    return number_format(near, digits, use_l10n=True).replace("-", _MINUS)


def signed(amount: float, digits: int) -> str:
    """The same with its sign, unless it is 0."""
    text = exact(amount, digits)
    return text if text.startswith(_MINUS) or not text.strip("0.,") else f"+{text}"


def told(value: object) -> str:
    """A value of a customer's state in words."""
    if value is None:
        return gettext("not known")
    if isinstance(value, bool):
        return gettext("yes") if value else gettext("no")
    return exact(float(value), 2) if isinstance(value, int | float) else str(value)
