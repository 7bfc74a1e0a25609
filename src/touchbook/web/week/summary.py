"""A week as its page tells it: what was decided, by whom it is made, what is scarce, and who is left alone."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.conf import settings
from django.utils.translation import gettext as _

from touchbook.plan.model import EACH_OWNER, OWNER, Plan, Purpose
from touchbook.planner.schedule import HORIZON_DAYS
from touchbook.planner.week_words import (
    amount,
    owners_sentence,
    price_sentences,
    short_sentences,
    unmet_sentence,
    worth_sentence,
)
from touchbook.store.models import CapacityCounter, PlanRun
from touchbook.store.weeks import (
    Counted,
    Scope,
    counted,
    counters_of,
    customers_reached,
    owners_time,
    staff_names,
    waiting_for,
)
from touchbook.web.left_alone import words_for
from touchbook.web.week.states import group_of, words_of

if TYPE_CHECKING:
    import pyarrow as pa


@dataclass(frozen=True, slots=True)
class Capacity:
    """What is used of a capacity, in words and as a share for a picture of it."""

    name: str
    words: str
    used: float
    available: float


@dataclass(slots=True)
class Desk:
    """Those who make some of the touches: a team, the owners, or nobody, by a channel.

    ``kinds``: purpose, touch and count. ``team``: as a form names it, "" where one form cannot; ``mine``: how many wait
    for the approval of whoever looks.
    """

    name: str
    team: str
    kinds: list[tuple[str, str, int]] = field(default_factory=list)
    capacity: Capacity | None = None
    mine: int = 0

    @property
    def count(self) -> int:
        """All of its touches."""
        return sum(count for _purpose, _touch, count in self.kinds)


def ends_on(run: PlanRun) -> date:
    """The last day of a run's week."""
    return run.starts_on + timedelta(HORIZON_DAYS - 1)


def summary(run: PlanRun, plan: Plan, scope: Scope) -> dict[str, Any]:
    """Everything about a week but its list of touches; *scope* is what whoever looks at it may decide."""
    rows = counted(run)
    planned = [row for row in rows if not row.held_out]
    total = sum(row.count for row in planned)
    held_out = sum(row.count for row in rows if row.held_out)
    sales = sum(row.count for row in rows if row.purpose == Purpose.SELL)
    reached = customers_reached(run)
    alone = _left_alone(run.id)
    capacities = _capacities(run, plan)
    desks = _desks(planned, capacities)
    waiting = waiting_for(run, scope)
    for team, count in waiting.items():
        for desk in desks:
            desk.mine += count if desk.team == team and team else 0
    said = run.parameters
    return {
        "total": total,
        "must": sum(row.count for row in planned if row.must),
        "held_out": held_out,
        "reached": reached,
        "alone": alone,
        "alone_count": sum(count for _reason, _words, count in alone) if alone is not None else None,
        "worth": _worth(run, plan),
        "unmet": unmet_sentence(plan, said.get("must_unmet", 0), said.get("short", {})),
        "prices": _prices(run, plan),
        "sales": sales,
        "sales_limit": plan.guardrails.sales_share,
        "sales_share": sales / max(total + held_out, 1),
        "desks": desks,
        "capacities": [one for one in capacities.values() if one not in [desk.capacity for desk in desks]],
        "mine": sum(waiting.values()),
        "states": _by_state(planned),
    }


def _worth(run: PlanRun, plan: Plan) -> str:
    kept = run.certificate
    return worth_sentence(plan, kept["value"], kept["gap"]) if {"value", "gap"} <= kept.keys() else ""


def _prices(run: PlanRun, plan: Plan) -> list[str]:
    prices: Mapping[str, float] = run.parameters.get("owner_prices", {})
    names = {str(one): name for one, name in staff_names([UUID(one) for one in prices]).items()}
    owners = {one: names.get(one, _("one of them")) for one in prices}
    sentences = [
        *price_sentences(plan, run.prices),
        owners_sentence(plan, prices, owners),
        *short_sentences(plan, run.parameters.get("short", {})),
    ]
    return [sentence for sentence in sentences if sentence]


def _capacities(run: PlanRun, plan: Plan) -> dict[str, Capacity]:
    """What is used of each capacity now; a team's by its name, a channel's by the channel, the owners' as theirs."""
    found = {row.capacity: _capacity(plan, row) for row in counters_of(run) if row.capacity in plan.capacity}
    number, used, available = owners_time(run)
    if number:
        words = {"used": amount(plan, EACH_OWNER, used), "available": amount(plan, EACH_OWNER, available)}
        found[OWNER] = Capacity(OWNER, _("%(used)s of %(available)s") % words, used, available)
    return found


def _capacity(plan: Plan, row: CapacityCounter) -> Capacity:
    words = {"used": amount(plan, row.capacity, row.used), "available": amount(plan, row.capacity, row.available)}
    return Capacity(row.capacity, _("%(used)s of %(available)s") % words, row.used, row.available)


def _desks(rows: Sequence[Counted], capacities: Mapping[str, Capacity]) -> list[Desk]:
    found: dict[tuple[str, str], Desk] = {}
    kinds: dict[tuple[str, str], Counter[tuple[str, str]]] = {}
    for row in rows:
        key = (row.team, "" if row.team else row.channel)
        if key not in found:
            found[key] = Desk(_name(row), row.team, capacity=capacities.get(row.team or row.channel))
            kinds[key] = Counter()
        kinds[key][row.purpose, row.name] += row.count
    for key, desk in found.items():
        desk.kinds = [(*kind, count) for kind, count in kinds[key].most_common()]
    return sorted(found.values(), key=lambda desk: (not desk.team, -desk.count))


def _name(row: Counted) -> str:
    if row.team == OWNER:
        return _("Owners of the relationship")
    return row.team or _("By %(channel)s") % {"channel": row.channel}


def _by_state(rows: Sequence[Counted]) -> list[tuple[str, str, int]]:
    found: Counter[str] = Counter()
    for row in rows:
        found[group_of(row.state)] += row.count
    return [(group, words_of(group), count) for group, count in found.most_common()]


def _left_alone(run: UUID) -> list[tuple[str, str, int]] | None:
    """Reasons with their words and counts; None when the run's evidence is no longer kept."""
    from touchbook.workflows.list_left_alone import list_left_alone

    table = list_left_alone(Path(settings.TOUCHBOOK_HOME), settings.TOUCHBOOK_DATABASE_URL, run)
    if table is None:
        return None
    return [(reason, words_for(reason), count) for reason, count in by_reason(table).most_common()]


def by_reason(left_alone: pa.Table) -> Counter[str]:
    """How many are left alone for each reason."""
    counts = left_alone.group_by("reason").aggregate([([], "count_all")]).to_pylist()
    return Counter({str(one["reason"]): int(one["count_all"]) for one in counts})
