"""The columns of one customer's state that the database alone knows, as of an instant, and a state table of one row."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pyarrow as pa

from touchbook.ledger.entries import Kind
from touchbook.plan.columns import catalogue
from touchbook.plan.model import Plan, ValueKind

if TYPE_CHECKING:
    from touchbook.workflows.describe_customer import Described

_KINDS: Mapping[ValueKind, pa.DataType] = {
    ValueKind.NUMBER: pa.float64(),
    ValueKind.TEXT: pa.string(),
    ValueKind.YES_NO: pa.bool_(),
    ValueKind.DATE: pa.date32(),
}


def columns_now(described: Described) -> dict[str, object]:
    """The columns of the state that the database alone knows, as of now."""
    customer, at, plan = described.customer, described.at, described.plan
    zone = ZoneInfo(plan.timezone if plan else "UTC")
    today = at.astimezone(zone).date()
    standing_lines = [one for one in described.book if not one.line.void]
    wrongs = [one for one in standing_lines if one.line.kind is Kind.WITHDRAWAL]
    still_open = described.felt_open
    columns: dict[str, object] = {
        "tenure_days": (today - customer.since).days if customer.since else None,
        "hardship": customer.attributes.get("hardship") is True,
        "owner": customer.owner.name if customer.owner else None,
        "balance": described.balance,
        "deposits": described.deposits,
        "withdrawals": described.withdrawals,
        "open_weight": sum(weight for _, weight in described.open_weights),
        "open_withdrawals": len(still_open),
        "standing": str(described.standing),
        "last_moment_days": described.day - standing_lines[-1].line.day if standing_lines else None,
        "last_withdrawal_days": described.day - wrongs[-1].line.day if wrongs else None,
        "moments_90": len({one.moment for one in standing_lines if described.day - one.line.day < 90}),
        "deposits_30": sum(
            described.day - one.line.day < 30 for one in standing_lines if one.line.kind is Kind.DEPOSIT
        ),
        "withdrawals_30": sum(described.day - one.line.day < 30 for one in wrongs),
        "has_left": described.has_left,
    }
    for told in described.told:
        name = told.question.name
        is_fresh = told.value is not None and not told.is_stale
        columns[name] = told.value if is_fresh else None
        columns[f"{name}_age_days"] = told.age_days if told.value is not None else None
        if name == "feeling" and told.question.scale and (felt := described.feeling) is not None and is_fresh:
            columns |= {
                "feeling": felt.level, "feeling_error": felt.error,
                "feeling_trend": felt.trend, "feeling_trend_error": felt.trend_error,
            }  # fmt: skip
    if plan:
        columns |= _attributes(plan, customer.attributes, today)
    return columns


def _attributes(plan: Plan, attributes: Mapping[str, object], today: date) -> dict[str, object]:
    """What the company keeps of them; what is not of its declared type counts as unknown."""
    columns: dict[str, object] = {}
    for name, attribute in plan.attributes.items():
        value = attributes.get(name)
        if attribute.kind is ValueKind.DATE:
            day = _date(value)
            columns[name], columns[f"{name}_in_days"] = day, (day - today).days if day else None
        elif attribute.kind is ValueKind.NUMBER:
            columns[name] = _number(value)
        else:
            columns[name] = value if isinstance(value, bool if attribute.kind is ValueKind.YES_NO else str) else None
    return columns


def table_of(columns: Mapping[str, object], plan: Plan | None) -> pa.Table:
    """One row; each column of the type that the plan's vocabulary gives it."""
    known = catalogue(plan.attributes, plan.questions) if plan else catalogue({}, {})
    arrays = {}
    for name, value in columns.items():
        if name in known:
            kind = _KINDS[known[name].kind]
            told = None if value is None else _number(value) if kind == pa.float64() else value
            arrays[name] = pa.array([told], kind)
    return pa.table(arrays)


def _number(value: object) -> float | None:
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None


def _date(value: object) -> date | None:
    try:
        return date.fromisoformat(str(value))
    except ValueError:
        return None
