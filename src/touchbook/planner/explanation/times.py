"""What time alone opens: the days on which rest, limits, cooldowns and the ceiling of contacts end.

A customer is supposed on each of the coming days, with nothing new in their book and no further touch, and the
guardrails are asked again. The evidence knows when each touch was last made, so a limit's window is known exactly
when every touch in it has another name; else those that are not known count as young as the last, and what follows is
a day at the latest.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from math import ceil

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from touchbook.plan.model import Plan, Touch
from touchbook.planner.candidates import CONDITION, OTHER_TYPE, Candidates
from touchbook.planner.explanation.anew import Present, decide_anew
from touchbook.planner.explanation.data import Bar, Change, ChangeKind, Terms
from touchbook.planner.explanation.evidence import per_touch, supposed
from touchbook.planner.explanation.moves import named
from touchbook.planner.explanation.scarcity import Scarcity
from touchbook.planner.guardrails import GUARDRAILS
from touchbook.planner.guardrails.at_most import concerns
from touchbook.planner.phrases import Row
from touchbook.planner.population import Floats, Mask, Population

PASSING = frozenset({"rest", "cooldown", "variety", "at_most", "contact_ceiling"})
"""The guardrails that time lifts."""
DAYS_MAX = 366
CONTACTS = "_contacts"
_MEANT = {OTHER_TYPE: "type", CONDITION: "condition"}


@dataclass(frozen=True, slots=True)
class Window:
    """A limit's window: the ages in days of the touches in it, and whether they are known."""

    days: float
    ages: tuple[float, ...]
    exact: bool

    def counts(self, later: Floats) -> npt.NDArray[np.float64]:
        """How many are still in it some days later."""
        ages = np.array(self.ages, dtype=np.float64)
        return np.asarray((ages[None, :] + later[:, None] < self.days).sum(axis=1), dtype=np.float64)


def windows(plan: Plan, row: Row) -> dict[str, Window]:
    """The windows of a customer by the column that counts them: those of ``at_most``, and of the contacts."""
    since = dict(zip(plan.touches, per_touch(row, "_since"), strict=True))
    last = _number(row.get("last_touch_days"))
    found = {}
    for index, limit in enumerate(plan.guardrails.at_most):
        count = round(_number(row.get(f"_window_{index}")))
        known = sorted(
            days for name, days in since.items() if concerns(limit, plan.touches[name]) and days < limit.days
        )
        ages = (*known[:count], *[last] * (count - len(known)))
        found[f"_window_{index}"] = Window(limit.days, ages, len(known) == count)
    ceiling = plan.guardrails.contact_ceiling
    if ceiling and row.get(CONTACTS) is not None:
        days = [_number(row[name]) for name in ("last_touch_days", "last_moment_days") if row.get(name) is not None]
        # Contacts are counted by the day, so the youngest may stay in the window for one more.
        ages = (min(days, default=0.0) - 1,) * round(_number(row[CONTACTS]))
        found[CONTACTS] = Window(ceiling.days, ages, not ages)
    return found


def on_coming_days(terms: Terms, kept: pa.Table, row: Row) -> Population:
    """A customer today and on each day until nothing that passes is left (days + 1 rows)."""
    plan, touches = terms.plan, terms.plan.touches.values()
    longest = max(
        [plan.guardrails.rest_days, *(touch.cooldown_days for touch in touches),
         *(window.days + 1 for window in windows(plan, row).values())]
    )  # fmt: skip
    later = np.arange(min(ceil(longest), DAYS_MAX) + 1, dtype=np.float64)
    columns: dict[str, npt.NDArray[np.generic]] = {
        name: _number(row[name]) + later
        for name in ("last_touch_days", "last_withdrawal_days")
        if row.get(name) is not None
    }
    columns |= {name: window.counts(later) for name, window in windows(plan, row).items()}
    return supposed(terms, kept, later, columns)


def bars_of(terms: Terms, candidates: Candidates, row: Row, coming: Population) -> Mapping[str, tuple[Bar, ...]]:
    """All that forbids each touch to one customer, the first of it first; *candidates* are theirs alone."""
    plan, facts = terms.plan, candidates.facts
    never = np.repeat(facts.never_sell, coming.size)
    later = replace(facts, population=coming, since=coming.days_since_made(plan), never_sell=never)
    unsure = {name for name, window in windows(plan, row).items() if not window.exact}
    found = {}
    for place, touch in enumerate(plan.touches.values()):
        code = int(candidates.barred[0, place])
        bars = [Bar(_MEANT[code], candidates.why_not(0, touch, code))] if code in _MEANT else []
        for guardrail in GUARDRAILS.values():
            kept_from = None if touch.must and not guardrail.binds_must else guardrail.bar(facts, touch)
            if kept_from is None or not kept_from[0]:
                continue
            opens = _first_free(guardrail.bar(later, touch)) if guardrail.name in PASSING else None
            bars.append(
                Bar(
                    guardrail=guardrail.name,
                    sentence=guardrail.sentence(facts, touch, 0),
                    opens_on=None if opens is None else terms.starts_on + timedelta(opens),
                    exact=not unsure & _counting(plan, guardrail.name, touch),
                )
            )
        found[touch.name] = tuple(bars)
    return found


def _first_free(forbidden: Mask | None) -> int | None:
    """The first of the coming days on which nothing is forbidden."""
    free = np.flatnonzero(~forbidden) if forbidden is not None else np.zeros(0)
    return int(free[0]) if len(free) else None


def _counting(plan: Plan, guardrail: str, touch: Touch) -> set[str]:
    """The windows by which a guardrail judges a touch."""
    if guardrail == "contact_ceiling":
        return {CONTACTS}
    limits = enumerate(plan.guardrails.at_most if guardrail == "at_most" else ())
    return {f"_window_{index}" for index, limit in limits if concerns(limit, touch)}


def _number(value: object) -> float:
    return float(str(value)) if value is not None else 0.0


def time_change(terms: Terms, row: Row, now: Present, scarcity: Scarcity, coming: Population) -> Iterator[Change]:
    """The first day on which somebody who is left alone would get something, because rest and limits have passed."""
    plan, names = terms.plan, tuple(terms.plan.touches)
    chosen = decide_anew(terms, coming, scarcity, now.must)
    later = np.flatnonzero(chosen.any(axis=1))
    if not len(later) or later[0] == 0:
        return
    days = int(later[0])
    then = named(names, chosen[days])
    unsure = {name for name, window in windows(plan, row).items() if not window.exact}
    counting = {window for name in then for rail in PASSING for window in _counting(plan, rail, plan.touches[name])}
    yield Change(
        kind=ChangeKind.REST,
        touch=then[0],
        from_=0.0,
        to=float(days),
        by=float(days),
        nearness=days / 30,
        then=then,
        on=terms.starts_on + timedelta(days),
        exact=not unsure & counting,
    )
