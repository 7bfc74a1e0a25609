"""What is known of a customer, in the words that people use for it."""

from __future__ import annotations

from collections.abc import Mapping

from touchbook.plan.model import Plan, Touch, ValueKind

Row = Mapping[str, object]
"""One customer's state: column -> value, None where it is not known."""


def facts_for(plan: Plan, touch: Touch, row: Row) -> list[str]:
    """The facts that speak for a touch: what its condition, its purpose and what it answers look at."""
    columns = list(touch.when.columns) if touch.when else []
    if touch.purpose == "apologise":
        columns.append("worst_open_touchpoint")
    columns += ["balance"] if not {"balance", "worst_open_touchpoint"} & set(columns) else []
    order = {name: place for place, name in enumerate(_ORDER)}
    phrases: list[str] = []
    for column in sorted(set(columns), key=lambda name: (order.get(name, len(order)), name)):
        phrase = fact(plan, column, row)
        if phrase and phrase not in phrases:
            phrases.append(phrase)
    unknown = [name for name in touch.asks if row.get(name) is None]
    if unknown:
        phrases.append(f"we do not know their {_listed(unknown)}")
    return phrases


def fact(plan: Plan, column: str, row: Row) -> str:
    """One known fact as a phrase; empty when it is not known or says nothing."""
    value = row.get(column)
    if column in _OPEN:
        return _open(row)
    if value is None or value is False:
        return ""
    if column in _PHRASES:
        return _PHRASES[column].format(value=value if isinstance(value, str) else float(str(value)))
    if column in plan.questions:
        age = row.get(f"{column}_age_days")
        when = f" ({days_ago(age)})" if isinstance(age, int | float) else ""
        return f"{column} {_plain(value)}{when}"
    if column.endswith("_age_days"):
        return f"{column.removesuffix('_age_days')} last answered {days_ago(value)}"
    attribute = plan.attributes.get(column)
    if value is True or (attribute and attribute.kind is ValueKind.YES_NO):
        return column.replace("_", " ")
    return f"{column.replace('_', ' ')} {_plain(value)}"


def days_ago(days: object) -> str:
    """A number of days in the past, in words."""
    whole = round(float(str(days)))
    return {0: "today", 1: "yesterday"}.get(whole, f"{whole} days ago")


def points(share: float) -> str:
    """A change of a probability in percentage points."""
    return f"{share * 100:+.1f} points"


def money(amount: float, currency: str) -> str:
    """An amount of money, with its sign where the currency has a common one."""
    sign = {"GBP": "£", "EUR": "€", "USD": "$"}.get(currency)
    digits = f"{abs(amount):,.2f}" if abs(amount) < 100 else f"{abs(amount):,.0f}"
    text = f"{sign}{digits}" if sign else f"{digits} {currency}"
    return f"−{text}" if amount < 0 else text


def _listed(names: list[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def _plain(value: object) -> str:
    return f"{value:g}" if isinstance(value, int | float) else str(value)


def _open(row: Row) -> str:
    touchpoint, weight, days = (row.get(name) for name in ("worst_open_touchpoint", "open_weight", "worst_open_days"))
    count = int(float(str(row.get("open_withdrawals") or 0)))
    if touchpoint is None or not isinstance(weight, int | float) or not isinstance(days, int | float):
        return ""
    others = f" and {count - 1} more" if count > 1 else ""
    verb = "are" if count > 1 else "is"
    return f"“{touchpoint}” of {days_ago(days)}{others} {verb} still open, weighing {weight:.1f}"


_OPEN = frozenset({"open_withdrawals", "open_weight", "worst_open_touchpoint", "last_withdrawal_days"})
_ORDER = (
    "worst_open_touchpoint",
    "open_weight",
    "open_withdrawals",
    "feeling",
    "feeling_trend",
    "tenure_days",
    "balance",
)
_PHRASES = {
    "tenure_days": "joined {value:.0f} days ago",
    "balance": "balance {value:+.1f}",
    "deposits": "deposits of {value:.1f}",
    "withdrawals": "withdrawals of {value:.1f}",
    "standing": "{value}",
    "type": "{value}",
    "moments_90": "{value:.0f} moments in 90 days",
    "deposits_30": "{value:.0f} deposits in 30 days",
    "withdrawals_30": "{value:.0f} withdrawals in 30 days",
    "last_moment_days": "last moment {value:.0f} days ago",
    "last_touchpoint": "last seen at “{value}”",
    "last_kind": "last entry a {value}",
    "feeling": "feels {value:+.1f}",
    "feeling_trend": "feeling changes by {value:+.1f} in 30 days",
    "touches_30": "{value:.0f} touches in 30 days",
    "touches_90": "{value:.0f} touches in 90 days",
    "asks_90": "asked {value:.0f} times in 90 days",
    "last_touch_days": "last touch {value:.0f} days ago",
    "referrals": "has referred {value:.0f}",
    "stay_probability": "stays with {value:.0%}",
    "worth": "worth {value:,.0f} a period",
    "lifetime_value": "lifetime value {value:,.0f}",
    "hardship": "in hardship",
    "has_left": "has left",
}
