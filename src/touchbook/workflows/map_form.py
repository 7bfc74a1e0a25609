"""A map by a form: which fields each kind of record has, a first guess at them, and the text of the map they make."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from touchbook.plan.model import Channel, Plan
from touchbook.workflows.import_records.mapping import OUTCOMES, RecordKind
from touchbook.workflows.import_records.rejects import HEAD, is_rejects_file
from touchbook.workflows.import_records.values import closest

COLUMN, VALUE = "column:", "value:"
"""How a form's choice begins: a column of the file, or the same text for every row."""
FORMATS = (
    "%d/%m/%Y", "%d/%m/%Y %H:%M", "%m/%d/%Y", "%m/%d/%Y %H:%M", "%m/%d/%Y %I:%M %p", "%d.%m.%Y", "%d.%m.%Y %H:%M",
    "%Y-%m-%d", "%Y-%m-%d %H:%M:%S",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class MapField:
    """One field of the form, by its key in the map: ``attributes.seats`` is *seats* within ``attributes``.

    ``fixed`` are the texts that may stand for every row. ``has_kind`` and ``has_format`` go with identifiers and dates.
    """

    key: str
    is_needed: bool = False
    fixed: tuple[str, ...] = ()
    has_kind: bool = False
    has_format: bool = False


@dataclass(frozen=True, slots=True)
class MapText:
    """A map as text, and the field of the form that each of its lines comes from."""

    text: str
    fields: Mapping[int, str]


def fields_of(kind: RecordKind, plan: Plan) -> list[MapField]:
    """The fields of a form for one kind of record, under a plan."""
    who = [MapField("customer", kind != "moments", has_kind=True), MapField("customer_2", has_kind=True)]
    when = [MapField("id"), MapField("at", is_needed=True, has_format=True)]
    if kind == "moments":
        practices = dict.fromkeys(
            name for one in plan.touchpoints.values() for name in (*one.deposits, *one.withdrawals)
        )
        return [
            *when, *who,
            MapField("touchpoint", is_needed=True, fixed=tuple(plan.touchpoints)),
            MapField("practice", is_needed=True, fixed=tuple(practices)),
            MapField("staff"), MapField("channel", fixed=tuple(str(one) for one in Channel)), MapField("note"),
            MapField("unnamed_witnesses"), MapField("recovers"),
        ]  # fmt: skip
    if kind == "customers":
        return [
            *who, MapField("name"), MapField("since", has_format=True), MapField("owner"), MapField("timezone"),
            MapField("hardship"),
            *(MapField(f"attributes.{name}") for name in plan.attributes if name != "hardship"),
            *(MapField(f"consents.{channel}") for channel in ("email", "phone", "sms", "letter")),
        ]  # fmt: skip
    if kind == "outcomes":
        outcomes = tuple(dict.fromkeys((plan.success.outcome, *OUTCOMES)))
        return [
            *when, *who, MapField("outcome", is_needed=True, fixed=outcomes), MapField("value"),
            MapField("currency", fixed=(plan.currency,)), MapField("referrer", has_kind=True),
        ]  # fmt: skip
    return [
        *when, *who, MapField("question", is_needed=True, fixed=tuple(plan.questions)),
        MapField("value", is_needed=True), MapField("words"),
    ]  # fmt: skip


# What columns are often called, in the order of how much the word says.
_CALLED: Mapping[str, tuple[str, ...]] = {
    "id": ("id", "number", "record", "reference", "nr", "key"),
    "at": ("at", "when", "date", "time", "datetime", "timestamp", "created at", "datum", "zeitpunkt"),
    "customer": (
        "member", "member number", "customer", "customer id", "customer number", "guest", "account", "client", "crm id",
        "handle", "kunde", "mitglied", "email", "e-mail", "mail", "phone",
    ),
    "customer_2": ("email", "e-mail", "mail", "phone", "telephone", "mobile", "handle"),
    "touchpoint": ("touchpoint", "where", "place", "location", "stage", "ort"),
    "practice": ("practice", "what", "what happened", "event", "entry", "was"),
    "staff": ("staff", "employee", "agent", "by", "colleague", "who", "mitarbeiter"),
    "channel": ("channel", "medium", "kanal"),
    "note": ("note", "comment", "remark", "text", "notiz"),
    "unnamed_witnesses": ("witnesses", "seen by", "bystanders"),
    "recovers": ("recovers", "makes good", "makes_good"),
    "name": ("name", "full name", "customer name", "member name"),
    "since": ("since", "joined", "joined on", "member since", "customer since", "start"),
    "owner": ("owner", "looked after by", "account manager", "account owner", "betreuer"),
    "timezone": ("timezone", "time zone"),
    "hardship": ("hardship",),
    "outcome": ("outcome", "result", "what", "event"),
    "value": ("value", "answer", "score", "amount", "revenue", "price"),
    "currency": ("currency",),
    "referrer": ("referrer", "referred by"),
    "question": ("question", "asked"),
    "words": ("words", "comment", "in their words", "text"),
}  # fmt: skip


def guess(kind: RecordKind, columns: Sequence[str], plan: Plan, kinds_known: Sequence[str]) -> dict[str, str]:
    """A first guess at the form: each column for at most one field. *kinds_known* are the kinds of identifiers."""
    offered = [name for name in columns if name]
    if is_rejects_file(columns):
        offered = offered[len(HEAD) :]
    left = {_plain(name): name for name in reversed(offered)}
    found: dict[str, str] = {}
    for one in fields_of(kind, plan):
        name = _taken(one.key, left)
        if name:
            found[one.key] = COLUMN + name
            if one.has_kind:
                found[f"{one.key}_kind"] = _kind_of(name, kinds_known)
        elif one.key in ("question", "outcome", "touchpoint") and len(one.fixed) == 1:
            found[one.key] = VALUE + one.fixed[0]
    return found


def text_of(kind: RecordKind, plan: Plan, said: Mapping[str, str]) -> MapText:
    """The map that a form says, one line a field."""
    lines: list[str] = []
    fields: dict[int, str] = {}

    def line(key: str, text: str) -> None:
        lines.append(text)
        fields[len(lines)] = key

    line("source", f"source: {_quoted(said.get('source', ''))}")
    chosen = [one for one in fields_of(kind, plan) if said.get(one.key)]
    groups = {"customers": "customer", "attributes": "attributes.", "consents": "consents."}
    for group, beginning in groups.items():
        members = [one for one in chosen if one.key.startswith(beginning)]
        if members:
            line(members[0].key, f"{group}:")
        for one in members:
            line(one.key, f"  {_member(group, one, said)}")
    for one in chosen:
        if not one.key.startswith(tuple(groups.values())):
            line(one.key, f"{one.key}: {_choice(one, said)}")
    return MapText("\n".join(lines) + "\n", fields)


def _member(group: str, one: MapField, said: Mapping[str, str]) -> str:
    name = one.key.partition(".")[2]
    if group == "attributes":
        return f"{_quoted(name)}: {_choice(one, said)}"
    if group == "consents":
        return f"- {{column: {_quoted(said[one.key].removeprefix(COLUMN))}, channel: {name}}}"
    return f"- {_choice(one, said)}"


def _choice(one: MapField, said: Mapping[str, str]) -> str:
    chosen = said[one.key]
    if chosen.startswith(VALUE):
        return f"{{value: {_quoted(chosen.removeprefix(VALUE))}}}"
    parts = [f"column: {_quoted(chosen.removeprefix(COLUMN))}"]
    if one.has_kind and said.get(f"{one.key}_kind"):
        parts.append(f"kind: {_quoted(said[f'{one.key}_kind'])}")
    if one.has_format and said.get(f"{one.key}_format"):
        parts.append(f"format: {_quoted(said[f'{one.key}_format'])}")
    return f"{{{', '.join(parts)}}}"


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)  # JSON's texts are YAML's too


def _plain(name: str) -> str:
    return " ".join(re.sub(r"[\W_]+", " ", name.casefold()).split())


def _taken(key: str, left: dict[str, str]) -> str:
    """Take the column that fits a field best out of those that are left; empty where none fits."""
    group, _, name = key.rpartition(".")
    words = _CALLED.get(key, ())
    if group == "attributes":
        words = (name,)
    elif group == "consents":
        channel = "e mail" if name == "email" else name
        words = tuple(f"{word} {end}" for word in {name, channel} for end in ("allowed", "consent", "opt in", "ok"))
    for word in words:
        if _plain(word) in left:
            return left.pop(_plain(word))
    if group == "attributes" and (near := closest(_plain(name), left)):
        return left.pop(near)
    return ""


def _kind_of(column: str, known: Sequence[str]) -> str:
    """The kind of identifier that a column holds: one that is known, if its name is like that."""
    plain = _plain(column)
    if plain in ("email", "e mail", "mail"):
        return next((kind for kind in known if _plain(kind) in ("email", "e mail")), "email")
    for kind in known:
        if plain in _plain(kind) or _plain(kind) in plain:
            return kind
    return plain[:100]
