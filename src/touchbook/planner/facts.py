"""What is known of a customer, in the words that people use for it."""

from __future__ import annotations

from collections.abc import Callable

from touchbook.kernel.language import say, say_digits, say_many, say_share
from touchbook.plan.model import Plan, Touch
from touchbook.plan.words import standing_word
from touchbook.planner.phrases import Row, days_ago, days_ahead, listed, money, number, signed, whole_number


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
    phrases = [say("we do not know their %(names)s", names=listed(never))] if never else []
    return phrases + [
        say("they last told us their %(names)s %(when)s", names=listed(names), when=when)
        for when, names in told.items()
    ]


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
        return _COUNTED[column](round(_float(value)))
    if column in _MONEY:
        return _MONEY[column](money(_float(value), plan.currency))
    if column == "balance":
        if row.get("last_moment_days") is None:
            return say("nothing in the book yet")
        return say("balance %(points)s", points=signed(_float(value)))
    if column in plan.questions:
        is_number = isinstance(value, int | float)
        said = f"{column} {number(value)}" if is_number else say("%(name)s “%(value)s”", name=column, value=value)
        age = row.get(f"{column}_age_days")
        return f"{said} ({days_ago(age)})" if isinstance(age, int | float) else said
    if column.endswith("_age_days"):
        name = _spaced(column.removesuffix("_age_days"))
        return say("%(name)s last answered %(when)s", name=name, when=days_ago(value))
    if column.endswith("_in_days") and plan.attributes.get(column.removesuffix("_in_days")):
        return f"{_spaced(column.removesuffix('_in_days'))} {days_ahead(value)}"
    if value is True:
        return _spaced(column)
    return f"{_spaced(column)} {number(value)}"


def _open(row: Row) -> str:
    touchpoint, weight, days = (row.get(name) for name in ("worst_open_touchpoint", "open_weight", "worst_open_days"))
    others = round(_float(row.get("open_withdrawals") or 0)) - 1
    if touchpoint is None or not isinstance(weight, int | float) or not isinstance(days, int | float) or others < 0:
        return ""
    since = days_ago(days) if days >= 2 else say("from yesterday") if days >= 1 else say("from today")
    points = say_digits(f"{weight:,.1f}")
    if not others:
        return say(
            "“%(place)s” %(since)s is still open and weighs %(points)s points",
            place=touchpoint, since=since, points=points,
        )  # fmt: skip
    return say_many(
        "“%(place)s” %(since)s is still open, and %(others)s more is; together they weigh %(points)s points",
        "“%(place)s” %(since)s is still open, and %(others)s more are; together they weigh %(points)s points",
        others, place=touchpoint, since=since, others=others, points=points,
    )  # fmt: skip


def _deposits(value: object) -> str:
    points = _float(value)
    if points < 0.05:
        return say("no deposits")
    return say("deposits of %(points)s points", points=say_digits(f"{points:,.1f}"))


def _withdrawals(value: object) -> str:
    points = _float(value)
    if points < 0.05:
        return say("no withdrawals")
    return say("withdrawals of %(points)s points", points=say_digits(f"{points:,.1f}"))


def _trend(value: object) -> str:
    change = _float(value)
    if abs(change) < 0.05:
        return say("feeling steady")
    amount = say_digits(f"{abs(change):.1f}")
    if change > 0:
        return say("feeling rising by %(amount)s in 30 days", amount=amount)
    return say("feeling falling by %(amount)s in 30 days", amount=amount)


def _standing(value: object) -> str:
    return say("standing %(standing)s", standing=standing_word(str(value)))


def _last_kind(value: object) -> str:
    return say("last entry a deposit") if value == "deposit" else say("last entry a withdrawal")


def _spaced(column: str) -> str:
    return column.replace("_", " ")


def _float(value: object) -> float:
    return float(str(value))


_OPEN = frozenset({"open_withdrawals", "open_weight", "worst_open_touchpoint", "last_withdrawal_days"})
_FIRST = (
    "worst_open_touchpoint", "open_weight", "open_withdrawals", "feeling", "feeling_trend", "tenure_days", "balance",
)  # fmt: skip
_ORDER = {name: place for place, name in enumerate(_FIRST)}
_WORDED: dict[str, Callable[[object], str]] = {
    "tenure_days": lambda value: say("joined %(when)s", when=days_ago(value)),
    "deposits": _deposits,
    "withdrawals": _withdrawals,
    "standing": _standing,
    "type": lambda value: say("type %(type)s", type=value),
    "last_moment_days": lambda value: say("last moment %(when)s", when=days_ago(value)),
    "last_touch_days": lambda value: say("last touch %(when)s", when=days_ago(value)),
    "last_touchpoint": lambda value: say("last seen at “%(place)s”", place=value),
    "last_kind": _last_kind,
    "feeling": lambda value: say("feels %(feeling)s on a scale from −2 to +2", feeling=signed(_float(value))),
    "feeling_trend": _trend,
    "feeling_error": lambda value: say("feeling known to within %(points)s", points=say_digits(f"{_float(value):.1f}")),
    "feeling_trend_error": lambda value: say(
        "its trend known to within %(points)s", points=say_digits(f"{_float(value):.1f}")
    ),
    "stay_probability": lambda value: say(
        "stays with a probability of %(share)s", share=say_share(f"{100 * _float(value):.0f}")
    ),
    "stay_error": lambda value: say(
        "that known to within %(points)s percentage points", points=f"{100 * _float(value):.0f}"
    ),
    "hardship": lambda _value: say("in hardship"),
    "has_left": lambda _value: say("has left"),
}
_COUNTED: dict[str, Callable[[int], str]] = {
    "moments_90": lambda n: say_many(
        "%(count)s moment in 90 days", "%(count)s moments in 90 days", n, count=whole_number(n)
    ) if n else say("no moments in 90 days"),
    "deposits_30": lambda n: say_many(
        "%(count)s deposit in 30 days", "%(count)s deposits in 30 days", n, count=whole_number(n)
    ) if n else say("no deposits in 30 days"),
    "withdrawals_30": lambda n: say_many(
        "%(count)s withdrawal in 30 days", "%(count)s withdrawals in 30 days", n, count=whole_number(n)
    ) if n else say("no withdrawals in 30 days"),
    "touches_30": lambda n: say_many(
        "%(count)s touch in 30 days", "%(count)s touches in 30 days", n, count=whole_number(n)
    ) if n else say("no touches in 30 days"),
    "touches_90": lambda n: say_many(
        "%(count)s touch in 90 days", "%(count)s touches in 90 days", n, count=whole_number(n)
    ) if n else say("no touches in 90 days"),
    "asks_90": lambda n: say_many(
        "%(count)s question put in 90 days", "%(count)s questions put in 90 days", n, count=whole_number(n)
    ) if n else say("no questions put in 90 days"),
    "referrals": lambda n: say_many(
        "%(count)s customer referred", "%(count)s customers referred", n, count=whole_number(n)
    ) if n else say("no customers referred"),
    "known": lambda n: say_many(
        "%(count)s question answered and fresh", "%(count)s questions answered and fresh", n, count=whole_number(n)
    ) if n else say("no questions answered and fresh"),
    "stale": lambda n: say_many(
        "%(count)s answer gone stale", "%(count)s answers gone stale", n, count=whole_number(n)
    ) if n else say("no answers gone stale"),
}  # fmt: skip
_MONEY: dict[str, Callable[[str], str]] = {
    "worth": lambda money: say("worth %(money)s a period", money=money),
    "lifetime_value": lambda money: say("lifetime value %(money)s", money=money),
}
