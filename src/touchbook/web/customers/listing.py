"""One page of the list of customers, with all that stands around it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any
from uuid import UUID

from django.conf import settings
from django.http import QueryDict
from django.utils import timezone

from touchbook.lake.present_state import PresentState, latest, state_named
from touchbook.plan.condition_types import Fault
from touchbook.plan.model import Plan
from touchbook.plan.vocabulary import STANDINGS
from touchbook.plan.words import standing_word
from touchbook.store.models import Customer
from touchbook.store.people import Person
from touchbook.store.people_search import find
from touchbook.store.queries import plan_version, terms_in_force
from touchbook.web.access import May, may
from touchbook.web.customers.counts import asked
from touchbook.web.customers.filters import (
    MINE,
    NOBODYS,
    Filter,
    checked,
    condition_text,
    presets_of,
    read_filter,
)
from touchbook.web.customers.rows import Row, changed_since, fresh_rows, live_rows
from touchbook.web.customers.statements import Statement, seen_by, statement

PAGE = 25
CHANGED_MAX = 200
_OWNERS_MAX = 300


@dataclass(frozen=True, slots=True)
class Chip:
    """One way to narrow the list: how many it would leave of all, and the address that turns it on or off."""

    label: Any
    count: int
    address: str
    is_on: bool
    meaning: Any = ""


@dataclass(frozen=True, slots=True)
class Listing:
    """What a page shows. ``fresh`` are those of whom the description does not know yet."""

    state: PresentState
    chosen: Filter
    text: str
    faults: Sequence[Fault]
    rows: Sequence[Row]
    count: int
    everybody: int
    next_address: str
    is_first: bool
    fresh: Sequence[Row] = ()
    changed: int = 0
    sql: str = ""
    presets: Sequence[Chip] = ()
    types: Sequence[Chip] = ()
    standings: Sequence[Chip] = ()
    owners: Sequence[tuple[str, str, int]] = ()

    @property
    def taken_at(self) -> datetime:
        """As of when everybody is described."""
        return self.state.taken_at


@dataclass(frozen=True, slots=True)
class Wanted:
    """What an address asks for, of which description of everybody, and its SQL; none when its condition is wrong."""

    state: PresentState
    plan: Plan
    chosen: Filter
    text: str
    faults: Sequence[Fault]
    statement: Statement | None


def lake() -> Path:
    """The lake of the database in use."""
    from touchbook.lake.mirror import lake_folder  # it brings DuckDB with it

    return lake_folder(Path(settings.TOUCHBOOK_HOME), settings.TOUCHBOOK_DATABASE_URL)


def wanted(person: Person, said: QueryDict, only_mine: bool) -> Wanted | None:
    """What is asked for; None when nobody was described yet."""
    folder = lake()
    state = state_named(folder, said.get("at", "")) or latest(folder)
    if state is None:
        return None
    plan = plan_version(state.about["plan"])[1]
    chosen = read_filter(said, plan, only_mine)
    text = condition_text(chosen, presets_of(plan))
    condition, faults = checked(text, plan)
    own_faults = checked(chosen.where, plan)[1] if faults else ()  # told where they stand in what was typed
    ready = None if faults else statement(state, plan, person, chosen, condition, may(person, May.SEE_CONTACTS))
    return Wanted(state, plan, chosen, text, own_faults or faults, ready)


def listing(person: Person, asked_for: Wanted, after: int, only_mine: bool) -> Listing:
    """The page of what is wanted, after a place; further pages have the rows alone."""
    state, chosen, ready = asked_for.state, asked_for.chosen, asked_for.statement
    found, is_more = _page(state, ready, after)
    terms = terms_in_force()
    day = timezone.localtime(state.taken_at).date()
    rows = live_rows(person, found, day, terms)
    next_address = f"{chosen.address()}{'&' if not chosen.is_open or chosen.order != 'need' else ''}"
    next_address = f"{next_address}at={state.name}&after={found[-1]['place']}" if is_more else ""
    count = int(asked(state, ready.count())[0][0]) if ready else 0
    if after:
        return Listing(state, chosen, asked_for.text, (), rows, count, count, next_address, False)
    changed = changed_since(person, state.about["marks"], state.taken_at, CHANGED_MAX)
    census = _census(state, person, asked_for.plan)
    return Listing(
        state,
        chosen,
        asked_for.text,
        asked_for.faults,
        rows,
        count,
        census.everybody,
        next_address,
        True,
        _fresh(person, chosen, state.taken_at, {row.id for row in rows}, terms),
        len(changed),
        ready.rows() if ready else "",
        _presets(asked_for.plan, census, chosen),
        _chips(census.types, asked_for.plan.types, chosen.types, lambda name: (name, chosen.address(types=name))),
        _chips(
            census.standings,
            STANDINGS,
            chosen.standings,
            lambda name: (standing_word(name), chosen.address(standings=name)),
        ),
        [] if only_mine else _owners(census, person),
    )


def _page(state: PresentState, ready: Statement | None, after: int) -> tuple[list[dict[str, Any]], bool]:
    if ready is None:
        return [], False
    names = (*ready.columns, "place")
    rows = state.ask(ready.rows(PAGE + 1, after))
    return [dict(zip(names, row, strict=True)) for row in rows[:PAGE]], len(rows) > PAGE


@dataclass(frozen=True, slots=True)
class _Census:
    """How many customers somebody sees: in all, for each common question, and of each type, standing and owner.

    ``owners``: id ('' for nobody's), name, how many.
    """

    everybody: int
    presets: Mapping[str, int]
    types: Mapping[str, int]
    standings: Mapping[str, int]
    owners: Sequence[tuple[str, str, int]]


def _census(state: PresentState, person: Person, plan: Plan) -> _Census:
    ways = _ways(state.folder, tuple((key, preset.condition) for key, preset in presets_of(plan).items()))
    everybody = Statement(state, seen_by(person), "", "need", {})
    rows = asked(state, everybody.census(("type", "standing", "_owner"), [sql for _, sql in ways]))
    of: list[list[tuple[str, str, int]]] = [[], [], []]
    for column, value, owner, count, *_ in rows:
        if column >= 0:
            of[column].append((value or "", owner or "", int(count)))
    _, _, _, total, *each = next(row for row in rows if row[0] < 0)
    types, standings = ({value: count for value, _, count in found if value} for found in of[:2])
    presets = {key: int(count or 0) for (key, _), count in zip(ways, each, strict=True)}
    return _Census(int(total or 0), presets, types, standings, of[2])


def _presets(plan: Plan, census: _Census, chosen: Filter) -> list[Chip]:
    return [
        Chip(preset.label, census.presets[key], chosen.address(presets=key), key in chosen.presets, preset.meaning)
        for key, preset in presets_of(plan).items()
    ]


@lru_cache(maxsize=16)
def _ways(folder: Path, conditions: tuple[tuple[str, str], ...]) -> list[tuple[str, str]]:
    """The SQL of each common question; reading them takes longer than asking, and they stay as they are."""
    state = state_named(folder.parent.parent, folder.name)
    assert state is not None  # noqa: S101  it was found a moment ago
    plan = plan_version(state.about["plan"])[1]
    found = []
    for key, text in conditions:
        condition, faults = checked(text if key == "left" else f"not has_left and {text}", plan)
        assert condition is not None, faults  # noqa: S101  the conditions are ours
        found.append((key, condition.sql))
    return found


def _chips(
    counts: Mapping[str, int], names: Iterable[str], on: Collection[str], told: Callable[[str], tuple[Any, str]]
) -> list[Chip]:
    """A chip for each value that somebody has; *told*: what it is called, and its address."""
    listed = dict.fromkeys([*names, *counts])
    return [
        Chip(told(name)[0], counts.get(name, 0), told(name)[1], name in on) for name in listed if name in {*counts, *on}
    ]


def _owners(census: _Census, person: Person) -> list[tuple[str, str, int]]:
    """Whose customers the visitor sees: key, name and how many; those of nobody have an empty name."""
    own = str(person.id)
    found = [
        (MINE if owner == own else owner or NOBODYS, name, count)
        for owner, name, count in sorted(census.owners, key=lambda one: one[1])[:_OWNERS_MAX]
    ]
    return sorted(found, key=lambda one: (one[0] != MINE, one[0] == NOBODYS, one[1]))


def _fresh(person: Person, chosen: Filter, taken_at: datetime, shown: set[UUID], terms: Any) -> list[Row]:
    """Whom a search finds that is about nothing but words: customers who came or changed since."""
    if not chosen.words or chosen.presets or chosen.types or chosen.standings or chosen.owner or chosen.where:
        return []
    found = [one.id for one in find(person, chosen.words, 12, may(person, May.SEE_CONTACTS)) if one.is_seen]
    since = taken_at - timedelta(seconds=1)
    new = set(Customer.objects.filter(id__in=found, changed_at__gte=since).values_list("id", flat=True))
    return fresh_rows(person, [one for one in found if one in new and one not in shown], terms)
