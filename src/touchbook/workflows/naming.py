"""Name a thing that is little more than its name: what changing teams and departments share."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction

from touchbook.kernel.clock import now
from touchbook.kernel.errors import NotFound
from touchbook.kernel.language import say
from touchbook.store.append import hold_arrivals
from touchbook.store.audit import Change, audit
from touchbook.store.models import Department, Team
from touchbook.workflows.form_checks import FormChecks, form_id, is_repeat


@dataclass(frozen=True, slots=True)
class Naming:
    """What kind of thing, by which form, which thing, its name from now on, when, and whether it is new."""

    kind: str
    form: UUID
    subject: UUID
    name: str
    at: datetime
    is_new: bool


def name_thing(
    table: type[Team] | type[Department],
    naming: Naming,
    check: Callable[[FormChecks, str, str], None],
    by: str,
    origin: str,
) -> bool:
    """Make a thing or name it anew, where its name is free and *check* (former name, new name) finds nothing wrong."""
    entry = form_id(naming.form, naming.name)
    with transaction.atomic():
        hold_arrivals()
        row = table._default_manager.filter(id=naming.subject).first()
        if is_repeat(entry) or (naming.is_new and row is not None):
            return False
        if row is None and not naming.is_new:
            raise NotFound(_gone(naming.kind))
        before = row.name if row else ""
        if row is not None and before == naming.name:
            return False
        checks = FormChecks()
        checks.name("name", naming.name, _called(naming.kind), 200)
        if checks.is_right("name"):
            taken = table._default_manager.filter(name__iexact=naming.name).exclude(id=naming.subject).first()
            if taken is not None:
                checks.refuse("name", _taken(naming.kind, taken.name))
        check(checks, before, naming.name)
        checks.settle()
        row = row or table(id=naming.subject)
        row.name, row.changed_at = naming.name, now()
        row.save(force_insert=naming.is_new)
        told = None if naming.is_new else {"name": before}
        action = "add" if naming.is_new else "change"
        change = Change(action, naming.kind, row.id, told, {"name": naming.name}, entry)
        audit([change], by, naming.at, origin)
    return True


def _gone(kind: str) -> str:
    if kind == "team":
        return say("There is no such team; load the page again.")
    return say("There is no such department; load the page again.")


def _called(kind: str) -> str:
    return say("name of the team") if kind == "team" else say("name of the department")


def _taken(kind: str, name: str) -> str:
    if kind == "team":
        return say("There is a team “%(name)s” already; choose another name.", name=name)
    return say("There is a department “%(name)s” already; choose another name.", name=name)
