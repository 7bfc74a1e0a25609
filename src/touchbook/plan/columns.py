"""The columns of a customer's state: the documented vocabulary of every condition in a plan.

A column is known from a stage on: ``facts`` may be used in types and worth, ``type`` adds the customer's type and
worth for touches and guardrails, ``stay`` adds what is estimated from all of them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from touchbook.plan.model import Attribute, Question, ValueKind

Stage = Literal["facts", "type", "stay"]
STAGES: tuple[Stage, ...] = ("facts", "type", "stay")


@dataclass(frozen=True, slots=True)
class Column:
    """One column of the state: its type, the stage it is known from, and what it means."""

    name: str
    kind: ValueKind
    meaning: str
    stage: Stage = "facts"


_N, _T, _B = ValueKind.NUMBER, ValueKind.TEXT, ValueKind.YES_NO

BUILT_IN: tuple[Column, ...] = (
    Column("tenure_days", _N, "days since the customer joined; unknown when no date is known"),
    Column("owner", _T, "name of the member of staff who owns the relationship; unknown when nobody does"),
    Column("hardship", _B, "whether the customer has little to give just now; no when not known"),
    Column("balance", _N, "decayed deposits less weighted, decayed withdrawals, in points"),
    Column("deposits", _N, "the deposits' part of the balance, in points"),
    Column("withdrawals", _N, "the withdrawals' part of the balance, weighted, in points"),
    Column("open_withdrawals", _N, "number of withdrawals not yet recovered and still weighing at least half a point"),
    Column("open_weight", _N, "what the open withdrawals weigh in the balance, in points"),
    Column("worst_open_touchpoint", _T, "touchpoint of the open withdrawal that weighs most"),
    Column("worst_open_days", _N, "days since that withdrawal"),
    Column("standing", _T, "overdrawn, neutral, engaged or advocate"),
    Column("moments_90", _N, "number of moments in the last 90 days"),
    Column("deposits_30", _N, "number of deposits in the last 30 days"),
    Column("withdrawals_30", _N, "number of withdrawals in the last 30 days"),
    Column("last_moment_days", _N, "days since the last moment; unknown when there was none"),
    Column("last_withdrawal_days", _N, "days since the last withdrawal; unknown when there was none"),
    Column("last_touchpoint", _T, "touchpoint of the last moment"),
    Column("last_kind", _T, "deposit or withdrawal: the kind of the last entry"),
    Column("feeling_error", _N, "standard error of the feeling's level"),
    Column("feeling_trend", _N, "change of the feeling in 30 days"),
    Column("feeling_trend_error", _N, "standard error of the feeling's trend"),
    Column("touches_30", _N, "number of touches made in the last 30 days"),
    Column("touches_90", _N, "number of touches made in the last 90 days"),
    Column("asks_90", _N, "number of touches that asked something in the last 90 days"),
    Column("last_touch_days", _N, "days since the last touch was made; unknown when there was none"),
    Column("known", _N, "number of the plan's questions with a fresh answer"),
    Column("stale", _N, "number of the plan's questions whose answer has gone stale"),
    Column("referrals", _N, "number of customers who were referred by this one"),
    Column("has_left", _B, "whether the customer's last outcome is that they left"),
    Column("type", _T, "the customer's type: the first in the plan that holds", "type"),
    Column("worth", _N, "money that one kept period brings", "type"),
    Column("stay_probability", _N, "probability of success at the end of the period", "stay"),
    Column("stay_error", _N, "standard error of the stay probability", "stay"),
    Column("lifetime_value", _N, "money expected from now on, discounted", "stay"),
)


def catalogue(
    attributes: Mapping[str, Attribute], questions: Mapping[str, Question], upto: Stage = "stay"
) -> dict[str, Column]:
    """Every column a condition may use at a stage: the built-in ones, the plan's attributes and its questions.

    An attribute ``a`` that is a date gives ``a_in_days`` beside itself (days until then; below 0 once it is past).
    A question ``q`` gives ``q`` (its answer while fresh; for ``feeling``, the smoothed level) and ``q_age_days``
    (days since the last answer, fresh or not).
    """
    columns = {column.name: column for column in BUILT_IN if STAGES.index(column.stage) <= STAGES.index(upto)}
    for attribute in attributes.values():
        columns.setdefault(attribute.name, Column(attribute.name, attribute.kind, "an attribute the plan declares"))
        if attribute.kind is ValueKind.DATE:
            until = f"{attribute.name}_in_days"
            columns[until] = Column(until, _N, f"days until {attribute.name}; below 0 once it is past")
    for question in questions.values():
        kind = _N if question.scale else _T
        columns[question.name] = Column(question.name, kind, f"fresh answer to: {question.ask}")
        age = f"{question.name}_age_days"
        columns[age] = Column(age, _N, f"days since {question.name} was last answered; unknown when never")
    return columns
