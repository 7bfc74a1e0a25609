"""What the values that an entry of the audit trail kept are called, and how some of them are said."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from touchbook.web.passbook.known import CHANNELS, PURPOSES
from touchbook.web.settings.imports import KIND_WORDS
from touchbook.web.settings.people import ROLES
from touchbook.web.week.states import group_of, words_of

LABELS: Mapping[str, str | Promise] = {
    "name": _("name"), "code": _("code"), "role": _("role"), "team": _("team"), "department": _("department"),
    "department_id": _("department"), "manager": _("manager"), "answers for": _("answers for"),
    "minutes per week": _("minutes per week"), "left": _("left on"), "retired_at": _("retired on"),
    "customers given away": _("customers given away"), "customers to": _("customers go to"),
    "username": _("username"), "expires_at": _("good until"), "with": _("with"), "email": _("e-mail"),
    "owner": _("looked after by"), "since": _("customer since"), "timezone": _("time zone"),
    "attributes": _("particulars"), "consents": _("what they allow"), "said_at": _("said on"),
    "allowed": _("allowed"), "channel": _("channel"), "purpose": _("purpose"), "question": _("question"),
    "value": _("answer"), "number": _("answer"), "touchpoint_id": _("touchpoint"), "touchpoint": _("touchpoint"),
    "practices": _("practices"), "impact": _("points"), "points": _("points"), "stage": _("stage"),
    "outreach": _("by outreach"), "kind": _("kind"), "version": _("version"), "note": _("note"),
    "touches": _("touches"), "starts_on": _("from"), "state": _("state"), "event": _("step"), "reason": _("reason"),
    "due_on": _("by when"), "settled_at": _("settled on"), "what": _("what"), "using": _("by means of"),
    "replacement": _("in its place"), "touch": _("touch"), "file": _("file"), "prefix": _("begins with"),
    "revoked": _("revoked"), "address": _("filter"), "customers": _("customers"), "corrected": _("facts corrected"),
    "removed": _("customers removed"), "staff_removed": _("people removed"), "restored": _("given former values"),
    "hardship": _("in hardship"),
}  # fmt: skip
HIDDEN = frozenset({"customer", "entries", "withdrawal", "run", "uid"})
"""What only says again, as an id, what the sentence names."""
_WITH: Mapping[str, str | Promise] = {
    "password": _("a password"), "company account": _("a company account"),
    "the demo's address": _("the demo’s address"),
}  # fmt: skip
_KINDS: Mapping[str, str | Promise] = {"deposit": _("deposit"), "withdrawal": _("withdrawal"), "undo": _("taking back")}


def label_of(key: str) -> str:
    """What a value is called; the attributes of customers are called what the plan calls them."""
    return str(LABELS.get(key, key.replace("_", " ")))


def said(key: str, value: str) -> str:
    """A word that is kept, as people say it."""
    if key == "role":
        return str(ROLES[value][0]) if value in ROLES else value
    if key == "channel":
        return str(CHANNELS.get(value, value))
    if key == "purpose":
        return str(PURPOSES.get(value, value))
    if key in ("state", "event"):
        return words_of(group_of(value))
    if key == "with":
        return str(_WITH.get(value, value))
    if key == "kind":
        return str(KIND_WORDS[value][0] if value in KIND_WORDS else _KINDS.get(value, value))
    return value


def consent_said(place: str, allowed: object) -> str:
    """One of a customer's consents, kept by channel and purpose."""
    channel, _slash, purpose = place.partition("/")
    words = {
        "channel": CHANNELS.get(channel, channel) if channel else gettext("any way"),
        "purpose": PURPOSES.get(purpose, purpose) if purpose else gettext("everything"),
    }
    if allowed is None:
        return gettext("%(purpose)s by %(channel)s: nothing said") % words
    return (
        gettext("%(purpose)s by %(channel)s: allowed") % words
        if allowed
        else gettext("%(purpose)s by %(channel)s: refused") % words
    )
