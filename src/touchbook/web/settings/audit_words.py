"""Entries of the audit trail in words: who did what to whom, and what differs between before and after."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from html import unescape
from uuid import UUID

from django.utils import timezone
from django.utils.formats import number_format
from django.utils.functional import Promise
from django.utils.html import escape, format_html, strip_tags
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from touchbook.store.models import (
    ApiKey,
    AuditEntry,
    Customer,
    Department,
    Import,
    PlannedTouch,
    PlanRun,
    PlanVersion,
    Staff,
    Team,
    Touchpoint,
)
from touchbook.store.models import Promise as Promised
from touchbook.web.settings.audit_labels import HIDDEN, consent_said, label_of, said
from touchbook.web.settings.audit_sentences import (
    NAMELESS,
    NAMELESS_THING,
    NOBODY,
    OTHERWISE,
    SENTENCES,
    SOMEBODY,
    UNKNOWN,
)
from touchbook.web.templatetags.words import day

KINDS: Mapping[str, str | Promise] = {
    "staff": gettext_lazy("person"), "customer": gettext_lazy("customer"), "team": gettext_lazy("team"),
    "department": gettext_lazy("department"), "touchpoint": gettext_lazy("touchpoint"),
    "practice": gettext_lazy("practice"), "plan": gettext_lazy("plan"), "import": gettext_lazy("import"),
    "key": gettext_lazy("API key"), "identifier": gettext_lazy("identifier"), "entry": gettext_lazy("entry"),
    "invitation": gettext_lazy("invitation"), "login": gettext_lazy("login"), "promise": gettext_lazy("promise"),
    "touch": gettext_lazy("touch"), "moment": gettext_lazy("moment"), "plan run": gettext_lazy("week"),
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
_NAMING: Mapping[str, tuple[str, ...]] = {"moment": ("touchpoint",), "touch": ("touch",), "promise": ()}
_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$")
_ID_AT_END = re.compile(_ID.pattern)
_DAY = re.compile(r"\d{4}-\d\d-\d\d$")
_INSTANT = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d[\d:.]*(Z|[+-]\d\d:?\d\d)$")


@dataclass(frozen=True, slots=True)
class Difference:
    """One value that differs: its key, what it is called, how it was and how it is; empty for what was not there."""

    key: str
    what: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class TrailLine:
    """One entry as people read it: the *sentence* with marks, what it is about, and from where it was done."""

    entry: AuditEntry
    sentence: SafeString
    kind: str
    name: str
    origin: str
    differences: tuple[Difference, ...]

    @property
    def words(self) -> str:
        """The sentence without marks."""
        return unescape(strip_tags(self.sentence))


def lines_of(entries: Sequence[AuditEntry]) -> list[TrailLine]:
    """Entries in words, with the names of what they are about, and of what they mention."""
    names = _names(entries)
    mentioned = _mentioned(entries)
    found = []
    for one in entries:
        name = names.get((one.subject_kind, one.subject)) or _named_in(one, mentioned)
        kind = str(KINDS.get(one.subject_kind, one.subject_kind))
        told = tuple(differences(one.before, one.after, mentioned))
        beside = tuple(part for part in told if part.key != "name" or part.before or part.after != name)
        found.append(TrailLine(one, _sentence(one, kind, name), kind, name, _origin(one.origin, mentioned), beside))
    return found


def _sentence(entry: AuditEntry, kind: str, name: str) -> SafeString:
    """Who did what, with their names marked."""
    key = (entry.action, entry.subject_kind)
    pattern = SENTENCES.get(key, OTHERWISE)
    if not name:
        pattern = NAMELESS.get(key, pattern)
    who = {"": NOBODY, "unknown": UNKNOWN}.get(entry.actor, entry.actor)
    otherwise = escape(str(SOMEBODY.get(entry.subject_kind, NAMELESS_THING)))
    told = {
        "who": format_html('<b dir="auto">{}</b>', who),
        "thing": format_html('<b dir="auto">{}</b>', name) if name else otherwise,
        "action": escape(entry.action),
        "kind": escape(kind),
    }
    return mark_safe(escape(str(pattern)) % told)  # noqa: S308  each part is escaped


def _origin(origin: str, mentioned: Mapping[str, str]) -> str:
    """From where: an import by its file."""
    word, _space, identifier = origin.rpartition(" ")
    named = mentioned.get(identifier)
    return f"{_('import')} {named}" if word in ("import", "undo of import") and named else origin


def differences(before: object, after: object, mentioned: Mapping[str, str] | None = None) -> Iterable[Difference]:
    """What differs between two sets of values, by name; of what is new or gone, all of it."""
    was, now = _by_name(before), _by_name(after)
    names = mentioned or {}
    for key in dict.fromkeys((*was, *now)):
        if key in HIDDEN:
            continue
        told = (worded(was.get(key), key, names), worded(now.get(key), key, names))
        if told[0] != told[1]:
            yield Difference(key, label_of(str(key)), *told)


def _by_name(told: object) -> Mapping[str, object]:
    """Values by their names; of an owner the name, which is kept beside the id."""
    if not isinstance(told, Mapping):
        return {}
    return {"owner": told["name"]} if told.keys() == {"owner", "name"} else told


def worded(value: object, key: str = "", mentioned: Mapping[str, str] | None = None) -> str:
    """A value of an entry in words; nothing for one that was not there, and for an id that has no name."""
    if value is None or value == "":
        return ""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, Mapping):
        if key == "consents":
            return "; ".join(consent_said(str(place), one) for place, one in value.items())
        if key == "attributes":  # which the plan names, whatever they are called
            told = [(str(name).replace("_", " "), worded(one, "", mentioned)) for name, one in value.items()]
        else:
            told = [(label_of(str(name)), worded(one, str(name), mentioned)) for name, one in value.items()]
        return "; ".join(f"{name} {one}" for name, one in told if one)
    if isinstance(value, list):
        return ", ".join(worded(one, key, mentioned) for one in value)
    if isinstance(value, float | int):
        return _number(value)
    text = said(key, str(value))
    if _ID.match(text):
        return (mentioned or {}).get(text, "")
    if _INSTANT.match(text):
        return _instant(text)
    if _DAY.match(text):
        return _day(text)
    return text if len(text) <= _TEXT_CHARACTERS_MAX else f"{text[:_TEXT_CHARACTERS_MAX]}…"


def _number(value: float) -> str:
    digits = 0 if float(value).is_integer() else 2
    shown = number_format(abs(round(value, digits)), digits, use_l10n=True, force_grouping=True)
    return f"−{shown}" if value < 0 else shown


def _day(text: str) -> str:
    try:
        return day(date.fromisoformat(text))
    except ValueError:
        return text


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
        elif kind == "touch":
            touches = list(PlannedTouch.objects.filter(id__in=ids).values_list("id", "name", "customer"))
            called = dict(Customer.objects.filter(id__in={one for *_rest, one in touches}).values_list("id", "name"))
            found |= {
                (kind, identifier): _("“%(touch)s” to %(name)s") % {"touch": name, "name": called.get(to) or "–"}
                for identifier, name, to in touches
            }
        elif kind == "promise":
            promises = Promised.objects.filter(id__in=ids).values_list("id", "customer__name")
            found |= {(kind, identifier): name for identifier, name in promises}
        elif kind == "plan run":
            runs = PlanRun.objects.filter(id__in=ids).values_list("id", "starts_on")
            found |= {
                (kind, identifier): _("the week from %(day)s") % {"day": day(starts_on)}
                for identifier, starts_on in runs
            }
        elif kind == "plan":
            versions = PlanVersion.objects.filter(id__in=ids).values_list("id", "number")
            found |= {
                (kind, identifier): _("version %(number)s") % {"number": number} for identifier, number in versions
            }
    return found


def _named_in(entry: AuditEntry, mentioned: Mapping[str, str]) -> str:
    """What an entry itself says its subject is called, where it is not there any more."""
    for told in (entry.after, entry.before):
        if isinstance(told, Mapping):
            if entry.subject_kind in ("promise", "touch") and mentioned.get(str(told.get("customer", ""))):
                return mentioned[str(told["customer"])]
            for key in _NAMING.get(entry.subject_kind, ("name", "file", "code")):
                if told.get(key):
                    return str(told[key])
    return ""


def _mentioned(entries: Sequence[AuditEntry]) -> dict[str, str]:
    """What all that entries mention by an id is called: one question for each table, and none where nothing is."""
    wanted = {UUID(one) for entry in entries for told in (entry.before, entry.after) for one in _ids_in(told)}
    wanted |= {UUID(found.group()) for entry in entries if (found := _ID_AT_END.search(entry.origin))}
    if not wanted:
        return {}
    names: dict[str, str] = {}
    for table, column in (
        (Staff, "name"),
        (Customer, "name"),
        (Department, "name"),
        (Touchpoint, "name"),
        (Import, "file_name"),
    ):
        rows = table._default_manager.filter(id__in=wanted).values_list("id", column)
        names |= {str(identifier): name for identifier, name in rows}
    return names


def _ids_in(told: object) -> Iterator[str]:
    if isinstance(told, Mapping):
        for value in told.values():
            yield from _ids_in(value)
    elif isinstance(told, str) and _ID.match(told):
        yield told
