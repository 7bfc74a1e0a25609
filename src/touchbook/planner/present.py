"""One customer as they are at an instant: a run's evidence, brought up to date by what has happened since.

What grows old by itself (days of rest, windows, answers that go stale) is worked out anew from what happened; what is
only another number than last time, such as the balance, comes in as a column. The rest stays as the run had it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

import numpy as np
import pyarrow as pa

from touchbook.plan.model import Plan, Touch
from touchbook.planner.explanation.evidence import PER_TOUCH
from touchbook.planner.population import Floats, Population

SLACK_DAYS = 1e-4  # two ages of one event that are worked out in two ways differ by less


@dataclass(frozen=True, slots=True)
class Reached:
    """A touch that reached the customer, or may have, and how many days ago."""

    name: str
    channel: str
    purpose: str
    days: float


@dataclass(frozen=True, slots=True)
class Promised:
    """A touch of the run that is planned for the customer, and still open."""

    touch: Touch
    due_on: date


@dataclass(frozen=True, slots=True)
class Present:
    """What is known of one customer now.

    ``at``: the instant; ``days``: since the one that the run was planned as of; ``starts_on``: the run's first day.
    ``columns``: columns of the state that are not as the run had them. ``told``: per question the last answer and its
    age in days. ``changed``: whether they, or what they allow, were written anew since. ``reached``: every touch that
    ever did. ``consents``: channel, purpose, allowed. ``promised``: what is open of the run. ``served``: its touches
    that are open, in flight or made: their duty is done, or will be. ``contacts``: the days within the
    window of the contact ceiling on which anybody reached out.
    """

    at: datetime
    days: float
    starts_on: date
    columns: Mapping[str, object]
    told: Mapping[str, tuple[float | str | None, float]]
    changed: bool = False
    reached: Sequence[Reached] = ()
    consents: Sequence[tuple[str, str, bool]] = ()
    promised: Sequence[Promised] = ()
    served: Sequence[Touch] = ()
    contacts: int = 0


def has_news(plan: Plan, kept: pa.Table, present: Present) -> bool:
    """Whether anything happened since the run that a condition or a value may rest on."""
    if (
        present.changed
        or present.columns
        or any(reached.days < present.days - SLACK_DAYS for reached in present.reached)
    ):
        return True
    return any(_is_news(kept, present, name) for name in plan.questions)


def population_now(plan: Plan, kept: pa.Table, present: Present) -> Population:
    """The customer as a population of one, as of now. *kept*: their row of the run's evidence."""
    customer = kept.column("customer")
    consents = pa.table(
        {
            "customer": pa.array([customer[0].as_py()] * len(present.consents), pa.string()),
            "channel": pa.array([channel for channel, _, _ in present.consents], pa.string()),
            "purpose": pa.array([purpose for _, purpose, _ in present.consents], pa.string()),
            "allowed": pa.array([allowed for _, _, allowed in present.consents], pa.bool_()),
        }
    )
    columns = {**_ages(plan, kept, present), **_outreach(plan, present), **present.columns}
    state = kept.select([name for name in kept.schema.names if name not in PER_TOUCH])
    return Population(with_columns(state, columns), _NO_TOUCHES, consents, present.starts_on)


def since(plan: Plan, present: Present) -> dict[str, Floats]:
    """Per touch of the plan the days since it last reached the customer, as guardrails take it; infinite when never."""
    days = dict.fromkeys(plan.touches, np.inf)
    for reached in present.reached:
        if reached.name in days:
            days[reached.name] = min(days[reached.name], reached.days)
    return {name: np.array([value]) for name, value in days.items()}


def with_columns(state: pa.Table, columns: Mapping[str, object]) -> pa.Table:
    """A state of one row with other values in some of its columns; those that it does not have are left out."""
    schema = state.schema
    fields = [
        pa.array([columns[field.name]], field.type) if field.name in columns else state.column(place)
        for place, field in enumerate(schema)
    ]
    return pa.Table.from_arrays(fields, schema=schema)


def _ages(plan: Plan, kept: pa.Table, present: Present) -> dict[str, object]:
    """The questions' columns, and the days since the last moment and the last withdrawal."""
    columns: dict[str, object] = {}
    fresh = stale = 0
    for name, question in plan.questions.items():
        value, age = _answer(kept, present, name)
        is_fresh = age is not None and age <= question.good_for_days
        fresh, stale = fresh + is_fresh, stale + (age is not None and not is_fresh)
        columns[name], columns[f"{name}_age_days"] = value if is_fresh else None, age
    for name in ("last_moment_days", "last_withdrawal_days"):
        before = _number(kept, name)
        columns[name] = None if before is None else before + present.days
    return {**columns, "known": fresh, "stale": stale}


def _answer(kept: pa.Table, present: Present, name: str) -> tuple[object, float | None]:
    """A question's answer and its age. What was told since counts as it was told; else the run's value stands."""
    if _is_news(kept, present, name):
        return present.told.get(name, (None, None))
    age = _number(kept, f"{name}_age_days")
    return kept.column(name)[0].as_py(), None if age is None else age + present.days


def _is_news(kept: pa.Table, present: Present, name: str) -> bool:
    """Whether the last answer to a question is another one than the run knew."""
    told, age = present.told.get(name), _number(kept, f"{name}_age_days")
    if told is None or age is None:
        return (told is None) != (age is None)
    return abs(told[1] - age - present.days) > SLACK_DAYS


def _outreach(plan: Plan, present: Present) -> dict[str, object]:
    """How often the customer was reached, in windows that end now."""
    reached = present.reached
    columns: dict[str, object] = {
        "touches_30": sum(one.days < 30 for one in reached),
        "touches_90": sum(one.days < 90 for one in reached),
        "asks_90": sum(one.days < 90 and one.purpose == "ask" for one in reached),
        "last_touch_days": min((one.days for one in reached), default=None),
        "_contacts": present.contacts,
        "_put_off": None,  # what waits for its day is among what is promised, and may be made now
        "_put_off_days": None,
    }
    for place, limit in enumerate(plan.guardrails.at_most):
        counted = [one for one in reached if limit.key in ("any", one.channel, one.purpose)]
        columns[f"_window_{place}"] = sum(one.days < limit.days for one in counted)
    return columns


def _number(kept: pa.Table, name: str) -> float | None:
    value = kept.column(name)[0].as_py()
    return None if value is None else float(value)


_NO_TOUCHES = pa.table(
    {"customer": pa.array([], pa.string()), "name": pa.array([], pa.string()), "days": pa.array([], pa.float64())}
)
