"""What a list of customers is narrowed to: all of it stands in the page's address, and most of it is a condition."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.http import QueryDict
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from touchbook.insight.feeling import STEADY_BELOW
from touchbook.plan.condition_types import Fault
from touchbook.plan.conditions import check
from touchbook.plan.model import Condition, Plan
from touchbook.plan.present_columns import present_columns, present_vocabulary
from touchbook.plan.vocabulary import STANDINGS

SILENT_DAYS = 45
MINE, NOBODYS = "mine", "nobody"
ORDERS = {
    "need": ("_by_need", _("Most at stake")),
    "name": ("_by_name", _("By name")),
    "balance": ("_by_balance", _("Lowest balance")),
    "silence": ("_by_silence", _("Longest silent")),
}


@dataclass(frozen=True, slots=True)
class Preset:
    """A common question: what it is called, what it means, and its condition."""

    key: str
    label: str | Promise
    meaning: str | Promise
    condition: str


@dataclass(frozen=True, slots=True)
class Filter:
    """What the address says. ``owner``: an id, ``mine``, ``nobody`` or nothing; ``where``: a condition of one's own."""

    words: str = ""
    presets: tuple[str, ...] = ()
    types: tuple[str, ...] = ()
    standings: tuple[str, ...] = ()
    owner: str = ""
    where: str = ""
    order: str = "need"

    def address(self, **changes: object) -> str:
        """The query of an address that says this, with some of it changed; of a list's value, in or out."""
        other = self
        for name, value in changes.items():
            kept = getattr(other, name)
            changed: Any = _turned(kept, value) if isinstance(kept, tuple) else value
            other = replace(other, **{name: changed})
        said = [
            ("q", other.words),
            *(("is", one) for one in other.presets),
            *(("type", one) for one in other.types),
            *(("standing", one) for one in other.standings),
            ("owner", other.owner),
            ("where", other.where),
            ("order", other.order if other.order != "need" else ""),
        ]
        return "?" + urlencode([(name, str(value)) for name, value in said if value])

    @property
    def is_open(self) -> bool:
        """Whether it lets everybody through."""
        return not (self.words or self.presets or self.types or self.standings or self.owner or self.where)


def _turned(kept: tuple[str, ...], value: object) -> tuple[str, ...]:
    """A list of values with one of them put in, or taken out."""
    return tuple(one for one in kept if one != value) if value in kept else (*kept, str(value))


def presets_of(plan: Plan) -> dict[str, Preset]:
    """The common questions, where a plan can answer them; whoever has left is asked about apart."""
    named = present_columns(plan)
    ceiling = plan.guardrails.contact_ceiling
    contacts = named["contact_days"]
    most = f"{contacts} > {ceiling.count}" if ceiling else ""
    found = [
        Preset(
            "slipping",
            _("Feeling falling"),
            _("What they say they feel is getting worse."),
            f"feeling_trend <= -{STEADY_BELOW}",
        ),
        Preset(
            "wronged",
            _("Open withdrawals"),
            _("We did wrong by them, and have not made it good."),
            "open_withdrawals > 0",
        ),
        Preset(
            "promised",
            _("Promises overdue"),
            _("We said we would, and the day has passed."),
            f"{named['promises_overdue']} > 0",
        ),
        Preset(
            "silent",
            _("Silent for 45 days"),
            _("No moment and no touch for longer than that."),
            f"{named['silent_days']} > {SILENT_DAYS}",
        ),
        Preset("crowded", _("Over-contacted"), _("We reached out on more days than the plan’s ceiling allows."), most),
        Preset("unknown", _("Nothing known"), _("No fresh answer to any of our questions."), "known = 0"),
        Preset(
            "unseen",
            _("Nothing in the book"),
            _("Not one moment with them is on record."),
            "last_moment_days is null",
        ),
        Preset("left", _("Left"), _("They have gone."), "has_left"),
    ]
    return {one.key: one for one in found if one.condition}


def read_filter(said: QueryDict, plan: Plan, only_mine: bool) -> Filter:
    """What an address says; what the plan does not know is let go."""
    presets = presets_of(plan)
    owner, order = said.get("owner", ""), said.get("order", "")
    return Filter(
        " ".join(said.get("q", "").split())[:100],
        tuple(dict.fromkeys(one for one in said.getlist("is") if one in presets)),
        tuple(dict.fromkeys(one for one in said.getlist("type") if one in plan.types or one == "other")),
        tuple(dict.fromkeys(one for one in said.getlist("standing") if one in STANDINGS)),
        MINE if only_mine else owner if owner in (MINE, NOBODYS) or _is_id(owner) else "",
        said.get("where", "").strip(),
        order if order in ORDERS else "need",
    )


def _is_id(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True


def condition_text(chosen: Filter, presets: Mapping[str, Preset]) -> str:
    """The whole of a filter, but its words and owner, in the plan's own language; empty when it lets all through."""
    parts = []
    if chosen.presets and "left" not in chosen.presets:
        parts.append("not has_left")
    parts += [presets[one].condition for one in chosen.presets]
    for column, values in (("type", chosen.types), ("standing", chosen.standings)):
        if values:
            parts.append(f"{column} in ({', '.join(_quoted(one) for one in values)})")
    if chosen.where:
        parts.append(f"({chosen.where})" if parts else chosen.where)
    return " and ".join(parts)


def checked(text: str, plan: Plan) -> tuple[Condition | None, tuple[Fault, ...]]:
    """A condition as it may run, or what is wrong with it."""
    if not text:
        return None, ()
    found = check(text, present_vocabulary(plan))
    return found.condition, tuple(fault for fault in found.faults if fault.severity == "error")


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
