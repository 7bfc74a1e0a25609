"""Entries of the audit trail in words: who did what to whom, and what differs between before and after."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from touchbook.store.models import (
    ApiKey,
    AuditEntry,
    Customer,
    Department,
    Import,
    PlanVersion,
    Staff,
    Team,
    Touchpoint,
)
from touchbook.web.templatetags.words import day

KINDS: Mapping[str, str | Promise] = {
    "staff": gettext_lazy("person"), "customer": gettext_lazy("customer"), "team": gettext_lazy("team"),
    "department": gettext_lazy("department"), "touchpoint": gettext_lazy("touchpoint"),
    "practice": gettext_lazy("practice"), "plan": gettext_lazy("plan"), "import": gettext_lazy("import"),
    "key": gettext_lazy("API key"), "identifier": gettext_lazy("identifier"), "entry": gettext_lazy("entry"),
    "invitation": gettext_lazy("invitation"), "login": gettext_lazy("login"), "promise": gettext_lazy("promise"),
    "touch": gettext_lazy("touch"), "moment": gettext_lazy("moment"),
}  # fmt: skip
ACTIONS: Mapping[str, str | Promise] = {
    "add": gettext_lazy("added"), "create": gettext_lazy("added"), "make": gettext_lazy("made"),
    "hire": gettext_lazy("added"), "change": gettext_lazy("changed"), "retire": gettext_lazy("retired"),
    "revive": gettext_lazy("brought back"), "take back": gettext_lazy("took back"),
    "remove": gettext_lazy("removed"), "adopt": gettext_lazy("put in force"), "revoke": gettext_lazy("revoked"),
    "undo": gettext_lazy("undid"), "start import": gettext_lazy("began"), "start undo": gettext_lazy("began to undo"),
    "consent": gettext_lazy("set the consent of"), "correct": gettext_lazy("corrected"),
    "change owner": gettext_lazy("changed who looks after"), "invite": gettext_lazy("invited"),
    "reset access": gettext_lazy("reset the access of"), "place": gettext_lazy("gave a place to"),
    "sign in": gettext_lazy("signed in"), "sign out": gettext_lazy("signed out"), "log": gettext_lazy("logged"),
    "change password": gettext_lazy("changed their password"), "set password": gettext_lazy("chose a password"),
    "download": gettext_lazy("took with them"), "withdraw": gettext_lazy("withdrew"),
    "promise": gettext_lazy("noted"), "promise taken back": gettext_lazy("took back"),
    "answer": gettext_lazy("noted an answer of"), "answer taken back": gettext_lazy("took back an answer of"),
    "touch reopened": gettext_lazy("opened again"),
}  # fmt: skip
_NAMED: Mapping[str, type[Staff | Customer | Team | Department | Touchpoint | ApiKey]] = {
    "staff": Staff,
    "customer": Customer,
    "identifier": Customer,
    "team": Team,
    "department": Department,
    "touchpoint": Touchpoint,
    "key": ApiKey,
}
_TEXT_CHARACTERS_MAX = 300
_INSTANT = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d[\d:.]*(Z|[+-]\d\d:?\d\d)$")


@dataclass(frozen=True, slots=True)
class Difference:
    """One value that differs: what it is, how it was and how it is now; empty for what was not there."""

    what: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class TrailLine:
    """One entry as people read it."""

    entry: AuditEntry
    action: str
    kind: str
    name: str
    differences: tuple[Difference, ...]

    @property
    def is_about_themselves(self) -> bool:
        """Whether somebody did it to nobody but themselves, as signing in."""
        return self.entry.subject_kind == "staff" and self.name == self.entry.actor


def lines_of(entries: Sequence[AuditEntry]) -> list[TrailLine]:
    """Entries in words, with the names of what they are about."""
    names = _names(entries)
    return [
        TrailLine(
            one,
            str(ACTIONS.get(one.action, one.action)),
            str(KINDS.get(one.subject_kind, one.subject_kind)),
            names.get((one.subject_kind, one.subject)) or _named_in(one),
            _beside(one, names),
        )
        for one in entries
    ]


def _beside(entry: AuditEntry, names: Mapping[tuple[str, UUID], str]) -> tuple[Difference, ...]:
    """What differs, but for a name that the line says already."""
    name = names.get((entry.subject_kind, entry.subject)) or _named_in(entry)
    told = differences(entry.before, entry.after)
    return tuple(one for one in told if one.what != "name" or one.before or one.after != name)


def differences(before: object, after: object) -> Iterable[Difference]:
    """What differs between two sets of values, by name; of what is new or gone, all of it."""
    was = before if isinstance(before, Mapping) else {}
    now = after if isinstance(after, Mapping) else {}
    for key in dict.fromkeys((*was, *now)):
        told = (worded(was.get(key)), worded(now.get(key)))
        if told[0] != told[1]:
            yield Difference(str(key).replace("_", " "), *told)


def worded(value: object) -> str:
    """A value of an entry in words; nothing for one that was not there."""
    if value is None or value == "":
        return ""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, Mapping):
        return "; ".join(f"{str(key).replace('_', ' ')} {worded(one)}" for key, one in value.items() if worded(one))
    if isinstance(value, list):
        return ", ".join(worded(one) for one in value)
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    text = str(value)
    if _INSTANT.match(text):
        return _instant(text)
    return text if len(text) <= _TEXT_CHARACTERS_MAX else f"{text[:_TEXT_CHARACTERS_MAX]}…"


def _instant(text: str) -> str:
    """An instant as a day and a time of day, where the plan is at home."""
    try:
        at = timezone.localtime(datetime.fromisoformat(text))
    except (ValueError, OverflowError):
        return text
    return f"{day(at)}, {at:%H:%M}"


def _names(entries: Sequence[AuditEntry]) -> dict[tuple[str, UUID], str]:
    """What the things are called now, by kind and id: one question for each kind."""
    wanted: dict[str, set[UUID]] = {}
    for one in entries:
        wanted.setdefault(one.subject_kind, set()).add(one.subject)
    found: dict[tuple[str, UUID], str] = {}
    for kind, ids in wanted.items():
        if kind in _NAMED:
            rows = _NAMED[kind]._default_manager.filter(id__in=ids).values_list("id", "name")
            found |= {(kind, identifier): name for identifier, name in rows}
        elif kind == "import":
            files = Import.objects.filter(id__in=ids).values_list("id", "file_name")
            found |= {(kind, identifier): name for identifier, name in files}
        elif kind == "plan":
            versions = PlanVersion.objects.filter(id__in=ids).values_list("id", "number")
            found |= {
                (kind, identifier): _("version %(number)s") % {"number": number} for identifier, number in versions
            }
    return found


def _named_in(entry: AuditEntry) -> str:
    """What an entry itself says its subject is called, where it is not there any more."""
    for told in (entry.after, entry.before):
        if isinstance(told, Mapping):
            for key in ("name", "file", "code"):
                if told.get(key):
                    return str(told[key])
    return ""
