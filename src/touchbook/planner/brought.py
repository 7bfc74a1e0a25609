"""What a week's decision is expected to bring: touches that are made, answers to those that ask, and who leaves.

Every draw is a keyed one: the same for the same customer and week, whoever else there is.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from touchbook.insight.columns import numbers, words
from touchbook.planner.decide import Decision
from touchbook.planner.draws import Identities, draw, identities
from touchbook.planner.expected import EXPECTED_NUMBERS, Horizon
from touchbook.planner.questions import answer_levels, frequencies
from touchbook.planner.schedule import HORIZON_DAYS, due_dates

MADE_AT = time(12)  # of the day on which a touch is due


@dataclass(frozen=True)
class Brought:
    """What one week's decision brings: rows for ``touch_event_ahead``, ``answer_ahead`` and ``outcome_ahead``."""

    touches: pa.Table
    answers: pa.Table
    outcomes: pa.Table


def brought_by(decision: Decision, horizon: Horizon, week: int, rates: Mapping[str, float]) -> Brought:
    """What a week brings in expectation: touches made, answers to those that ask, and who leaves until its end."""
    rows, columns, at = _made(decision, horizon.day(week), horizon.zone)
    return Brought(
        _touch_events(decision, rows, columns, at),
        _answers(decision, horizon.day(week), rates, rows, columns, at),
        _leavers(decision, horizon.day(week), horizon.instant(week + 1)),
    )


Places = npt.NDArray[np.int64]
Instants = npt.NDArray[np.datetime64]


def _made(decision: Decision, first_day: date, zone: ZoneInfo) -> tuple[Places, Places, Instants]:
    """Customer, touch and instant of all that is made: on the day it is due, unless it is held out."""
    rows, columns = np.nonzero(decision.chosen)
    surplus = decision.surplus(rows, columns)
    order = np.lexsort((rows, -surplus, ~decision.must.made[rows, columns]))
    rows, columns = rows[order], columns[order]
    touches = list(decision.plan.touches.values())
    rest_days = decision.plan.guardrails.rest_days
    due = due_dates([touches[column] for column in columns.tolist()], rows.tolist(), first_day, rest_days)
    instants = {
        day: datetime.combine(day, MADE_AT, zone).astimezone(UTC).replace(tzinfo=None) for day in sorted(set(due))
    }
    at = np.array([instants[day] for day in due], dtype="datetime64[us]")
    made = ~decision.held_out[rows, columns]
    return rows[made], columns[made], at[made]


def _touch_events(decision: Decision, rows: Places, columns: Places, at: Instants) -> pa.Table:
    touches = [decision.plan.touches[name] for name in np.array(list(decision.plan.touches))[columns].tolist()]
    return pa.table(
        {
            "at": pa.array(at, pa.timestamp("us")),
            "customer": pa.array(words(decision.population.state, "customer")[rows], pa.string()),
            "name": pa.array([touch.name for touch in touches], pa.string()),
            "channel": pa.array([str(touch.channel) for touch in touches], pa.string()),
            "purpose": pa.array([str(touch.purpose) for touch in touches], pa.string()),
            "event": pa.array(["made"] * len(touches), pa.string()),
        }
    )


def _answers(
    decision: Decision, first_day: date, rates: Mapping[str, float], rows: Places, columns: Places, at: Instants
) -> pa.Table:
    """Some of those asked answer, each as one of the population, drawn with its frequencies."""
    ids = identities(decision.population.state)
    parts = [_no_answers()]
    for place, touch in enumerate(decision.plan.touches.values()):
        if not touch.asks:
            continue
        asked = np.flatnonzero(columns == place)
        replies = asked[draw(ids[rows[asked]], f"replies to {touch.name} {first_day}") < rates[touch.name]]
        parts += [
            table
            for name in touch.asks
            if (table := _answers_to(decision, name, ids[rows[replies]], first_day, rows[replies], at[replies]))
        ]
    found = pa.concat_tables(parts)
    return found.append_column("number", pa.array(np.arange(found.num_rows) + EXPECTED_NUMBERS))


def _answers_to(
    decision: Decision, name: str, ids: Identities, first_day: date, rows: Places, at: Instants
) -> pa.Table | None:
    """Answers to one question; None for one that is answered in free words, which no rule looks at."""
    question = decision.plan.questions[name]
    levels = answer_levels(question)
    if not levels:
        return None
    shares = np.cumsum(frequencies(decision.population, question, levels))
    drawn = np.minimum(
        np.searchsorted(shares, draw(ids, f"answer to {name} {first_day}"), side="right"), len(levels) - 1
    )
    given = [levels[place] for place in drawn.tolist()]
    return pa.table(
        {
            "at": pa.array(at, pa.timestamp("us")),
            "customer": pa.array(words(decision.population.state, "customer")[rows], pa.string()),
            "question": pa.array([name] * len(rows), pa.string()),
            "value": pa.array([level if isinstance(level, str) else "" for level in given], pa.string()),
            "number_value": pa.array([None if isinstance(level, str) else level for level in given], pa.float64()),
        }
    )


def _no_answers() -> pa.Table:
    return pa.table(
        {
            "at": pa.array([], pa.timestamp("us")),
            "customer": pa.array([], pa.string()),
            "question": pa.array([], pa.string()),
            "value": pa.array([], pa.string()),
            "number_value": pa.array([], pa.float64()),
        }
    )


def _leavers(decision: Decision, first_day: date, at: datetime) -> pa.Table:
    """Who leaves within a week: of p who stay for a period, p^(7 days / period) stay for a week."""
    state = decision.population.state
    stays = decision.stay.probability ** (HORIZON_DAYS / decision.plan.success.period_days)
    here = ~(numbers(state, "has_left") > 0)
    leaves = np.flatnonzero(here & (draw(identities(state), f"leaves {first_day}") >= stays))
    return pa.table(
        {
            "number": pa.array(np.arange(len(leaves)) + EXPECTED_NUMBERS),
            "at": pa.array([at.replace(tzinfo=None)] * len(leaves), pa.timestamp("us")),
            "customer": pa.array(words(state, "customer")[leaves], pa.string()),
            "outcome": pa.array(["left"] * len(leaves), pa.string()),
        }
    )
