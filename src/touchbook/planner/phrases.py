"""What is known of a customer, in the words that people use for it."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from datetime import date

from touchbook.plan.model import Channel, Plan, Purpose, Touch

HOURS_FROM_MINUTES = 120  # below two hours, minutes say more

Row = Mapping[str, object]
"""One customer's state: column -> value, None where it is not known."""


def columns_for(plan: Plan, touch: Touch, row: Row) -> list[str]:
    """The columns that speak for a touch: those that its condition, its purpose and what it answers look at."""
    columns = list(touch.when.columns) if touch.when else []
    if touch.purpose == "apologise":
        columns.append("worst_open_touchpoint")
    if touch.answers:
        columns += [name for name, question in plan.questions.items() if row.get(name) in touch.answers]
    columns += ["balance"] if not {"balance", "worst_open_touchpoint"} & set(columns) else []
    return sorted(set(columns), key=lambda name: (_ORDER.get(name, len(_ORDER)), name))


def facts_for(plan: Plan, touch: Touch, row: Row) -> list[str]:
    """The facts that speak for a touch, in words."""
    phrases: list[str] = []
    for column in columns_for(plan, touch, row):
        phrase = fact(plan, column, row)
        if phrase and phrase not in phrases:
            phrases.append(phrase)
    return phrases + _unknown(touch, row)


def _unknown(touch: Touch, row: Row) -> list[str]:
    """What a touch would ask: what was never told, and what was told too long ago."""
    missing = [name for name in touch.asks if row.get(name) is None]
    never = [_spaced(name) for name in missing if row.get(f"{name}_age_days") is None]
    old = [name for name in missing if row.get(f"{name}_age_days") is not None]
    told: dict[str, list[str]] = {}
    for name in old:
        told.setdefault(days_ago(row[f"{name}_age_days"]), []).append(_spaced(name))
    phrases = [f"we do not know their {listed(never)}"] if never else []
    return phrases + [f"they last told us their {listed(names)} {when}" for when, names in told.items()]


def fact(plan: Plan, column: str, row: Row) -> str:
    """One known fact as a phrase; empty when it is not known or says nothing."""
    value = row.get(column)
    if column in _OPEN:
        return _open(row)
    if value is None or value is False:
        return ""
    if column in _WORDED:
        age = row.get("feeling_age_days") if column == "feeling" else None
        return f"{_WORDED[column](value)} ({days_ago(age)})" if age is not None else _WORDED[column](value)
    if column in _COUNTED:
        return _counted(*_COUNTED[column], value)
    if column in _MONEY:
        return _MONEY[column].format(money(_float(value), plan.currency))
    if column == "balance":
        return "nothing in the book yet" if row.get("last_moment_days") is None else f"balance {signed(_float(value))}"
    if column in plan.questions:
        said = f"{column} {number(value)}" if isinstance(value, int | float) else f"{column} “{value}”"
        age = row.get(f"{column}_age_days")
        return f"{said} ({days_ago(age)})" if isinstance(age, int | float) else said
    if column.endswith("_age_days"):
        return f"{_spaced(column.removesuffix('_age_days'))} last answered {days_ago(value)}"
    if column.endswith("_in_days") and plan.attributes.get(column.removesuffix("_in_days")):
        return f"{_spaced(column.removesuffix('_in_days'))} {days_ahead(value)}"
    if value is True:
        return _spaced(column)
    return f"{_spaced(column)} {number(value)}"


def days_ago(days: object) -> str:
    """A number of days in the past, in words; completed years from two of them on."""
    whole = int(_float(days))  # 6.9 days ago is not yet 7
    if whole > 730:
        return f"{int(whole / 365.25)} years ago"  # completed ones: an anniversary is not reached before its day
    return {0: "today", 1: "yesterday"}.get(whole, f"{whole} days ago")


def days_ahead(days: object) -> str:
    """A number of days until something, in words; what is past is so many days ago."""
    whole = math.floor(_float(days))
    return days_ago(-whole) if whole < 0 else {0: "today", 1: "tomorrow"}.get(whole, f"in {whole} days")


def likely(row: Row, gain: float) -> str:
    """The stay probability with a touch and without; empty when the change is not to be seen.

    Both are said, because “13 points likelier” could be taken for the points of the ledger.
    """
    before = row.get("stay_probability")
    if before is None or f"{abs(gain) * 100:.1f}" == "0.0":
        return ""
    digits = 0 if abs(gain) >= 0.05 else 1
    after, now = (f"{share * 100:.{digits}f}%" for share in (_float(before) + gain, _float(before)))
    return f"{after} instead of {now} likely to stay" if after != now else ""


def signed(amount: float) -> str:
    """A number to one decimal with its sign; what rounds to 0 has none."""
    text = f"{abs(amount):,.1f}"
    return "0" if text == "0.0" else f"{'−' if amount < 0 else '+'}{text}"


def number(value: object) -> str:
    """A value as people write it: whole numbers whole, others to two decimals, dates in words."""
    if isinstance(value, date):
        return f"{value:%-d %B %Y}"
    if not isinstance(value, int | float):
        return str(value)
    text = f"{abs(value):,.2f}".rstrip("0").rstrip(".")
    return f"−{text}" if value < 0 and text != "0" else text


def count(amount: float, singular: str, plural: str = "") -> str:
    """A number of things: 1 touch, 2 touches, no touches."""
    whole = round(amount)
    many = plural or f"{singular}s"
    return f"{whole:,} {singular if whole == 1 else many}" if whole else f"no {many}"


def working_time(minutes: float, more: str = "") -> str:
    """Minutes of people's time: 90 minutes, 12.5 hours; with *more* before the unit, 12.5 more hours."""
    if minutes >= HOURS_FROM_MINUTES:
        return f"{minutes / 60:,.1f} {more}hours"
    return count(minutes, f"{more}minute")


def money(amount: float, currency: str) -> str:
    """An amount of money, with its sign where the currency has a common one."""
    sign = {"GBP": "£", "EUR": "€", "USD": "$"}.get(currency)
    digits = f"{abs(amount):,.2f}" if abs(amount) < 100 else f"{abs(amount):,.0f}"
    text = f"{sign}{digits}" if sign else f"{digits} {currency}"
    return f"−{text}" if amount < 0 and digits != "0.00" else text


def purpose_by_channel(touch: Touch) -> str:
    """What a customer gets by a touch, as they would call it: questions by email, offers by phone."""
    return f"{_PURPOSES[touch.purpose]} by {touch.channel}"


def message_by(channel: str) -> str:
    """What one touch by a channel is called where they are counted: 1 phone call, 2 e-mails."""
    return _MESSAGES[Channel(channel)]


def said_of(column: str, value: object) -> str:
    """A column and a customer's value of it, as a condition of the plan names it: “open_weight is 16.3”."""
    if value is None:
        return f"{column} is not known"
    if isinstance(value, bool):
        return f"{column} is {'true' if value else 'false'}"
    return f"{column} is {number(value)}"


def one_of_money(currency: str) -> str:
    """What one of a currency is called: one more pound; by its code where people would be in doubt."""
    return {"GBP": "pound", "EUR": "euro", "USD": "dollar"}.get(currency, currency)


def listed(names: Sequence[str], word: str = "and") -> str:
    """Names in a sentence: a, b and c."""
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} {word} {names[-1]}"


def _float(value: object) -> float:
    return float(str(value))


def _spaced(column: str) -> str:
    return column.replace("_", " ")


def _counted(singular: str, plural: str, rest: str, value: object) -> str:
    return f"{count(_float(value), singular, plural)} {rest}".strip()


def _open(row: Row) -> str:
    touchpoint, weight, days = (row.get(name) for name in ("worst_open_touchpoint", "open_weight", "worst_open_days"))
    others = round(_float(row.get("open_withdrawals") or 0)) - 1
    if touchpoint is None or not isinstance(weight, int | float) or not isinstance(days, int | float) or others < 0:
        return ""
    more = f", and {others} more {'are' if others > 1 else 'is'}; together they weigh" if others else " and weighs"
    since = {0: "from today", 1: "from yesterday"}.get(int(days), days_ago(days))
    return f"“{touchpoint}” {since} is still open{more} {weight:,.1f} points"


def _points_part(what: str) -> Callable[[object], str]:
    return lambda value: f"{what} of {_float(value):,.1f} points" if _float(value) >= 0.05 else f"no {what}"


def _trend(value: object) -> str:
    change = _float(value)
    if abs(change) < 0.05:
        return "feeling steady"
    return f"feeling {'rising' if change > 0 else 'falling'} by {abs(change):.1f} in 30 days"


_PURPOSES = {
    Purpose.INFORM: "news", Purpose.ASK: "questions", Purpose.HELP: "help", Purpose.HEADS_UP: "notices",
    Purpose.THANK: "thanks", Purpose.CELEBRATE: "good wishes", Purpose.APOLOGISE: "apologies",
    Purpose.INVITE: "invitations", Purpose.SELL: "offers",
}  # fmt: skip
_MESSAGES = {
    Channel.PHONE: "phone call", Channel.VISIT: "visit", Channel.EMAIL: "e-mail", Channel.SMS: "text message",
    Channel.LETTER: "letter", Channel.WEBHOOK: "webhook message",
}  # fmt: skip
_OPEN = frozenset({"open_withdrawals", "open_weight", "worst_open_touchpoint", "last_withdrawal_days"})
_FIRST = (
    "worst_open_touchpoint", "open_weight", "open_withdrawals", "feeling", "feeling_trend", "tenure_days", "balance",
)  # fmt: skip
_ORDER = {name: place for place, name in enumerate(_FIRST)}
_WORDED: dict[str, Callable[[object], str]] = {
    "tenure_days": lambda value: f"joined {days_ago(value)}",
    "deposits": _points_part("deposits"),
    "withdrawals": _points_part("withdrawals"),
    "standing": lambda value: f"standing {value}",
    "type": lambda value: f"type {value}",
    "last_moment_days": lambda value: f"last moment {days_ago(value)}",
    "last_touch_days": lambda value: f"last touch {days_ago(value)}",
    "last_touchpoint": lambda value: f"last seen at “{value}”",
    "last_kind": lambda value: f"last entry a {value}",
    "feeling": lambda value: f"feels {signed(_float(value))} on a scale from −2 to +2",
    "feeling_trend": _trend,
    "feeling_error": lambda value: f"feeling known to within {_float(value):.1f}",
    "feeling_trend_error": lambda value: f"its trend known to within {_float(value):.1f}",
    "stay_probability": lambda value: f"stays with a probability of {_float(value):.0%}",
    "stay_error": lambda value: f"that known to within {100 * _float(value):.0f} percentage points",
    "hardship": lambda _value: "in hardship",
    "has_left": lambda _value: "has left",
}
_COUNTED = {
    "moments_90": ("moment", "moments", "in 90 days"),
    "deposits_30": ("deposit", "deposits", "in 30 days"),
    "withdrawals_30": ("withdrawal", "withdrawals", "in 30 days"),
    "touches_30": ("touch", "touches", "in 30 days"),
    "touches_90": ("touch", "touches", "in 90 days"),
    "asks_90": ("question put", "questions put", "in 90 days"),
    "referrals": ("customer", "customers", "referred"),
    "known": ("question", "questions", "answered and fresh"),
    "stale": ("answer", "answers", "gone stale"),
}
_MONEY = {"worth": "worth {} a period", "lifetime_value": "lifetime value {}"}
