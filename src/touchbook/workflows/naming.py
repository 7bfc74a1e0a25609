"""Name a thing that is little more than its name: what changing teams and departments share."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction

from touchbook.kernel.clock import now
from touchbook.kernel.errors import NotFound
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
            raise NotFound(f"There is no such {naming.kind}; load the page again.")
        before = row.name if row else ""
        if row is not None and before == naming.name:
            return False
        checks = FormChecks()
        checks.name("name", naming.name, f"name of the {naming.kind}", 200)
        taken = table._default_manager.filter(name__iexact=naming.name).exclude(id=naming.subject).first()
        if taken is not None:
            checks.refuse("name", f"There is a {naming.kind} “{taken.name}” already; choose another name.")
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
