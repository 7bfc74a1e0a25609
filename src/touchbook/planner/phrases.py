"""Numbers, days and money in the words that people use for them."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from datetime import date

from touchbook.kernel.language import say, say_choice, say_day, say_digits, say_list, say_many, say_share

HOURS_FROM_MINUTES = 120  # below two hours, minutes say more

Row = Mapping[str, object]
"""One customer's state: column -> value, None where it is not known."""


def likely(row: Row, gain: float) -> str:
    """The stay probability with a touch and without; empty when the change is not to be seen.

    Both are said, because “13 points likelier” could be taken for the points of the ledger.
    """
    before = row.get("stay_probability")
    if before is None or f"{abs(gain) * 100:.1f}" == "0.0":
        return ""
    digits = 0 if abs(gain) >= 0.05 else 1
    after, now = (say_share(f"{share * 100:.{digits}f}") for share in (_float(before) + gain, _float(before)))
    return say("%(after)s instead of %(now)s likely to stay", after=after, now=now) if after != now else ""


def days_ago(days: object) -> str:
    """A number of days in the past, in words; completed years from two of them on."""
    whole = int(_float(days))  # 6.9 days ago is not yet 7
    if whole > 730:
        years = int(whole / 365.25)  # completed ones: an anniversary is not reached before its day
        return say("%(years)s years ago", years=years)
    if whole in (0, 1):
        return say("yesterday") if whole else say("today")
    return say("%(days)s days ago", days=whole)


def days_ahead(days: object) -> str:
    """A number of days until something, in words; what is past is so many days ago."""
    whole = math.floor(_float(days))
    if whole < 0:
        return days_ago(-whole)
    if whole in (0, 1):
        return say("tomorrow") if whole else say("today")
    return say("in %(days)s days", days=whole)


def signed(amount: float) -> str:
    """A number to one decimal with its sign; what rounds to 0 has none."""
    text = f"{abs(amount):,.1f}"
    return "0" if text == "0.0" else f"{'−' if amount < 0 else '+'}{say_digits(text)}"


def number(value: object) -> str:
    """A value as people write it: whole numbers whole, others to two decimals, dates in words."""
    if isinstance(value, date):
        return say_day(value)
    if not isinstance(value, int | float):
        return str(value)
    text = f"{abs(value):,.2f}".rstrip("0").rstrip(".")
    return f"−{say_digits(text)}" if value < 0 and text != "0" else say_digits(text)


def count(amount: float, singular: str, plural: str = "") -> str:
    """A number of things, in English alone: 1 touch, 2 touches, no touches."""
    whole = round(amount)
    many = plural or f"{singular}s"
    return f"{whole:,} {singular if whole == 1 else many}" if whole else f"no {many}"


def whole_number(amount: float) -> str:
    """A number of things to the nearest whole, with its thousands told apart."""
    return say_digits(f"{amount:,.0f}")


def working_time(minutes: float) -> str:
    """Minutes of people's time: 90 minutes, 12.5 hours."""
    if minutes >= HOURS_FROM_MINUTES:
        return say("%(hours)s hours", hours=say_digits(f"{minutes / 60:,.1f}"))
    whole = round(minutes)
    return say_many("%(count)s minute", "%(count)s minutes", whole, count=whole) if whole else say("no minutes")


def more_time(minutes: float) -> str:
    """So much more of people's time: 90 more minutes, 12.5 more hours."""
    if minutes >= HOURS_FROM_MINUTES:
        return say("%(hours)s more hours", hours=say_digits(f"{minutes / 60:,.1f}"))
    whole = round(minutes)
    if not whole:
        return say("no more minutes")
    return say_many("%(count)s more minute", "%(count)s more minutes", whole, count=whole)


def money(amount: float, currency: str) -> str:
    """An amount of money, with its sign where the currency has a common one."""
    sign = {"GBP": "£", "EUR": "€", "USD": "$"}.get(currency)
    digits = f"{abs(amount):,.2f}" if abs(amount) < 100 else f"{abs(amount):,.0f}"
    is_below = amount < 0 and digits != "0.00"
    digits = say_digits(digits)
    text = say("%(sign)s%(digits)s", sign=sign, digits=digits) if sign else f"{digits} {currency}"
    return f"−{text}" if is_below else text


def one_more_of_money(currency: str, budget: str) -> str:
    """One more of a currency's units of a budget; by its code where people would be in doubt what they are called."""
    if currency == "GBP":
        return say("one more pound of %(budget)s", budget=budget)
    if currency == "EUR":
        return say("one more euro of %(budget)s", budget=budget)
    if currency == "USD":
        return say("one more dollar of %(budget)s", budget=budget)
    return say("one more %(currency)s of %(budget)s", currency=currency, budget=budget)


def said_of(column: str, value: object) -> str:
    """A column and a customer's value of it, as a condition of the plan names it: “open_weight is 16.3”."""
    if value is None:
        return say("%(column)s is not known", column=column)
    if isinstance(value, bool):
        return say("%(column)s is true", column=column) if value else say("%(column)s is false", column=column)
    return say("%(column)s is %(value)s", column=column, value=number(value))


def one_of_money(currency: str) -> str:
    """What one of a currency is called, in English alone; by its code where people would be in doubt."""
    return {"GBP": "pound", "EUR": "euro", "USD": "dollar"}.get(currency, currency)


def listed(names: Sequence[str], word: str = "and") -> str:
    """Names in a sentence: a, b and c; or, with that *word*, a, b or c."""
    return say_choice(names) if word == "or" else say_list(names)


def _float(value: object) -> float:
    return float(str(value))
