"""The state of every customer as SQL: statements to run in order, the last of which gives one row a customer.

The statements read the lake's tables (``lake.tables``) and are filled in from the plan: its ledger terms, its
questions and attributes, its types and its idea of worth. ``insight.stay`` adds what is estimated from the rows.
"""

from __future__ import annotations

from datetime import UTC, datetime
from importlib.resources import files
from string import Template
from zoneinfo import ZoneInfo

from touchbook.plan.model import Plan, Question, ValueKind

OPEN_AT_LEAST_POINTS = 0.5  # an open withdrawal that weighs less in the balance is no longer felt
FEELING_HALF_LIFE_DAYS = 90.0  # how fast an answer about feelings loses weight
FEELING_TREND_SD = 0.5  # prior: feelings seldom change by more than half a step in 30 days
FEELING_NOISE_SD = 0.8  # prior: how far one answer lies from the feeling behind it, on −2 … +2
FEELING_RIDGE = (FEELING_NOISE_SD / FEELING_TREND_SD) ** 2  # what the prior of the trend adds to Σwx²
FEELING_NOISE_WEIGHT = 3.0  # that prior counts as much as three fresh answers

_KINDS = {ValueKind.NUMBER: "DOUBLE", ValueKind.TEXT: "VARCHAR", ValueKind.YES_NO: "BOOLEAN", ValueKind.DATE: "DATE"}


def state_statements(plan: Plan, now: datetime) -> list[str]:
    """SQL statements (DuckDB) whose last one selects the state as of *now*, ordered by customer.

    Columns: ``customer`` (UUID), ``customer_name``, ``timezone``, those of ``plan.columns`` but the estimated ones,
    ``_owner`` (the id of the member of staff who owns the relationship), ``_contacts`` (the days within the window of
    the plan's contact ceiling on which anybody reached out; 0 without one), ``_put_off`` and ``_put_off_days`` (the
    names of touches that wait for their day, a line each, and the days until the first; null where none does), and
    ``_window_0 …``: the touches made within each window of ``plan.guardrails.at_most``, in its order.
    """
    terms, ceiling = plan.ledger, plan.guardrails.contact_ceiling
    today = f"DATE '{now.astimezone(ZoneInfo(plan.timezone)):%Y-%m-%d}'"
    values = {
        "now": f"TIMESTAMP '{now.astimezone(UTC):%Y-%m-%d %H:%M:%S.%f}'",
        "today": today,
        "success": f"'{_escaped(plan.success.outcome)}'",
        "half_life_days": repr(terms.half_life_days),
        "unresolved_half_life_days": repr(terms.unresolved_half_life_days),
        "asymmetry": repr(terms.asymmetry),
        "engaged_at": repr(terms.engaged_at),
        "open_at_least": repr(OPEN_AT_LEAST_POINTS),
        "feeling_half_life_days": repr(FEELING_HALF_LIFE_DAYS),
        "noise_variance": repr(FEELING_NOISE_SD**2),
        "noise_weight": repr(FEELING_NOISE_WEIGHT),
        "ridge": repr(FEELING_RIDGE),
        "answers": "".join(_last_answer(question) for question in plan.questions.values()),
        "windows": _windows(plan),
        "ceiling_days": repr(ceiling.days if ceiling else 0.0),
        "timezone": f"'{_escaped(plan.timezone)}'",
        "columns": _columns(plan, today),
        "attribute": _attributes(plan),
    }
    voids = [_sql("void", {"table": table}) for table in ("entry", "answer", "outcome")]
    names = ("recovery", "ledger", "answers", "reached", "outreach", "contacts", "put_off", "outcomes", "facts")
    return [*voids, *(_sql(name, values) for name in names), _typed(plan)]


# After the statements of the state: customer, touch, days since it last reached them.
RECENT_STATEMENT = (
    "SELECT customer::VARCHAR AS customer, name, MIN(age) AS days "
    "FROM reached_now GROUP BY customer, name ORDER BY customer, name"
)
CONSENT_STATEMENT = (
    "SELECT customer_id::VARCHAR AS customer, channel, purpose, allowed FROM consent "
    "ORDER BY customer, channel, purpose"
)


def _sql(name: str, values: dict[str, str]) -> str:
    return Template(files("touchbook.insight").joinpath(f"sql/{name}.sql").read_text()).substitute(values)


def _last_answer(question: Question) -> str:
    name = _escaped(question.name)
    column = "number_value" if question.scale else "value"
    given = f"question = '{name}' AND {column} IS NOT NULL"
    return (
        f',\n    ARG_MAX({column}, place) FILTER ({given}) AS "{question.name}_last",'
        f'\n    MIN(age) FILTER ({given}) AS "{question.name}_age"'
    )


def _columns(plan: Plan, today: str) -> str:
    """The questions' columns, what is known and stale, the feeling's error and trend, attributes and windows."""
    columns = []
    fresh = []
    for question in plan.questions.values():
        age = f'"{question.name}_age"'
        is_fresh = f"{age} <= {question.good_for_days!r}"
        smoothed = question.name == "feeling" and question.scale is not None
        value = "level" if smoothed else f'"{question.name}_last"'
        columns.append(f'CASE WHEN {is_fresh} THEN {value} END AS "{question.name}"')
        columns.append(f'{age} AS "{question.name}_age_days"')
        fresh.append(is_fresh)
    known = " + ".join(f"COALESCE(({condition})::INTEGER, 0)" for condition in fresh) or "0"
    stale = " + ".join(f"COALESCE((NOT ({condition}))::INTEGER, 0)" for condition in fresh) or "0"
    feeling = plan.questions.get("feeling")
    felt = f'"feeling_age" <= {feeling.good_for_days!r}' if feeling and feeling.scale else "FALSE"
    columns += [
        f"CASE WHEN {felt} THEN SQRT(variance * (s_xx + {FEELING_RIDGE!r}) / determinant) END AS feeling_error",
        f"CASE WHEN {felt} THEN trend END AS feeling_trend",
        f"CASE WHEN {felt} THEN SQRT(variance * s_w / determinant) END AS feeling_trend_error",
        f"{known} AS known",
        f"{stale} AS stale",
    ]
    columns += [f'attribute."{name}" AS "{name}"' for name in plan.attributes if name != "hardship"]
    columns += [
        f'DATE_DIFF(\'day\', {today}, attribute."{name}") AS "{name}_in_days"'
        for name, attribute in plan.attributes.items()
        if attribute.kind is ValueKind.DATE
    ]
    columns += [f"COALESCE(_window_{index}, 0) AS _window_{index}" for index in range(len(plan.guardrails.at_most))]
    return "".join(f",\n    {column}" for column in columns)


def _attributes(plan: Plan) -> str:
    """One pass over the attributes' JSON; a value that is not of its declared type counts as unknown."""
    kinds = {name: _KINDS[attribute.kind] for name, attribute in plan.attributes.items()} | {"hardship": "BOOLEAN"}
    shape = ", ".join(f'"{name}": "{kind}"' for name, kind in kinds.items())
    return f", json_transform(attributes, '{{{shape}}}') AS attribute"


def _windows(plan: Plan) -> str:
    counts = []
    for index, limit in enumerate(plan.guardrails.at_most):
        key = "" if limit.key == "any" else f" AND '{limit.key}' IN (channel, purpose)"
        counts.append(f",\n    COUNT(*) FILTER (age < {limit.days!r}{key}) AS _window_{index}")
    return "".join(counts)


def _typed(plan: Plan) -> str:
    cases = " ".join(f"WHEN {condition.sql} THEN '{_escaped(name)}'" for name, condition in plan.types.items())
    named = f"CASE {cases} ELSE 'other' END" if cases else "'other'"
    worth = f"CAST({plan.success.worth.sql} AS DOUBLE)"
    return (
        f"-- a row is a customer: all that is known, the type, and what a kept period is worth\n"
        f"SELECT *, {named} AS type, CASE WHEN {worth} > 0 AND isfinite({worth}) THEN {worth} ELSE 0 END AS worth\n"
        f"FROM facts_now ORDER BY customer"
    )


def _escaped(text: str) -> str:
    return text.replace("'", "''")
