"""A week under a text beside the week under the plan in force, line by line."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from touchbook.planner.phrases import money
from touchbook.web.left_alone import words_for
from touchbook.web.templatetags.words import percent, whole

Names = Callable[[list[UUID]], Mapping[UUID, str]]
Week = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Line:
    """One line: what it is, before, after, and the change in words ("" where there is none)."""

    what: str
    before: str
    after: str
    change: str = ""


@dataclass(frozen=True, slots=True)
class Comparison:
    """All that is shown of a trial."""

    starts_on: date
    ends_on: date
    has_before: bool
    lines: Sequence[Line]
    teams: Sequence[tuple[str, Sequence[Line]]]
    left_alone: Sequence[Line]
    prices_before: Sequence[str]
    prices_after: Sequence[str]
    unmet: str
    dropped: tuple[int, Sequence[tuple[str, str]]]
    gained: tuple[int, Sequence[tuple[str, str]]]


def compare(result: Mapping[str, Any], names: Names) -> Comparison:
    """*result* as ``try_plan`` gives it; *names* says what those are called whom one may see."""
    after: Week = result["tried"]
    before: Week | None = result["in_force"]
    starts_on = date.fromisoformat(result["starts_on"])
    return Comparison(
        starts_on=starts_on,
        ends_on=starts_on + timedelta(days=6),
        has_before=before is not None,
        lines=_lines(before, after),
        teams=_teams(before, after),
        left_alone=_left_alone(before, after),
        prices_before=before["prices"] if before else (),
        prices_after=after["prices"],
        unmet=after["unmet"],
        dropped=_named(result.get("dropped"), names),
        gained=_named(result.get("gained"), names),
    )


def _lines(before: Week | None, after: Week) -> list[Line]:
    currency = after["currency"]
    lines = [
        _counted(_("Touches"), before, after, "touches"),
        _counted(_("Customers reached"), before, after, "reached"),
        _counted(_("Touches that must be made"), before, after, "must"),
        _line(_("Expected worth"), before, after, lambda week: week["value"], lambda value: money(value, currency)),
        _line(_("Sales among all touches"), before, after, _sales_share, lambda value: percent(value, 1)),
    ]
    amounts = {one["name"]: one for one in (before or {"capacities": ()})["capacities"]}
    for one in after["capacities"]:
        was = amounts.pop(one["name"], None)
        name = _("Owners’ own time") if one["owners"] else _("Used of %(capacity)s") % {"capacity": one["name"]}
        lines.append(Line(name, _of(was) if was else "–", _of(one)))
    lines += [
        Line(_("Used of %(capacity)s") % {"capacity": name}, _of(one), _("no longer limited"))
        for name, one in amounts.items()
    ]
    return lines


def _of(one: Mapping[str, Any]) -> str:
    return _("%(used)s of %(available)s") % {"used": one["used_words"], "available": one["available_words"]}


def _sales_share(week: Week) -> float:
    return float(week["sales"] / week["touches"]) if week["touches"] else 0.0


def _counted(what: str, before: Week | None, after: Week, name: str) -> Line:
    return _line(what, before, after, lambda week: float(week[name]), whole)


def _line(
    what: str, before: Week | None, after: Week, value: Callable[[Week], float], words: Callable[[float], str]
) -> Line:
    now = value(after)
    if before is None:
        return Line(what, "–", words(now))
    was = value(before)
    return Line(what, words(was), words(now), _change(was, now, words))


def _change(was: float, now: float, words: Callable[[float], str]) -> str:
    """+12, −3, or nothing where people would not see a difference."""
    if words(was) == words(now):
        return ""
    return f"{'+' if now > was else '−'}{words(abs(now - was))}"


def _teams(before: Week | None, after: Week) -> list[tuple[str, Sequence[Line]]]:
    """Touch by touch, under the team that makes it, or the channel by which it goes where none does."""
    was, now = _by_touch(before), _by_touch(after)
    keys = list(dict.fromkeys([*now, *was]))
    grouped: dict[str, list[Line]] = {}
    for desk, touch in sorted(keys, key=lambda key: (key[0], -now[key], key[1])):
        mine, theirs = was[desk, touch], now[desk, touch]
        line = Line(
            touch, whole(mine) if before else "–", whole(theirs), _change(mine, theirs, whole) if before else ""
        )
        grouped.setdefault(desk, []).append(line)
    return list(grouped.items())


def _by_touch(week: Week | None) -> Counter[tuple[str, str]]:
    found: Counter[tuple[str, str]] = Counter()
    for row in week["by_team"] if week else ():
        desk = row["team"] or _("by %(channel)s") % {"channel": row["channel"]}
        found[desk, _("%(touch)s (%(purpose)s)") % row] += row["count"]
    return found


def _left_alone(before: Week | None, after: Week) -> list[Line]:
    was: Counter[str] = Counter(before["left_alone"] if before else {})
    now: Counter[str] = Counter(after["left_alone"])
    lines = [
        _numbers(words_for(reason), was[reason] if before else None, now[reason])
        for reason, _count in (now | was).most_common()
    ]
    return [_numbers(_("All who are left alone"), was.total() if before else None, now.total()), *lines]


def _numbers(what: str, was: int | None, now: int) -> Line:
    """A line of two counts; None where there is nothing before."""
    if was is None:
        return Line(what, "–", whole(now))
    return Line(what, whole(was), whole(now), _change(was, now, whole))


def _named(found: Mapping[str, Any] | None, names: Names) -> tuple[int, Sequence[tuple[str, str]]]:
    if not found:
        return 0, ()
    ids = [UUID(one) for one in found["customers"]]
    called = names(ids)
    return found["count"], [(str(one), called[one]) for one in ids if called.get(one)]
