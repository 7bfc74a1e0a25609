"""Who changed which thing, and how it was before: one audit entry a change."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from touchbook.kernel.ids import mint
from touchbook.store.append import append
from touchbook.store.models import AuditEntry

Values = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Change:
    """One change: what was done to which thing, and its values before and after (None: it was not there).

    ``id`` is the audit entry's, where the change itself came with one.
    """

    action: str
    subject_kind: str
    subject: UUID
    before: Values | None = None
    after: Values | None = None
    id: UUID | None = None


def audit(changes: list[Change], actor: str, at: datetime, origin: str = "") -> int:
    """Record *changes* that *actor* made from *origin*, and return how many."""
    columns = ("id", "at", "actor", "origin", "action", "subject_kind", "subject", "before", "after")
    return append(
        AuditEntry,
        columns,
        [
            (
                change.id or mint(at),
                at,
                actor,
                origin,
                change.action,
                change.subject_kind,
                change.subject,
                change.before,
                change.after,
            )
            for change in changes
        ],
    )
